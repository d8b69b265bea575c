"""Columns that know the outcome are found; honest predictors are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radiomics_core.clinical.checks import alone_auc, check_columns, outcome_likeness
from radiomics_core.clinical.column_types import guess_columns
from radiomics_core.clinical.endpoint_values import compute_endpoint_values
from radiomics_core.clinical.tables import read_table
from radiomics_core.cohort.endpoints import BinaryEndpoint
from radiomics_core.cohort.model import ColumnSpec


@pytest.fixture(scope="module")
def sarcoma(shared_data):
    frame = read_table(shared_data / "sts" / "clinical.csv").set_index("patient_id")
    return frame, compute_endpoint_values(frame, BinaryEndpoint(name="m", column="lung_mets", positive="1"))[0]


def test_outcome_and_status_of_the_sarcoma_table_give_themselves_away(sarcoma):
    frame, values = sarcoma
    likeness = {like.column: like for like in outcome_likeness(frame, values)}
    # statistics.md: `outcome` alone has AUC 1.00, `status` .85
    assert likeness["outcome"].auc == 1.0
    assert likeness["status"].auc == pytest.approx(0.85, abs=0.005)
    innocent = {name for name, like in likeness.items() if not like.looks_like_outcome}
    assert innocent == {
        "age", "sex", "histology", "mskcc_type", "site", "grade", "treatment", "days_dx_to_mri", "days_mri_to_pet",
    }  # fmt: skip


def test_only_predictors_are_judged(sarcoma):
    frame, values = sarcoma
    specs = [
        ColumnSpec(s.name, s.type, "predictor" if s.name in ("age", "status", "outcome") else "ignore")
        for s in guess_columns(frame)
    ]
    codes = {(f.code, f.column) for f in check_columns(frame, specs, values)}
    asked = {("RX217", "age"), ("RX217", "status")}  # nobody has said when; 'status' has AUC .85, not above it
    assert codes == {("RX210", "status"), ("RX210", "outcome"), ("RX212", "outcome")} | asked


def test_auc_of_one_column_matches_a_hand_count():
    event = np.array([True] * 5 + [False] * 5)
    column = pd.Series(["5", "6", "7", "8", "9", "1", "2", "3", "4", "6"])
    # 25 pairs: 6 against 6 is a tie, 5 loses to 6: 23.5 of 25
    assert alone_auc(column, event) == pytest.approx(23.5 / 25)
    assert alone_auc(-column.astype(float), event) == pytest.approx(23.5 / 25)


def test_auc_of_numbers_agrees_with_scikit_learn():
    from sklearn.metrics import roc_auc_score  # scikit-learn 1.9

    rng = np.random.default_rng(3)
    event = rng.random(60) < 0.4
    scores = np.round(rng.normal(size=60) + event, 1)
    expected = roc_auc_score(event, scores)
    assert alone_auc(pd.Series(scores), event) == pytest.approx(max(expected, 1 - expected))


def test_an_id_or_free_text_does_not_seem_to_predict():
    event = np.array([True, False] * 10)
    ids = pd.Series([f"note {i}" for i in range(20)])
    assert alone_auc(ids, event) == 0.5


def test_a_column_filled_only_in_events_is_found():
    event = ["1"] * 10 + ["0"] * 20
    site = ["lung"] * 9 + [pd.NA] + ["lung"] + [pd.NA] * 19
    frame = pd.DataFrame({"y0": event, "lesion": site}, index=[f"P{i}" for i in range(30)], dtype=object)
    values, _ = compute_endpoint_values(frame, BinaryEndpoint(name="e", column="y0", positive="1"))
    findings = check_columns(frame, [ColumnSpec("lesion", "category", "predictor", recorded="at_imaging")], values)
    assert [(f.code, f.params["in_events"], f.params["in_others"]) for f in findings] == [("RX211", 9, 1)]


def test_a_predictor_dated_after_imaging_is_found():
    frame = pd.DataFrame(
        {"mri": ["2020-01-10"] * 3, "biopsy": ["2020-01-01", "2020-02-01", pd.NA], "visit": ["2020-01-10"] * 3},
        dtype=object,
    )
    said = {"recorded": "at_imaging"}
    specs = [ColumnSpec(c, "date", "predictor", **said) for c in ("biopsy", "visit")]
    findings = check_columns(frame, [*specs, ColumnSpec("mri", "date", "imaging_date")])
    assert [(f.code, f.column, f.params["n"], f.params["filled"]) for f in findings] == [("RX213", "biopsy", 1, 2)]
