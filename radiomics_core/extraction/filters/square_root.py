"""Square root of intensities, scaled by the largest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from radiomics_core.extraction.engines.fast.region import Filtered, Prepared, SettingValue
from radiomics_core.extraction.filters.image_filter import PYRADIOMICS, ImageFilter
from radiomics_core.extraction.filters.intensity import inside
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice


class SquareRoot(ImageFilter):
    """Square root of intensities."""

    meaning = lazy_("Computed after spreading low intensities (square root).")
    menu = lazy_("Square root")

    def names(self, value: SettingValue) -> list[str]:
        """See :class:`ImageFilter`."""
        return ["squareroot"]

    def derive(self, prepared: Prepared, value: SettingValue) -> Iterator[Filtered]:
        r"""Yield :math:`\pm\sqrt{|x| \max|x|}`; see pyradiomics 3.0.1, ``imageoperations.getSquareRootImage``."""
        image = inside(prepared)
        yield Filtered("squareroot", np.copysign(np.sqrt(np.abs(image) * prepared.largest_magnitude), image))


CHOICE: Choice[ImageFilter] = Choice(
    name="SquareRoot",
    label=lazy_("Square root"),
    build=SquareRoot,
    help=lazy_("Square root of intensities, scaled back: spreads the low values."),
    reference=PYRADIOMICS,
)
