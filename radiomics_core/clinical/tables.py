"""Reading clinical and feature tables: CSV, TSV and workbooks, as text cells, without deciding what they mean."""

from __future__ import annotations

import codecs
import dataclasses
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from radiomics_core.clinical import kinds
from radiomics_core.clinical.cells import are_plain_numbers
from radiomics_core.clinical.delimited import read_delimited, wrong_encoding
from radiomics_core.clinical.sniffing import (
    Rows,
    guess_decimal,
    guess_encoding,
    guess_header,
    guess_missing_codes,
    guess_separator,
)
from radiomics_core.clinical.table_frame import body_of, far_out_codes, make_frame, mask_column_codes
from radiomics_core.clinical.table_limits import check_bytes, unpacked
from radiomics_core.clinical.workbooks import read_sheets
from radiomics_core.cohort.model import ClinicalTableFormat
from radiomics_core.errors import TableError
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_

Source = str | Path | bytes
_Looked = tuple[Rows, ClinicalTableFormat, dict[str, tuple[str, ...]], list[Finding]]

_BEGINNING = 2_000_000
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
    return _look(*_content(source, name), preview_rows)[0]


def _look(content: bytes, name: str, preview_rows: int = 20) -> tuple[TableLook, pd.DataFrame]:
    """Return the look and the whole table as it is read with the guessed format."""
    rows, fmt, alternatives, findings = (
        _look_at_book(content, name) if content.startswith(_XLSX_MAGIC) else _look_at_text(content, name)
    )
    header_row, header_rows = guess_header(rows)
    fmt = dataclasses.replace(fmt, header_row=header_row, header_rows=header_rows)
    body = body_of(rows, fmt)
    decimal = guess_decimal(body)
    alternatives["decimal"] = decimal.others
    texts = (column for column in zip_longest(*body, fillvalue="") if not are_plain_numbers(column))
    fmt = dataclasses.replace(fmt, decimal=decimal.value, missing_codes=guess_missing_codes(texts))
    frame, odd = make_frame(rows, fmt, name)
    fmt = dataclasses.replace(fmt, column_missing_codes=far_out_codes(frame))
    frame, disguised = mask_column_codes(frame, fmt)
    findings += [*odd, *disguised]
    return TableLook(fmt, alternatives, frame.head(preview_rows), rows[:preview_rows], findings), frame


def _look_at_book(content: bytes, name: str) -> _Looked:
    sheets = read_sheets(content, name)
    ordered = sorted(sheets, key=lambda s: -sum(bool(c) for row in sheets[s] for c in row))
    fmt = ClinicalTableFormat(separator="", encoding="", sheet=ordered[0])
    return sheets[ordered[0]], fmt, {"sheet": tuple(ordered[1:])}, []


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
    if fmt is None:
        seen, frame = _look(content, name)
        return frame, seen.findings
    rows, findings = _rows(content, fmt, name)
    frame, odd = make_frame(rows, fmt, name)
    frame, disguised = mask_column_codes(frame, fmt)
    return frame, [*findings, *odd, *disguised]


def _content(source: Source, name: str) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        content, name = source, name or "table"
    else:
        name = name or Path(source).name
        try:
            check_bytes(Path(source).stat().st_size, name)
            content = Path(source).read_bytes()
        except OSError as error:
            raise TableError(lazy_("'{name}' cannot be opened: {why}"), name=name, why=error.strerror or "") from error
    if content.startswith(_GZIP_MAGIC):
        content = unpacked(content, name)
    check_bytes(len(content), name)
    if content.startswith(_OLD_EXCEL_MAGIC):
        raise TableError(
            lazy_("'{name}' is a workbook in the old .xls format"), remedy=lazy_("Save it as .xlsx or .csv"), name=name
        )
    if not content.strip(b"\x00 \r\n\t"):
        raise TableError(lazy_("'{name}' is empty"), remedy=lazy_("Choose a file with a header and rows"), name=name)
    return content, name


def _look_at_text(content: bytes, name: str) -> _Looked:
    encoding = guess_encoding(content)
    separator = guess_separator(_beginning(content, encoding.value, name))
    rows, findings = read_delimited(content, encoding.value, separator.value, name)
    if not encoding.is_sure:
        others = ", ".join(encoding.others)
        findings.append(found(kinds.ENCODING_DOUBT, encoding=encoding.value, others=others))
    fmt = ClinicalTableFormat(separator=separator.value, encoding=encoding.value)
    alternatives = {"separator": separator.others, "encoding": encoding.others}
    return rows, fmt, alternatives, findings


def _beginning(content: bytes, encoding: str, name: str) -> str:
    """Return the first two million characters, which must be text."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(content[:_BEGINNING]).lstrip("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise wrong_encoding(name, encoding) from error
    odd = sum(c < " " and c not in "\t\r\n\f\x1a" for c in text[:100_000])
    if odd > 0.001 * len(text[:100_000]):
        raise TableError(
            lazy_("'{name}' is no table of text"), remedy=lazy_("Choose a CSV, TSV or XLSX file"), name=name
        )
    return text


def _rows(content: bytes, fmt: ClinicalTableFormat, name: str) -> tuple[Rows, list[Finding]]:
    if not content.startswith(_XLSX_MAGIC):
        encoding = fmt.encoding or "utf-8"
        _beginning(content, encoding, name)
        return read_delimited(content, encoding, fmt.separator or ",", name)
    sheets = read_sheets(content, name)
    sheet = fmt.sheet or next(iter(sheets))
    if sheet not in sheets:
        raise TableError(
            lazy_("'{name}' has no sheet '{sheet}'"),
            remedy=lazy_("Available: {available}"),
            name=name,
            sheet=sheet,
            available=", ".join(sheets),
        )
    return sheets[sheet], []
