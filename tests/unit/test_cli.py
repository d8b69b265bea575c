"""The command line: every command has help, exit codes are kept, files are what was asked for."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from radiomics_core import __version__
from radiomics_core.analysis.settings import AnalysisSettings, full_settings
from radiomics_core.analysis.tasks import task_of
from radiomics_core.cli import main
from radiomics_core.errors import StudyError
from radiomics_core.i18n import lazy_
from radiomics_core.study import Study
from radiomics_core.study.actions import analysis

WITHOUT_STUDY = ["prepare-engine", "verify-engine"]
COMMANDS = [
    "demo",
    "new",
    "import-features",
    "roles",
    "split",
    "endpoint",
    "check",
    "extract",
    "compare",
    "survival",
    "export",
]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RADIOMICS_EXPLORER_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize("command", [*COMMANDS, *WITHOUT_STUDY])
def test_every_option_of_every_command_has_help(command, capsys):
    from radiomics_core.cli.arguments import make_parser

    assert main([command, "--help"]) == 0
    assert ("STUDY" in capsys.readouterr().out) == (command in COMMANDS)
    parsers = next(a for a in make_parser()._actions if a.dest == "command").choices
    assert all(action.help for action in parsers[command]._actions)


def test_wrong_usage_is_two(capsys):
    assert main([]) == 2
    assert main(["bogus", "x"]) == 2
    assert main(["compare", "x", "--endpoint", "e", "--folds", "1", "--out", "f"]) == 2
    assert main(["extract", "x", "--preset", "ct", "--settings", "p.yaml"]) == 2
    assert main(["endpoint", "x", "--name", "n", "--event", "1"]) == 2
    assert "either --column or --time" in capsys.readouterr().err


def test_the_version_is_that_of_the_package():
    done = subprocess.run(
        [sys.executable, "-m", "radiomics_core", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"radiomics-explorer {__version__}"


def test_a_folder_without_study_stops_with_one(tmp_path, capsys):
    assert main(["export", str(tmp_path / "none"), "--features", "f.csv"]) == 1
    assert "there is no study in" in capsys.readouterr().err


def test_a_study_that_cannot_be_filled_is_not_left_behind(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    for _ in range(2):
        assert main(["new", str(tmp_path / "study"), "--images", str(tmp_path / "empty")]) == 1
        assert "no image was found" in capsys.readouterr().err
    assert not (tmp_path / "study").exists()


@pytest.fixture
def lab_table(tmp_path):
    rng = np.random.default_rng(5)
    n = 60
    event = np.arange(n) % 2
    features = {f"original_glcm_{name}": rng.normal(event, 1.5) for name in ("Contrast", "Idm", "Id")}
    time = np.round(rng.exponential(400, n) + 1)
    frame = pd.DataFrame({"ID": [f"L{i:02d}" for i in range(n)], **features, "Target": event, "os_days": time})
    file = tmp_path / "lab.csv"
    frame.to_csv(file, index=False)
    return file


def test_the_journey_from_a_feature_table_to_both_result_tables(tmp_path, lab_table, capsys):
    study = str(tmp_path / "study")
    assert main(["import-features", study, "--table", str(lab_table), "--id", "ID"]) == 0
    assert main(["endpoint", study, "--name", "t", "--column", "Target", "--event", "1"]) == 0
    assert main(["endpoint", study, "--name", "os", "--time", "os_days", "--event", "Target"]) == 0
    out = tmp_path / "compare.csv"
    quick = ["--repeats", "1", "--shuffles", "2", "--seed", "3", "--jobs", "1"]
    chosen = ["--selectors", "mann_whitney", "--classifiers", "logistic_ridge"]
    assert main(["compare", study, "--endpoint", "t", *chosen, *quick, "--out", str(out)]) == 0
    table = pd.read_csv(out)
    wanted = [
        "inputs",
        "selector",
        "model",
        "headline",
        "auc",
        "auc_low",
        "auc_high",
        "interval",
        "n",
        "events",
        "n_permutations",
    ]
    assert set(wanted) <= set(table.columns)
    assert table["headline"].sum() == 1
    permuted = table[table["inputs"] == "permuted"].iloc[0]
    assert permuted["n_permutations"] == 2
    assert set(table["n"].dropna()) == {60}
    folder = tmp_path / "survival"
    assert main(["survival", study, "--endpoint", "os", *quick, "--out", str(folder)]) == 0
    summary = pd.read_csv(folder / "summary.csv")
    assert {"inputs", "model", "c_index", "c_low", "c_high", "permutation_p", "n", "events"} <= set(summary.columns)
    assert {"kaplan_meier_radiomics.svg", "kaplan_meier_radiomics.png"} <= {p.name for p in folder.iterdir()}
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "comparison: " in captured.err
    parquet = tmp_path / "f.parquet"
    assert main(["export", study, "--features", str(parquet)]) == 0
    assert pd.read_parquet(parquet).columns[0] == "case_id"
    assert main(["export", study, "--features", str(tmp_path / "f.txt")]) == 1
    assert main(["compare", study, "--endpoint", "os", "--out", str(out)]) == 1
    assert main(["compare", study, "--endpoint", "t", "--selectors", "mrmrr", "--out", str(out)]) == 1
    assert "did you mean 'mrmr'?" in capsys.readouterr().err
    with Study.open(study) as opened:
        assert opened.ledger.count("analysis started") == 2


@pytest.fixture
def settings_asked(tmp_path, monkeypatch):
    """Return a function that runs a command up to its start and returns the settings it asks for."""

    folder, asked, kinds = str(tmp_path / "study"), [], []

    def start(_study, _endpoint, settings, _n_jobs=None):
        asked.append(settings)
        raise StudyError(lazy_("the study is open for reading only"))

    Study.create(folder).close()
    monkeypatch.setattr(analysis, "start", start)
    monkeypatch.setattr(analysis, "require_kind", lambda _study, _endpoint, kind: kinds.append(kind))
    monkeypatch.setattr(analysis, "task", lambda _study, _endpoint: task_of(kinds[-1]))
    monkeypatch.setattr(analysis, "inputs", lambda _study, _endpoint: ["radiomics", "CT", "clinical", "volume"])
    monkeypatch.setattr(
        analysis,
        "default_inputs",
        lambda _study, _endpoint: ["radiomics", *(["CT"] if kinds[-1] == "binary" else []), "clinical", "volume"],
    )

    def ask(command, *options):
        assert main([command, folder, "--endpoint", "e", "--out", "out", *options]) == 1
        return asked.pop()

    return ask


def test_full_is_the_full_analysis_of_the_page_whether_named_or_counted(settings_asked):
    for command, quick, full in (
        ("compare", AnalysisSettings(), full_settings()),
        ("survival", AnalysisSettings(), full_settings()),
    ):
        assert settings_asked(command).digest() == quick.digest()
        assert settings_asked(command, "--full").digest() == full.digest()
        assert settings_asked(command, "--repeats", "10", "--shuffles", "199").digest() == full.digest()
        fewer = settings_asked(command, "--full", "--shuffles", "19")
        assert (fewer.mode, fewer.repeats, fewer.shuffles) == ("quick", 10, 19)


def test_survival_takes_the_choices_of_its_page(settings_asked):
    asked = settings_asked(
        "survival", "--inputs", "CT,clinical", "--selector", "mrmr", "--grouping", "tertiles", "--folds", "4"
    )
    assert (asked.selectors, asked.grouping, asked.folds) == (("mrmr",), "tertiles", 4)
    assert asked.inputs == ("CT", "clinical")
    assert asked.digest() == settings_asked(
        "survival", "--inputs", "clinical,CT", "--selector", "mrmr", "--grouping", "tertiles", "--folds", "4"
    ).digest()  # fmt: skip


def test_the_same_inputs_in_another_order_are_the_same_comparison(settings_asked):
    assert settings_asked("compare", "--inputs", "volume,CT").inputs == ("CT", "volume")
    assert settings_asked("compare", "--inputs", "volume,clinical,CT,radiomics").digest() == AnalysisSettings().digest()


@pytest.fixture
def files(tmp_path):
    import SimpleITK as sitk

    from radiomics_core.imaging.volume import Volume

    image = Volume(np.random.default_rng(0).integers(-100, 100, (8, 9, 10)).astype(np.int16))
    labels = np.zeros(image.array.shape, np.uint8)
    labels[2:6, 2:7, 2:5], labels[2:6, 2:7, 5:8] = 1, 2
    sitk.WriteImage(image.to_sitk(), str(tmp_path / "image.nii.gz"))
    sitk.WriteImage(image.with_array(labels).to_sitk(), str(tmp_path / "mask.nii.gz"))
    (tmp_path / "lab.yaml").write_text("imageType: {Original: {}}\nfeatureClass: {firstorder: [], ngtdm: []}\n")
    return tmp_path


def verify_engine(folder, *more):
    options = ["--image", folder / "image.nii.gz", "--mask", folder / "mask.nii.gz", "--settings", folder / "lab.yaml"]
    return main(["verify-engine", *map(str, options), *more])


def test_verify_engine_ends_with_the_largest_difference(files, capsys):
    from radiomics_core.extraction import ENGINES

    if not ENGINES.build("pyradiomics").available():
        pytest.skip("the reference engine is not on this computer")
    assert verify_engine(files, "--label", "2") == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"worst \d\.\de-\d\d over 23 features|worst 0\.0e\+00 over 23 features", lines[-1])
    assert [line.split()[:2] for line in lines[1:3]] == [["firstorder", "18"], ["ngtdm", "5"]]
    assert verify_engine(files, "--label", "3") == 1
    assert "no voxel with label 3, it holds 1, 2" in capsys.readouterr().err


def test_verify_engine_stops_with_one_where_a_value_differs(files, capsys, monkeypatch):
    from radiomics_core.extraction.engine import FeatureVector
    from radiomics_core.extraction.engines.fast.engine import FastEngine
    from radiomics_core.extraction.engines.pyradiomics_engine import PyradiomicsEngine

    values = {"original_firstorder_Mean": 2.0, "original_ngtdm_Contrast": 1.0}
    wrong = values | {"original_firstorder_Mean": 2.00001}
    monkeypatch.setattr("radiomics_core.extraction.verification.compare_images", lambda *_: None)
    monkeypatch.setattr(PyradiomicsEngine, "extract", lambda *_: FeatureVector(values))
    monkeypatch.setattr(PyradiomicsEngine, "require", lambda _: None)
    monkeypatch.setattr(FastEngine, "extract", lambda *_: FeatureVector(wrong))
    monkeypatch.setattr("radiomics_core.cli.engine_check._of_images", lambda _: iter(()))
    assert verify_engine(files) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[-1] == "worst 5.0e-06 over 2 features"
    assert "original_firstorder_Mean: pyradiomics 2, fast 2.00001 (differs)" in out[-2]


def test_verify_engine_without_pyradiomics_says_how_to_add_it(files, capsys, monkeypatch):
    from radiomics_core.extraction.engine import Availability
    from radiomics_core.extraction.engines.pyradiomics_engine import PyradiomicsEngine

    missing = Availability(False, "it is not installed", "Install Python 3.11 and a C compiler")
    monkeypatch.setattr(PyradiomicsEngine, "available", lambda _: missing)
    assert verify_engine(files) == 1
    assert "pyradiomics cannot be used: it is not installed. Install Python 3.11" in capsys.readouterr().err


def test_verify_engine_needs_an_image_and_a_mask():
    assert main(["verify-engine", "--image", "x.nii.gz"]) == 2
