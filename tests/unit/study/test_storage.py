"""Files are there as a whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import errno
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from radiomics_core.errors import StudyError
from radiomics_core.files import atomic as storage
from radiomics_core.files.atomic import folder_in_one_step, read_json, remove_leftovers, write_frame, write_json
from radiomics_core.study.storage.results import ResultKey, ResultStore


def fill_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    file = tmp_path / "a.json"
    write_json(file, {"old": 1})
    monkeypatch.setattr(storage, "_flush", fill_disk)
    with pytest.raises(StudyError, match=r"disk of .*a.json is full. Free some space"):
        write_json(file, {"new": 2})
    assert read_json(file) == {"old": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_full_disk_leaves_the_old_folder(tmp_path, monkeypatch):
    target = tmp_path / "result"
    with folder_in_one_step(target) as folder:
        (folder / "x").write_text("old")
    monkeypatch.setattr(storage, "_flush", fill_disk)
    with pytest.raises(StudyError, match="full"), folder_in_one_step(target) as folder:
        (folder / "x").write_text("new")
    assert (target / "x").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["result"]


def test_an_error_while_filling_a_folder_leaves_nothing(tmp_path):
    def fail(folder):
        (folder / "x").write_text("half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), folder_in_one_step(tmp_path / "result") as folder:
        fail(folder)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits on Windows")
def test_a_real_size_limit_is_a_study_error_and_leaves_nothing(tmp_path):
    program = f"""
import resource, signal
from pathlib import Path
from radiomics_core.errors import StudyError
from radiomics_core.files.atomic import write_bytes
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_bytes(Path({str(tmp_path)!r}) / "big", bytes(5000))
except StudyError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "is full" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_frames_come_back_with_index_and_types(tmp_path):
    frame = pd.DataFrame({"a": [1.5, None], "b": ["x", None]}, index=pd.Index(["p", "q"], name="case_id"))
    write_frame(tmp_path / "f.parquet", frame)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "f.parquet"), frame)


def test_leftovers_of_a_killed_process_are_removed(tmp_path: Path):
    (tmp_path / ".writing-abc.json").write_text("{")
    (tmp_path / ".writing-folder").mkdir()
    (tmp_path / "kept.json").write_text("{}")
    remove_leftovers(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["kept.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="no permission bits on Windows")
def test_written_files_have_the_rights_that_files_of_this_user_usually_have(tmp_path: Path):
    (tmp_path / "usual").write_text("x")
    write_json(tmp_path / "a.json", {})
    assert (tmp_path / "a.json").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_setting_the_clock_back_makes_no_older_result_the_newest(tmp_path, monkeypatch):
    store = ResultStore(tmp_path)
    store.save(ResultKey("comparison", "before", {}), lambda folder: None)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    store.save(ResultKey("comparison", "after", {}), lambda folder: None)
    assert [meta.inputs for meta in store.all("comparison")] == ["after", "before"]
