"""Whatever comes in: a clear error or finding, nothing lost, nothing half-written, the other cases go on."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.errors import RadiomicsError
from radiomics_core.study import Study
from radiomics_core.study.actions import analysis, images, quality
from radiomics_core.study.jobs.job import Jobs
from tests.journey.cohorts import Outcome, cli, feature_table, make_case, write_case, write_cohort

PATIENCE_S = 120
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and file size limits of POSIX")


# Images and masks: one cohort in which every other case is broken in its own way


@dataclass
class BrokenCohort:
    study: Path
    said: dict[str, Outcome]
    table: pd.DataFrame
    features: pd.DataFrame = field(default_factory=pd.DataFrame)


def _truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _write_broken(folder: Path) -> None:
    write_cohort(folder, 3)
    images_folder = folder / "images"
    for number, name in enumerate(("truncated", "garbage", "empty-file", "bad-mask"), start=3):
        write_case(images_folder, name, *make_case(number))
    _truncate(images_folder / "truncated" / "CT.nii.gz")
    (images_folder / "garbage" / "CT.nii.gz").write_text("no image at all")
    (images_folder / "empty-file" / "CT.nii.gz").write_bytes(b"")
    _truncate(images_folder / "bad-mask" / "CT_mask.nii.gz")
    image, mask = make_case(7)
    write_case(images_folder, "empty-mask", image, np.zeros_like(mask))
    write_case(images_folder, "other-grid", image, mask[:, ::2, ::2], mask_spacing=2.0)
    write_case(images_folder, "flat", np.full_like(image, 40), mask)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> BrokenCohort:
    folder = tmp_path_factory.mktemp("broken")
    _write_broken(folder)
    study, table, features = folder / "study", folder / "quality.csv", folder / "features.csv"
    said = {"new": cli("new", study, "--images", folder / "images")}
    said["check"] = cli("check", study, "--csv", table, "--jobs", 1)
    said["extract"] = cli("extract", study, "--image", "CT", "--settings", folder / "light.yaml", "--jobs", 1)
    said["export"] = cli("export", study, "--features", features)
    return BrokenCohort(study, said, pd.read_csv(table), pd.read_csv(features).set_index("case_id"))


def test_every_case_comes_in_and_each_command_ends_as_promised(broken):
    assert {name: outcome.code for name, outcome in broken.said.items()} == {
        "new": 0, "check": 1, "extract": 0, "export": 0,
    }  # fmt: skip
    assert len(broken.table) == 10


@pytest.mark.parametrize(
    ("case_id", "code", "words"),
    [
        ("truncated", "RX109", "CT.nii.gz"),
        ("garbage", "RX109", "CT.nii.gz"),
        ("empty-file", "RX109", "CT.nii.gz"),
        ("bad-mask", "RX109", "CT_mask.nii.gz"),
        ("empty-mask", "RX101", "no voxel"),
        ("other-grid", "RX102", "Resample the mask"),
        ("flat", "RX107", "have the value 40"),
    ],
)
def test_a_broken_image_or_mask_is_a_finding_with_its_cause(broken, case_id, code, words):
    row = broken.table.set_index("case_id").loc[case_id]
    assert code in str(row["findings"])
    with Study.open(broken.study, read_only=True) as study:
        findings = [f for f in study.findings("quality") if f.case_id == case_id and f.code == code]
    assert any(words in f"{f.message()} {f.remedy()}" for f in findings), [f.message() for f in findings]
    assert all(f.remedy() for f in findings)


def test_sound_cases_of_a_broken_cohort_have_all_features_and_failed_ones_a_finding(broken):
    assert broken.features.loc[["C00", "C01", "C02"]].notna().all().all()
    with Study.open(broken.study, read_only=True) as study:
        failed = {f.case_id for f in study.findings("extraction") if f.severity == "stop"}
    assert failed == {"truncated", "garbage", "empty-file", "bad-mask", "empty-mask", "other-grid"}
    assert not failed & set(broken.features.dropna().index)


def test_a_mask_on_another_grid_can_be_seen_and_resampled(broken, tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(broken.study, folder)
    with Study.open(folder) as study:
        assert quality.masks_on_other_grid(study) == [("other-grid", "CT", study.cohort.rois()[0])]
        off = quality.masks_on_other_grid(study)[0]
        seen = quality.preview_resampled(study, *off)
        assert seen.picture.ndim == 3
        assert seen.after_ml == pytest.approx(seen.before_ml, rel=0.2)
        original = study.cohort.cases[0].masks[0].file.path
        before = Path(original).read_bytes()
        quality.resample(study, *off)
        assert quality.masks_on_other_grid(study) == []
        assert Path(original).read_bytes() == before
    assert cli("extract", folder, "--settings", broken.study.parent / "light.yaml", "--jobs", 1).code == 0
    with Study.open(folder, read_only=True) as study:
        assert study.feature_table().values.loc["other-grid"].notna().all()


def test_a_mask_without_the_label_is_a_finding_and_other_regions_go_on(tmp_path):
    image, mask = make_case(0)
    for case_id, labels in (("C0", (1, 2)), ("C1", (1, 2)), ("C2", (1,))):
        drawn = np.where(mask, labels[0], 0)
        drawn[:, :7] = np.where(mask[:, :7], labels[-1], 0)
        write_case(tmp_path / "images", case_id, image + len(case_id), drawn.astype(np.uint8))
    assert cli("new", tmp_path / "study", "--images", tmp_path / "images").code == 0
    checked = cli("check", tmp_path / "study", "--csv", tmp_path / "q.csv", "--jobs", 1)
    assert checked.code == 1
    assert re.search("RX111 stop: Case C2: the mask of CT has no voxel with label 2 .*it holds: 1", checked.said)
    rows = pd.read_csv(tmp_path / "q.csv").set_index(["case_id", "roi"])["voxels"]
    assert (rows.drop("C2") > 0).all()
    assert rows["C2"].max() == mask.sum()


# Columns, cells, ids and endpoints


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study from a feature table of 40 cases."""
    folder = tmp_path_factory.mktemp("imported")
    feature_table().to_csv(folder / "table.csv", index=False)
    assert cli("import-features", folder / "study", "--table", folder / "table.csv", "--id", "case_id").code == 0
    assert cli("endpoint", folder / "study", "--name", "e", "--column", "response", "--event", "no").code == 0
    return folder / "study"


