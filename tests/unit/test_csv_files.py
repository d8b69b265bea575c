"""No table that leaves holds a cell that a spreadsheet computes, and our own exports come back as they were."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from radiomics_core.clinical.tables import read_table
from radiomics_core.files.csv_tables import csv_bytes, guard, guarded, unguarded
from tests.contracts.sources import files, relative

RUN = ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\n=1", "'=1", "-0.10 (-0.20-0.00)"]
LEFT = ["", "CT", "a=b", "'quoted'", "-0.3", "+5", "-1,5", "-1e-3", "–", "0.78 (0.71-0.84)", "x-y", "'"]


@pytest.mark.parametrize("text", RUN)
def test_a_text_that_a_spreadsheet_computes_gets_an_apostrophe_and_comes_back(text):
    assert guard(text) == f"'{text}"
    assert unguarded(guard(text)) == text


@pytest.mark.parametrize("text", LEFT)
def test_other_texts_and_numbers_written_as_text_stay(text):
    assert guard(text) == text == unguarded(text)


def test_a_carriage_return_inside_a_cell_starts_no_row():
    assert guard("a\r=1") == "a\n=1"
    assert len(pd.read_csv(io.BytesIO(csv_bytes(pd.DataFrame({"t": ["a\r=1", "\r\n@x"]}))))) == 2


def test_numbers_dates_and_missing_cells_are_not_touched():
    frame = pd.DataFrame(
        {"n": [-0.3, np.nan], "i": [-1, 2], "d": pd.to_datetime(["2020-01-01", None]), "t": ["=1", None]}
    )
    safe = guarded(frame)
    assert safe["n"].tolist()[0] == -0.3
    assert safe[["n", "i", "d"]].equals(frame[["n", "i", "d"]])
    assert safe["t"].tolist() == ["'=1", None]
    assert frame["t"].tolist() == ["=1", None]


def test_column_names_categories_and_columns_of_one_name_are_guarded():
    frame = pd.DataFrame([["=a", "=b", "=c"]], columns=["=x", "y", "y"])
    frame["=x"] = frame["=x"].astype("category")
    rows = csv_bytes(frame).decode("utf-8-sig").splitlines()
    assert rows == ["'=x,y,y", "'=a,'=b,'=c"]


def test_an_export_that_is_imported_again_gives_the_same_values():
    frame = pd.DataFrame({"case_id": [f"c{i}" for i in range(len(RUN))], "=note": RUN, "-0.3": [-0.3] * len(RUN)})
    back = read_table(csv_bytes(frame), name="export.csv")
    assert back["=note"].tolist() == frame["=note"].tolist()
    assert back["-0.3"].astype(float).tolist() == frame["-0.3"].tolist()


def test_a_guarded_cell_is_text_to_a_spreadsheet():
    openpyxl = pytest.importorskip("openpyxl")
    sheet = openpyxl.Workbook().active
    for row in pd.read_csv(io.BytesIO(csv_bytes(pd.DataFrame({"t": RUN}))), dtype=str)["t"]:
        sheet.append([row])
    assert {cell.data_type for cell in sheet["A"]} == {"s"}


def test_csv_is_written_in_one_place():
    written = [
        relative(file)
        for file in files("radiomics_core", "pages", "app.py")
        if any(call in file.read_text(encoding="utf-8") for call in (".to_csv(", ".to_excel(", "csv.writer("))
    ]
    demo = [name for name in written if name.startswith("radiomics_core/demo/")]
    assert sorted(set(written) - set(demo)) == ["radiomics_core/files/csv_tables.py"]
