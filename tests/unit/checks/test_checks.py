"""Every check finds its trap, stays silent without it, and says when it cannot judge."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from radiomics_core.checks import CHECKS, AnalysisFacts, run_checks
from radiomics_core.checks.confounding import check_centre_and_outcome
from radiomics_core.clinical.endpoint_values import compute_endpoint_values
from radiomics_core.clinical.tables import read_table
from radiomics_core.cohort.endpoints import BinaryEndpoint, ContinuousEndpoint, EndpointValues, TimeToEventEndpoint
from radiomics_core.cohort.model import ColumnSpec
from radiomics_core.features.reading import import_feature_table
from radiomics_core.findings import KINDS


def binary(events: int, others: int) -> EndpointValues:
    ids = tuple(f"P{i}" for i in range(events + others))
    return EndpointValues(
        BinaryEndpoint(name="y", column="y", positive="1"), ids, np.array([1.0] * events + [0.0] * others)
    )


def outcome(name: str, facts: AnalysisFacts) -> tuple[str, list[str]]:
    result = run_checks(facts, [name]).results[0]
    return result.status, [f.code for f in result.findings]


def random_features(n: int, p: int, seed: int = 0) -> pd.DataFrame:
    values = np.random.default_rng(seed).normal(size=(n, p))
    return pd.DataFrame(values, index=[f"P{i}" for i in range(n)], columns=[f"f{i}" for i in range(p)])


@pytest.mark.parametrize("name", CHECKS.names())
def test_without_facts_every_check_says_why_it_cannot_judge(name):
    result = run_checks(AnalysisFacts(), [name]).results[0]
    assert result.status == "not_applicable"
    assert result.why


def test_the_report_has_one_row_for_each_check():
    frame = run_checks(AnalysisFacts(values=binary(8, 40))).frame()
    assert list(frame["check"]) == CHECKS.names()
    row = frame.set_index("check").loc["few_events"]
    assert (row["status"], row["codes"]) == ("found", "RX551")


@pytest.mark.parametrize(("events", "expected"), [(9, "found"), (10, "clear")])
def test_ten_cases_in_the_smaller_group_are_needed(events, expected):
    assert outcome("few_events", AnalysisFacts(values=binary(events, 40)))[0] == expected
    assert outcome("few_events", AnalysisFacts(values=binary(40, events)))[0] == expected


@pytest.mark.parametrize(("parameters", "expected"), [(3, "clear"), (4, "found"), (0, "not_applicable")])
def test_ten_events_for_each_parameter_are_needed(parameters, expected):
    assert outcome("events_per_parameter", AnalysisFacts(values=binary(30, 90), n_parameters=parameters))[0] == expected


def test_groups_of_very_different_size_are_noted():
    assert outcome("imbalance", AnalysisFacts(values=binary(19, 81))) == ("found", ["RX552"])
    assert outcome("imbalance", AnalysisFacts(values=binary(20, 80))) == ("clear", [])


def test_many_features_for_few_cases_are_noted():
    assert outcome("many_features", AnalysisFacts(features=random_features(10, 51)))[0] == "found"
    assert outcome("many_features", AnalysisFacts(features=random_features(10, 50)))[0] == "clear"


def test_a_predictor_that_is_the_outcome_is_found():
    values = binary(10, 20)
    clinical = pd.DataFrame({"marker": ["9"] * 10 + ["1"] * 20, "age": ["60", "61", "62"] * 10}, index=values.case_ids)
    specs = (ColumnSpec("marker", "number", "predictor"), ColumnSpec("age", "number", "predictor"))
    report = run_checks(AnalysisFacts(values=values, clinical=clinical, specs=specs), ["outcome_like"])
    assert [(f.code, f.column, f.severity) for f in report.findings] == [("RX212", "marker", "stop")]


def test_a_predictor_dated_after_imaging_is_found():
    clinical = pd.DataFrame(
        {"mri": ["2020-01-10"] * 2, "biopsy": ["2020-01-01", "2020-02-01"], "grade": ["1", "2"]}, index=["P0", "P1"]
    )
    grade = ColumnSpec("grade", "number", "predictor", recorded="by_date", date_column="biopsy")
    dated = (grade, ColumnSpec("biopsy", "date"), ColumnSpec("mri", "date", "imaging_date"))
    assert outcome("after_imaging", AnalysisFacts(clinical=clinical, specs=dated)) == ("found", ["RX213"])
    without = dated[:2]
    assert outcome("after_imaging", AnalysisFacts(clinical=clinical, specs=without))[0] == "not_applicable"
    # without the date of imaging a date proves nothing
    assert outcome("when_recorded", AnalysisFacts(clinical=clinical, specs=without)) == ("found", ["RX217"])
    assert outcome("when_recorded", AnalysisFacts(clinical=clinical, specs=dated)) == ("clear", [])


def test_typed_dates_are_compared_too():
    clinical = pd.DataFrame(
        {"mri": pd.to_datetime(["2020-01-10"] * 2), "visit": pd.to_datetime(["2020-01-10", "2020-01-11"])},
        index=["P0", "P1"],
    )
    specs = (ColumnSpec("visit", "date", "predictor"), ColumnSpec("mri", "date", "imaging_date"))
    result = run_checks(AnalysisFacts(clinical=clinical, specs=specs), ["after_imaging"]).results[0]
    assert [(f.column, f.params["n"]) for f in result.findings] == [("visit", 1)]


@pytest.mark.parametrize(
    ("wrong", "recorded", "expected"),
    [(0, "at_imaging", []), (0, "", ["RX217"]), (2, "at_imaging", ["RX219"]), (2, "", ["RX218"])],
)
def test_a_predictor_that_goes_with_the_outcome_stops_unless_it_was_said_to_be_known_before(wrong, recorded, expected):
    values = binary(10, 20)
    # 'wrong' 0: no relation (AUC .5); 2: two events among the low values, AUC .9
    marker = ["9"] * (10 - wrong) + ["1"] * wrong + ["1"] * 20 if wrong else ["1", "2"] * 15
    clinical = pd.DataFrame({"marker": marker}, index=values.case_ids)
    specs = (ColumnSpec("marker", "number", "predictor", recorded=recorded),)
    report = run_checks(AnalysisFacts(values=values, clinical=clinical, specs=specs), ["when_recorded"])
    assert [f.code for f in report.findings] == expected
    assert [f.severity for f in report.findings if f.code == "RX218"] == ["stop"] * expected.count("RX218")


def test_one_patient_entered_twice_is_found_but_two_scans_of_one_are_not():
    features = random_features(6, 4)
    features.loc["P5"] = features.loc["P2"]
    assert outcome("duplicate_patients", AnalysisFacts(features=features)) == ("found", ["RX556"])
    same = AnalysisFacts(features=features, patient_ids={"P5": "Ann", "P2": "Ann"})
    assert outcome("duplicate_patients", same) == ("clear", [])
    assert outcome("duplicate_patients", AnalysisFacts(features=random_features(6, 4)))[0] == "clear"


def test_missing_values_are_no_reason_to_call_two_patients_one():
    features = random_features(6, 4)
    features.iloc[:2, :2] = np.nan
    assert outcome("duplicate_patients", AnalysisFacts(features=features))[0] == "clear"


def test_a_patient_on_both_sides_is_found():
    roles = {"P0": "development", "P1": "external", "P2": "external"}
    assert outcome("patients_on_both_sides", AnalysisFacts(roles=roles))[0] == "clear"
    divided = AnalysisFacts(roles=roles, patient_ids={"P0": "Ann", "P1": "Ann", "P2": "Bob"})
    assert outcome("patients_on_both_sides", divided) == ("found", ["RX559"])


def test_two_centres_are_compared_with_fishers_exact_test():
    values = binary(20, 20)
    centres = {c: "A" if i < 17 or i > 36 else "B" for i, c in enumerate(values.case_ids)}
    finding = check_centre_and_outcome(AnalysisFacts(values=values, centres=centres))[0]
    # A holds 17 of 20 events and 3 of 20 others; scipy 1.16
    assert finding.params["p"] == pytest.approx(stats.fisher_exact([[17, 3], [3, 17]]).pvalue)
    assert finding.params["rates"] == "A 17/20, B 3/20"


def test_three_small_centres_are_compared_by_simulation():
    values = binary(12, 12)
    centres = {c: "A" if i < 11 else "B" if i < 13 else "C" for i, c in enumerate(values.case_ids)}
    finding = check_centre_and_outcome(AnalysisFacts(values=values, centres=centres))[0]
    assert finding.params["test"] == "chi-square, simulated"
    assert finding.params["p"] < 0.01


def test_centres_without_a_difference_are_clear():
    values = binary(20, 20)
    centres = {c: "AB"[i % 2] for i, c in enumerate(values.case_ids)}
    assert outcome("centre_and_outcome", AnalysisFacts(values=values, centres=centres)) == ("clear", [])
    one = dict.fromkeys(values.case_ids, "A")
    assert outcome("centre_and_outcome", AnalysisFacts(values=values, centres=one))[0] == "not_applicable"


def test_false_alarms_of_the_centre_check_stay_near_five_percent():
    rng = np.random.default_rng(5)
    alarms = 0
    for _ in range(200):
        values = EndpointValues(
            ContinuousEndpoint(name="y", column="y"), tuple(f"P{i}" for i in range(40)), rng.normal(size=40)
        )
        centres = {c: "ABC"[k] for c, k in zip(values.case_ids, rng.integers(0, 3, 40), strict=True)}
        alarms += bool(check_centre_and_outcome(AnalysisFacts(values=values, centres=centres)))
    assert 1 <= alarms <= 20


def test_the_two_centres_of_a_real_table_differ_in_survival(shared_data):
    frame = read_table(shared_data / "survival" / "owkin_nsclc_train.csv")
    table, clinical, _ = import_feature_table(frame, "PatientID")
    values, _ = compute_endpoint_values(
        clinical, TimeToEventEndpoint(name="os", time_column="SurvivalTime", event_column="Event")
    )
    centres = dict(zip(clinical.index, clinical["SourceDataset"], strict=True))
    facts = AnalysisFacts(
        values=values, features=table.values, volume_column=table.volume_column() or "", centres=centres
    )
    report = run_checks(facts)
    status = {r.name: r.status for r in report.results}
    assert (status["centre_and_outcome"], status["few_events"]) == ("found", "clear")
    assert (status["volume_correlation"], status["duplicate_patients"]) == ("found", "clear")


def test_a_centre_without_events_is_found():
    values = binary(10, 20)
    centres = {c: "A" if i < 20 else "B" for i, c in enumerate(values.case_ids)}
    report = run_checks(AnalysisFacts(values=values, centres=centres), ["centres_without_events"])
    assert [(f.params["centre"], f.params["events"], f.params["n"]) for f in report.findings] == [("B", 0, 10)]


def test_a_chosen_feature_that_follows_the_volume_is_found():
    features = random_features(30, 5)
    features["volume"] = np.exp(features["f1"])
    facts = AnalysisFacts(features=features, volume_column="volume", chosen=("f1", "f2"))
    findings = run_checks(facts, ["volume_correlation"]).findings
    assert [(f.code, f.column, f.params["rho"]) for f in findings] == [("RX557", "f1", pytest.approx(1.0))]


def test_the_volume_correlation_is_spearmans():
    features = random_features(40, 1, seed=4)
    features["volume"] = features["f0"] ** 3 + 0.3 * random_features(40, 1, seed=5)["f0"]
    facts = AnalysisFacts(features=features, volume_column="volume", chosen=("f0",))
    finding = run_checks(facts, ["volume_correlation"]).findings[0]
    assert finding.params["rho"] == pytest.approx(stats.spearmanr(features["f0"], features["volume"]).statistic)


def test_every_finding_of_the_checks_can_be_worded():
    from radiomics_core.checks import kinds

    declared = {k.code for k in vars(kinds).values() if hasattr(k, "code")}
    assert declared == {f"RX{n}" for n in range(550, 563)}
    assert declared <= set(KINDS)
    values = binary(3, 30)
    centres = {c: "A" if i < 10 else "B" for i, c in enumerate(values.case_ids)}
    features = random_features(33, 200)
    features["f1"] = features["f0"]
    features.loc["P9"] = features.loc["P8"]
    facts = AnalysisFacts(
        values=values, features=features, volume_column="f0", chosen=("f1",), n_parameters=4, centres=centres
    )
    report = run_checks(facts)
    assert len(report.findings) >= 7
    for finding in report.findings:
        assert "{" not in finding.title() + finding.message() + finding.remedy()
