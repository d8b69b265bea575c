"""Tables written in every way people write them come back with the same cells."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
from datetime import datetime

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radiomics_core.clinical.tables import look, read_checked, read_table, sniff
from radiomics_core.cohort.model import ClinicalTableFormat
from radiomics_core.errors import TableError


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def cells(frame: pd.DataFrame) -> list[list[str | None]]:
    return [[None if pd.isna(c) else c for c in row] for row in frame.to_numpy().tolist()]


@pytest.mark.parametrize(("separator", "decimal"), [(s, d) for s in ",;\t|" for d in ".," if s != d])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "utf-16-le"])
def test_separator_decimal_and_encoding_are_found(separator, decimal, encoding):
    ages = ["61.5", "70.25", "55.0", "48.75", "66.5"]
    lines = [["id", "âge", "größe"]] + [[f"P{i}", a.replace(".", decimal), "müde"] for i, a in enumerate(ages)]
    content = "\r\n".join(separator.join(row) for row in lines).encode(encoding)
    fmt = sniff(content)
    assert (fmt.separator, fmt.decimal) == (separator, decimal)
    frame = read_table(content, fmt)
    assert list(frame.columns) == ["id", "âge", "größe"]
    assert list(frame["âge"]) == ages
    assert list(frame["größe"]) == ["müde"] * 5


def test_gb18030_is_told_from_latin_letters():
    chinese = "编号,性别,分期,死亡日期\n" + "".join(f"{i},男,三期,2021年3月{i}日\n" for i in range(1, 9))
    seen = look(chinese.encode("gb18030"))
    assert seen.format.encoding == "gb18030"
    assert list(seen.preview.columns) == ["编号", "性别", "分期", "死亡日期"]
    assert [f.code for f in seen.findings] == ["RX203"]
    western = "id,nom\n1,Hélène\n2,Müller\n3,Çelik\n"
    assert sniff(western.encode("latin-1")).encoding == "cp1252"
    assert list(read_table(western.encode("latin-1"))["nom"]) == ["Hélène", "Müller", "Çelik"]


def test_lines_of_junk_above_the_header_are_skipped():
    text = "Export of the tumour registry\nprinted 2021-03-05\n\nid;age;grade\n1;60;high\n2;61;low\n3;62;high\n"
    seen = look(text.encode())
    assert (seen.format.separator, seen.format.header_row) == (";", 3)
    assert cells(seen.preview) == [["1", "60", "high"], ["2", "61", "low"], ["3", "62", "high"]]
    assert seen.lines[0] == ["Export of the tumour registry"]


def test_two_header_rows_are_joined():
    text = "Patient,Age,Volume,Volume\nID,years,ml,cm\n1,60,12.5,3\n2,61,8.5,4\n3,62,9.5,5\n"
    fmt = sniff(text.encode())
    assert (fmt.header_row, fmt.header_rows) == (0, 2)
    assert list(read_table(text.encode(), fmt)) == ["Patient ID", "Age years", "Volume ml", "Volume cm"]


def test_group_names_above_repeated_names_belong_to_the_header():
    text = "Patient,,CT,,PET,\nid,age,volume,mean,volume,mean\n1,60,12,3,4,5\n2,61,13,4,5,6\n"
    frame = read_table(text.encode())
    assert list(frame) == ["Patient id", "Patient age", "CT volume", "CT mean", "PET volume", "PET mean"]


def test_a_patient_without_values_is_no_second_header():
    text = "id,age,grade\nP1,/,/\nP2,61,2\nP3,62,3\nP4,64,3\n"
    fmt = sniff(text.encode())
    assert fmt.header_rows == 1
    assert cells(read_table(text.encode(), fmt))[0] == ["P1", None, None]


def test_a_file_without_names_gets_numbered_columns():
    text = "1,60.5,0\n2,61.5,1\n3,62.5,0\n"
    frame = read_table(text.encode())
    assert list(frame) == ["column 1", "column 2", "column 3"]
    assert len(frame) == 3


def test_excel_separator_line_is_no_header():
    frame = read_table(b"sep=;\nid;age\n1;60\n2;61\n")
    assert list(frame) == ["id", "age"]


@pytest.mark.parametrize("code", ["NA", "n/a", "/", "-", "--", "不详", "未知", "unknown", ".", "?", "#N/A"])
def test_codes_for_missing_become_missing(code):
    text = f"id,grade\n1,2\n2,{code}\n3,3\n4,1\n"
    assert cells(read_table(text.encode()))[1] == ["2", None]


def test_999_is_missing_only_where_it_is_far_out():
    rows = [f"{i},{50 + i},{100 * i}" for i in range(1, 20)]
    text = "id,age,days\n" + "\n".join([*rows, "20,999,999"]) + "\n"
    frame, findings = read_checked(text.encode())
    assert pd.isna(frame["age"].iloc[-1])
    assert frame["days"].iloc[-1] == "999"
    assert [(f.code, f.column) for f in findings] == [("RX216", "age")]


def test_missing_codes_can_be_corrected():
    text = b"id,smoking\n1,unknown\n2,never\n3,current\n"
    kept = dataclasses.replace(sniff(text), missing_codes=("",))
    assert list(read_table(text, kept)["smoking"]) == ["unknown", "never", "current"]


def test_repeated_names_become_unique_and_are_reported():
    frame, findings = read_checked(b"id,grade,grade,grade\n1,2,3,4\n2,3,4,5\n")
    assert list(frame) == ["id", "grade", "grade (2)", "grade (3)"]
    assert [(f.code, f.column, f.params["n"]) for f in findings] == [("RX201", "grade", 3)]


def test_cells_beyond_the_header_are_kept_and_reported():
    frame, findings = read_checked(b"id,age\n1,60\n2,61,extra\n3,62\n", ClinicalTableFormat())
    assert list(frame) == ["id", "age", "column 3"]
    assert findings[0].params["line"] == 3


def test_workbook_takes_the_fullest_sheet_and_dates_as_iso():
    rows = [["id", "born", "age"], ["P1", datetime(1950, 3, 5), 61.0], ["P2", datetime(1951, 4, 6), 62.5]]
    content = workbook(Notes=[["read me"]], Patients=rows)
    seen = look(content, "clinic.xlsx")
    assert (seen.format.sheet, seen.alternatives["sheet"]) == ("Patients", ("Notes",))
    assert cells(read_table(content, seen.format)) == [["P1", "1950-03-05", "61"], ["P2", "1951-04-06", "62.5"]]


def test_an_unknown_sheet_names_those_there_are():
    fmt = ClinicalTableFormat(sheet="Data")
    with pytest.raises(TableError, match=r"no sheet 'Data'. Available: Patients"):
        read_table(workbook(Patients=[["id", "a"], [1, 2]]), fmt, "clinic.xlsx")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"  \n\n", "is empty"),
        (b"id,age\n", "no rows below its header"),
        (b"\xd0\xcf\x11\xe0rest of an old workbook", "old .xls format"),
        (b"PK\x03\x04 no workbook", "no workbook that can be read"),
        (gzip.compress(b"id,age\n1,2\n" * 50, mtime=0)[:25], "damaged gzip"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "no table of text"),
        (bytes(128) + b"DICM" + bytes(range(256)) * 20, "no table of text|not written in the character set"),
    ],
    ids=["nothing", "blanks", "header only", "old workbook", "no workbook", "cut gzip", "picture", "dicom"],
)
def test_files_that_are_no_tables_say_so(content, words):
    with pytest.raises(TableError, match=words):
        read_table(content, name="clinic")


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(TableError, match=r"'absent.csv' cannot be opened: No such file"):
        read_table(tmp_path / "absent.csv")


def test_the_wrong_character_set_says_so():
    with pytest.raises(TableError, match=r"not written in the character set utf-8. Choose another character set"):
        read_table("id,nom\n1,é\n".encode("latin-1"), ClinicalTableFormat(encoding="utf-8"))


def test_format_survives_json():
    fmt = ClinicalTableFormat(missing_codes=("", "NA"), column_missing_codes=(("age", "999"),), header_rows=2)
    assert ClinicalTableFormat.from_dict(json.loads(json.dumps(dataclasses.asdict(fmt)))) == fmt


WORDS = st.text(st.characters(codec="latin-1", categories=("Lu", "Ll")), min_size=3, max_size=8).map(lambda w: f"x{w}")
AWKWARD = st.text(st.sampled_from("ab é,;|\t\"'\n0."), min_size=1, max_size=8).map(lambda w: f"x{w}x")
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda v: f"{v:.3f}")


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(st.tuples(WORDS, AWKWARD, NUMBERS), min_size=2, max_size=8),
    how=st.sampled_from([(s, d) for s in ",;\t|" for d in ".," if s != d]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]),
    zipped=st.booleans(),
)
def test_what_is_written_comes_back(rows, how, encoding, zipped):
    separator, decimal = how
    written = pd.DataFrame(rows, columns=["name", "note", "value"])
    shown = written.assign(value=[v.replace(".", decimal) for v in written["value"]])
    content = shown.to_csv(index=False, sep=separator, lineterminator="\r\n").encode(encoding)
    fmt = ClinicalTableFormat(separator=separator, decimal=decimal, encoding=encoding)
    assert cells(read_table(gzip.compress(content) if zipped else content, fmt)) == written.to_numpy().tolist()


@settings(max_examples=20, deadline=None)
@given(
    rows=st.lists(st.tuples(WORDS, NUMBERS), min_size=3, max_size=12),
    how=st.sampled_from([(s, d) for s in ",;\t|" for d in ".," if s != d]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_is_written_comes_back_without_being_told_how(rows, how, encoding):
    separator, decimal = how
    written = pd.DataFrame(rows, columns=["name", "value"])
    shown = written.assign(value=[v.replace(".", decimal) for v in written["value"]])
    content = shown.to_csv(index=False, sep=separator).encode(encoding)
    fmt = dataclasses.replace(sniff(content), column_missing_codes=())
    assert cells(read_table(content, fmt)) == written.to_numpy().tolist()
