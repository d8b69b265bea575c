"""Cutting to the box of a region."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.region import Box
from radiomics_core.imaging.volume import Volume

Mask = NDArray[np.bool_]


def bounding_box(region: Mask, margin: int = 0) -> Box:
    """Return the smallest box that holds the region, grown by a margin and cut at the border."""
    depth = np.flatnonzero(region.any(axis=(1, 2)))
    slab = np.logical_or.reduce(region[depth[0] : depth[-1] + 1], axis=0)
    rows, columns = np.flatnonzero(slab.any(axis=1)), np.flatnonzero(slab.any(axis=0))
    where = zip((depth, rows, columns), region.shape, strict=True)
    box = [slice(max(int(w[0]) - margin, 0), min(int(w[-1]) + 1 + margin, size)) for w, size in where]
    return box[0], box[1], box[2]


def crop(image: Volume, region: Mask, margin: int) -> tuple[Volume, Volume]:
    """Cut image and region to the region's box grown by a margin; see pyradiomics 3.0.1, ``cropToTumorMask``."""
    z, y, x = box = bounding_box(region, margin)
    origin = image.position_mm((x.start, y.start, z.start))
    cut = Volume(np.ascontiguousarray(image.array[box]), image.spacing_mm, origin, image.direction)
    return cut, cut.with_array(np.ascontiguousarray(region[box]))
