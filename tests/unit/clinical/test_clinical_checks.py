"""Columns that know the outcome are found; honest predictors are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radiomics_core.clinical import kinds
from radiomics_core.clinical.checks import (
    OutcomeLikeness,
    alone_auc,
    check_columns,
    dates_of,
    imaging_column,
    outcome_likeness,
    recorded_findings,
)
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


def likeness(**changes):
    counts = {"filled_events": 8, "events": 10, "filled_others": 2, "others": 10}
    return OutcomeLikeness(**{"column": "lesion", "word": "", "auc": 0.6, **counts, **changes})


@pytest.mark.parametrize(
    ("changes", "is_filled"),
    [({}, True), ({"filled_events": 7}, False), ({"filled_others": 3}, False),
     ({"events": 4, "filled_events": 4}, False), ({"others": 4, "filled_others": 0}, False),
     ({"events": 5, "filled_events": 4, "others": 5, "filled_others": 1}, True)],
)  # fmt: skip
def test_filled_by_the_event_is_four_fifths_of_five_events_and_a_fifth_of_five_others(changes, is_filled):
    assert likeness(**changes).is_filled_by_event == likeness(**changes).looks_like_outcome == is_filled


def test_a_name_a_filling_or_an_auc_above_95_makes_an_outcome():
    honest = {"filled_events": 5}
    assert not likeness(auc=0.95, **honest).looks_like_outcome
    assert likeness(auc=0.951, **honest).looks_like_outcome
    assert likeness(word="death", **honest).looks_like_outcome
    assert not likeness(auc=float("nan"), **honest).looks_like_outcome


def test_categories_are_ranked_by_their_events_orders_by_their_place_and_rare_values_together():
    event = np.array([True] * 6 + [False] * 6)
    site = pd.Series(["arm"] * 5 + ["leg", "arm", "leg", "leg", "leg", "head", "foot"])
    # shares of events: arm 5/6, leg 1/4, the two that occur once 0: 5 events beat 5 and tie with 1, 1 beats 2 of 6
    assert alone_auc(site, event, "site") == pytest.approx((5 * 5.5 + 0.5 + 0.5 + 0.5 + 2) / 36)
    stage = pd.Series(["III", "II", "III", "II", "III", "II", "I", "II", "I", "I", "II", "I"])
    assert alone_auc(stage, event, "stage") == pytest.approx((3 * 6 + 3 * (4 + 1)) / 36)
    assert alone_auc(stage.mask([True] + [False] * 11), event, "stage") == pytest.approx((2 * 6 + 3 * 5) / 30)
    assert np.isnan(alone_auc(stage.mask([True] * 2 + [False] * 10), event, "stage"))


@pytest.mark.parametrize(
    ("recorded", "role", "imaging", "auc", "code"),
    [
        ("", "predictor", "", 0.9, "RX217"),
        ("at_imaging", "predictor", "", 0.5, None),
        ("", "predictor", "", 0.5, "RX217"),
    ],
)
def test_a_predictor_must_be_said_to_be_known_at_imaging(recorded, role, imaging, auc, code):
    spec = ColumnSpec("age", "number", role, recorded=recorded) if recorded else ColumnSpec("age", "number", role)
    findings = recorded_findings([likeness(column="age", auc=auc)], [spec], imaging)
    assert [f.code for f in findings] == ([code] if code else [])


def test_what_was_said_changes_which_finding_a_strong_predictor_gets(sarcoma):
    _frame, values = sarcoma
    dated = {"recorded": "by_date", "date_column": "day"}
    rows = [ColumnSpec("plain", "number", "predictor"), ColumnSpec("said", "number", "predictor", recorded="at_imaging"),
            ColumnSpec("dated", "number", "predictor", **dated), ColumnSpec("drug", "number", "treatment")]  # fmt: skip

    def judged(auc, imaging):
        found = recorded_findings([likeness(column=s.name, auc=auc) for s in rows], rows, imaging, values)
        return [(f.kind, f.column) for f in found]

    unsaid, said, asked = kinds.STRONG_UNSAID, kinds.STRONG_SAID, kinds.RECORDED_UNSAID
    assert judged(0.85, "mri") == [(asked, "plain")]
    assert judged(0.85, "") == [(asked, "plain"), (asked, "dated")]
    assert judged(0.95, "mri") == [(unsaid, "plain"), (said, "said"), (said, "dated"), (said, "drug")]
    assert judged(0.95, "")[2] == (unsaid, "dated")
    assert judged(0.96, "") == []  # said by the finding that the column is the outcome
    finding = recorded_findings([likeness(column="plain", auc=0.9)], rows[:1], "", values)[0].fields()
    assert (finding["endpoint"], finding["auc"]) == ("m", 0.9)


def test_dates_that_are_predictors_or_belong_to_them_are_compared_with_the_day_of_imaging():
    frame = pd.DataFrame(
        {
            "mri": ["2020-01-10", "2020-01-10", "2020-01-10", pd.NA],
            "psa": ["4", "5", "6", "7"],
            "drawn": ["2020-01-10", "2020-01-11", "2020-02-01", "2021-01-01"],
        },
        dtype=object,
    )
    psa = ColumnSpec("psa", "number", "predictor", recorded="by_date", date_column="drawn")
    mri = ColumnSpec("mri", "date", "imaging_date")
    found = check_columns(frame, [psa, mri])
    assert [(f.code, f.column, f.params["n"], f.params["filled"], f.params["imaging"]) for f in found] == [
        ("RX213", "psa", 2, 3, "mri")
    ]
    assert dates_of([psa, mri]) == [("psa", "drawn"), ("mri", "mri")]
    lost = ColumnSpec("psa", "number", "predictor", recorded="by_date", date_column="gone")
    assert check_columns(frame, [lost, mri]) == []
    assert imaging_column([psa]) == ""


def test_without_an_outcome_only_names_are_judged_and_the_endpoints_own_columns_are_left_out(sarcoma):
    frame, values = sarcoma
    by_name = outcome_likeness(frame)
    assert [like.column for like in by_name] == list(frame.columns)
    assert all(np.isnan(like.auc) for like in by_name)
    assert {like.column: like.word for like in by_name}["status"] == "status"
    assert "lung_mets" not in [like.column for like in outcome_likeness(frame, values)]
    one = next(like for like in outcome_likeness(frame, values) if like.column == "age")
    assert (one.filled_events, one.events, one.filled_others, one.others) == (19, 19, 32, 32)
