"""Studies of earlier versions open and go on; those of later versions are refused in words."""

import json
import sqlite3
import zipfile
from pathlib import Path

import pytest

from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.errors import SettingsError, StudyError
from radiomics_core.study import Study
from radiomics_core.study.actions import analysis, status
from radiomics_core.study.jobs.job import run_job_blocking
from radiomics_core.study.storage.migrations import FORMAT, STEPS
from radiomics_core.study.storage.results import META_FILE, OLDER_KINDS

MADE_BY_0_1_0 = Path(__file__).parents[2] / "data" / "study-0.1.0.zip"
LIGHT = AnalysisSettings.from_dict(
    {"selectors": ["none"], "models": ["logistic_ridge"], "folds": 3, "repeats": 1, "shuffles": 0, "interval": False}
)


@pytest.fixture
def old(tmp_path):
    folder = tmp_path / "old"
    with zipfile.ZipFile(MADE_BY_0_1_0) as packed:
        packed.extractall(folder)
    return folder


def test_a_study_of_0_1_0_opens_says_what_it_holds_and_goes_on(old):
    with Study.open(old) as study:
        assert (len(study.cohort), study.feature_table().values.shape) == (36, (36, 5))
        assert study.endpoint_values(study.endpoint("response")).n_events == 12
        (finding,) = [found for found in study.findings("study") if found.code == "RX822"]
        assert "1 analyses (response) were made by version 0.1.0" in str(finding.message())
        assert {step.name for step in status.steps(study)} >= {"comparison", "survival"}
        run_job_blocking(analysis.start(study, "response", LIGHT, 1))
        made = analysis.latest(study, "response")
        assert made is not None
        assert 0.5 < made.headline["value"] <= 1
        assert [found for found in study.findings("study") if found.code == "RX822"] == []
        assert len(study.results.of_older_kinds()) == 1


def test_a_study_of_0_1_0_can_be_looked_at_without_a_change(old):
    before = {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}
    with Study.open(old, read_only=True) as study:
        assert "RX822" in {found.code for found in study.findings()}
    assert {path: path.read_bytes() for path in before} == before


def test_a_study_of_a_newer_format_is_refused_in_words(old):
    connection = sqlite3.connect(old / "study.sqlite")
    connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    connection.close()
    with pytest.raises(StudyError, match=r"newer version of Radiomics Explorer\. Update"):
        Study.open(old)


@pytest.mark.parametrize("added", [{"format": 99}, {"colour": "blue"}])
def test_a_result_of_a_newer_format_is_refused_in_words(old, added):
    (meta,) = (old / "results" / OLDER_KINDS[0]).glob(f"*/{META_FILE}")
    meta.write_text(json.dumps(json.loads(meta.read_text()) | added))
    with Study.open(old) as study, pytest.raises(StudyError, match=r"this version reads up to \d+\. Update"):
        study.results.of_older_kinds()


def test_a_setting_of_another_version_is_refused_by_its_name():
    with pytest.raises(SettingsError, match=r"unknown setting n_moons for AnalysisSettings\. Known settings: "):
        AnalysisSettings.from_dict({"n_moons": 2})


def test_every_step_is_one_file_and_none_is_left_out():
    folder = Path(__file__).parents[3] / "radiomics_core" / "study" / "storage" / "migrations"
    assert {file.stem for file in folder.glob("to_*.py")} == {f"to_{number + 1}" for number in range(len(STEPS))}
