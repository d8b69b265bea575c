"""Image types: each module derives images from the prepared one. Adding one is its module and its row."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from radiomics_core.extraction.engines.fast.filters.original import original
from radiomics_core.extraction.engines.fast.region import Filtered, LeftOut, Prepared, SettingValue

ImageFilter = Callable[[Prepared, SettingValue], Iterator[Filtered | LeftOut]]

FILTERS: dict[str, ImageFilter] = {
    "Original": original,
}
"""Image filters by their name in a parameter file."""
