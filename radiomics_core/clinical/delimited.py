"""Reading delimited text record by record: counted, and with a look at quotes that swallow rows."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from radiomics_core.clinical import kinds
from radiomics_core.clinical.sniffing import Rows, guess_encoding, guess_separator, usual_width
from radiomics_core.clinical.table_limits import MAX_CELL_CHARACTERS, CellCount
from radiomics_core.clinical.table_reader import SeenTable, TableReader
from radiomics_core.cohort.model import ClinicalTableFormat
from radiomics_core.errors import TableError
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice

_SAMPLE = 400
_BEGINNING = 2_000_000


@dataclass(frozen=True)
class _LongRecord:
    """A record over several lines of the file: its first line, how many lines, its place among the records."""

    line: int
    n_lines: int
    at: int


def read_delimited(content: bytes, encoding: str, separator: str, name: str) -> tuple[Rows, list[Finding]]:
    """Return the cells of delimited text, one list per record; blank lines are empty lists.

    The text is decoded as it is read, so that no second copy of a large file is held.

    Raises
    ------
    TableError
        A quote is opened and never closed, a cell or the table is too large, or a byte is not of the character set.
    """
    count = CellCount(name)
    rows: Rows = []
    long: list[_LongRecord] = []
    reader = csv.reader(_lines(content, encoding), delimiter=separator)
    before = 0
    try:
        for row in reader:
            count.add(row)
            if reader.line_num - before > 1:
                long.append(_LongRecord(before + 1, reader.line_num - before, len(rows)))
            before = reader.line_num
            rows.append(row)
    except csv.Error as error:
        raise _too_long(name, before + 1, error) from error
    except (UnicodeDecodeError, LookupError) as error:
        raise wrong_encoding(name, encoding) from error
    if not long:
        return rows, []
    if long[-1].at == len(rows) - 1 and _ends_inside_quotes(content, encoding, separator, long[-1]):
        raise _never_closed(name, long[-1])
    return rows, _swallowed(rows, separator, long, name)


def _lines(content: bytes, encoding: str) -> Iterator[str]:
    stream = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    for number, line in enumerate(stream):
        yield line.lstrip("\ufeff") if number == 0 else line


def _ends_inside_quotes(content: bytes, encoding: str, separator: str, record: _LongRecord) -> bool:
    """Say whether the file ends before the quote of its last record is closed; only the strict reader tells."""
    lines = islice(_lines(content, encoding), record.line - 1, None)
    try:
        for _ in csv.reader(lines, delimiter=separator, strict=True):
            continue
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _swallowed(rows: Rows, separator: str, long: list[_LongRecord], name: str) -> list[Finding]:
    """Look at records over several lines: prose may have line breaks, but lines full of separators are rows.

    A quote that is closed by the next row's quote leaves a record of another width, or a quote inside the cell.
    """
    width = usual_width([len(row) for row in rows[:_SAMPLE] if row])
    odd = []
    for record in long:
        row = rows[record.at]
        for cell in (c for c in row if "\n" in c or "\r" in c):
            inner = [line.count(separator) for line in cell.splitlines()[1:-1]]
            if width > 1 and inner.count(width - 1) > 0:
                raise _never_closed(name, record)
            if separator in cell and (len(row) != width or '"' in cell):
                odd.append(record)
                break
    if not odd:
        return []
    return [found(kinds.QUOTE_OPEN, n=len(odd), line=odd[0].line, lines=odd[0].n_lines)]


def _never_closed(name: str, record: _LongRecord) -> TableError:
    return TableError(
        lazy_("'{name}': a quote in line {line} is not closed, and {lines} lines would be read as one cell"),
        remedy=lazy_("Close or remove the quote (\") in that line and choose the file again; no row is left out"),
        name=name, line=record.line, lines=record.n_lines,
    )  # fmt: skip


def _too_long(name: str, line: int, error: csv.Error) -> TableError:
    return TableError(
        lazy_("'{name}': line {line} cannot be read: {why}; a cell has at most {limit} characters"),
        remedy=lazy_("Look for a quote (\") that is not closed, or choose another separator"),
        name=name, line=line, why=error, limit=MAX_CELL_CHARACTERS,
    )  # fmt: skip


def wrong_encoding(name: str, encoding: str) -> TableError:
    """Return the error of bytes that are not of a character set."""
    return TableError(
        lazy_("'{name}' is not written in the character set {encoding}"),
        remedy=lazy_("Choose another character set"),
        name=name,
        encoding=encoding,
    )


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


class DelimitedText(TableReader):
    """Cells between separators; whatever no other format claims."""

    endings = ("csv", "tsv", "txt")

    def sniff(self, content: bytes) -> bool:
        """See :class:`TableReader`."""
        return True

    def look(self, content: bytes, name: str) -> SeenTable:
        """See :class:`TableReader`."""
        encoding = guess_encoding(content)
        separator = guess_separator(_beginning(content, encoding.value, name))
        rows, findings = read_delimited(content, encoding.value, separator.value, name)
        if not encoding.is_sure:
            others = ", ".join(encoding.others)
            findings.append(found(kinds.ENCODING_DOUBT, encoding=encoding.value, others=others))
        fmt = ClinicalTableFormat(separator=separator.value, encoding=encoding.value)
        alternatives = {"separator": separator.others, "encoding": encoding.others}
        return SeenTable(rows, fmt, alternatives, findings)

    def rows(self, content: bytes, fmt: ClinicalTableFormat, name: str) -> tuple[Rows, list[Finding]]:
        """See :class:`TableReader`."""
        encoding = fmt.encoding or "utf-8"
        _beginning(content, encoding, name)
        return read_delimited(content, encoding, fmt.separator or ",", name)


CHOICE: Choice[TableReader] = Choice(
    name="text",
    label=lazy_("CSV or TSV"),
    build=DelimitedText,
    help=lazy_("Text with commas, semicolons, tabs or bars between cells, in any usual encoding."),
)
