"""Reading clinical and feature tables: CSV, TSV and workbooks, as text cells, without deciding what they mean."""

from __future__ import annotations

import dataclasses
import gzip
import io
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from radiomics_core.cohort import kinds_tables as kinds
from radiomics_core.cohort.cells import is_comma_number, is_number, point_number
from radiomics_core.cohort.model import ClinicalTableFormat
from radiomics_core.cohort.sniffing import (
    Rows,
    guess_decimal,
    guess_encoding,
    guess_header,
    guess_missing_codes,
    guess_number_codes,
    guess_separator,
    parse_rows,
)
from radiomics_core.csv_files import unguarded
from radiomics_core.errors import TableError
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_

Source = str | Path | bytes

MAX_TABLE_BYTES = 2_000_000_000
_XLSX_MAGIC, _GZIP_MAGIC, _OLD_EXCEL_MAGIC = b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class TableLook:
    """What the sniffer saw in a file.

    Attributes
    ----------
    format : ClinicalTableFormat
        The best guess.
    alternatives : dict of str to tuple of str
        Other values for ``separator``, ``decimal``, ``encoding``, ``sheet``, best first.
    preview : DataFrame
        The first rows read with ``format``.
    lines : list of list of str
        The first raw rows, so that the header row can be pointed at.
    findings : list of Finding
    """

    format: ClinicalTableFormat
    alternatives: dict[str, tuple[str, ...]]
    preview: pd.DataFrame
    lines: Rows
    findings: list[Finding] = field(default_factory=list)


def sniff(source: Source, name: str = "") -> ClinicalTableFormat:
    """Guess how a table file is read; see :func:`look` for the alternatives."""
    return look(source, name).format


def look(source: Source, name: str = "", preview_rows: int = 20) -> TableLook:
    """Guess how a table file is read and show its first rows.

    Parameters
    ----------
    source : path or bytes
    name : str
        File name, for messages (and for bytes).

    Raises
    ------
    TableError
        When the file is empty or no table.
    """
    content, name = _content(source, name)
    alternatives: dict[str, tuple[str, ...]] = {}
    findings: list[Finding] = []
    if content.startswith(_XLSX_MAGIC):
        sheets = _sheets(content, name)
        ordered = sorted(sheets, key=lambda s: -sum(bool(c) for row in sheets[s] for c in row))
        rows, fmt = sheets[ordered[0]], ClinicalTableFormat(separator="", encoding="", sheet=ordered[0])
        alternatives["sheet"] = tuple(ordered[1:])
    else:
        rows, fmt, alternatives, findings = _look_at_text(content, name)
    header_row, header_rows = guess_header(rows)
    decimal = guess_decimal(rows[header_row + header_rows :] if header_row >= 0 else rows)
    alternatives["decimal"] = decimal.others
    fmt = dataclasses.replace(fmt, header_row=header_row, header_rows=header_rows, decimal=decimal.value)
    body = rows[header_row + header_rows :] if header_row >= 0 else rows
    fmt = dataclasses.replace(fmt, missing_codes=guess_missing_codes(body))
    frame, more = _frame(rows, fmt, name)
    pairs = [(str(c), code) for c in frame for code in guess_number_codes(list(frame[c].dropna()))]
    fmt = dataclasses.replace(fmt, column_missing_codes=tuple(pairs))
    more += _apply_column_codes(frame, fmt)
    return TableLook(fmt, alternatives, frame.head(preview_rows), rows[:preview_rows], findings + more)


def read_table(source: Source, fmt: ClinicalTableFormat | None = None, name: str = "") -> pd.DataFrame:
    """Return every cell as text (numbers with a decimal point), missing codes as ``NA``; see ``read_checked``."""
    return read_checked(source, fmt, name)[0]


