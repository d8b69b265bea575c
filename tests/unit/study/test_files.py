"""Files outside the study: missing and changed ones are found, moved ones relinked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from radiomics_core.cohort.model import Case, Cohort, ImageRef, MaskRef
from radiomics_core.cohort.pairing import file_ref
from radiomics_core.errors import StudyError
from radiomics_core.study.files import check_files, relinked, with_checksums
from radiomics_core.study.steps import images


@pytest.fixture
def cohort(tmp_path):
    folder = tmp_path / "old" / "p1"
    folder.mkdir(parents=True)
    for name in ("CT.nii", "mask.nii"):
        (folder / name).write_text(name)
    image = ImageRef("CT", (file_ref(folder / "CT.nii", checksum=False),), "CT")
    return with_checksums(
        Cohort((Case("C1", "C1", (image,), (MaskRef("GTV", "CT", file_ref(folder / "mask.nii", checksum=False)),)),))
    )


def test_an_unchanged_file_with_a_new_time_is_no_finding(cohort):
    os.utime(cohort.cases[0].images[0].path, (1, 1))
    assert check_files(cohort) == []


def test_missing_and_changed_files_are_found(cohort):
    case = cohort.cases[0]
    Path(case.images[0].path).write_text("ct.NII")
    os.utime(case.images[0].path, (1, 1))
    Path(case.masks[0].file.path).unlink()
    assert sorted((f.code, f.case_id) for f in check_files(cohort)) == [("RX802", "C1"), ("RX803", "C1")]


def test_relinking_finds_moved_files_and_refuses_a_wrong_folder(cohort, tmp_path):
    (tmp_path / "old").rename(tmp_path / "new")
    assert len(check_files(cohort)) == 2
    moved = relinked(cohort, tmp_path / "old", tmp_path / "new")
    assert check_files(moved) == []
    with pytest.raises(StudyError, match="2 of 2 files are not in"):
        relinked(cohort, tmp_path / "old", tmp_path)
    with pytest.raises(StudyError, match="no file of the study lies in"):
        relinked(cohort, tmp_path / "elsewhere", tmp_path)


def test_a_missing_file_is_a_finding_of_its_case_until_its_folder_is_relinked(study, cohort, tmp_path):
    study.save_cohort(cohort)
    assert images.find_missing(study) is None
    (tmp_path / "old").rename(tmp_path / "new")
    missing = images.find_missing(study)
    assert (missing.n_files, missing.n_cases, missing.folder) == (2, 1, str(tmp_path / "old" / "p1"))
    assert [(f.code, f.case_id) for f in study.findings("files")] == [("RX802", "C1")]
    assert images.relink(study, missing.folder, tmp_path / "new" / "p1") == 1
    assert study.findings("files") == []
