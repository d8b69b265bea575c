"""What ``benchmarks/kill.py`` kills: commands on small data, and what a study is asked afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

from benchmarks import kill_fork
from radiomics_core.analysis.settings import AnalysisSettings, mode_for
from radiomics_core.cli import main
from radiomics_core.imaging.volume import Volume
from radiomics_core.imaging.writing import write_nifti
from radiomics_core.settings import digest_of
from radiomics_core.study import Study, library, worker
from radiomics_core.study.actions import analysis, clinical, endpoints, extraction, images, quality, status
from radiomics_core.study.jobs import launch
from radiomics_core.study.jobs.job import run_job_blocking
from radiomics_core.study.storage.staging import PLACE_VARIABLE
from radiomics_core.study.study import is_study

N_IMAGES, N_ROWS, N_FEATURES = 3, 40, 6
VALIDATION = ("--folds", "3", "--repeats", "1", "--shuffles", "0", "--jobs", "1")
PARAMETERS = "imageType: {Original: {}}\nfeatureClass: {shape: [MeshVolume], firstorder: [Mean, Median]}\n"


@dataclass(frozen=True)
class Case:
    """One action that is killed.

    Attributes
    ----------
    before : tuple of str
        Names of the actions that make the state it starts from.
    act : callable
        ``act(data, study_folder)`` does it and returns an exit code; called again after a kill.
    has_job : bool
        Whether a worker process does the work.
    """

    name: str
    before: tuple[str, ...]
    act: Callable[[Path, Path], int]
    has_job: bool = False


def make_data(folder: Path) -> None:
    """Write small images with masks, a clinical table of them, and a feature table with outcomes."""
    rng = np.random.default_rng(5)
    for number in range(N_IMAGES):
        mask = np.zeros((8, 8, 8))
        mask[2:6, 2:6, 2:6] = 1
        write_nifti(Volume(rng.normal(size=(8, 8, 8))), folder / "images" / f"P{number}_CT.nii.gz")
        write_nifti(Volume(mask), folder / "images" / f"P{number}_CT_mask.nii.gz")
    ids = [f"P{number}" for number in range(N_IMAGES)]
    pd.DataFrame({"id": ids, "age": [50, 60, 70]}).to_csv(folder / "clinical.csv", index=False)
    died = np.arange(N_ROWS) % 2
    made = {f"original_firstorder_F{k}": rng.normal(size=N_ROWS) + 0.5 * died for k in range(N_FEATURES)}
    rows = {"id": [f"C{k:02d}" for k in range(N_ROWS)], **made}
    pd.DataFrame(rows).to_csv(folder / "features.csv", index=False)
    outcomes = {"id": rows["id"], "died": died, "days": rng.integers(10, 900, N_ROWS)}
    pd.DataFrame(outcomes).to_csv(folder / "outcomes.csv", index=False)
    (folder / "settings.yaml").write_text(PARAMETERS)


def _new(data: Path, study: Path) -> int:
    return main(["new", str(study), "--images", str(data / "images"), "--clinical", str(data / "clinical.csv")])


def _drop(data: Path, study: Path) -> int:
    with library.open_study(study) as opened:
        files = {path.name: path.read_bytes() for path in sorted((data / "images").iterdir())}
        look = images.store_uploads(opened, files)
        images.import_folder(opened, look.folder, look=look)
    return 0


def _table(data: Path, study: Path) -> int:
    asked = ["--table", str(data / "features.csv"), "--id", "id", "--clinical", str(data / "outcomes.csv")]
    return main(["import-features", str(study), *asked])


def _clinical(data: Path, study: Path) -> int:
    with library.open_study(study) as opened:
        clinical.import_table(opened, data / "clinical.csv", "id")
        clinical.set_roles(opened, predictor=["age"])
    return 0


def _endpoints(data: Path, study: Path) -> int:
    binary = main(["endpoint", str(study), "--name", "death", "--column", "died", "--event", "1"])
    timed = main(["endpoint", str(study), "--name", "survival", "--time", "days", "--event", "died"])
    return max(binary, timed) if max(binary, timed) > 1 else 0  # 1: findings of so small a table


def _extract(data: Path, study: Path) -> int:
    return main(["extract", str(study), "--settings", str(data / "settings.yaml"), "--jobs", "1"])


def _compare(data: Path, study: Path) -> int:
    methods = ["--selectors", "anova", "--classifiers", "logistic_ridge"]
    out = ["--endpoint", "death", "--out", str(study.with_name("compared.csv"))]
    return main(["compare", str(study), *methods, *VALIDATION, *out])


def _survival(data: Path, study: Path) -> int:
    """Analyse by the step: the command also draws charts, by a library whose threads no fork survives."""
    chosen = {"folds": 3, "repeats": 1, "shuffles": 0, "mode": mode_for(1, 0)}
    settings = AnalysisSettings.from_dict({**AnalysisSettings().to_dict(), **chosen})
    with library.open_study(study) as opened:
        run_job_blocking(analysis.start(opened, "survival", settings, 1))
    return 0


def _check(data: Path, study: Path) -> int:
    return min(0, main(["check", str(study), "--jobs", "1"]))


def _duplicate(data: Path, study: Path) -> int:
    copy = study.with_name("copy")
    if not copy.exists():  # the dashboard would take the next free name
        library.duplicate_to_divide(study, "Copy", copy)
    return 0


def _bin(data: Path, study: Path) -> int:
    for binned in [card.folder for card in library.deleted()]:
        library.restore(binned)
    if study.exists():
        library.restore(library.delete(study))
    return 0


def _rename(data: Path, study: Path) -> int:
    with library.open_study(study) as opened:
        opened.rename("Another name")
    return 0


def _empty(data: Path, study: Path) -> int:
    if not is_study(study):
        library.create("Empty", study).close()
    return 0


CASES = {
    case.name: case
    for case in (
        Case("create", (), _empty),
        Case("new", (), _new),
        Case("import-features", (), _table),
        Case("drop", ("create",), _drop),
        Case("clinical", ("create", "drop"), _clinical),
        Case("endpoints", ("import-features",), _endpoints),
        Case("rename", ("import-features",), _rename),
        Case("duplicate", ("import-features",), _duplicate),
        Case("bin", ("import-features",), _bin),
        Case("check", ("new",), _check, has_job=True),
        Case("extract", ("new",), _extract, has_job=True),
        Case("extract again", ("new", "extract"), _extract, has_job=True),
        Case("compare", ("import-features", "endpoints"), _compare, has_job=True),
        Case("survival", ("import-features", "endpoints"), _survival, has_job=True),
    )
}


def load_everything(data: Path, root: Path) -> None:
    """Do every job once in this process, so that forks of it have all libraries loaded."""
    started_here = SimpleNamespace(Popen=_work_here, DEVNULL=subprocess.DEVNULL)  # of this module alone
    with patch.object(launch, "subprocess", started_here), patch.object(worker, "run_units", kill_fork.run_here):
        for name in ("check", "extract", "compare", "survival"):
            study = place(root / name)
            for step in (*CASES[name].before, name):
                CASES[step].act(data, study)


def _work_here(command: list[str], **_: object) -> SimpleNamespace:
    """Do a job in a thread: its start is a transaction that has to end first."""
    thread = threading.Thread(target=worker.main, args=(command[3:],))
    thread.start()
    return SimpleNamespace(pid=os.getpid(), wait=thread.join)


def place(root: Path) -> Path:
    """Return the study's folder in a place of its own, and make that place the library."""
    os.environ[library.HOME_VARIABLE] = str(root / "home")
    os.environ[PLACE_VARIABLE] = str(root / "staging")
    (root / "home").mkdir(parents=True, exist_ok=True)
    return root / "home" / "study"


