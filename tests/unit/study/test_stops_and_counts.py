"""A finding that stops starts no analysis and shows no headline; analyses of an outcome are counted."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.cli import main
from radiomics_core.cohort.endpoints import BinaryEndpoint, TimeToEventEndpoint
from radiomics_core.cohort.model import Case, Cohort, ColumnSpec
from radiomics_core.cohort.outcome_digest import outcome_digest
from radiomics_core.features.table import COLUMN_FIELDS, FeatureTable, make_keys
from radiomics_core.findings import StoppedError
from radiomics_core.study import Study
from radiomics_core.study.actions import analysis, clinical, endpoints, explanation, hazard_ratios, quality
from radiomics_core.study.jobs.job import Jobs
from radiomics_core.study.jobs.kind import Parts
from radiomics_core.study.jobs.kinds.analysis import AnalysisJob
from radiomics_core.study.jobs.kinds.analysis_checks import QUALITY_NUMBERS, facts_before
from radiomics_core.study.ledger import AnalysisKey
from radiomics_core.study.storage.results import ResultKey

QUICK = AnalysisSettings(folds=3, repeats=1, shuffles=0, selectors=("anova",), models=("logistic_ridge",))


@pytest.fixture
def ready(study):
    """Return a study of 30 patients of noise with a clinical table, the last three of them entered twice."""
    rng = np.random.default_rng(4)
    ids = [f"C{i:02d}" for i in range(33)]
    values = np.exp(rng.normal(size=(30, 6)))
    values = np.vstack([values, values[-3:] * (1 + 1e-6 * rng.normal(size=(3, 6)))])
    names = [f"original_firstorder_{name}" for name in ("Mean", "Median", "Range", "Energy", "Entropy", "Skewness")]
    columns = pd.DataFrame([[n, "", "", *n.split("_"), "", "radiomics", ""] for n in names], columns=COLUMN_FIELDS)
    frame = pd.DataFrame(values, columns=names, index=pd.Index(ids, name="case_id"))
    table = pd.DataFrame(
        {"age": rng.normal(60, 9, 33).round(1).astype(str), "died": np.tile(["0", "1", "0"], 11)}, index=frame.index
    )
    study.save_cohort(Cohort(tuple(Case(c, c) for c in ids)))
    study.save_clinical(table)
    study.save_column_specs([ColumnSpec("age", "number"), ColumnSpec("died", "category", "outcome")])
    study.save_feature_table(FeatureTable(frame, make_keys(ids), columns, "pyradiomics", "3.0.1", settings={}))
    study.save_endpoints([BinaryEndpoint(name="death", column="died", positive="1")])
    return study


def without_copies(study):
    cases = study.cohort.cases
    copies = {"C30": "C27", "C31": "C28", "C32": "C29"}
    renamed = [dataclasses.replace(c, patient_id=copies.get(c.case_id, c.patient_id)) for c in cases]
    study.save_cohort(study.cohort.replace(cases=tuple(renamed)))


def test_patients_entered_twice_stop_an_analysis_before_it_starts(ready):
    with pytest.raises(StoppedError, match="C27 = C30; C28 = C31; C29 = C32") as stopped:
        analysis.start(ready, "death", QUICK)
    assert [f.code for f in stopped.value.findings] == ["RX556"]
    assert Jobs(ready).all() == []
    assert ready.ledger.count("analysis started") == 0
    assert [f.code for f in ready.findings("analysis")] == ["RX556"]
    without_copies(ready)
    assert analysis.stops(ready, "death") == []


def check_images(study, same):
    """Store a quality table of random regions in which the cases of each pair have the same one."""
    ids = [case.case_id for case in study.cohort.cases]
    numbers = np.random.default_rng(2).normal(size=(len(ids), len(QUALITY_NUMBERS)))
    for first, second in same:
        numbers[ids.index(second)] = numbers[ids.index(first)]
    table = pd.DataFrame(numbers, columns=QUALITY_NUMBERS).assign(case_id=ids, image="CT", roi="lesion")
    key = ResultKey("quality", study.cohort_digests.files, {})
    study.results.save(key, lambda folder: table.to_parquet(folder / "quality.parquet"))


def test_copies_found_after_an_analysis_stop_its_repetition_its_explanation_and_hazard_ratios(ready):
    without_copies(ready)
    endpoint = TimeToEventEndpoint(name="survival", time_column="days", event_column="died")
    rng = np.random.default_rng(3)
    days = rng.exponential(300, 33).round(1).astype(str)
    ready.save_clinical(ready.seal.over_table(lambda whole: whole.assign(days=days)))
    clinical.save_specs(
        ready,
        [
            ColumnSpec("age", "number", "predictor"),
            ColumnSpec("days", "number", "outcome"),
            ColumnSpec("died", "category", "outcome"),
        ],
    )
    ready.save_endpoints([*ready.endpoints.values(), endpoint])
    analysis.start(ready, "death", QUICK).wait(120)
    assert "radiomics" in explanation.inputs(ready, "death")
    assert len(hazard_ratios.forest(ready, "survival", ["age"]).table) == 1
    check_images(ready, [("C03", "C07")])
    for again in (
        lambda: analysis.start(ready, "death", QUICK),
        lambda: explanation.start(ready, "death", "radiomics"),
        lambda: hazard_ratios.forest(ready, "survival", ["age"]),
    ):
        with pytest.raises(StoppedError, match="C03 = C07"):
            again()


def test_the_command_line_ends_with_one_and_writes_no_headline(ready, tmp_path, capsys):
    ready.close()
    out = tmp_path / "rows.csv"
    assert main(["compare", str(ready.folder), "--endpoint", "death", "--out", str(out)]) == 1
    assert "RX556 stop" in capsys.readouterr().err
    assert not out.exists()


def test_roles_of_the_command_line_say_when_a_predictor_was_known(ready):
    without_copies(ready)
    ready.close()
    assert main(["roles", str(ready.folder), "--predictor", "age"]) == 0
    with Study.open(ready.folder, read_only=True) as study:
        assert {s.name: s.recorded for s in study.column_specs}["age"] == "at_imaging"
    assert main(["roles", str(ready.folder), "--dated", "age"]) == 1
    assert main(["roles", str(ready.folder), "--dated", "age=scan"]) == 1


def test_a_predictor_without_a_date_is_asked_for_one_and_can_be_answered_at_once(ready):
    without_copies(ready)
    clinical.save_specs(ready, [ColumnSpec("age", "number", "predictor"), ColumnSpec("died", "category", "outcome")])
    assert [f.code for f in ready.findings("clinical:roles")] == ["RX217"]
    clinical.declare_known_at_imaging(ready)
    assert ready.findings("clinical:roles") == []


def test_analyses_of_an_outcome_are_counted_from_the_first_whatever_the_endpoint_is_called(ready):
    without_copies(ready)
    other = dataclasses.replace(QUICK, seed=5)
    for settings in (QUICK, other, QUICK):
        analysis.start(ready, "death", settings).wait(120)
    assert [analysis.result(ready, "death", s).meta["analysis_number"] for s in (QUICK, other)] == [1, 2]
    assert ready.ledger.analysis_number(ready.endpoint("death"), AnalysisKey("analysis", "new", "")) == 3
    endpoints.add(ready, endpoints.make_binary("the same", "died", "0"))
    analysis.start(ready, "the same", QUICK).wait(120)
    assert set(analysis.latest(ready, "the same").frame()["analysis_number"]) == {3}


def copied_outcome(study, name, codes):
    """Add a column that holds the outcome in other codes, and take the first one away."""
    study.save_clinical(
        study.seal.over_table(lambda whole: whole.assign(**{name: whole["died"].map(codes)}).drop(columns="died"))
    )
    study.save_column_specs([ColumnSpec("age", "number"), ColumnSpec(name, "category", "outcome")])
    study.save_endpoints([])


def test_a_renamed_and_recoded_outcome_column_continues_the_count(ready):
    without_copies(ready)
    analysis.start(ready, "death", QUICK).wait(120)
    copied_outcome(ready, "alive", {"1": "no", "0": "yes"})
    endpoints.add(ready, endpoints.make_binary("survived", "alive", "yes"))
    analysis.start(ready, "survived", QUICK).wait(120)
    assert analysis.latest(ready, "survived").meta["analysis_number"] == 2


def test_another_outcome_of_the_same_cases_starts_at_one(ready):
    without_copies(ready)
    values = outcome_digest(ready.endpoint_values("death"))
    ready.ledger.start_analysis(ready.endpoint("death"), AnalysisKey("analysis", "s", "i"), {}, values)
    codes = dict(zip(ready.seal.over_table(lambda whole: whole.index), ["a", "b"] * 17, strict=False))
    ready.save_clinical(ready.seal.over_table(lambda whole: whole.assign(relapse=whole.index.map(codes))))
    other = BinaryEndpoint(name="relapse", column="relapse", positive="a")
    values = outcome_digest(ready.endpoint_values(other))
    assert ready.ledger.analysis_number(other, AnalysisKey("analysis", "s", "j"), values) == 1


def test_the_number_is_the_one_given_at_the_start_although_the_study_changed_before_the_run(ready):
    without_copies(ready)
    asked = analysis.payload(ready, "death", QUICK)
    key = AnalysisKey("analysis", QUICK.digest(), asked["inputs"])
    assert ready.ledger.start_analysis(ready.endpoint("death"), key, QUICK.to_dict()) == 1
    other = AnalysisKey("analysis", "other settings", asked["inputs"])
    assert ready.ledger.start_analysis(ready.endpoint("death"), other, {}) == 2
    quality.exclude(ready, ["C05"], "wrong patient")
    job = AnalysisJob()
    plan = job.plan(ready, asked)
    parts = Parts(ready.folder / "parts", job, plan.units)
    parts.folder.mkdir()
    for unit in plan.units:
        job.dump_part(parts.path(unit), job.run(plan.shared, unit.work))
    job.finish(ready, asked, plan, parts)
    assert analysis.latest(ready, "death").meta["analysis_number"] == 1


def test_a_patient_in_development_and_again_in_the_external_set_is_among_the_facts_and_stops(ready):
    again = {"C30", "C31", "C32"}
    cases = [dataclasses.replace(c, role="external" if c.case_id in again else c.role) for c in ready.cohort.cases]
    ready.save_cohort(ready.cohort.replace(cases=tuple(cases)))
    facts = facts_before(ready, analysis.data(ready, "death"))
    assert again <= set(facts.features.index) & set(facts.clinical.index) & set(facts.patient_ids)
    assert not again & set(facts.values.case_ids)  # their outcomes stay sealed
    (stopped,) = analysis.stops(ready, "death")
    assert stopped.code == "RX556"
    assert stopped.params["again"] == sorted(again)
