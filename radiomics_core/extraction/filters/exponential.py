"""Exponential of intensities, scaled by the largest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from radiomics_core.extraction.engines.fast.region import Filtered, Prepared, SettingValue
from radiomics_core.extraction.filters.image_filter import PYRADIOMICS, ImageFilter
from radiomics_core.extraction.filters.intensity import finite, inside
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice


class Exponential(ImageFilter):
    """Exponential of intensities."""

    meaning = lazy_("Computed after spreading high intensities (exponential).")
    menu = lazy_("Exponential")

    def names(self, value: SettingValue) -> list[str]:
        """See :class:`ImageFilter`."""
        return ["exponential"]

    def derive(self, prepared: Prepared, value: SettingValue) -> Iterator[Filtered]:
        r"""Yield :math:`e^{cx}, c = \log(\max|x|) / \max|x|`; see pyradiomics 3.0.1, ``getExponentialImage``."""
        with np.errstate(all="ignore"):
            scale = np.log(prepared.largest_magnitude) / prepared.largest_magnitude
        yield Filtered("exponential", np.exp(finite(scale, "Exponential") * inside(prepared)))


CHOICE: Choice[ImageFilter] = Choice(
    name="Exponential",
    label=lazy_("Exponential"),
    build=Exponential,
    help=lazy_("Exponential of intensities, scaled back: spreads the high values strongly."),
    reference=PYRADIOMICS,
)