def do(name: str, data: str, study: str) -> int:
    """Do an action in a process of its own."""
    return CASES[name].act(Path(data), Path(study))


def read_everything(folder: Path) -> None:
    """Open a study for writing and ask it all that the pages ask; any error is the caller's."""
    with library.open_study(folder) as study:
        status.context(study)
        status.steps(study)
        for finding in study.findings():
            finding.message()
        images.find_missing(study)
        if study.has_clinical():
            study.clinical()
            clinical.describe_columns(study)
        for name in study.endpoints:
            endpoints.check(study, study.endpoint(name))
        if study.has_features():
            study.feature_table()
        extraction.summary(study)
        quality.table(study)
        analysis.latest(study)
    library.recent()
    library.deleted()


def digests(folder: Path) -> dict[str, Any]:
    """Return the digests of everything a study holds but times and identities."""
    with Study.open(folder, read_only=True) as study:
        found = {
            "name": study.name,
            "members": study.cohort_digests.members,
            "files": digest_of([[m.file.sha256 for m in case.masks] for case in study.cohort.cases]),
            "clinical": study.clinical_digest,
            "columns": digest_of([vars(s) | {"order": list(s.order)} for s in study.column_specs]),
            "endpoints": digest_of([e.to_dict() for e in study.endpoints.values()]),
            "features": study.feature_digest,
            "findings": digest_of(sorted(f"{f.code} {f.case_id} {f.column}" for f in study.findings())),
        }
        if study.has_features():
            table = study.feature_table()
            found["provenance"] = digest_of(table.settings_digest, table.inputs_digest, table.settings, table.sources)
        for meta in study.results.all(analysis.KIND):
            found[f"analysis {meta.digest}"] = digest_of(analysis.load(study, meta.digest).frame())
        return found


def leftovers(folder: Path) -> list[str]:
    """Return temporary files and uploads no case refers to, below a study that was opened after the kill."""
    with Study.open(folder, read_only=True) as study:
        used = {Path(ref.path).parent.name for case in study.cohort.cases for i in case.images for ref in i.files}
    uploads = [path for path in (folder / "images").glob("*-*") if path.name not in used]
    writing = [path for path in folder.rglob(".writing-*") if "jobs" not in path.parts]
    return [str(path.relative_to(folder)) for path in [*uploads, *writing]]


def fresh_copy(source: Path, target: Path) -> Path:
    """Copy a place with its library; return the study's folder in it."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    return place(target)
