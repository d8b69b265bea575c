"""Checks of a parameter file: unknown keys name the nearest known one, wrong types and values say what is allowed."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Collection, Mapping
from typing import Any

from radiomics_core.errors import SettingsError
from radiomics_core.extraction.catalogue import FEATURE_CLASSES, features_of
from radiomics_core.extraction.fields import INTERPOLATORS, SETTING_FIELDS
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.setting_field import Section, SettingField
from radiomics_core.i18n import lazy_

SECTIONS = ("setting", "imageType", "featureClass", "voxelSetting")


def check_parameters(data: Any) -> None:
    """Check the data of a parameter file; raises :class:`SettingsError` at the first fault."""
    _check_mapping(data, "parameter file")
    _check_keys(data, SECTIONS, "section")
    for section in ("setting", "voxelSetting"):
        _check_section(data.get(section) or {}, section)
    for image_type, own in (_check_mapping(data.get("imageType") or {}, "imageType")).items():
        _check_key(image_type, FILTERS.names(), "image type")
        _check_section(own or {}, image_type)
    for feature_class, names in (_check_mapping(data.get("featureClass") or {}, "featureClass")).items():
        _check_key(feature_class, FEATURE_CLASSES, "feature class")
        _check_features(feature_class, names)


def check_value(field: SettingField, value: Any) -> None:
    """Check one value against its field; None means "off", which a number that must have a value cannot be."""
    if value is None:
        if field.type in ("int", "float") and field.default is not None:
            raise _wrong_value(field, value)
        return
    if field.name == "interpolator" and _is_int(value) and 1 <= value <= len(INTERPOLATORS):
        return
    if field.type in ("floats", "ints"):
        _check_list(field, value)
    elif not _TYPE_CHECKS[field.type](value):
        raise _wrong_value(field, value)
    elif field.type == "choice" and value not in field.choices:
        raise _wrong_choice(field, value)
    elif field.type in ("int", "float"):
        _check_limits(field, value)


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) != float("inf")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


_TYPE_CHECKS: dict[str, Callable[[Any], bool]] = {
    "int": _is_int,
    "float": _is_number,
    "bool": _is_bool,
    "text": _is_text,
    "choice": _is_text,
}

_TYPE_WORDS = {
    "int": lazy_("a whole number"),
    "float": lazy_("a number"),
    "bool": lazy_("true or false"),
    "text": lazy_("a text"),
    "choice": lazy_("one of the known names"),
    "floats": lazy_("a list of numbers"),
    "ints": lazy_("a list of whole numbers"),
}


def _check_mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise SettingsError(
            lazy_("{where} holds {found}, expected names with values"),
            remedy=lazy_("Compare the file with a parameter file exported here"),
            where=where,
            found=type(value).__name__,
        )
    return value


def _check_keys(data: Mapping[str, Any], known: Collection[str], what: str) -> None:
    for key in data:
        _check_key(key, known, what)


def _check_key(key: Any, known: Collection[str], what: str) -> None:
    if key in known:
        return
    near = nearest(str(key), known)
    raise SettingsError(
        lazy_("unknown {what} '{key}'{hint}"),
        remedy=lazy_("Known: {known}"),
        what=what,
        key=key,
        hint=f", did you mean '{near}'?" if near else "",
        known=", ".join(known),
    )


def nearest(name: str, known: Collection[str]) -> str:
    """Return the known name most like a given one (case does not count), empty when none is like it."""
    by_lower = {other.lower(): other for other in known}
    near = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.5)
    return by_lower[near[0]] if near else ""


def _check_section(values: Any, where: str) -> None:
    section: Section = "voxelSetting" if where == "voxelSetting" else "setting"
    known = [field.name for field in SETTING_FIELDS.values() if field.section == section]
    for name, value in _check_mapping(values, where).items():
        _check_key(name, known, f"setting in {where}")
        check_value(SETTING_FIELDS[name], value)


def _check_features(feature_class: str, names: Any) -> None:
    if names is None:
        return
    if not isinstance(names, list | tuple):
        raise SettingsError(
            lazy_("features of {feature_class} are {found}, expected a list of names or nothing for all"),
            feature_class=feature_class,
            found=type(names).__name__,
        )
    for name in names:
        _check_key(name, features_of(feature_class), f"{feature_class} feature")


def _check_list(field: SettingField, value: Any) -> None:
    is_item = _is_int if field.type == "ints" else _is_number
    if not isinstance(value, list | tuple) or not all(is_item(item) for item in value):
        raise _wrong_value(field, value)
    if field.sizes and len(value) not in field.sizes:
        raise SettingsError(
            lazy_("{name} has {n} values, expected {sizes}"),
            name=field.name,
            n=len(value),
            sizes=" or ".join(str(size) for size in field.sizes),
        )
    for item in value:
        _check_limits(field, item)


def _check_limits(field: SettingField, value: float) -> None:
    low = field.minimum is not None and (value <= field.minimum if field.above_minimum else value < field.minimum)
    high = field.maximum is not None and value > field.maximum
    if math.isnan(value) or low or high:
        raise SettingsError(
            lazy_("{name} is {value}, expected {limits}"), name=field.name, value=value, limits=limits_text(field)
        )


def limits_text(field: SettingField) -> str:
    """Return the limits of a number in words: ``above 0``, ``0 or more``, ``1 to 3``."""
    if field.maximum is not None:
        return f"{field.minimum:g} to {field.maximum:g}"
    if field.minimum is None:
        return str(_TYPE_WORDS[field.type])
    return f"above {field.minimum:g}" if field.above_minimum else f"{field.minimum:g} or more"


def _wrong_value(field: SettingField, value: Any) -> SettingsError:
    return SettingsError(
        lazy_("{name} is {value!r}, expected {expected}"),
        name=field.name,
        value=value,
        expected=_TYPE_WORDS[field.type],
    )


def _wrong_choice(field: SettingField, value: str) -> SettingsError:
    near = nearest(value, field.choices)
    return SettingsError(
        lazy_("{name} is '{value}'{hint}"),
        remedy=lazy_("Known: {known}"),
        name=field.name,
        value=value,
        hint=f", did you mean '{near}'?" if near else "",
        known=", ".join(field.choices),
    )
