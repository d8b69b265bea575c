"""Reading clinical and feature tables: CSV, TSV and workbooks, as text cells, without deciding what they mean."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from radiomics_core.clinical.cells import are_plain_numbers
from radiomics_core.clinical.readers import reader_of
from radiomics_core.clinical.sniffing import (
    Rows,
    guess_decimal,
    guess_header,
    guess_missing_codes,
)
from radiomics_core.clinical.table_frame import body_of, far_out_codes, make_frame, mask_column_codes
from radiomics_core.clinical.table_limits import check_bytes, unpacked
from radiomics_core.cohort.model import ClinicalTableFormat
from radiomics_core.errors import TableError
from radiomics_core.findings import Finding
from radiomics_core.i18n import lazy_

Source = str | Path | bytes

_GZIP_MAGIC, _OLD_EXCEL_MAGIC = b"\x1f\x8b", b"\xd0\xcf\x11\xe0"


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
    seen = reader_of(content).look(content, name)
    rows, fmt, alternatives, findings = seen.rows, seen.format, seen.alternatives, seen.findings
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
    rows, findings = reader_of(content).rows(content, fmt, name)
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
