"""Names of the images that are derived from a case's image, known from the settings alone."""

from __future__ import annotations

from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.filters.image_filter import ImageFilter
from radiomics_core.extraction.settings import ExtractionSettings


def derived_image_names(settings: ExtractionSettings) -> dict[str, str]:
    """Return the names of the derived images the settings ask for, in order, each with its image type."""
    return {name: image_type for image_type in settings.image_types() for name in _names(settings, image_type)}


def _names(settings: ExtractionSettings, image_type: str) -> list[str]:
    image_filter: ImageFilter = FILTERS.build(image_type)
    return image_filter.names(lambda name: settings.value(name, image_type))
