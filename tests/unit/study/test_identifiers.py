"""Nothing that names a patient is left in a study made from a dirty drop, nor in its jobs, nor in what is printed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from radiomics_core.study import Study
from radiomics_core.study.actions import clinical, images, neutral_names, quality
from radiomics_core.study.jobs.job import run_job_blocking
from radiomics_core.study.storage import staging
from tests.dirty_drops import CLINICAL, PATIENTS, PATTERN, PLANTED, UNKNOWN_ROW, traces, write_drop


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv(staging.PLACE_VARIABLE, str(tmp_path / "staging"))
    return tmp_path / "staging"


@pytest.fixture
def drop(tmp_path) -> Path:
    return write_drop(tmp_path / "drop")


def test_the_search_finds_every_planted_value_in_the_drop_itself(drop):
    assert {value for value, _path in traces(PLANTED, [drop.parent])} == set(PLANTED) - {"TABLESECRET"}


def test_no_planted_value_is_left_in_a_study_its_jobs_and_what_is_printed(drop, study, tmp_path, place, capfd):
    for _again in range(2):
        look = images.store_uploads(study, [(drop.name, drop)])
        result = images.import_folder(study, look.folder, PATTERN, look=look, key_file=tmp_path / "key.csv")
    key = neutral_names.read(tmp_path / "key.csv")
    assert set(key.neutral_of) == {PATIENTS[0], PATIENTS[1], PATIENTS[2], PATIENTS[4]}
    assert [(len(case.images), len(case.masks)) for case in result.cases] == [(1, 1)] * 4
    table = (CLINICAL + UNKNOWN_ROW).encode()
    clinical.import_table(study, table, "record", name="王芳.csv", leave_out=["phone"], key=key)
    assert study.clinical(["age"])["age"].notna().sum() == 4
    run_job_blocking(quality.start(study, 1))
    assert {f.code for f in study.findings()} >= {"RX118", "RX122", "RX124", "RX140", "RX142", "RX143"}
    assert traces(PLANTED, [study.folder, place]) == []
    study.close()
    assert traces(PLANTED, [study.folder, place]) == []
    printed = "".join(capfd.readouterr())
    assert [value for value in PLANTED if value in printed] == []


KILLED = """
    import os, signal, sys
    from radiomics_core.images import archive
    from radiomics_core.images import intake
    from radiomics_core.study import Study
    from radiomics_core.study.actions import images

    def killed(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    where = {"unpack": (archive._Unpacked, "open_zips"), "decode": (images, "_refuse_nothing"),
             "key": (images, "neutralise"), "store": (images, "_store")}
    setattr(*where[sys.argv[4]], killed)
    with Study.open(sys.argv[1]) as study:
        look = images.store_uploads(study, [("export.zip", __import__("pathlib").Path(sys.argv[2]))])
        images.import_folder(study, look.folder, sys.argv[5], look=look, key_file=sys.argv[3])
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill signal here")
@pytest.mark.parametrize("where", ["decode", "store"])
def test_a_kill_leaves_no_planted_value_in_the_study_and_opening_it_clears_the_staging(
    drop, study, tmp_path, place, where
):
    study.close()
    command = [sys.executable, "-c", textwrap.dedent(KILLED), study.folder, drop, tmp_path / "key.csv", where, PATTERN]
    done = subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": os.getcwd()})  # noqa: PTH109
    assert done.returncode == -signal.SIGKILL
    assert traces(PLANTED, [study.folder]) == []
    assert bool(list(place.iterdir())) == (where == "decode")
    with Study.open(study.folder) as again:
        assert list(place.iterdir()) == []
        assert [p for p in (again.folder / "images").rglob("*") if p.is_file()] == []
    assert traces(PLANTED, [study.folder]) == []
