"""Filters that look at one voxel at a time and scale by the largest: square, square root, logarithm, exponential.

The scale comes from the whole prepared image, the arithmetic is done inside the box only, in float64 and in
pyradiomics' order of operations, so that every voxel has the same last bit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction.engines.fast.region import Filtered, Prepared, SettingValue
from radiomics_core.i18n import lazy_

Array = NDArray[np.float64]


def square(prepared: Prepared, value: SettingValue) -> Iterator[Filtered]:
    r"""Yield :math:`(x / \sqrt{\max|x|})^2`; see pyradiomics 3.0.1, ``imageoperations.getSquareImage``."""
    with np.errstate(all="ignore"):  # an image of zeros is refused by name below
        scale = 1 / np.sqrt(prepared.largest_magnitude)
    yield Filtered("square", (_finite(scale, "Square") * _inside(prepared)) ** 2)


def square_root(prepared: Prepared, value: SettingValue) -> Iterator[Filtered]:
    r"""Yield :math:`\pm\sqrt{|x| \max|x|}`; see pyradiomics 3.0.1, ``imageoperations.getSquareRootImage``."""
    image = _inside(prepared)
    yield Filtered("squareroot", np.copysign(np.sqrt(np.abs(image) * prepared.largest_magnitude), image))


def logarithm(prepared: Prepared, value: SettingValue) -> Iterator[Filtered]:
    r"""Yield :math:`\pm c \log(|x| + 1)`; see pyradiomics 3.0.1, ``imageoperations.getLogarithmImage``."""
    image = _inside(prepared)
    with np.errstate(all="ignore"):
        scale = prepared.largest_magnitude / np.log(prepared.largest_magnitude + 1)
    yield Filtered("logarithm", np.copysign(np.log(np.abs(image) + 1), image) * _finite(scale, "Logarithm"))


def exponential(prepared: Prepared, value: SettingValue) -> Iterator[Filtered]:
    r"""Yield :math:`e^{cx}, c = \log(\max|x|) / \max|x|`; see pyradiomics 3.0.1, ``getExponentialImage``."""
    with np.errstate(all="ignore"):
        scale = np.log(prepared.largest_magnitude) / prepared.largest_magnitude
    yield Filtered("exponential", np.exp(_finite(scale, "Exponential") * _inside(prepared)))


def _inside(prepared: Prepared) -> Array:
    return np.ascontiguousarray(prepared.image.array[prepared.box], np.float64)


def _finite(scale: np.float64, image_type: str) -> np.float64:
    if not np.isfinite(scale):
        raise ExtractionError(
            lazy_("the {image_type} filter divides by the largest intensity of the image, which is zero everywhere"),
            remedy=lazy_("Check that the image is the right one, or leave the filter out"),
            image_type=image_type,
        )
    return scale