def read_checked(
    source: Source, fmt: ClinicalTableFormat | None = None, name: str = ""
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a table and say what is odd about it.

    Parameters
    ----------
    source : path or bytes
    fmt : ClinicalTableFormat, optional
        How to read it; sniffed when not given.

    Returns
    -------
    frame : DataFrame of str (dtype object), missing as ``pd.NA``
        Column names are trimmed and unique.
    findings : list of Finding

    Raises
    ------
    TableError
        When the file cannot be read with this format.
    """
    content, name = _content(source, name)
    fmt = fmt or sniff(content, name)
    frame, findings = _frame(_rows(content, fmt, name), fmt, name)
    findings += _apply_column_codes(frame, fmt)
    return frame, findings


def _apply_column_codes(frame: pd.DataFrame, fmt: ClinicalTableFormat) -> list[Finding]:
    """Make the codes of single columns missing, in place, and say how often each occurred."""
    findings = []
    for column, code in fmt.column_missing_codes:
        if column in frame:
            is_code = _matches(frame[column], {code})
            frame[column] = frame[column].mask(is_code, pd.NA)
            if is_code.any():
                findings.append(found(kinds.MISSING_IN_DISGUISE, column=column, code=code, n=int(is_code.sum())))
    return findings


def _content(source: Source, name: str) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        content, name = source, name or "table"
    else:
        name = name or Path(source).name
        try:
            content = Path(source).read_bytes()
        except OSError as error:
            raise TableError(lazy_("'{name}' cannot be opened: {why}"), name=name, why=error.strerror or "") from error
    if content.startswith(_GZIP_MAGIC):
        content = _unzipped(content, name)
    if content.startswith(_OLD_EXCEL_MAGIC):
        raise TableError(
            lazy_("'{name}' is a workbook in the old .xls format"), remedy=lazy_("Save it as .xlsx or .csv"), name=name
        )
    if not content.strip(b"\x00 \r\n\t"):
        raise TableError(lazy_("'{name}' is empty"), remedy=lazy_("Choose a file with a header and rows"), name=name)
    return content, name


def _unzipped(content: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            unzipped = stream.read(MAX_TABLE_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise TableError(
            lazy_("'{name}' is a damaged gzip file"), remedy=lazy_("Copy or download it again"), name=name
        ) from error
    if len(unzipped) > MAX_TABLE_BYTES:
        raise TableError(lazy_("'{name}' holds more than 2 GB of text"), remedy=lazy_("Split the table"), name=name)
    return unzipped


def _look_at_text(
    content: bytes, name: str
) -> tuple[Rows, ClinicalTableFormat, dict[str, tuple[str, ...]], list[Finding]]:
    encoding = guess_encoding(content)
    text = _decoded(content, encoding.value, name)
    separator = guess_separator(text)
    findings = []
    if not encoding.is_sure:
        others = ", ".join(encoding.others)
        findings.append(found(kinds.ENCODING_DOUBT, encoding=encoding.value, others=others))
    fmt = ClinicalTableFormat(separator=separator.value, encoding=encoding.value)
    alternatives = {"separator": separator.others, "encoding": encoding.others}
    return parse_rows(text, separator.value), fmt, alternatives, findings


def _decoded(content: bytes, encoding: str, name: str) -> str:
    try:
        text = content.decode(encoding).lstrip("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise TableError(
            lazy_("'{name}' is not written in the character set {encoding}"),
            remedy=lazy_("Choose another character set"),
            name=name,
            encoding=encoding,
        ) from error
    odd = sum(c < " " and c not in "\t\r\n\f\x1a" for c in text[:100_000])
    if odd > 0.001 * len(text[:100_000]):
        raise TableError(
            lazy_("'{name}' is no table of text"), remedy=lazy_("Choose a CSV, TSV or XLSX file"), name=name
        )
    return text


def _rows(content: bytes, fmt: ClinicalTableFormat, name: str) -> Rows:
    if not content.startswith(_XLSX_MAGIC):
        return parse_rows(_decoded(content, fmt.encoding or "utf-8", name), fmt.separator or ",")
    sheets = _sheets(content, name)
    sheet = fmt.sheet or next(iter(sheets))
    if sheet not in sheets:
        raise TableError(
            lazy_("'{name}' has no sheet '{sheet}'"),
            remedy=lazy_("Available: {available}"),
            name=name,
            sheet=sheet,
            available=", ".join(sheets),
        )
    return sheets[sheet]


def _sheets(content: bytes, name: str) -> dict[str, Rows]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = {sheet.title: _sheet_rows(sheet) for sheet in book.worksheets}
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise TableError(
            lazy_("'{name}' is no workbook that can be read"), remedy=lazy_("Save it as .csv"), name=name
        ) from error
    return sheets


def _sheet_rows(sheet: Any) -> Rows:
    return [[_excel_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def _excel_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _frame(rows: Rows, fmt: ClinicalTableFormat, name: str) -> tuple[pd.DataFrame, list[Finding]]:
    body = rows[fmt.header_row + fmt.header_rows :] if fmt.header_row >= 0 else rows
    first_line = len(rows) - len(body) + 1
    body_lines = [(first_line + i, row) for i, row in enumerate(body) if any(cell.strip() for cell in row)]
    if fmt.header_row >= len(rows) or not body_lines:
        raise TableError(
            lazy_("'{name}' has no rows below its header (row {row})"),
            remedy=lazy_("Choose another header row"),
            name=name,
            row=fmt.header_row + 1,
        )
    names = _header(rows, fmt)
    findings: list[Finding] = []
    names, body = _rectangular(names, body_lines, findings)
    names = _unique(names, findings)
    columns = {n: _column([row[i] for row in body], fmt) for i, n in enumerate(names)}
    empty_unnamed = [n for i, n in enumerate(names) if n == f"column {i + 1}" and columns[n].isna().all()]
    frame = pd.DataFrame(columns, columns=names, dtype=object)
    return frame.drop(columns=empty_unnamed), findings


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
    names: list[str], lines: list[tuple[int, list[str]]], findings: list[Finding]
) -> tuple[list[str], list[list[str]]]:
    long = [line for line, row in lines if names and any(cell.strip() for cell in row[len(names) :])]
    width = max([len(names)] + ([len(row) for _, row in lines] if long or not names else []))
    full = [n or f"column {i + 1}" for i, n in enumerate([*names, *[""] * (width - len(names))])]
    if long:
        renamed = ", ".join(full[len(names) :])
        findings.append(found(kinds.RAGGED_ROWS, n=len(long), line=long[0], renamed=renamed))
    return full, [[*row[:width], *[""] * (width - len(row))] for _, row in lines]


def _unique(names: list[str], findings: list[Finding]) -> list[str]:
    taken, unique = set(names), []
    renamed: dict[str, list[str]] = {}
    for name in names:
        fresh, n = name, 2
        while fresh in unique or (fresh != name and fresh in taken):
            fresh, n = f"{name} ({n})", n + 1
        if fresh != name:
            renamed.setdefault(name, []).append(fresh)
        unique.append(fresh)
    for name, others in renamed.items():
        findings.append(found(kinds.DUPLICATE_COLUMN, column=name, n=len(others) + 1, renamed=", ".join(others)))
    return unique


def _column(cells: list[str], fmt: ClinicalTableFormat) -> pd.Series:
    codes = {code.strip().casefold() for code in fmt.missing_codes} | {""}
    cells = [unguarded(cell) for cell in cells]
    if fmt.decimal == "," and _mostly_numbers(cells):
        cells = [point_number(cell) for cell in cells]
    return pd.Series([pd.NA if cell.strip().casefold() in codes else cell for cell in cells], dtype=object)


def _mostly_numbers(cells: list[str]) -> bool:
    texts = [cell.strip() for cell in cells if cell.strip()]
    commas = sum(is_comma_number(t) for t in texts)
    return commas > 0 and commas + sum(is_number(t) for t in texts) > len(texts) / 2


def _matches(column: pd.Series, codes: set[str]) -> pd.Series:
    return column.map(lambda cell: not pd.isna(cell) and cell.strip() in codes).astype(bool)
