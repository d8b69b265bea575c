"""Reading workbooks (XLSX) as text cells: what is there is read, not what the file claims to be large as."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

from radiomics_core.clinical.sniffing import Rows
from radiomics_core.clinical.table_limits import CellCount, check_bytes
from radiomics_core.clinical.table_reader import SeenTable, TableReader
from radiomics_core.cohort.model import ClinicalTableFormat
from radiomics_core.errors import TableError
from radiomics_core.findings import Finding
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice


def read_sheets(content: bytes, name: str) -> dict[str, Rows]:
    """Return the rows of every sheet.

    A sheet's claim of its size is passed over: 6 kB can claim 17 thousand million cells. Trailing empty cells and
    rows are left out.

    Raises
    ------
    TableError
        The workbook is damaged, or holds more than is taken in.
    """
    import openpyxl

    try:
        _check_expanded(content, name)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        count, looked_at = CellCount(name), CellCount(name, times=8)
        sheets = {sheet.title: _rows(sheet, count, looked_at) for sheet in book.worksheets}
    except TableError:
        raise
    except Exception as error:
        # openpyxl does not say what a damaged workbook makes it raise: KeyError, TypeError, ParseError, zlib.error ...
        raise TableError(
            lazy_("'{name}' is no workbook that can be read: {why}"),
            remedy=lazy_("Open it in a spreadsheet program and save it as .csv"),
            name=name,
            why=f"{type(error).__name__}: {str(error)[:120]}",
        ) from error
    if not sheets:
        raise TableError(lazy_("'{name}' has no sheet with cells"), remedy=lazy_("Save it as .csv"), name=name)
    return sheets


def _check_expanded(content: bytes, name: str) -> None:
    """Refuse before unpacking; a member cannot give more than its entry claims, zipfile stops there."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        check_bytes(sum(member.file_size for member in archive.infolist()), name)


def _rows(sheet: Any, count: CellCount, looked_at: CellCount) -> Rows:
    """Return the rows; one cell far to the right makes a row of thousands of empty ones, which are looked at."""
    sheet.reset_dimensions()
    rows: Rows = []
    filled = 0
    for values in sheet.iter_rows(values_only=True):
        looked_at.add(values)
        cells = [_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        count.add(cells)
        rows.append(cells)
        filled = len(rows) if cells else filled
    return rows[:filled]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


class Workbook(TableReader):
    """Sheets of cells."""

    endings = ("xlsx",)

    def sniff(self, content: bytes) -> bool:
        """See :class:`TableReader`."""
        return content.startswith(b"PK\x03\x04")

    def look(self, content: bytes, name: str) -> SeenTable:
        """See :class:`TableReader`; the sheet with most cells is taken."""
        sheets = read_sheets(content, name)
        ordered = sorted(sheets, key=lambda s: -sum(bool(c) for row in sheets[s] for c in row))
        fmt = ClinicalTableFormat(separator="", encoding="", sheet=ordered[0])
        return SeenTable(sheets[ordered[0]], fmt, {"sheet": tuple(ordered[1:])})

    def rows(self, content: bytes, fmt: ClinicalTableFormat, name: str) -> tuple[Rows, list[Finding]]:
        """See :class:`TableReader`."""
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


CHOICE: Choice[TableReader] = Choice(
    name="workbook",
    label=lazy_("Excel workbook"),
    build=Workbook,
    help=lazy_("The sheet with most cells, or the one you choose; formulas by their stored results."),
)
