"""Other users of the computer cannot read a study: new ones are closed, open ones are said to be open."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from radiomics_core.files import private as private_files
from radiomics_core.files.private import is_open_to_others, new_files_are_private
from radiomics_core.study import Study, kinds, library

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has access lists in place of modes")


@pytest.fixture
def open_place():
    """A folder that every user of the computer can enter, and a process that closes nothing by itself."""
    before = os.umask(0o022)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
    os.umask(before)


def codes(folder):
    with Study.open(folder, read_only=True) as study:
        return [finding.code for finding in study.findings("study")]


def test_a_study_made_without_the_server_is_closed_all_the_same(open_place):
    Study.create(open_place / "mine").close()
    assert (open_place / "mine").stat().st_mode & 0o777 == 0o700
    assert kinds.OPEN_TO_OTHERS.code not in codes(open_place / "mine")


def test_a_study_that_is_open_stays_so_and_a_finding_says_it(open_place):
    Study.create(open_place / "shared").close()
    (open_place / "shared").chmod(0o755)
    assert kinds.OPEN_TO_OTHERS.code in codes(open_place / "shared")
    assert (open_place / "shared").stat().st_mode & 0o777 == 0o755
    open_place.chmod(0o700)  # nobody can come to it any more
    assert codes(open_place / "shared") == []


def test_the_copy_of_an_open_study_is_closed(open_place, monkeypatch):
    monkeypatch.setenv(library.HOME_VARIABLE, str(open_place))
    Study.create(open_place / "shared").close()
    (open_place / "shared").chmod(0o755)
    copy = library.duplicate(open_place / "shared", "Copy")
    assert copy.stat().st_mode & 0o777 == 0o700


def test_a_group_counts_unless_it_is_the_owners_own(open_place, monkeypatch):
    folder = open_place / "of_a_group"
    folder.mkdir()
    folder.chmod(0o750)
    for of_one, expected in ((True, False), (False, True)):
        monkeypatch.setattr(private_files, "_group_of_one", lambda group, owner, answer=of_one: answer)
        assert is_open_to_others(folder) is expected


def test_the_umask_is_put_back(tmp_path):
    before = os.umask(0o022)
    try:
        with new_files_are_private():
            (tmp_path / "private").touch()
            (tmp_path / "folder").mkdir()
        (tmp_path / "open").touch()
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"private": 0o600, "folder": 0o700, "open": 0o644}


@pytest.mark.parametrize(
    ("arguments", "entry"),
    [
        (["-m", "radiomics_core", "prepare-engine"], "radiomics_core.cli.main"),
        (["-m", "radiomics_core.study.worker", "study", "job"], "radiomics_core.study.worker"),
        (["-m", "bootstrap.dashboard"], "bootstrap.dashboard"),
    ],
)
def test_every_process_that_writes_starts_private(arguments, entry, tmp_path):
    # The programs end at once here; what counts is that they ask for private files before anything else.
    watch = (
        "import os, runpy, sys\n"
        "real = os.umask\n"
        "def umask(mode):\n"
        "    if mode == 0o077:\n"
        "        print('private', flush=True); os._exit(0)\n"
        "    return real(mode)\n"
        "os.umask = umask\n"
        f"sys.argv = {['program', *arguments[2:]]!r}\n"
        f"runpy.run_module({arguments[1]!r}, run_name='__main__', alter_sys=True)\n"
    )
    told = subprocess.run([sys.executable, "-c", watch], capture_output=True, text=True, check=False, timeout=120)
    assert told.stdout.strip().endswith("private"), f"{entry}: {told.stdout}{told.stderr}"
