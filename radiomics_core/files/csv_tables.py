"""Tables as CSV files. Every table that leaves passes here, so that no spreadsheet runs a cell of it.

Excel and LibreOffice compute a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line end, whoever wrote it.
Texts that begin so get an apostrophe in front, column names too; numbers stay as they are, also those that stand in a
column of texts (``-0.3``). :func:`unguarded` takes the apostrophe away when a table is read again.

References
----------
OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

_RUNS = re.compile(r"'*[=+\-@\t\n]")
_GUARDED = re.compile(r"''*[=+\-@\t\n]")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?")


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV in UTF-8 with the mark that spreadsheets need."""
    return guarded(frame).to_csv(index=False).encode("utf-8-sig")


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV in UTF-8."""
    guarded(frame).to_csv(path, index=False)


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before every text and column name that a spreadsheet would compute."""
    safe = frame.copy(deep=False)
    for place, dtype in enumerate(frame.dtypes):
        if not pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_datetime64_any_dtype(dtype):
            texts = frame.iloc[:, place].astype(object)
            safe.isetitem(place, [guard(cell) for cell in texts])
    safe.columns = pd.Index([guard(name) for name in frame.columns], dtype=object)
    return safe


def guard(cell: object) -> object:
    """Return a text that no spreadsheet computes; anything but a text as it is.

    Line ends inside a text become line feeds, which are quoted: a bare carriage return would end the row.
    """
    if not isinstance(cell, str):
        return cell
    cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    if not _RUNS.match(cell) or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"


def unguarded(cell: str) -> str:
    """Return a cell as it was before :func:`guard`."""
    return cell[1:] if _GUARDED.match(cell) else cell
