"""The image as it is."""

from __future__ import annotations

from collections.abc import Iterator

from radiomics_core.extraction.engines.fast.region import Filtered, Prepared, SettingValue


def original(prepared: Prepared, value: SettingValue) -> Iterator[Filtered]:
    """Yield the prepared image; see pyradiomics 3.0.1, ``imageoperations.getOriginalImage``."""
    yield Filtered("original", prepared.image.array[prepared.box])
