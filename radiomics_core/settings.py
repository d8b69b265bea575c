"""Settings are small frozen dataclasses with a digest; results are stored under digests, never under names."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from importlib import metadata
from typing import Any, Self

import numpy as np
import pandas as pd

from radiomics_core.errors import SettingsError
from radiomics_core.files.digests import content_digest
from radiomics_core.i18n import LazyText, lazy_


def digest_of(*parts: Any) -> str:
    """Return a 16-character digest of JSON-like values, settings, arrays and frames (every element counts)."""
    return content_digest(piece for part in parts for piece in (_bytes_of(part), b"\x1f"))[:16]


def _bytes_of(part: Any) -> bytes:
    if isinstance(part, np.ndarray):
        if part.dtype == object:
            return _bytes_of([str(value) for value in part.ravel()])
        return f"{part.dtype.str}{part.shape}".encode() + np.ascontiguousarray(part).tobytes()
    if isinstance(part, pd.DataFrame | pd.Series | pd.Index):
        frame = part.to_frame() if not isinstance(part, pd.DataFrame) else part
        names = json.dumps([str(c) for c in frame.columns])
        return names.encode() + pd.util.hash_pandas_object(frame, index=True).to_numpy().tobytes()
    if isinstance(part, bytes):
        return part
    return json.dumps(_plain(part), sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        # a field that came later is left out while it says nothing, so that digests stay
        told = (
            f
            for f in dataclasses.fields(value)
            if not (f.metadata.get("later") and getattr(value, f.name) == f.default)
        )
        fields = {f.name: _plain(getattr(value, f.name)) for f in told}
        return {"__settings__": type(value).__name__, **fields}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"cannot make a digest of {type(value).__name__}")


def library_versions(*names: str) -> dict[str, str]:
    """Return the installed versions of distributions, ``"absent"`` for one that is not installed."""
    versions = {}
    for name in names:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "absent"
    return versions


def setting(default: Any, label: LazyText, hint: LazyText | None = None) -> Any:
    """Return a field of a settings dataclass with what its form says of it."""
    return dataclasses.field(default=default, metadata={"label": label, "help": hint})


def parse_value(settings: type[Any] | None, name: str, text: str) -> Any:
    """Return the value of a field from words as a form or command line has them: ``5, 10`` for several numbers.

    Raises
    ------
    SettingsError
        When there is no such field, or the words are not of its kind.
    """
    fields = {f.name: f for f in dataclasses.fields(settings)} if settings is not None else {}
    if name not in fields:
        raise SettingsError(
            lazy_("unknown setting {unknown} for {settings}"),
            remedy=lazy_("Known settings: {known}"),
            unknown=name,
            settings=getattr(settings, "__name__", ""),
            known=", ".join(fields),
        )
    default = fields[name].default
    try:
        if isinstance(default, tuple):
            kind = type(default[0])
            return tuple(_word(kind, part) for part in text.replace(";", ",").split(",") if part.strip())
        return _word(type(default), text)
    except ValueError as error:
        raise SettingsError(
            lazy_("{label} is '{text}', expected something like {example}"),
            label=fields[name].metadata.get("label", name),
            text=text,
            example=words_of(default),
        ) from error


def words_of(value: Any) -> str:
    """Return a value of a field as :func:`parse_value` reads it."""
    return ", ".join(map(words_of, value)) if isinstance(value, tuple) else str(value)


def _word(kind: type[Any], text: str) -> Any:
    if kind is bool:
        said = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if text.strip().lower() not in said:
            raise ValueError(text)
        return said[text.strip().lower()]
    return kind(text.strip())


def at_least(settings: Any, name: str, least: float) -> None:
    """Refuse a field with a value, or any of its values, below ``least``; a field of no values too."""
    _check(settings, name, lambda value: value >= least, lazy_("{label} must be at least {least}, got {value}"), least)


def positive(settings: Any, name: str) -> None:
    """Refuse a field with a value, or any of its values, that is not above zero; a field of no values too."""
    _check(settings, name, lambda value: value > 0, lazy_("{label} must be positive, got {value}"))


def share(settings: Any, name: str) -> None:
    """Refuse a field with a value, or any of its values, outside of 0 to 1; a field of no values too."""
    _check(settings, name, lambda value: 0 <= value <= 1, lazy_("{label} must lie between 0 and 1, got {value}"))


def _check(settings: Any, name: str, allowed: Callable[[Any], bool], words: LazyText, least: float = 0) -> None:
    value = getattr(settings, name)
    each = value if isinstance(value, tuple) else (value,)
    if not each or not all(allowed(one) for one in each):
        label = next(f.metadata.get("label", name) for f in dataclasses.fields(settings) if f.name == name)
        raise SettingsError(words, label=label, least=least, value=value)


class Settings:
    """Base of every settings dataclass: digest, plain form and back.

    Subclasses are ``@dataclass(frozen=True, kw_only=True)`` and check themselves in ``__post_init__``,
    raising :class:`SettingsError`.
    """

    def digest(self) -> str:
        """Return a digest of the class name and every value."""
        return digest_of(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the values as JSON-like data."""
        plain = _plain(self)
        plain.pop("__settings__")
        return dict(plain)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Make settings from stored values; an unknown key is an error that names the known ones."""
        known = {f.name: f for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise SettingsError(
                lazy_("unknown setting {unknown} for {settings}"),
                remedy=lazy_("Known settings: {known}"),
                unknown=", ".join(unknown),
                settings=cls.__name__,
                known=", ".join(known),
            )
        return cls(**{key: tuple(v) if isinstance(v, list) else v for key, v in values.items()})
