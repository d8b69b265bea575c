"""From raw rows to a frame of text cells: header, width, unique names, missing codes, decimal commas."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.clinical import kinds
from radiomics_core.clinical.cells import are_plain_numbers, is_comma_number, is_number, point_number
from radiomics_core.clinical.sniffing import Rows, guess_number_codes
from radiomics_core.clinical.table_limits import check_cells
from radiomics_core.cohort.model import ClinicalTableFormat
from radiomics_core.errors import TableError
from radiomics_core.files.csv_tables import unguarded
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_


def body_of(rows: Rows, fmt: ClinicalTableFormat) -> Rows:
    """Return the rows below the header."""
    return rows[fmt.header_row + fmt.header_rows :] if fmt.header_row >= 0 else rows


def make_frame(rows: Rows, fmt: ClinicalTableFormat, name: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the cells below the header as text, missing as ``pd.NA``, and what is odd about header and width.

    Raises
    ------
    TableError
        No row stands below the header, or the rows filled up to the longest are too many cells.
    """
    body = body_of(rows, fmt)
    first_line = len(rows) - len(body) + 1
    lines = [(first_line + i, row) for i, row in enumerate(body) if any(map(str.strip, row))]
    if fmt.header_row >= len(rows) or not lines:
        raise TableError(
            lazy_("'{name}' has no rows below its header (row {row})"),
            remedy=lazy_("Choose another header row"),
            name=name,
            row=fmt.header_row + 1,
        )
    findings: list[Finding] = []
    names, body = _rectangular(_header(rows, fmt), lines, name, findings)
    names = _unique(names, findings)
    cells = _without_codes(body, fmt)
    kept = [i for i, n in enumerate(names) if n != f"column {i + 1}" or not pd.isna(cells[:, i]).all()]
    cells = cells if len(kept) == len(names) else cells[:, kept]
    return pd.DataFrame(cells, columns=[names[i] for i in kept], dtype=object), findings


def far_out_codes(frame: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """Return (column, code) for every number in a column that seems to mean missing; see ``guess_number_codes``."""
    cells = frame.to_numpy()
    return tuple(
        (str(column), code)
        for i, column in enumerate(frame.columns)
        for code in guess_number_codes([cell for cell in cells[:, i] if cell is not pd.NA])
    )


def mask_column_codes(frame: pd.DataFrame, fmt: ClinicalTableFormat) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the frame with the codes of single columns as missing, and how often each occurred."""
    findings, cells = [], frame.to_numpy(copy=True) if fmt.column_missing_codes else None
    places = {str(column): i for i, column in enumerate(frame.columns)}
    for column, code in fmt.column_missing_codes:
        if cells is None or column not in places:
            continue
        at = places[column]
        is_code = np.array([cell is not pd.NA and cell.strip() == code for cell in cells[:, at]], bool)
        cells[is_code, at] = pd.NA
        if is_code.any():
            findings.append(found(kinds.MISSING_IN_DISGUISE, column=column, code=code, n=int(is_code.sum())))
    return (frame if cells is None else pd.DataFrame(cells, columns=frame.columns, dtype=object)), findings


def _header(rows: Rows, fmt: ClinicalTableFormat) -> list[str]:
    if fmt.header_row < 0:
        return []
    lines = [
        [unguarded(cell.strip()) for cell in row] for row in rows[fmt.header_row : fmt.header_row + fmt.header_rows]
    ]
    if len(lines) == 1:
        return lines[0]
    width = max(len(line) for line in lines)
    upper, lower = ([*line, *[""] * (width - len(line))] for line in lines[:2])
    for i in range(1, width):
        upper[i] = upper[i] or (upper[i - 1] if lower[i] else "")
    return [f"{a} {b}".strip() if a != b else a for a, b in zip(upper, lower, strict=True)]


def _rectangular(
    names: list[str], lines: list[tuple[int, list[str]]], file: str, findings: list[Finding]
) -> tuple[list[str], Rows]:
    long = [line for line, row in lines if names and any(cell.strip() for cell in row[len(names) :])]
    width = max([len(names)] + ([len(row) for _, row in lines] if long or not names else []))
    check_cells(width, len(lines), file)
    full = [n or f"column {i + 1}" for i, n in enumerate([*names, *[""] * (width - len(names))])]
    if long:
        renamed = full[len(names) :]
        shown = ", ".join(renamed[:8]) + (" ..." if len(renamed) > 8 else "")
        findings.append(found(kinds.RAGGED_ROWS, n=len(long), line=long[0], renamed=shown))
    return full, [row if len(row) == width else [*row[:width], *[""] * (width - len(row))] for _, row in lines]


def _unique(names: list[str], findings: list[Finding]) -> list[str]:
    taken, seen, unique = set(names), dict[str, int](), []
    renamed: dict[str, list[str]] = {}
    for name in names:
        fresh, n = name, seen.get(name, 0) + 1
        while n > 1 and fresh in taken:
            fresh, n = f"{name} ({n})", n + 1
        seen[name] = max(1, n - 1)
        if fresh != name:
            renamed.setdefault(name, []).append(fresh)
            taken.add(fresh)
        unique.append(fresh)
    for name, others in renamed.items():
        shown = ", ".join(others[:8]) + (" ..." if len(others) > 8 else "")
        findings.append(found(kinds.DUPLICATE_COLUMN, column=name, n=len(others) + 1, renamed=shown))
    return unique


def _without_codes(body: Rows, fmt: ClinicalTableFormat) -> NDArray[np.object_]:
    """Return the cells, shape (rows, columns), with missing codes as NA; columns of plain numbers stay as they are."""
    cells = np.empty((len(body), len(body[0])), object)
    cells[:] = body
    codes = {code.strip().casefold() for code in fmt.missing_codes} | {""}
    number_codes = {code for code in codes if is_number(code)}
    for i, column in enumerate(zip(*body, strict=True)):
        if are_plain_numbers(column) and number_codes.isdisjoint(column):
            continue
        cells[:, i] = _column(column, codes, fmt.decimal)
    return cells


def _column(cells: Sequence[str], codes: set[str], decimal: str) -> list[object]:
    cells = [unguarded(cell) for cell in cells]
    if decimal == "," and _mostly_numbers(cells):
        cells = [point_number(cell) for cell in cells]
    return [pd.NA if cell.strip().casefold() in codes else cell for cell in cells]


def _mostly_numbers(cells: Sequence[str]) -> bool:
    texts = [cell.strip() for cell in cells if cell.strip()]
    commas = sum(is_comma_number(t) for t in texts)
    return commas > 0 and commas + sum(is_number(t) for t in texts) > len(texts) / 2
