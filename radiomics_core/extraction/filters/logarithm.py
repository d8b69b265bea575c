"""Logarithm of intensities, scaled by the largest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from radiomics_core.extraction.engines.fast.region import Filtered, Prepared, SettingValue
from radiomics_core.extraction.filters.image_filter import PYRADIOMICS, ImageFilter
from radiomics_core.extraction.filters.intensity import finite, inside
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice


class Logarithm(ImageFilter):
    """Logarithm of intensities."""

    meaning = lazy_("Computed after spreading low intensities (logarithm).")
    menu = lazy_("Logarithm")

    def names(self, value: SettingValue) -> list[str]:
        """See :class:`ImageFilter`."""
        return ["logarithm"]

    def derive(self, prepared: Prepared, value: SettingValue) -> Iterator[Filtered]:
        r"""Yield :math:`\pm c \log(|x| + 1)`; see pyradiomics 3.0.1, ``imageoperations.getLogarithmImage``."""
        image = inside(prepared)
        with np.errstate(all="ignore"):
            scale = prepared.largest_magnitude / np.log(prepared.largest_magnitude + 1)
        yield Filtered("logarithm", np.copysign(np.log(np.abs(image) + 1), image) * finite(scale, "Logarithm"))


CHOICE: Choice[ImageFilter] = Choice(
    name="Logarithm",
    label=lazy_("Logarithm"),
    build=Logarithm,
    help=lazy_("Logarithm of intensities, scaled back: spreads the low values strongly."),
    reference=PYRADIOMICS,
)
