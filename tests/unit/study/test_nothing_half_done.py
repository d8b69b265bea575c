"""Whatever a kill left half done is finished or undone by the next who opens the study, and the same command works."""

from __future__ import annotations

import os
import subprocess
import sys
from threading import Event, Thread

import numpy as np
import pandas as pd
import pytest

from radiomics_core.cohort.model import Case, Cohort
from radiomics_core.errors import StudyError
from radiomics_core.files.atomic import write_frame
from radiomics_core.imaging.volume import Volume
from radiomics_core.imaging.writing import write_nifti
from radiomics_core.study import Study, library
from radiomics_core.study import study as study_module
from radiomics_core.study.actions import clinical, feature_import
from radiomics_core.study.actions import images as images_steps
from radiomics_core.study.storage import tables as study_tables
from radiomics_core.study.storage.importing import importing
from radiomics_core.study.storage.results import ResultKey
from tests.unit.study.test_study import small_table


@pytest.fixture
def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def tables(study: Study) -> list[str]:
    return sorted(path.name for path in (study.folder / "tables").iterdir())


def test_a_feature_table_put_aside_by_a_killed_swap_comes_back_on_opening(filled, dead_pid):
    digest = filled.save_feature_table(small_table())
    folder = filled.tables.feature_folder()
    folder.rename(folder.with_name(f".writing-old-{folder.name}-{dead_pid}"))
    assert not filled.has_features()
    assert filled.feature_digest == ""
    assert "RX821" in [finding.code for finding in filled.findings()]
    filled.close()
    with Study.open(filled.folder) as study:
        assert study.feature_digest == digest
        assert study.feature_table().values.equals(small_table().values)
        assert [finding.code for finding in study.findings("study")] == []


def test_the_same_table_is_not_written_again(filled):
    filled.save_feature_table(small_table())
    stamps = {path: path.stat().st_mtime_ns for path in filled.tables.feature_folder().iterdir()}
    filled.save_feature_table(small_table())
    assert {path: path.stat().st_mtime_ns for path in filled.tables.feature_folder().iterdir()} == stamps


def test_a_result_with_the_same_digest_stays_and_is_the_latest_again(study):
    keys = [ResultKey("quality", inputs, {}) for inputs in "ab"]
    for key in (*keys, keys[0]):
        study.results.save(key, lambda folder: (folder / "x").write_text("y"))
        study.results.path(key.kind, key.digest).joinpath("seen").touch()
    assert study.results.latest("quality").inputs == "a"
    assert study.results.path("quality", keys[0].digest).joinpath("seen").is_file()


def test_a_step_that_fails_in_the_middle_changes_nothing(filled, monkeypatch):
    before = (
        filled.clinical_digest,
        filled.column_specs,
        tables(filled),
        filled.ledger.count("clinical table imported"),
    )

    def fail(*_: object) -> None:
        raise StudyError("the disk is full")

    monkeypatch.setattr(clinical, "place_late_cases", fail)
    table = pd.DataFrame({"id": ["C0", "C1"], "grade": ["1", "2"]})
    with pytest.raises(StudyError, match="full"):
        clinical.store_table(filled, table, "id")
    after = (
        filled.clinical_digest,
        filled.column_specs,
        tables(filled),
        filled.ledger.count("clinical table imported"),
    )
    assert after == before
    monkeypatch.undo()
    clinical.store_table(filled, table, "id")
    assert list(filled.clinical().columns) == ["id", "grade"]
    assert len(tables(filled)) == 2  # the table before is gone: it may hold what should never have been in it


def test_a_part_that_fails_inside_a_step_is_taken_back_alone(study):
    def fail() -> None:
        with study.catalogue.transaction():
            study.view.put("lost", 2)
            raise ZeroDivisionError

    with study.catalogue.transaction():
        study.view.put("kept", 1)
        with pytest.raises(ZeroDivisionError):
            fail()
    assert study.view.all() == {"kept": 1}