BINARY = ("endpoint", "--name", "x", "--column")
TIMED = ("endpoint", "--name", "x", "--time")
COMPARE = ("compare", "--endpoint", "e", "--out", "no.csv")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("roles", "--predictor", "age,nope"), "no column nope. Columns: "),
        (("roles", "--centre", "nope"), "no column nope"),
        ((*BINARY, "nope", "--event", "1"), "needs column 'nope'.*Available: "),
        ((*BINARY, "response", "--event", "nope"), "'nope' does not occur in column 'response'.*yes"),
        (
            (*BINARY, "constant", "--event", "1"),
            "endpoint 'x' is constant: 40 of 40 cases have the event. Choose another",
        ),
        ((*TIMED, "nope", "--event", "death"), "needs column 'nope'.*Available: "),
        ((*TIMED, "days", "--event", "nope"), "needs column 'nope'.*Available: "),
        ((*TIMED, "response", "--event", "death"), "40 cells that are no numbers"),
        ((*TIMED, "days", "--event", "death", "--event-value", "7"), "'7'"),
        (("split", "--external", "nope=B"), "names column 'nope'.*Available: "),
        (("split", "--external", "centre=Z"), "no case meets the rule.*holds: "),
        (("split", "--external", "centre"), "is no rule.*Write centre=B"),
        (("compare", "--endpoint", "nope", "--out", "no.csv"), "no endpoint 'nope'. Endpoints: e"),
        (
            ("survival", "--endpoint", "e", "--out", "no"),
            "kind binary, this needs one of kind time_to_event. Compare yes-or-no endpoints",
        ),
        ((*COMPARE, "--selectors", "nope"), "nope"),
        ((*COMPARE, "--classifiers", "nope"), "nope"),
        ((*COMPARE, "--inputs", "nope"), "nope"),
        (("check",), "no images to check"),
        (("extract", "--preset", "ct"), "the study has no image"),
        (("export", "--features", "no.doc"), "neither .csv nor .parquet"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else "",
)
def test_a_wrong_name_says_what_there_is_and_changes_nothing(imported, command, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = _state(imported)
    outcome = cli(command[0], imported, *command[1:])
    assert outcome.code == 1
    assert re.search(words, outcome.said), outcome.said
    assert _state(imported) == before
    assert list(tmp_path.iterdir()) == []


def _state(folder: Path) -> tuple[object, ...]:
    with Study.open(folder, read_only=True) as study:
        return study.cohort, study.column_specs, study.endpoints, study.feature_digest, len(Jobs(study).all())


@pytest.mark.parametrize(
    "command",
    [
        ("bogus",),
        ("new",),
        ("compare", "study", "--endpoint", "e", "--folds", "1", "--out", "x.csv"),
        ("compare", "study", "--endpoint", "e", "--folds", "three", "--out", "x.csv"),
        ("endpoint", "study", "--name", "e", "--event", "1"),
        ("endpoint", "study", "--name", "e", "--column", "a", "--time", "b", "--event", "1"),
        ("extract", "study"),
        ("extract", "study", "--preset", "ct", "--settings", "x.yaml"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(command):
    assert cli(*command).code == 2


def test_feature_cells_that_are_no_numbers_stop_or_count_as_missing_when_asked(tmp_path):
    table = feature_table(12).astype({"original_glcm_Idm": object})
    table.loc[3, "original_glcm_Idm"] = "n.d."
    table.loc[4, "original_glcm_Idm"] = "#REF!"
    table.to_csv(tmp_path / "table.csv", index=False)
    command = ("import-features", tmp_path / "study", "--table", tmp_path / "table.csv", "--id", "case_id")
    refused = cli(*command)
    assert refused.code == 1
    assert "original_glcm_Idm" in refused.said
    assert "n.d." in refused.said
    assert not (tmp_path / "study").exists()
    assert cli(*command, "--text", "missing").code == 0
    with Study.open(tmp_path / "study", read_only=True) as study:
        values = study.feature_table().values
    assert values.index[values["original_glcm_Idm"].isna()].tolist() == ["C03", "C04"]


def test_fewer_than_ten_events_is_a_finding_and_too_few_for_the_folds_an_error(imported, tmp_path):
    defined = cli("endpoint", imported, "--name", "rare", "--column", "rare", "--event", "1")
    assert defined.code == 0
    assert "4 events in 40 cases" in defined.said
    assert "10" in defined.said
    stopped = cli("compare", imported, "--endpoint", "rare", "--folds", 5, "--out", tmp_path / "c.csv")
    assert stopped.code == 1
    assert (
        "patients with the event: 4, without: 36; that cannot fill 5 folds, because every fold needs one of each. Use at most 4"
        in stopped.said
    )
    assert not (tmp_path / "c.csv").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--id", "nope"), "has no column 'nope'. Available: case_id, age"),
        (("--id", "days"), "no id"),
        (("--clinical", "missing.csv"), "missing.csv"),
    ],
)
def test_a_clinical_table_that_does_not_fit_leaves_no_half_made_study(source, tmp_path, options, words):
    given = ("--clinical", source / "clinical.csv", *options) if options[0] == "--id" else options
    outcome = cli("new", tmp_path / "study", "--images", source / "images", *given)
    assert outcome.code == 1
    assert words in outcome.said
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize("content", [None, ""])
def test_a_folder_without_images_leaves_no_study(tmp_path, content):
    if content is not None:
        (tmp_path / "images").mkdir()
    outcome = cli("new", tmp_path / "study", "--images", tmp_path / "images")
    assert outcome.code == 1
    assert not (tmp_path / "study").exists()


# Archives


def _archive(file: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file


def _claim(file: Path, size: int) -> None:
    """Make every entry of a zip claim another unpacked size in the central directory."""
    content = bytearray(file.read_bytes())
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 24 : place + 28] = size.to_bytes(4, "little")
        place = content.find(b"PK\x01\x02", place + 4)
    file.write_bytes(bytes(content))


@pytest.fixture
def empty_study(tmp_path: Path) -> Iterator[Study]:
    with Study.create(tmp_path / "study") as study:
        yield study


def test_a_zip_that_points_outside_writes_nothing_at_all(empty_study, tmp_path, source):
    image = (source / "images" / "C00" / "CT.nii.gz").read_bytes()
    evil = _archive(tmp_path / "evil.zip", {"C00/CT.nii.gz": image, "../../escaped.nii.gz": image})
    with pytest.raises(RadiomicsError, match="escaped"):
        images.store_uploads(empty_study, {"evil.zip": evil.read_bytes()})
    assert list(tmp_path.rglob("escaped*")) == []
    assert list(empty_study.folder.glob("images/*")) == []


def test_a_zip_that_claims_ten_gigabytes_is_refused_before_anything_is_written(empty_study, tmp_path):
    bomb = _archive(tmp_path / "bomb.zip", {f"{n}.nii": b"x" * 1000 for n in range(3)})
    _claim(bomb, 3_600_000_000)
    with pytest.raises(RadiomicsError, match=r"10\.1 GB in 3 files would be unpacked, at most 8\.0 GB.*folder's path"):
        images.store_uploads(empty_study, {"bomb.zip": bomb.read_bytes()})
    assert list(empty_study.folder.glob("images/*")) == []


# Disks that fill


def _limited(kilobytes: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command in a process that cannot write files larger than the limit."""
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({kilobytes * 1024}, {kilobytes * 1024}));"
        "from radiomics_core.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


@POSIX
def test_a_full_disk_leaves_the_old_export_and_says_so(tmp_path):
    file = tmp_path / "features.csv"
    file.write_text("old")
    folder = tmp_path.parent / "wide"
    table = feature_table(40)
    wide = pd.concat(
        [table[["case_id"]], *[table.filter(like="original").add_suffix(f"_{i}") for i in range(40)]], axis=1
    )
    wide.to_csv(tmp_path.parent / "wide.csv", index=False)
    assert cli("import-features", folder, "--table", tmp_path.parent / "wide.csv", "--id", "case_id").code == 0
    done = _limited(64, "export", folder, "--features", file)
    assert done.returncode == 1
    assert "full" in done.stderr
    assert "Traceback" not in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["features.csv"]
    assert file.read_text() == "old"


@POSIX
def test_a_disk_too_full_for_a_study_leaves_no_study(source, tmp_path):
    done = _limited(4, "new", tmp_path / "study", "--images", source / "images")
    assert done.returncode == 1
    assert "disk" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@POSIX
def test_a_disk_that_fills_during_a_job_loses_nothing_and_the_job_can_be_repeated(imported, tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(imported, folder)
    command = _compare(folder, tmp_path / "out.csv")
    before = _state(folder)[:4]
    done = _limited(40, *command)
    assert done.returncode == 1, done.stderr
    assert "disk" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.csv").exists()
    assert _state(folder)[:4] == before
    assert cli(*command).code == 0
    assert (tmp_path / "out.csv").exists()


# Processes that are killed


def _compare(study: Path, out: Path, jobs: int = 1) -> tuple[object, ...]:
    sizes = ("--folds", 3, "--repeats", 2, "--shuffles", 2, "--selectors", "none", "--classifiers", "logistic")
    return ("compare", study, "--endpoint", "e", *sizes, "--out", out, "--jobs", jobs)


SETTINGS = AnalysisSettings(folds=3, repeats=2, shuffles=2, selectors=("none",), models=("logistic",))


@pytest.fixture(scope="module")
def expected(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The comparison's table when nothing goes wrong."""
    folder = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(imported, folder / "study")
    assert cli(*_compare(folder / "study", folder / "out.csv")).code == 0
    return (folder / "out.csv").read_bytes()


def _wait_for(condition) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def _n_parts(job) -> int:
    folder = job.folder / "parts"
    return sum(1 for path in folder.iterdir() if not path.name.startswith(".")) if folder.is_dir() else 0


@POSIX
@pytest.mark.parametrize("victim", ["worker", "pool"])
def test_a_killed_process_changes_no_number(imported, expected, tmp_path, victim):
    folder = tmp_path / "study"
    shutil.copytree(imported, folder)
    with Study.open(folder) as study:
        job = analysis.start(study, "e", SETTINGS, n_jobs=2)
        _wait_for(lambda: _n_parts(job) >= 1 or job.status().is_over)
        worker = psutil.Process(job.status().pid)
        if victim == "worker":
            os.kill(worker.pid, signal.SIGKILL)
            _wait_for(lambda: job.status().state == "interrupted")
            assert analysis.start(study, "e", SETTINGS, n_jobs=2).id == job.id
        else:
            pool = [p for p in worker.children(recursive=True) if "resource_tracker" not in " ".join(p.cmdline())]
            os.kill(pool[0].pid, signal.SIGKILL)
        assert job.wait(PATIENCE_S).state == "done"
        assert job.status().failed == 0
        _assert_expected(study, expected, tmp_path)


def _assert_expected(study: Study, expected: bytes, tmp_path: Path) -> None:
    result = analysis.result(study, "e", SETTINGS)
    assert result is not None
    result.frame().to_csv(tmp_path / "out.csv", index=False)
    assert (tmp_path / "out.csv").read_bytes() == expected


SERVER = """
import sys
from radiomics_core.study import Study
from radiomics_core.study.actions import analysis
from radiomics_core.analysis.settings import AnalysisSettings
study = Study.open(sys.argv[1])
settings = AnalysisSettings(folds=3, repeats=2, shuffles=2, selectors=("none",), models=("logistic",))
study.view.put("page", "comparison")
print(analysis.start(study, "e", settings, n_jobs=1).id, flush=True)
sys.stdin.read()
"""


def test_a_killed_server_loses_neither_the_job_nor_the_page(imported, expected, tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(imported, folder)
    command = [sys.executable, "-c", SERVER, str(folder)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdout is not None
    job_id = server.stdout.readline().decode().strip()
    server.kill()
    server.communicate()
    with Study.open(folder) as study:
        job = Jobs(study).latest("analysis")
        assert job is not None
        assert job.id == job_id
        assert job.wait(PATIENCE_S).state == "done"
        assert study.view.get("page") == "comparison"
        _assert_expected(study, expected, tmp_path)
