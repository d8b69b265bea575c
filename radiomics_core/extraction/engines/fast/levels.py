"""Grey levels: intensities sorted into bins exactly as pyradiomics sorts them."""

from __future__ import annotations

from math import floor, isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction.engines.fast.compiled import compiled
from radiomics_core.extraction.engines.fast.region import Levels, Options, Region
from radiomics_core.extraction.failures import worded_failures
from radiomics_core.i18n import lazy_

MOST_LEVELS = 2**16
"""Grey levels up to which texture matrices are made; more would not fit into memory."""


def discretise(region: Region) -> Levels:
    """Return the grey levels of a region.

    Raises
    ------
    ExtractionError
        When there would be more than 65,536 levels, or an intensity is not a number.

    References
    ----------
    pyradiomics 3.0.1, ``imageoperations.binImage``.
    """
    intensities = region.intensities
    edges = bin_edges(intensities, region.options)
    array, occurs = np.zeros(region.mask.size, np.int32), np.zeros(len(edges) + 1, np.bool_)
    if intensities.dtype.kind in "iu" and intensities.dtype.itemsize == 8:  # more digits than float64 holds
        array[region.voxels] = np.digitize(intensities, edges)
        occurs[array[region.voxels]] = True
    else:
        _sort_into_bins(intensities.astype(np.float64), edges.astype(np.float64), region.voxels, array, occurs)
    return Levels(array.reshape(region.mask.shape), np.flatnonzero(occurs).astype(np.int64, copy=False))


def highest_level(intensities: NDArray[Any], options: Options) -> int:
    """Return the highest grey level of these intensities, 1 when they are all equal."""
    low, high = intensities.min(), intensities.max()
    return int(np.digitize(high, bin_edges(intensities, options))) if high > low else 1


def bin_edges(intensities: NDArray[Any], options: Options) -> NDArray[Any]:
    """Return the edges of the bins; see pyradiomics 3.0.1, ``imageoperations.getBinEdges``.

    They are computed in the data type of the intensities, as pyradiomics does: it decides where the last digit falls.
    Only small integers are not, as pyradiomics' sum of the highest one and two widths may not fit into their type.
    """
    low, high, width = intensities.min(), intensities.max(), options.bin_width
    _check_number_of_levels(float(low), float(high), options)
    if options.bin_count is not None:
        with worded_failures():  # numpy refuses bins finer than the digits of the intensities
            edges = np.histogram_bin_edges(intensities, options.bin_count)
        edges[-1] += 1
        return edges
    if intensities.dtype.kind in "iu":
        low, high, width = int(low), int(high), int(width) if float(width).is_integer() else width
    edges = np.arange(low - (low % width), high + 2 * width, width)
    return edges if len(edges) > 1 else np.array([low - 0.5, low + 0.5])


def _check_number_of_levels(low: float, high: float, options: Options) -> None:
    if not isfinite(high - low):
        raise ExtractionError(
            lazy_("intensities inside the region are not numbers (NaN or infinite) after filtering"),
            remedy=lazy_("Look at the image; leave the filter out, or exclude the case"),
        )
    width = options.bin_width
    levels = options.bin_count or floor(high / width) - floor(low / width) + 1
    if levels <= MOST_LEVELS:
        return
    if options.bin_count is not None:
        raise ExtractionError(
            lazy_("{levels} grey levels are asked for (binCount), at most {most} are possible"),
            remedy=lazy_("16 to 128 levels are usual"),
            levels=levels,
            most=MOST_LEVELS,
        )
    raise ExtractionError(
        lazy_("a bin width of {width:g} makes {levels} grey levels in this region, at most {most} are possible"),
        remedy=lazy_("Use a bin width of {better:g}, or a fixed number of grey levels (binCount)"),
        width=width,
        levels=levels,
        most=MOST_LEVELS,
        better=_better_width(high - low),
    )


def _better_width(span: float) -> float:
    """Return the round bin width that makes nearest to 64 grey levels."""
    from radiomics_core.extraction.bin_counts import LEVELS_AIM, LEVELS_HIGH, LEVELS_LOW, round_widths

    aim = span / LEVELS_AIM
    return min(round_widths(span / LEVELS_HIGH, span / LEVELS_LOW), key=lambda width: max(width / aim, aim / width))


@compiled
def _sort_into_bins(
    intensities: NDArray[np.float64],
    edges: NDArray[np.float64],
    voxels: NDArray[np.intp],
    levels: NDArray[np.int32],
    occurs: NDArray[np.bool_],
) -> None:
    """Write numpy's ``digitize`` of each intensity to its voxel: a first guess by division, then the edges decide."""
    n, low, width = len(edges), edges[0], edges[1] - edges[0]
    per_unit = 1.0 / width if width > 0 else 0.0
    for i in range(len(intensities)):
        value = intensities[i]
        level = int(min((value - low) * per_unit, n - 1.0)) + 1
        while level < n and value >= edges[level]:
            level += 1
        while level > 0 and value < edges[level - 1]:
            level -= 1
        levels[voxels[i]] = level
        occurs[level] = True
