"""Square of intensities, scaled by the largest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from radiomics_core.extraction.engines.fast.region import Filtered, Prepared, SettingValue
from radiomics_core.extraction.filters.image_filter import PYRADIOMICS, ImageFilter
from radiomics_core.extraction.filters.intensity import finite, inside
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice


class Square(ImageFilter):
    """Square of intensities."""

    meaning = lazy_("Computed after spreading high intensities (square).")
    menu = lazy_("Square")

    def names(self, value: SettingValue) -> list[str]:
        """See :class:`ImageFilter`."""
        return ["square"]

    def derive(self, prepared: Prepared, value: SettingValue) -> Iterator[Filtered]:
        r"""Yield :math:`(x / \sqrt{\max|x|})^2`; see pyradiomics 3.0.1, ``imageoperations.getSquareImage``."""
        with np.errstate(all="ignore"):  # an image of zeros is refused by name below
            scale = 1 / np.sqrt(prepared.largest_magnitude)
        yield Filtered("square", (finite(scale, "Square") * inside(prepared)) ** 2)


CHOICE: Choice[ImageFilter] = Choice(
    name="Square",
    label=lazy_("Square"),
    build=Square,
    help=lazy_("Squares intensities and scales them back: spreads the high values."),
    reference=PYRADIOMICS,
)
