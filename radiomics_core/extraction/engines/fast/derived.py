"""From a prepared case to the derived images that feature classes see, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from radiomics_core.extraction.engines.fast.region import LeftOut, Options, Prepared, Region, SettingValue
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.i18n import lazy_

NOT_NUMBERS = lazy_("some of its values inside the region are not numbers")


def derived_regions(prepared: Prepared, settings: ExtractionSettings) -> Iterator[tuple[str, Region] | LeftOut]:
    """Yield the name and the region of every derived image, or what could not be derived.

    They follow the order of the settings, cut to ``prepared.box``; each with the options of its image type.
    """
    box = prepared.box
    whole = Region(
        np.ascontiguousarray(prepared.image.array[box]),
        np.ascontiguousarray(prepared.region[box]),
        prepared.image.spacing_mm,
        Options.resolve(settings.value),
    )
    for image_type in settings.image_types():
        value = setting_value(settings, image_type)
        options = Options.resolve(value)
        for filtered in FILTERS.build(image_type).derive(prepared, value):
            if isinstance(filtered, LeftOut):
                yield filtered
                continue
            region = whole.on(filtered.array, options)
            yield (filtered.name, region) if _has_numbers(region) else LeftOut(filtered.name, NOT_NUMBERS)


def _has_numbers(region: Region) -> bool:
    """Return whether a filter left numbers only: the kurtosis of a constant neighbourhood is none, for example."""
    values = region.intensities
    return values.dtype.kind != "f" or bool(np.isfinite(values.min()) and np.isfinite(values.max()))


def setting_value(settings: ExtractionSettings, image_type: str) -> SettingValue:
    """Return how a filter or class asks for a setting in force for one image type."""
    return lambda name: settings.value(name, image_type)
