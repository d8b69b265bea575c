"""Types are guessed, roles are only proposed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radiomics_core.clinical.column_types import (
    guess_columns,
    guess_id_column,
    guess_order,
    guess_type,
    is_record_number,
    outcome_word,
    propose_roles,
    typed_checked,
    typed_clinical,
)
from radiomics_core.clinical.tables import read_table
from radiomics_core.cohort.model import ColumnSpec
from radiomics_core.errors import TableError


def specs_of(frame):
    return {s.name: s for s in guess_columns(frame)}


def text_frame(**columns):
    return pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in columns.items()})


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["T2", "T1", "T4a", "T1a", "Tis"], ("Tis", "T1", "T1a", "T2", "T4a")),
        (["III", "I", "II", "IV"], ("I", "II", "III", "IV")),
        (["IIIb", "I", "IIIa", "II"], ("I", "II", "IIIa", "IIIb")),
        (["High", "Low", "Intermediate"], ("Low", "Intermediate", "High")),
        (["G3", "G2"], ("G2", "G3")),
        (["severe", "mild"], ("mild", "severe")),
        (["高", "低", "中"], ("低", "中", "高")),
        (["left", "right"], ()),
        (["T1", "other"], ()),
    ],
)
def test_known_orders_are_recognised(values, order):
    assert guess_order(values) == order


def test_types_of_ordinary_columns():
    n = 12
    frame = text_frame(
        patient_id=[f"P{i}" for i in range(n)],
        age=[f"{50 + i},5" for i in range(n)],
        stage=["I", "II", "III", "II"] * 3,
        who_grade=["1", "2", "3", "2"] * 3,
        sex=["m", "f"] * 6,
        scan_date=[f"{i + 1}.03.2015" for i in range(n)],
        note=[f"free text {i}" for i in range(n)],
        empty=[pd.NA] * n,
    )
    specs = specs_of(frame)
    types = {name: spec.type for name, spec in specs.items()}
    assert types == {
        "patient_id": "text", "age": "number", "stage": "ordered", "who_grade": "ordered",
        "sex": "category", "scan_date": "date", "note": "text", "empty": "text",
    }  # fmt: skip
    assert specs["stage"].order == ("I", "II", "III")
    assert {name for name, spec in specs.items() if spec.role != "ignore"} == {"patient_id"}


def test_no_role_is_applied_but_the_id_on_real_data(shared_data):
    frame = read_table(shared_data / "sts" / "clinical.csv")
    specs = guess_columns(frame)
    assert {s.name: s.role for s in specs if s.role != "ignore"} == {"patient_id": "id"}
    assert {s.name: s.order for s in specs if s.type == "ordered"} == {"grade": ("Low", "Intermediate", "High")}
    proposed = {p.column: p.role for p in propose_roles(frame, specs)}
    assert {c for c, r in proposed.items() if r == "predictor"} == {"age", "sex", "grade"}
    assert {"outcome", "status", "days_dx_to_last_followup", "lung_mets", "death", "os_days", "lmfs_event"} <= {
        c for c, r in proposed.items() if r == "outcome"
    }
    assert "site" not in proposed or proposed["site"] != "centre"


def test_the_two_centres_of_a_real_table_are_proposed(shared_data):
    frame = read_table(shared_data / "survival" / "owkin_nsclc_train.csv")
    proposals = {p.column: p for p in propose_roles(frame, guess_columns(frame))}
    assert (proposals["SourceDataset"].role, proposals["SourceDataset"].why) == ("centre", "names 2 centres")
    assert {c for c, p in proposals.items() if p.role == "outcome"} == {"SurvivalTime", "Event"}


@pytest.mark.parametrize("name", ["daystolastordeath", "Survival.time", "ProgFreeSurvTime_days", "deadstatus.event",
                                  "days_to_death", "FollowUp", "随访时间", "OS", "Target"])  # fmt: skip
def test_names_that_speak_of_outcomes(name):
    assert outcome_word(name)


@pytest.mark.parametrize("name", ["age", "sex", "position", "dose", "Histology", "clinical.T.Stage", "days_dx_to_mri"])
def test_names_that_do_not_speak_of_outcomes(name):
    assert outcome_word(name) == ""


def test_id_column_prefers_a_name_over_the_first_distinct_column():
    frame = text_frame(comment=["a", "b", "c"], PatientID=["1", "2", "3"])
    assert guess_id_column(frame) == "PatientID"


def test_typed_columns_hold_numbers_orders_and_dates():
    frame = text_frame(age=["60,5", pd.NA, "x"], stage=["II", "I", "IV"], day=["31.12.2015", pd.NA, "1.1.2016"])
    specs = [
        ColumnSpec("age", "number"),
        ColumnSpec("stage", "ordered", order=("I", "II", "III")),
        ColumnSpec("day", "date"),
    ]
    typed, findings = typed_checked(frame, specs)
    assert typed["age"].iloc[0] == 60.5
    assert np.isnan(typed["age"].iloc[2])
    assert list(typed["stage"].cat.codes) == [1, 0, -1]
    assert typed["stage"].cat.ordered
    assert list(typed["day"].dropna()) == [pd.Timestamp(2015, 12, 31), pd.Timestamp(2016, 1, 1)]
    assert [(f.code, f.column) for f in findings] == [("RX214", "age"), ("RX215", "stage")]


def test_ordered_numbers_keep_their_order_as_categories():
    frame = text_frame(grade=["10", "2", "1.0", "1"])
    typed = typed_clinical(frame, [ColumnSpec("grade", "ordered", order=("1", "2", "10"))])
    assert list(typed["grade"].cat.codes) == [2, 1, 0, 0]


def test_a_described_column_that_is_absent_is_an_error():
    with pytest.raises(TableError, match=r"no column 'grade'. Available: age"):
        typed_clinical(text_frame(age=["1"]), [ColumnSpec("grade")])


@pytest.mark.parametrize(
    "name",
    ["住院号", "病历号", "门诊号", "MRN", "Admission No.", "admission_number", "HospitalNo", "medical record no"],
)
def test_a_record_number_names_patients(name):
    frame = pd.DataFrame({name: [str(4711000 + 7 * i) for i in range(30)], "age": [str(40 + i) for i in range(30)]})
    assert is_record_number(name)
    assert guess_id_column(frame) == name
    frame.insert(0, "case", [f"C{i:03d}" for i in range(30)])
    assert {p.column: p.role for p in propose_roles(frame, guess_columns(frame, "case"))}[name] == "patient"


@pytest.mark.parametrize("name", ["hospital", "admission days", "recurrence", "number of nodes", "age", "住院天数"])
def test_other_columns_are_no_record_numbers(name):
    assert not is_record_number(name)


@pytest.mark.parametrize(
    ("name", "unit"),
    [("age (years)", "years"), ("dose [ Gy ]", "Gy"), ("volume（ml）", "ml"), ("os_days", "days"), ("Survival.months", "months"),
     ("size (a very long remark)", ""), ("grade", ""), ("(mm) size", "")],
)  # fmt: skip
def test_the_unit_stands_at_the_end_or_is_a_word_of_the_name(name, unit):
    assert specs_of(text_frame(**{name: ["1.5", "2.5"], "id": ["P1", "P2"]}))[name].unit == unit


@pytest.mark.parametrize(
    ("name", "word"),
    [("overall_survival", "surv"), ("vitalStatus", "status"), ("lastcontact", ""), ("last contact", "last contact"),
     ("daystodeath", "death"), ("OS", "os"), ("os_event", "event"), ("post", ""), ("dfs", "dfs"), ("endpoint1", "endpoint"),
     ("targets", "target"), ("met scan", ""), ("some_tsh", ""), ("pCR", "pcr"), ("y", "y"), ("年龄", ""), ("死亡时间", "死亡")],
)  # fmt: skip
def test_a_word_of_an_outcome_is_found_in_words_and_long_ones_inside_of_others(name, word):
    assert outcome_word(name) == word


@pytest.mark.parametrize(
    ("values", "kind"),
    [(["a"] * 3 + ["b"] * 3, "category"), (["a", "b"], "category"), (["a", "b", "c"], "text"), (list("aabbc") * 2, "category"),
     ([f"v{i}" for i in range(20)] * 2, "category"), ([f"v{i}" for i in range(21)] * 2, "text"),
     (["1.5"] * 18 + ["x"], "number"), (["1.5"] * 18 + ["x", "y"], "category"), (["1.5"] * 8 + ["x"], "category"), (["1.5"] * 9 + ["x"], "category"), (["1.5"] * 10 + ["x"], "number"),
     ([str(i) for i in range(20)] + ["x"], "number"), ([str(i) for i in range(19)] + ["x"], "text")],
)  # fmt: skip
def test_text_is_a_category_when_values_are_few_and_a_number_when_text_is_rare(values, kind):
    assert guess_type(pd.Series(values, dtype=object))[0] == kind


@pytest.mark.parametrize(
    ("values", "name", "order"),
    [(["2", "1", "3.0", "3"], "stage", ("1", "2", "3.0")), (["1", "2"], "size", ()), (["1"] * 3, "stage", ()),
     ([str(i) for i in range(8)], "ECOG", tuple(str(i) for i in range(8))), ([str(i) for i in range(9)], "ECOG", ()),
     (["1", "2.5"], "grade", ())],
)  # fmt: skip
def test_two_to_eight_whole_numbers_are_ordered_under_the_name_of_a_grade(values, name, order):
    kind, found = guess_type(pd.Series(values, dtype=object), name)
    assert (kind, found) == (("ordered", order) if order else ("number", ()))


def test_each_role_is_proposed_for_its_reason_and_the_outcome_comes_first():
    n = 40
    columns = {
        "case": [f"C{i}" for i in range(n)],
        "patient": [f"P{i // 2}" for i in range(n)],
        "patient_type": ["in", "out"] * 20,
        "hospital": ["A"] * 20 + ["B"] * 20,
        "hospital_nr": [str(i) for i in range(n)],
        "site": ["arm", "leg"] * 20,
        "website": ["x", "y"] * 20,
        "therapy": ["a", "b"] * 20,
        "therapy response": ["a", "b"] * 20,
        "scanner": list("abcdefgh") * 5,
        "scanner_many": list("abcdefghi") * 4 + ["a"] * 4,
        "tumour volume": [f"{i}.5" for i in range(n)],
        "volume note": [f"note {i}" for i in range(n)],
        "age": [str(40 + i) for i in range(n)],
        "stage": ["I", "II"] * 20,
        "percentage": [str(i) for i in range(n)],
    }
    frame = text_frame(**columns)
    proposals = {p.column: (p.role, p.params) for p in propose_roles(frame, guess_columns(frame, "case"))}
    assert proposals == {
        "patient": ("patient", {"n": 20}), "hospital": ("centre", {"n": 2}), "site": ("centre", {"n": 2}),
        "therapy": ("treatment", {}), "therapy response": ("outcome", {"word": "response"}), "scanner": ("group", {"n": 8}),
        "tumour volume": ("volume", {}), "age": ("predictor", {}), "stage": ("predictor", {}),
    }  # fmt: skip


def test_values_of_a_category_are_counted_joined_by_spelling_and_ordered_by_nature():
    frame = text_frame(size=["10", "9", "10.0", pd.NA], grade=["II", "I", "III", "i"], site=["leg", "arm", "Leg", "head"],
                       age=["1", "x", "y", "x"])  # fmt: skip
    specs = [ColumnSpec("size", "category"), ColumnSpec("grade", "ordered", order=("I", "II")),
             ColumnSpec("site", "category"), ColumnSpec("age", "number")]  # fmt: skip
    typed, findings = typed_checked(frame, specs)
    assert typed["size"].cat.categories.tolist() == ["9", "10"]
    assert typed["size"].cat.codes.tolist() == [1, 0, 1, -1]
    assert not typed["size"].cat.ordered
    assert typed["grade"].cat.codes.tolist() == [1, 0, -1, 0]
    assert typed["site"].cat.codes.tolist()[0] == typed["site"].cat.codes.tolist()[2]
    order, number = (f.fields() for f in findings)
    assert [order[name] for name in ("column", "values", "order", "n")] == ["grade", "III", "I < II", 1]
    assert [number[name] for name in ("column", "n", "examples")] == ["age", 3, "x, y"]
