"""From image and mask to the image and region that features are computed on (pyradiomics, steps 1 to 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.region import Box, Prepared
from radiomics_core.extraction.settings import ExtractionSettings

if TYPE_CHECKING:
    from radiomics_core.imaging.volume import Volume


def prepare(image: Volume, mask: Volume, settings: ExtractionSettings, *, margin: int = 0) -> Prepared:
    """Normalise, resample, crop and limit intensities.

    Parameters
    ----------
    image, mask : Volume
        Inputs that passed ``check_inputs``.
    settings : ExtractionSettings
    margin : int
        Voxels the box is grown by (kernel radius of feature maps).
    """
    region = np.asarray(mask.array, bool)
    return Prepared(image, region, region, bounding_box(region, margin))


def bounding_box(region: NDArray[np.bool_], margin: int = 0) -> Box:
    """Return the smallest box that holds the region, grown by a margin and cut at the border."""
    box = []
    for axis, size in enumerate(region.shape):
        others = tuple(other for other in range(3) if other != axis)
        where = np.flatnonzero(region.any(axis=others))
        box.append(slice(max(int(where[0]) - margin, 0), min(int(where[-1]) + 1 + margin, size)))
    return box[0], box[1], box[2]
