"""One setting of a parameter file: type, default, unit, limits and what it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from radiomics_core.i18n import LazyText

FieldType = Literal["int", "float", "bool", "choice", "text", "floats", "ints"]
Section = Literal["setting", "voxelSetting"]


@dataclass(frozen=True, kw_only=True)
class SettingField:
    """One setting.

    Attributes
    ----------
    name : str
        Key in the parameter file.
    type : str
        ``int``, ``float``, ``bool``, ``choice``, ``text``, ``floats`` or ``ints`` (lists of numbers).
    default : any
        What pyradiomics does when the key is absent; None is "off".
    unit : str
        Unit of the value, empty when it has none; ``intensity`` is the unit of the image.
    choices : tuple
        Allowed values of a ``choice``.
    minimum, maximum : float or None
        Limits; the minimum itself is allowed unless ``above_minimum``.
    sizes : tuple of int
        Allowed lengths of a list; empty for any.
    group : str
        Heading in the form: a key of ``GROUPS``.
    section : str
        Part of the file it stands in when it holds for the whole extraction.
    """

    name: str
    type: FieldType
    default: Any
    group: str
    help: LazyText
    unit: str = ""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    above_minimum: bool = False
    sizes: tuple[int, ...] = ()
    section: Section = "setting"
