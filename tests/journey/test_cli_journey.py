"""The whole journey on the command line: files, columns, exit codes, and the same numbers as the pages."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.demo import BROKEN_KINDS, DemoTruth
from radiomics_core.study import Study
from radiomics_core.study.actions import analysis, quality
from radiomics_core.study.copies import start_anew
from tests.journey.cohorts import Outcome, cli, feature_table

COMMANDS = (
    "demo", "new", "import-features", "roles", "split", "endpoint", "check", "extract", "compare", "survival", "export",
)  # fmt: skip
CHECK_COLUMNS = ["case_id", "image", "roi", "voxels", "components", "findings"]
COMPARE_COLUMNS = [
    "inputs", "selector", "model", "headline", "auc", "auc_low", "auc_high", "interval", "n", "events",
    "n_permutations",
]  # fmt: skip
SURVIVAL_COLUMNS = [
    "inputs", "selector", "model", "headline", "c_index", "c_low", "c_high", "interval", "n", "events",
    "n_permutations", "permutation_p",
]  # fmt: skip
SIZES = ("--folds", 3, "--repeats", 1, "--shuffles", 2, "--seed", 5)
PIPELINE = ("--selectors", "none", "--classifiers", "logistic")
COMPARISON = AnalysisSettings(
    folds=3, repeats=1, shuffles=2, seed=5, selectors=("none",), models=("logistic",)
)  # fmt: skip
SURVIVAL = AnalysisSettings(folds=3, repeats=1, shuffles=2, seed=5)


@dataclass(frozen=True)
class Journey:
    folder: Path
    said: dict[str, Outcome]

    @property
    def study(self) -> Path:
        return self.folder / "study"


def travel(source: Path, folder: Path, jobs: int, *, with_survival: bool) -> Journey:
    """Go from images to the tables; ``prepared`` is a copy of the study before anything is compared."""
    study = folder / "study"
    table, at = source / "clinical.csv", ("--jobs", jobs)
    steps: dict[str, tuple[object, ...]] = {
        "new": ("new", study, "--images", source / "images", "--clinical", table, "--id", "case_id"),
        "roles": ("roles", study, "--predictor", "age", "--centre", "centre"),
        "endpoint": ("endpoint", study, "--name", "response", "--column", "response", "--event", "no"),
        "timed": ("endpoint", study, "--name", "os", "--time", "days", "--event", "death", "--unit", "days"),
        "check": ("check", study, "--csv", folder / "check.csv", *at),
        "extract": ("extract", study, "--image", "CT", "--settings", source / "light.yaml", *at),
        "export": ("export", study, "--features", folder / "features.csv"),
        "parquet": ("export", study, "--features", folder / "features.parquet"),
        "compare": ("compare", study, "--endpoint", "response", *PIPELINE, *SIZES, "--out", folder / "c.csv", *at),
    }
    if with_survival:
        steps["survival"] = ("survival", study, "--endpoint", "os", *SIZES, "--out", folder / "survival", *at)
    said = {}
    for name, command in steps.items():
        said[name] = cli(*command)
        if name == "parquet":
            shutil.copytree(study, folder / "prepared")
    return Journey(folder, said)


@pytest.fixture(scope="module")
def journey(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    return travel(source, tmp_path_factory.mktemp("one"), 1, with_survival=True)


def test_every_command_ends_well_and_speaks_on_stderr_only(journey):
    assert {name: outcome.code for name, outcome in journey.said.items()} == dict.fromkeys(journey.said, 0)
    assert {outcome.out for outcome in journey.said.values()} == {""}
    assert "24 cases imported" in journey.said["new"].said
    assert "24 of 24" in journey.said["extract"].said


def test_tables_have_the_promised_columns(journey):
    check, compared = pd.read_csv(journey.folder / "check.csv"), pd.read_csv(journey.folder / "c.csv")
    summary = pd.read_csv(journey.folder / "survival" / "summary.csv")
    assert set(CHECK_COLUMNS) <= set(check.columns)
    assert list(compared.columns[: len(COMPARE_COLUMNS)]) == COMPARE_COLUMNS
    assert list(summary.columns[: len(SURVIVAL_COLUMNS)]) == SURVIVAL_COLUMNS
    inputs = {"radiomics", "clinical", "volume", "combined", "centre"}
    assert set(compared["inputs"]) == inputs | {"permuted", "leave_one_centre_out"}
    assert compared["headline"].sum() == 1
    assert set(compared["n"]) == {24}
    assert set(summary["events"]) == {18}


def test_exports_hold_the_features_of_the_study_case_id_first(journey):
    from_csv = pd.read_csv(journey.folder / "features.csv")
    from_parquet = pd.read_parquet(journey.folder / "features.parquet")
    assert from_csv.columns[0] == from_parquet.columns[0] == "case_id"
    with Study.open(journey.study, read_only=True) as study:
        values = study.feature_table().values
    np.testing.assert_allclose(from_csv[list(values.columns)].to_numpy(float), values.to_numpy(float), rtol=1e-12)
    np.testing.assert_array_equal(from_parquet[list(values.columns)].to_numpy(float), values.to_numpy(float))


def test_survival_leaves_summary_and_charts(journey):
    names = {path.name for path in (journey.folder / "survival").iterdir()}
    assert {"summary.csv", "kaplan_meier_radiomics.svg", "kaplan_meier_radiomics.png"} <= names
    assert all(path.stat().st_size > 100 for path in (journey.folder / "survival").iterdir())


def test_numbers_are_those_the_pages_show(journey, tmp_path):
    with Study.open(journey.study, read_only=True) as study:
        shown = {
            "check": quality.table(study),
            "compare": analysis.result(study, "response", COMPARISON),
            "survival": analysis.result(study, "os", SURVIVAL),
        }
        assert all(result is not None for result in shown.values())
        shown["check"].to_csv(tmp_path / "check.csv", index=False)
        shown["compare"].frame().to_csv(tmp_path / "c.csv", index=False)
        shown["survival"].frame().to_csv(tmp_path / "summary.csv", index=False)
    assert (tmp_path / "check.csv").read_bytes() == (journey.folder / "check.csv").read_bytes()
    assert (tmp_path / "c.csv").read_bytes() == (journey.folder / "c.csv").read_bytes()
    assert (tmp_path / "summary.csv").read_bytes() == (journey.folder / "survival" / "summary.csv").read_bytes()


def test_the_same_seed_and_two_jobs_give_the_same_bytes(journey, source, tmp_path):
    again = travel(source, tmp_path, 2, with_survival=False)
    for name in ("check.csv", "features.csv", "c.csv"):
        assert (again.folder / name).read_bytes() == (journey.folder / name).read_bytes(), name


def test_a_split_sets_cases_aside_and_seals_their_outcomes(journey, tmp_path):
    shutil.copytree(journey.folder / "prepared", tmp_path / "study")
    late = cli("split", tmp_path / "study", "--external", "centre=B")
    assert late.code == 1
    assert "an endpoint defined" in late.said
    with Study.open(tmp_path / "study") as study:
        start_anew(study)
    done = cli("split", tmp_path / "study", "--external", "centre=B")
    again = ("--name", "response", "--column", "response", "--event", "no")
    assert cli("endpoint", tmp_path / "study", *again).code == 0
    with Study.open(tmp_path / "study", read_only=True) as study:
        outside = [case.case_id for case in study.cohort.cases if case.centre == "B"]
        seen = study.endpoint_values("response").case_ids
    assert done.code == 0
    assert f"development: {24 - len(outside)}, external: {len(outside)}" in done.said
    assert outside
    assert not set(outside) & set(seen)


def test_a_feature_table_alone_is_enough(tmp_path):
    table = feature_table(20)
    table.drop(columns=["age", "centre"]).to_csv(tmp_path / "features.csv", index=False)
    table[["case_id", "age", "centre"]].to_csv(tmp_path / "clinical.csv", index=False)
    study = tmp_path / "study"
    command = ("import-features", study, "--table", tmp_path / "features.csv", "--id", "case_id")
    assert cli(*command, "--clinical", tmp_path / "clinical.csv").code == 0
    assert cli("export", study, "--features", tmp_path / "out.csv").code == 0
    features = pd.read_csv(tmp_path / "out.csv").set_index("case_id")
    expected = table.set_index("case_id").filter(like="original_")
    pd.testing.assert_frame_equal(features[list(expected.columns)], expected)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(command):
    helped = cli(command, "--help")
    assert helped.code == 0
    assert "STUDY" in helped.out


# The demo, whose truth is known


@dataclass(frozen=True)
class Demo:
    study: Path
    truth: DemoTruth
    compared: pd.DataFrame


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    study = folder / "study"
    assert cli("demo", study, "--jobs", 2).code == 0
    truth = next(study.rglob("truth.json"))
    assert set(json.loads(truth.read_text("utf-8"))["broken"].values()) == set(BROKEN_KINDS)
    assert cli("check", study, "--exclude", "--jobs", 2).code == 0
    quick = ("--selectors", "mann_whitney", "--classifiers", "logistic_ridge", "--inputs", "radiomics,volume")
    sizes = ("--folds", 5, "--repeats", 2, "--shuffles", 0, "--jobs", 2)
    out = folder / "c.csv"
    assert cli("compare", study, "--endpoint", "non_response", *quick, *sizes, "--out", out).code == 0
    return Demo(study, DemoTruth.load(truth.parent), pd.read_csv(out).set_index("inputs"))


@pytest.mark.slow
def test_texture_leads_the_univariate_table_of_the_demo(demo):
    from radiomics_core.features.exploration import univariate_table

    with Study.open(demo.study, read_only=True) as study:
        table, values = study.feature_table(), study.endpoint_values("non_response")
        found = univariate_table(table.values, values).frame().sort_values("p")
    families = table.columns.set_index("column")["family"]
    leading = families.loc[found["feature"].head(20)]
    assert (leading != "shape").mean() >= 0.9, leading.value_counts().to_dict()
    assert found["q"].iloc[0] < 0.01


@pytest.mark.slow
def test_radiomics_finds_the_planted_response_and_volume_alone_does_not(demo):
    radiomics, volume = demo.compared[demo.compared["headline"]].iloc[0], demo.compared.loc["volume"]
    assert radiomics["auc_low"] > 0.5
    assert radiomics["auc_low"] <= demo.truth.response_auc
    assert volume["auc_low"] < 0.5 < volume["auc_high"] or volume["auc"] < 0.5
    assert radiomics["auc"] > volume["auc"] + 0.1


@pytest.mark.slow
def test_planted_hazard_ratios_lie_in_their_intervals(demo):
    from radiomics_core.survival.forest import cox_forest

    with Study.open(demo.study, read_only=True) as study:
        values = study.endpoint_values("survival")
    latent = demo.truth.cases.set_index("case_id").reindex(list(values.case_ids)).dropna()
    keep = np.isin(values.case_ids, latent.index)
    columns = {"heterogeneity": "heterogeneity", "margin": "margin", "stage": "stage_step"}
    drivers = latent[list(columns.values())]
    rows = cox_forest(drivers, values.time[keep], values.event[keep]).frame().set_index("name")
    for name, column in columns.items():
        planted = demo.truth.hazard_ratios[name] ** drivers[column].std()
        assert rows.loc[column, "low"] <= planted <= rows.loc[column, "high"], (name, planted)


@pytest.mark.slow
def test_each_broken_case_of_the_demo_is_reported_with_its_cause(demo):
    cause = {
        "empty_mask": "RX101", "mask_on_another_grid": "RX102", "nan_voxels": "RX103", "two_voxel_roi": "RX104",
        "duplicate_patient": "RX108",
    }  # fmt: skip
    with Study.open(demo.study, read_only=True) as study:
        checked = quality.table(study)
        excluded = study.cohort.excluded_ids()
    assert checked is not None
    for case_id, kind in demo.truth.broken.items():
        rows = checked[checked["case_id"] == case_id]
        assert len(rows) == 2, case_id
        assert rows["findings"].str.contains(cause[kind]).all(), (case_id, kind)
        assert case_id in excluded
    sound = checked[~checked["case_id"].isin([*demo.truth.broken, "DEMO-001"])]
    assert not sound["findings"].fillna("").str.contains("RX10[12348]").any()


@pytest.mark.skipif(os.name == "nt", reason="on Windows the access list of the user's profile closes the folder")
def test_no_file_that_a_journey_wrote_can_be_read_by_other_users(journey):
    shown = [journey.study, *journey.study.rglob("*"), *journey.folder.glob("*.csv"), journey.folder / "survival"]
    open_ones = {str(path.relative_to(journey.folder)): oct(path.stat().st_mode) for path in shown
                 if path.stat().st_mode & 0o077}  # fmt: skip
    assert open_ones == {}
    assert len([path for path in shown if path.is_file()]) > 20
