"""What filters share that look at one voxel at a time and scale by the largest.

The scale comes from the whole prepared image, the arithmetic is done inside the box only, in float64 and in
pyradiomics' order of operations, so that every voxel has the same last bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction.engines.fast.region import Prepared
from radiomics_core.i18n import lazy_

Array = NDArray[np.float64]


def inside(prepared: Prepared) -> Array:
    """Return the prepared image inside the box, in double precision."""
    return np.ascontiguousarray(prepared.image.array[prepared.box], np.float64)


def finite(scale: np.float64, image_type: str) -> np.float64:
    """Return a scale, refused by name when the image is zero everywhere."""
    if not np.isfinite(scale):
        raise ExtractionError(
            lazy_("the {image_type} filter divides by the largest intensity of the image, which is zero everywhere"),
            remedy=lazy_("Check that the image is the right one, or leave the filter out"),
            image_type=image_type,
        )
    return scale
