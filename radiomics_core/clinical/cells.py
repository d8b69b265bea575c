"""What a single cell of a clinical table says: a number, a missing value, or a value compared with another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeGuard

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_COMMA_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+([eE][+-]?\d+)?")
_INFINITE = {"inf", "-inf", "+inf", "infinity", "-infinity"}


def is_missing(value: object) -> bool:
    """Say whether a cell holds nothing."""
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value))


def cell_text(value: object) -> str:
    """Return a cell as trimmed text: ``3.0`` as ``"3"``, missing as ``""``."""
    if is_missing(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def is_number(text: str) -> bool:
    """Say whether trimmed text is a number with a decimal point."""
    return _NUMBER.fullmatch(text) is not None


def is_comma_number(text: str) -> bool:
    """Say whether trimmed text is a number with a decimal comma (``1,5`` or ``1.234,5``)."""
    return _COMMA_NUMBER.fullmatch(text) is not None


_NUMBER_LINES = re.compile(r"(?>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\n)*+")


def are_plain_numbers(cells: Sequence[str]) -> bool:
    """Say whether every cell is a number with a decimal point and nothing else, blanks included; empty cells are not.

    The whole column is matched at once: a feature table has ten million such cells.
    """
    if not cells or not is_number(cells[0]):
        return False
    joined = "\n".join(cells) + "\n"
    return joined.count("\n") == len(cells) and _NUMBER_LINES.fullmatch(joined) is not None


def point_number(text: str) -> str:
    """Return a number with a decimal comma as one with a decimal point; any other text unchanged."""
    bare = text.strip()
    return bare.replace(".", "").replace(",", ".") if is_comma_number(bare) else text


def canonical(value: object) -> str:
    """Return the form in which cells are compared: ``1`` equals ``1.0``, and ``Yes`` equals ``yes``."""
    text = cell_text(value)
    return repr(float(text)) if is_number(text) else text.casefold()


def _is_plain(value: object) -> TypeGuard[str]:
    """Say quickly whether a cell is text that is already a plain number; most cells of a feature table are."""
    return value.__class__ is str and _NUMBER.fullmatch(value) is not None


def parse_numbers(values: Iterable[object]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the numbers of a column and where a cell is neither a number nor missing.

    Returns
    -------
    numbers : array of float, shape (n,)
        NaN where the cell is missing or no number.
    is_text : array of bool, shape (n,)
        True where a cell is filled but no number.
    """
    values = list(values)
    plain = [value for value in values if isinstance(value, str)]
    if len(plain) == len(values) and are_plain_numbers(plain):
        return np.array(list(map(float, plain))), np.zeros(len(plain), bool)
    texts = [value if _is_plain(value) else point_number(cell_text(value)) for value in values]
    is_text = np.array([bool(text) and not (is_number(text) or text.lower() in _INFINITE) for text in texts], bool)
    numbers = np.array([np.nan if not text or bad else float(text) for text, bad in zip(texts, is_text, strict=True)])
    return numbers.astype(float), is_text
