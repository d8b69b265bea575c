"""A study whose folder is renamed, moved or replaced while it is open is refused before every write."""

from __future__ import annotations

import itertools
import os
import shutil

import pandas as pd
import pytest

from radiomics_core.cohort.model import Cohort
from radiomics_core.errors import RadiomicsError, StudyError
from radiomics_core.files import anchors
from radiomics_core.files.atomic import folder_in_one_step, write_json
from radiomics_core.study import Study
from radiomics_core.study.actions import images
from radiomics_core.study.jobs.job import Jobs
from radiomics_core.study.storage.results import ResultKey

GONE = "renamed, moved or replaced while it was open. Nothing was written there. Move it back"
RENAMES_OPEN_FOLDERS = pytest.mark.skipif(os.name == "nt", reason="Windows refuses to rename a folder in use")
pytestmark = RENAMES_OPEN_FOLDERS

WRITES = {
    "catalogue": lambda study: study.save_cohort(Cohort()),
    "view": lambda study: study.view.put("page", "cohort"),
    "ledger": lambda study: study.ledger.record("looked"),
    "table": lambda study: study.save_clinical(pd.DataFrame({"age": ["1"]}, index=pd.Index(["C1"], name="case_id"))),
    "result": lambda study: study.results.save(ResultKey("quality", "x", {}), lambda folder: None),
    "result file": lambda study: study.results.save_json("quality", "x", "more", 1),
    "removal": lambda study: study.results.delete("quality", "x"),
    "job": lambda study: Jobs(study).start("self_test", {"n": 1}),
    "images": lambda study: images.store_uploads(study, {"a.nii.gz": b"x"}),
    "any file": lambda study: write_json(study.folder / "cache" / "x.json", 1),
}


def content(folder):
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if not path.name.startswith("study.sqlite"))


@pytest.mark.parametrize("what", WRITES)
def test_nothing_is_written_once_the_folder_was_renamed(study, what):
    elsewhere = study.folder.with_name("renamed")
    before = content(study.folder)
    study.folder.rename(elsewhere)
    with pytest.raises(StudyError, match=GONE):
        WRITES[what](study)
    assert not study.folder.exists()
    assert content(elsewhere) == before


def test_a_renamed_study_is_opened_where_it_is_now_and_writes_there(study):
    elsewhere = study.folder.with_name("renamed")
    study.folder.rename(elsewhere)
    with Study.open(elsewhere) as again:
        study.close()
        again.ledger.record("found again")
        again.save_clinical(pd.DataFrame({"age": ["1"]}, index=pd.Index(["C1"], name="case_id")))
    assert any((elsewhere / "tables").iterdir())
    assert not study.folder.exists()


def test_a_study_that_was_moved_back_goes_on(study):
    study.folder.rename(study.folder.with_name("renamed"))
    study.folder.with_name("renamed").rename(study.folder)
    study.ledger.record("still here")


@pytest.mark.parametrize("other", ["another study", "a copy made while it was open"])
def test_a_folder_with_another_study_in_its_place_is_left_alone(study, other):
    copy = study.folder.with_name("copy")
    shutil.copytree(study.folder, copy)
    study.lease.beat()
    study.folder.rename(study.folder.with_name("renamed"))
    if other == "another study":
        shutil.rmtree(copy)
        Study.create(copy).close()
    before = content(copy)
    copy.rename(study.folder)
    for write in WRITES.values():
        with pytest.raises(RadiomicsError, match=GONE):
            write(study)
    assert content(study.folder) == before


def fill_a_result_and_rename(study):
    with folder_in_one_step(study.folder / "results" / "kind" / "x") as folder:
        write_json(folder / "half.json", 1)
        study.folder.rename(study.folder.with_name("renamed"))
        write_json(folder / "other.json", 1)


def test_a_folder_renamed_while_a_result_is_made_is_not_made_anew(study):
    with pytest.raises(StudyError, match=GONE):
        fill_a_result_and_rename(study)
    assert not study.folder.exists()


def test_a_disk_that_gives_files_new_numbers_is_recognised_by_content(study, monkeypatch):
    numbers = itertools.count()
    monkeypatch.setattr(anchors, "_numbers", lambda file: (1, next(numbers)) if file.exists() else None)
    study.ledger.record("numbers differ")
    write_json(study.folder / "cache" / "x.json", 1)
    with study.catalogue.transaction():
        study.ledger.record("inside")
        write_json(study.folder / "cache" / "x.json", 2)
    study.lease.beat()
    study.ledger.record("and the lease goes on")


def test_a_place_costs_little(study):
    calls = []
    real, path = os.stat, study.folder / "results" / "kind" / "digest" / "file.json"
    anchors.check_place(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "stat", lambda *a, **k: calls.append(a) or real(*a, **k))
        anchors.check_place(path)
    assert len(calls) == 1  # one question to the disk, whatever the depth of the path
