"""A full disk is said in words with the way out, nothing is lost, and with room again the same action goes on."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from radiomics_core.errors import RadiomicsError
from radiomics_core.imaging.volume import Volume
from radiomics_core.imaging.writing import write_nifti
from radiomics_core.study import Study, library
from radiomics_core.study.actions import clinical, endpoints, feature_import
from radiomics_core.study.actions import images as images_steps
from radiomics_core.study.storage.results import ResultKey

WAY_OUT = re.compile("is full|no room|[Ff]ree (some |disk )?space|free disk", re.I)
SIZE_KB = 1500
ROWS = 40


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1.5 MB (needs the right to mount)."""
    place = tmp_path / "disk"
    place.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a small file system can only be mounted by root on Linux")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_KB}k", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def table(column: str) -> bytes:
    rows = [f"C{k},{k * 1.37 % 7},{k % 2},{k}" for k in range(ROWS)]
    return "\n".join([f"id,original_firstorder_{column},died,days", *rows]).encode()


def import_features(study: Study) -> None:
    feature_import.import_table(study, table("Mean"), "id", clinical_columns=["died", "days"])


def import_clinical(study: Study) -> None:
    clinical.import_table(study, b"id,grade\n" + b"\n".join(f"C{k},{k % 3}".encode() for k in range(ROWS)), "id")


def add_endpoint(study: Study) -> None:
    endpoints.add(study, endpoints.make_binary("other", "days", "7"))


def save_result(study: Study) -> None:
    study.results.save(ResultKey("quality", "x", {}), lambda folder: (folder / "a").write_bytes(os.urandom(60_000)))


def drop(study: Study) -> None:
    images_steps.store_uploads(study, {"a.nii.gz": (study.folder.parent.parent / "a.nii.gz").read_bytes()})


def duplicate(study: Study) -> None:
    library.duplicate(study.folder, "Copy", study.folder.with_name("copy"))


def create(study: Study) -> None:
    library.create("Second", study.folder.with_name("second")).close()


def state(study: Study) -> tuple[object, ...]:
    features = study.feature_table().values.sum().tolist() if study.has_features() else None
    seen = (study.feature_digest, study.clinical_digest, tuple(study.endpoints), features, len(study.cohort))
    return (*seen, study.clinical().shape if study.has_clinical() else None, tuple(study.catalogue.document("study")))


@contextlib.contextmanager
def almost_full(place: Path, left_kb: int) -> Iterator[None]:
    ballast = place / "ballast"
    free = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize
    with ballast.open("wb") as file:
        file.write(bytes(max(0, free - left_kb * 1024)))
    try:
        yield
    finally:
        ballast.unlink()


ACTIONS = (import_features, import_clinical, add_endpoint, save_result, drop, duplicate, create)


@pytest.mark.parametrize("act", ACTIONS, ids=lambda act: act.__name__)
def test_on_a_full_disk_an_action_says_so_changes_nothing_and_works_once_there_is_room(
    small_disk, monkeypatch, tmp_path, act: Callable[[Study], None]
):
    write_nifti(Volume(np.random.default_rng(0).normal(size=(20, 20, 20))), tmp_path / "a.nii.gz")
    monkeypatch.setenv("RADIOMICS_EXPLORER_HOME", str(small_disk / "home"))
    monkeypatch.setenv("RADIOMICS_EXPLORER_STAGING", str(tmp_path / "staging"))
    with Study.create(small_disk / "study", "Full") as study:
        if act is not import_features:
            import_features(study)
            endpoints.add(study, endpoints.make_binary("death", "died", "1"))
        before, refusals = state(study), []
        for left_kb in (0, 4, 8, 16, 32, 64):
            with almost_full(small_disk, left_kb):
                refusal = refused(act, study)
            if not refusal:
                break
            refusals.append(refusal)
            assert state(study) == before
        assert refusals
        assert [words for words in refusals if not WAY_OUT.search(words)] == []
        assert not list((study.folder / "tables").glob(".writing-*"))
        if refusal:
            act(study)


def refused(act: Callable[[Study], None], study: Study) -> str:
    """Return the words of the error, empty when there was room."""
    try:
        act(study)
    except RadiomicsError as error:
        return str(error)
    return ""


def test_a_study_on_a_full_disk_opens_for_reading_with_the_reason(small_disk, monkeypatch):
    from pages.common import shared_studies

    monkeypatch.setenv("RADIOMICS_EXPLORER_HOME", str(small_disk / "home"))
    with Study.create(small_disk / "study", "Full") as study:
        import_features(study)
    with almost_full(small_disk, 0):
        held = shared_studies.share(study.folder)
        assert held.study.read_only
        assert WAY_OUT.search(str(held.study.why_read_only))
        assert held.study.has_features()
    again = shared_studies.share_anew(study.folder)
    assert not again.study.read_only
    again.let_go()
    held.let_go()
