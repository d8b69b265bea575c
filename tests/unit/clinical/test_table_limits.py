"""Tables that would fill the memory, or that hide rows, are refused in words."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zipfile

import pytest

from radiomics_core.clinical import table_limits
from radiomics_core.clinical.delimited import read_delimited
from radiomics_core.clinical.tables import look, read_checked, read_table
from radiomics_core.errors import TableError
from tests.unit.clinical.test_tables import workbook

BASE = workbook(a=[["id", "age"], ["P1", 50], ["P2", 60]])


def _with_sheet(change):
    """Return the workbook with another text of its sheet."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BASE)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = old.read(member)
            new.writestr(member.filename, change(content) if "sheet1" in member.filename else content)
    return made.getvalue()


def test_workbook_that_claims_a_million_rows_is_read_as_what_it_holds():
    far = b'<row r="20000"><c r="A20000" t="n"><v>9</v></c><c r="B20000" t="n"><v>70</v></c></row></sheetData>'
    bomb = _with_sheet(lambda xml: xml.replace(b'ref="A1:B3"', b'ref="A1:XFD1048576"').replace(b"</sheetData>", far))
    read_table(BASE)  # imports are not counted
    tracemalloc.start()
    try:
        assert list(read_table(bomb)["age"]) == ["50", "60", "70"]
        assert tracemalloc.get_traced_memory()[1] < 20_000_000  # 6 GB when it is padded to its claim
    finally:
        tracemalloc.stop()


def test_cells_far_to_the_right_of_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(table_limits, "MAX_CELLS", 50_000)
    row = b'<row r="%d"><c r="XFC%d" t="n"><v>1</v></c></row>'
    rows = b"".join(row % (n, n) for n in range(4, 60))
    with pytest.raises(TableError, match="more than 50,000 cells"):
        look(_with_sheet(lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>")))


def test_a_table_that_is_too_large_is_refused_before_it_is_read_to_its_end(monkeypatch):
    """What stands at the end cannot be read at all; who came so far would say that."""
    monkeypatch.setattr(table_limits, "MAX_CELLS", 50)
    with pytest.raises(TableError, match="more than 50 cells"):
        read_delimited(b"P1,50\n" * 9_000 + b"\xff", "utf-8", ",", "t.csv")
    rows = b"".join(b'<row r="%d"><c r="A%d" t="n"><v>1</v></c></row>' % (n, n) for n in range(4, 90))
    with pytest.raises(TableError, match="more than 50 cells"):
        look(_with_sheet(lambda xml: xml.replace(b"</sheetData>", rows + b"<v" * 100_000)), "t.xlsx")


def test_gzip_that_expands_beyond_the_limit_is_refused_while_it_is_read(monkeypatch):
    monkeypatch.setattr(table_limits, "MAX_TABLE_BYTES", 1 << 23)
    with pytest.raises(TableError, match="more than 8 MB when it is unpacked"):
        look(gzip.compress(b"id,age\n" + b"0,0\n" * (1 << 22))[:-8], "bomb.csv.gz")  # at its end it is damaged


def test_workbook_that_expands_beyond_the_limit_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(table_limits, "MAX_TABLE_BYTES", 1 << 20)
    with pytest.raises(TableError, match="more than 1 MB"):
        look(_with_sheet(lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + b" " * (2 << 20))))


def test_one_long_row_does_not_widen_all_the_others(monkeypatch):
    monkeypatch.setattr(table_limits, "MAX_CELLS", 200_000)
    text = "id,age\n" + "P,1\n" * 900 + "Q," + ",".join("9" * 500) + "\n"
    with pytest.raises(TableError, match="more than 200,000 cells"):
        look(text.encode())


@pytest.mark.parametrize("change", ["cut", "method", "no sheet", "bad xml", "bad string"])
def test_damaged_workbook_is_told_in_words(change):
    content = bytearray(BASE)
    if change == "cut":
        content = content[: len(content) // 2]
    elif change == "method":
        at = content.rindex(b"xl/worksheets/sheet1.xml") - 46  # its entry in the central directory
        content[at + 10 : at + 12] = b"\x63\x00"
    elif change == "no sheet":
        content = bytearray(_with_sheet(lambda _xml: b""))
    elif change == "bad xml":
        content = bytearray(_with_sheet(lambda xml: xml[:-30]))
    else:
        content = bytearray(_with_sheet(lambda xml: xml.replace(b't="n"', b't="s"').replace(b"<v>50", b"<v>5000")))
    with pytest.raises(TableError, match="no workbook that can be read"):
        look(bytes(content), "t.xlsx")


ROWS = "".join(f"P{i},II,{i}\n" for i in range(3, 40))


@pytest.mark.parametrize(
    ("text", "line", "lines"),
    [
        ('id,stage,age\nP1,II,50\nP2,"II,60\n' + ROWS, 3, 38),  # never closed: all that follows is one cell
        ('id,stage,age\nP1,II,50\nP2,"II,60\n' + ROWS + 'P40,"III",60\n', 3, 39),  # closed by the next quote
        ('id,age,stage\nP1,50,"II\n' + ROWS, 2, 38),  # in the last column
        ('id,age,stage\nP1,50,II\nP2,60,"II\nP3,70,I\n', 3, 2),  # only the last row is inside
    ],
)
def test_quote_that_is_not_closed_is_refused_with_its_line(text, line, lines):
    with pytest.raises(TableError, match=rf"quote in line {line} is not closed, and {lines} lines"):
        read_table(text.encode())


def test_quote_closed_by_the_next_row_is_a_finding():
    text = 'id,stage,age\nP1,"II,50\nP2,"III",60\n' + ROWS
    frame, findings = read_checked(text.encode())
    assert [(f.code, f.params["line"], f.params["lines"]) for f in findings if f.code == "RX270"] == [("RX270", 2, 2)]
    assert len(frame) == 38


def test_line_breaks_in_prose_are_not_a_finding():
    text = 'id,comment,age\nP1,"cough, fever\nthen better, at last",50\nP2,"a 5"" cut",60\n' + ROWS
    frame, findings = read_checked(text.encode())
    assert (findings, frame["comment"][0]) == ([], "cough, fever\nthen better, at last")


def test_many_equal_names_stay_quick_and_unique():
    header = "id," + ",".join(["x"] * 5000)
    frame = read_table(f"{header}\n{'1,' * 5000}1\n{'2,' * 5000}2\n".encode())
    assert frame.columns[-1] == "x (5000)"
    assert frame.columns.is_unique