def test_an_import_that_is_killed_is_rolled_back_by_the_next_who_opens_the_study(tmp_path, home):
    Study.create(tmp_path / "s").close()
    program = f"""
import os
from radiomics_core.study import Study
from radiomics_core.study.storage.importing import importing
study = Study.open({str(tmp_path / "s")!r})
with importing(study, "scans.zip") as mark:
    folder = mark.fills(study.folder / "images" / "upload-1")
    folder.mkdir()
    (folder / "slice.dcm").write_text("a name")
    os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 9
    assert (tmp_path / "s" / "images" / "upload-1" / "slice.dcm").is_file()
    with Study.open(tmp_path / "s") as study:
        assert list((study.folder / "images").iterdir()) == []
        ended = study.findings("import")
        assert [finding.code for finding in ended] == ["RX820"]
        assert "scans.zip" in ended[0].message()
        with importing(study, "scans.zip"):
            assert study.catalogue.document("importing")
        assert study.catalogue.document("importing") is None
        assert study.findings("import") == []


def test_an_import_that_is_going_on_is_left_alone_and_one_that_fails_leaves_nothing(study):
    folder = study.folder / "images" / "upload-1"

    def fail() -> None:
        with importing(study, "scans.zip") as mark:
            mark.fills(folder).mkdir()
            Study.open(study.folder).close()  # another window of the same program
            assert folder.is_dir()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not folder.exists()
    assert study.catalogue.document("importing") is None


def dropped(study: Study) -> images_steps.FolderLook:
    for name in ("A_CT", "A_CT_mask"):
        volume = Volume(np.pad(np.ones((2, 2, 2)), 1))
        write_nifti(volume, study.folder.parent / f"{name}.nii.gz")
    files = {f"{name}.nii.gz": (study.folder.parent / f"{name}.nii.gz").read_bytes() for name in ("A_CT", "A_CT_mask")}
    return images_steps.store_uploads(study, files)


def test_dropped_files_whose_import_fails_wait_for_the_next_try(study, monkeypatch):
    look = dropped(study)

    def fail(*_: object, **__: object) -> None:
        raise StudyError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(images_steps, "_store", fail)
        with pytest.raises(StudyError, match="full"):
            images_steps.import_folder(study, look.folder, look=look)
    assert [folder.name for folder in (study.folder / "images").iterdir()] == [look.folder.name]
    images_steps.import_folder(study, look.folder, look=look)
    assert [folder.name for folder in (study.folder / "images").iterdir()] == ["upload-1"]
    study.close()
    with Study.open(study.folder) as again:
        assert images_steps.find_missing(again) is None
        assert len(again.cohort) == 1


def test_a_study_whose_making_was_killed_is_made_by_the_same_command_and_never_removed_once_it_was_opened(
    tmp_path, home
):
    folder = tmp_path / "made"
    study = Study.create(folder, unfinished="table.csv")
    study.save_cohort(Cohort((Case("half", "half"),)))
    study.close()
    with Study.create(folder, unfinished="table.csv") as study:
        assert len(study.cohort) == 0
    with Study.open(folder) as study:
        assert "table.csv" in study.findings("import")[0].message()
    with pytest.raises(StudyError, match="already holds a study"):
        Study.create(folder, unfinished="table.csv")


def test_the_remains_of_a_killed_creation_are_no_files(tmp_path, dead_pid):
    folder = tmp_path / "made"
    for part in ("tables", "results"):
        (folder / part).mkdir(parents=True)
    (folder / f".writing-{dead_pid}-abc.sqlite").write_text("half")
    (folder / "study.sqlite-wal").write_text("of another catalogue")
    with Study.create(folder) as study:
        assert study.name == "made"
    assert not list(folder.glob(".writing-*"))


def test_an_imported_table_is_there_with_everything_or_not_at_all(study, monkeypatch):
    csv = b"id,original_firstorder_Mean,grade\nA,1,x\nB,2,y\n"

    def fail(*_: object, **__: object) -> None:
        raise StudyError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(clinical, "store_table", fail)
        with pytest.raises(StudyError, match="full"):
            feature_import.import_table(study, csv, "id", clinical_columns=["grade"])
    assert (len(study.cohort), study.has_features(), study.ledger.entries()) == (0, False, [])
    feature_import.import_table(study, csv, "id", clinical_columns=["grade"])
    assert (len(study.cohort), study.has_features(), study.has_clinical()) == (2, True, True)


def test_temporary_files_of_living_processes_stay(study, dead_pid):
    names = [f".writing-{pid}-abc" for pid in (os.getpid(), dead_pid)]
    for name in names:
        (study.folder / "tables" / name).mkdir()
    study.close()
    Study.open(study.folder).close()
    assert tables(study) == names[:1]


def test_library_sees_no_study_in_a_folder_that_is_being_made(home):
    (home / "half" / "tables").mkdir(parents=True)
    assert library.recent() == []


def test_a_session_that_opens_a_study_leaves_what_another_of_its_process_is_doing(filled, monkeypatch):
    """The second session looks for remains while the first has written a table that is not committed yet."""
    look = dropped(filled)
    written, looked = Event(), Event()

    def write(path, table):
        write_frame(path, table)
        written.set()
        looked.wait(0.5)  # whoever looks for remains without waiting for the commit has done so by then

    monkeypatch.setattr(study_tables, "write_frame", write)
    table = pd.DataFrame({"age": ["61"]}, index=pd.Index(["p1"], name="case_id"))
    first = Thread(target=filled.save_clinical, args=(table,))
    recover = study_module.recover

    def recover_meanwhile(folder, catalogue):
        first.start()
        written.wait()
        recover(folder, catalogue)
        looked.set()

    monkeypatch.setattr(study_module, "recover", recover_meanwhile)
    with Study.open(filled.folder):
        first.join()
    assert filled.tables.path("clinical").is_file()
    assert len(images_steps.import_folder(filled, look.folder, look=look).cases) == len(look.files) // 2


def test_a_study_that_is_being_made_is_not_taken_for_one_whose_making_was_killed(tmp_path):
    with Study.create(tmp_path / "s", unfinished="lung.csv") as study:
        with Study.open(study.folder):
            pass
        assert study.catalogue.document("unfinished") == {"what": "lung.csv"}
        assert study.findings("import") == []
