"""The image as it is."""

from __future__ import annotations

from collections.abc import Iterator

from radiomics_core.extraction.engines.fast.region import Filtered, Prepared, SettingValue
from radiomics_core.extraction.filters.image_filter import PYRADIOMICS, ImageFilter
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice


class Original(ImageFilter):
    """The image as it is."""

    meaning = lazy_("Computed on the image itself.")
    menu = lazy_("Image as it is")

    def names(self, value: SettingValue) -> list[str]:
        """See :class:`ImageFilter`."""
        return ["original"]

    def derive(self, prepared: Prepared, value: SettingValue) -> Iterator[Filtered]:
        """Yield the prepared image; see pyradiomics 3.0.1, ``imageoperations.getOriginalImage``."""
        yield Filtered("original", prepared.image.array[prepared.box])


CHOICE: Choice[ImageFilter] = Choice(
    name="Original",
    label=lazy_("Original"),
    build=Original,
    help=lazy_("The image as it is, after resampling and normalisation."),
    reference=PYRADIOMICS,
)
