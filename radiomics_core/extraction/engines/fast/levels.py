"""Grey levels: intensities sorted into bins exactly as pyradiomics sorts them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.region import Levels, Options, Region


def discretise(region: Region) -> Levels:
    """Return the grey levels of a region.

    References
    ----------
    pyradiomics 3.0.1, ``imageoperations.binImage``.
    """
    numbers = np.digitize(region.intensities, bin_edges(region.intensities, region.options))
    array = np.zeros(region.mask.shape, np.int32)
    array[region.mask] = numbers
    return Levels(array, np.unique(numbers).astype(np.int64))


def bin_edges(intensities: NDArray[Any], options: Options) -> NDArray[Any]:
    """Return the edges of the bins; see pyradiomics 3.0.1, ``imageoperations.getBinEdges``."""
    if options.bin_count is not None:
        edges = np.histogram(intensities, options.bin_count)[1]
        edges[-1] += 1
        return edges
    low, high, width = intensities.min(), intensities.max(), options.bin_width
    edges = np.arange(low - (low % width), high + 2 * width, width)
    return edges if len(edges) > 1 else np.array([edges[0] - 0.5, edges[0] + 0.5])
