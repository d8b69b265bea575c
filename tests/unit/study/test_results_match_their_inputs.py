"""A stored comparison is keyed on what it was made from, and is complete or not there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.cohort.endpoints import BinaryEndpoint
from radiomics_core.cohort.model import Case, Cohort, ColumnSpec
from radiomics_core.errors import JobError
from radiomics_core.study.actions import analysis, explanation, quality, status
from radiomics_core.study.jobs.kind import Parts
from radiomics_core.study.jobs.kinds import analysis as analysis_job
from radiomics_core.study.jobs.kinds.analysis import AnalysisJob
from radiomics_core.study.storage.results import ResultKey

SETTINGS = AnalysisSettings(folds=3, repeats=2, shuffles=2, inputs=("clinical",), interval=False)


@pytest.fixture
def clinical_study(study):
    generator = np.random.default_rng(1)
    ids = [f"C{i:02d}" for i in range(30)]
    table = pd.DataFrame(
        {
            "age": generator.normal(60, 9, 30).round(2).astype(str),
            "grade": generator.integers(1, 4, 30).astype(str),
            "died": np.tile(["0", "1", "0"], 10),
        },
        index=pd.Index(ids, name="case_id"),
    )
    study.save_cohort(Cohort(tuple(Case(c, c) for c in ids)))
    study.save_clinical(table)
    study.save_column_specs(
        [ColumnSpec("age", "number", "predictor"), ColumnSpec("grade", "number", "predictor"), ColumnSpec("died")]
    )
    study.save_endpoints([BinaryEndpoint(name="death", column="died", positive="1")])
    return study


class Running:
    """A comparison job, step by step in this process."""

    def __init__(self, study, folder):
        self.study, self.kind = study, AnalysisJob()
        self.payload = analysis.payload(study, "death", SETTINGS)
        self.plan = self.kind.plan(study, self.payload)
        self.parts = Parts(folder / "parts", self.kind, self.plan.units)
        self.parts.folder.mkdir(parents=True, exist_ok=True)

    def run(self, fails=lambda unit: False):
        for unit in self.plan.units:
            if fails(unit.work):
                self.parts.fail(unit, "killed", "its process was killed")
            else:
                self.kind.dump_part(self.parts.path(unit), self.kind.run(self.plan.shared, unit.work))
        return self

    def finish(self):
        return self.kind.finish(self.study, self.payload, self.plan, self.parts)


def test_a_case_left_out_while_the_comparison_runs_makes_its_result_stale(clinical_study, tmp_path):
    running = Running(clinical_study, tmp_path).run()
    quality.exclude(clinical_study, ["C05"], "wrong patient")
    running.finish()
    assert analysis.result(clinical_study, "death", SETTINGS) is None
    assert analysis.is_stale(clinical_study, "death")
    assert analysis.latest(clinical_study, "death").meta["n"] == 30


def test_the_result_of_before_an_exclusion_is_shown_again_once_the_case_is_taken_back(clinical_study, tmp_path):
    first = Running(clinical_study, tmp_path / "first").run().finish()
    quality.exclude(clinical_study, ["C05"], "wrong patient")
    second = Running(clinical_study, tmp_path / "second").run().finish()
    assert analysis.latest_meta(clinical_study, "death").digest == second["digest"] != first["digest"]
    quality.include(clinical_study, "C05")
    assert analysis.latest_meta(clinical_study, "death").digest == first["digest"]
    assert not analysis.is_stale(clinical_study, "death")
    assert analysis.latest(clinical_study).meta["n"] == 30


def test_the_explanation_of_the_valid_analysis_is_shown_before_a_newer_one(clinical_study, tmp_path):
    first = Running(clinical_study, tmp_path / "first").run().finish()
    for source in (first["digest"], "another analysis"):
        about = {"endpoint": "death", "inputs": "clinical", "source": source}
        clinical_study.results.save(ResultKey("explanation", source, {}), lambda folder: None, about)
    assert explanation.latest_meta(clinical_study, "death").about["source"] == first["digest"]
    assert not explanation.is_stale(clinical_study, "death", "clinical")


def test_what_was_changed_after_exploration_before_the_start_stands_with_the_result(clinical_study, tmp_path):
    clinical_study.ledger.open_exploration("death", "univariate")
    clinical_study.ledger.change_settings("folds")
    running = Running(clinical_study, tmp_path).run()
    clinical_study.ledger.change_settings("folds")
    running.finish()
    made = analysis.latest(clinical_study, "death")
    assert (made.meta["exploration_opened"], made.meta["settings_changed_after_exploration"]) == (True, 1)
    assert set(made.frame()["settings_changed_after_exploration"]) == {1}


def test_a_predictor_that_becomes_another_outcome_makes_the_result_stale(clinical_study, tmp_path):
    Running(clinical_study, tmp_path).run().finish()
    assert not analysis.is_stale(clinical_study, "death")
    other = BinaryEndpoint(name="high grade", column="grade", positive="3")
    clinical_study.save_endpoints([*clinical_study.endpoints.values(), other])
    assert list(analysis.data(clinical_study, "death").clinical.columns) == ["age"]
    assert analysis.is_stale(clinical_study, "death")
    assert analysis.result(clinical_study, "death", SETTINGS) is None


def test_an_older_method_version_is_stale(clinical_study, tmp_path, monkeypatch):
    Running(clinical_study, tmp_path).run().finish()
    monkeypatch.setattr(analysis_job, "METHOD_VERSION", "a later one")
    assert analysis.is_stale(clinical_study, "death")


def test_an_explanation_of_an_outdated_analysis_is_stale_in_the_stepper_too(clinical_study, tmp_path):
    source = Running(clinical_study, tmp_path).run().finish()["digest"]
    about = {"endpoint": "death", "inputs": "clinical", "source": source}
    clinical_study.results.save(ResultKey("explanation", source, {}), lambda folder: None, about)
    state = {step.name: step.state for step in status.steps(clinical_study)}
    assert state["explanations"] == "done"
    quality.exclude(clinical_study, ["C05"], "wrong patient")
    state = {step.name: step.state for step in status.steps(clinical_study)}
    assert state["explanations"] == "stale"


def test_a_repeat_that_failed_is_never_averaged_away(clinical_study, tmp_path):
    running = Running(clinical_study, tmp_path).run(fails=lambda work: work.kind == "real" and work.repeat == 1)
    with pytest.raises(JobError, match="its process was killed"):
        running.finish()
    assert analysis.latest_meta(clinical_study, "death") is None


def test_a_shuffle_with_a_failed_repeat_is_not_counted_and_the_result_says_so(clinical_study, tmp_path):
    running = Running(clinical_study, tmp_path)
    running.run(fails=lambda work: work.shuffle == 1 and work.repeat == 0).finish()
    made = analysis.result(clinical_study, "death", SETTINGS)
    assert made.headline["n_permutations"] == 1
    assert sorted(made.shuffles["shuffle"]) == [0]
    assert [f.params["n"] for f in made.findings if f.code == "RX508"] == [1]


def test_running_again_after_a_failure_does_the_missing_parts_only(clinical_study, tmp_path):
    Running(clinical_study, tmp_path).run(fails=lambda work: work.repeat == 1 and work.kind == "real")
    again = Running(clinical_study, tmp_path)
    again.parts.forget_failures()
    assert [unit.work.repeat for unit in again.parts.missing()] == [1]


def test_what_the_checks_find_is_kept_with_the_result_and_with_the_study(clinical_study, tmp_path):
    cases = [Case(f"C{i:02d}", f"C{i:02d}", centre="B" if i % 3 == 1 and i < 20 else "A") for i in range(30)]
    clinical_study.save_cohort(Cohort(tuple(cases)))
    Running(clinical_study, tmp_path).run().finish()
    # every third case has the event; seven of those ten, and nobody else, come from centre B
    made = analysis.result(clinical_study, "death", SETTINGS)
    said = {finding.code: finding for finding in made.findings}
    assert said["RX554"].params["centres"] == 2
    assert "A 3/23, B 7/7" in said["RX554"].message()
    assert "RX554" in {finding.code for finding in clinical_study.findings("analysis")}
