"""Files outside the study: missing ones are found, moved ones relinked."""

from __future__ import annotations

import pytest

from radiomics_core.cohort.model import Case, Cohort, ImageRef, MaskRef
from radiomics_core.errors import StudyError
from radiomics_core.images.pairing import file_ref
from radiomics_core.study.actions import images
from radiomics_core.study.storage.image_files import missing_files, relinked, with_checksums


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


def test_relinking_finds_moved_files_and_refuses_a_wrong_folder(cohort, tmp_path):
    (tmp_path / "old").rename(tmp_path / "new")
    assert {case: len(paths) for case, paths in missing_files(cohort).items()} == {"C1": 2}
    moved = relinked(cohort, tmp_path / "old", tmp_path / "new")
    assert missing_files(moved) == {}
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
