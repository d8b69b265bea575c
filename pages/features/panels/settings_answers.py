"""From what the form of settings says to settings; the settings class checks and words what is wrong."""

from __future__ import annotations

from typing import Any

from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.catalogue import FEATURE_CLASSES
from radiomics_core.extraction.fields import fields_of, general_fields
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.setting_field import SettingField


def applied(
    settings: ExtractionSettings, types: list[str], classes: list[str], answers: dict[tuple[str, str | None], Any]
) -> ExtractionSettings:
    """Return the settings with every answer applied; raises ``SettingsError`` for the first that cannot be."""
    for (name, image_type), answer in answers.items():
        field = next(f for f in [*general_fields(), *(fields_of(image_type) if image_type else ())] if f.name == name)
        settings = settings.with_value(name, _parsed(field, answer), image_type)
    if list(settings.image_types()) != types:
        settings = settings.with_image_types([t for t in FILTERS.names() if t in types])
    if list(settings.feature_classes()) != classes:
        settings = settings.with_feature_classes([c for c in FEATURE_CLASSES if c in classes])
    return settings


def _parsed(field: SettingField, answer: Any) -> Any:
    if field.type == "bool":
        return bool(answer)
    text = str(answer).strip()
    if not text:
        return None if field.default is None or field.type not in ("floats", "ints") else []
    try:
        if field.type in ("floats", "ints"):
            numbers = [float(part) for part in text.replace(";", ",").split(",")]
            return (
                [int(n) for n in numbers] if field.type == "ints" else [int(n) if n == int(n) else n for n in numbers]
            )
        if field.type == "int":
            return int(text)
        if field.type == "float":
            return float(text)
    except ValueError:
        return text  # the settings class names the setting, what it got and what it expects
    return text
