"""A copy is the study as it was at one moment, however much is written or cut short while its files are copied."""

from __future__ import annotations

import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest

from radiomics_core.errors import StudyError
from radiomics_core.processes import this_process
from radiomics_core.study import Study, copies, library
from tests.unit.study.conftest import CLINICAL


@pytest.fixture
def changes(filled, monkeypatch):
    """Call it with what happens each time right after the files were copied, or None; how often they were is kept."""
    copied = []

    def change_with(*acts):
        def copy_then_change(*args, **kwargs):
            done = copytree(*args, **kwargs)
            copied.append(args[0])
            if len(copied) <= len(acts):
                acts[len(copied) - 1]()
            return done

        patched = {**vars(shutil), "copytree": copy_then_change}  # copytree calls itself, which is not counted
        monkeypatch.setattr(copies, "shutil", SimpleNamespace(**patched))
        return copied

    copytree = shutil.copytree
    return change_with


def later_table(study: Study, age: str):
    return lambda: study.save_clinical(CLINICAL.assign(age=age))


def test_a_table_written_while_the_files_are_copied_is_in_the_copy_with_the_catalogue_that_names_it(filled, changes):
    copied = changes(later_table(filled, "81"), later_table(filled, "82"))
    copy = library.duplicate(filled.folder, "Copy")
    assert len(copied) == 3
    with Study.open(copy) as study:
        assert study.tables.path("clinical") is not None
        assert set(study.clinical(["age"])["age"]) == {82.0}
        assert list((copy / "tables").glob("clinical-*")) == [study.tables.path("clinical")]


def test_a_file_that_goes_while_the_files_are_copied_is_no_error(filled, changes):
    def replaced_in_the_middle():
        filled.save_clinical(CLINICAL.assign(age="83"))
        raise shutil.Error([("clinical", "copy", "No such file or directory")])

    changes(replaced_in_the_middle)
    with Study.open(library.duplicate(filled.folder, "Copy")) as study:
        assert set(study.clinical(["age"])["age"]) == {83.0}


def test_a_file_that_cannot_be_copied_although_nothing_changed_is_an_error(filled, changes):
    def unreadable():
        raise shutil.Error([("clinical", "copy", "Permission denied")])

    changes(unreadable)
    with pytest.raises(StudyError, match="cannot write"):
        library.duplicate(filled.folder, "Copy")
    assert not filled.folder.with_name("copy").exists()


def test_an_analysis_that_begins_while_the_files_are_copied_is_counted_in_the_copy(filled, changes):
    changes(lambda: filled.ledger.record("analysis started", endpoint="death"))
    with Study.open(library.duplicate(filled.folder, "Copy")) as study:
        assert study.ledger.count("analysis started") == 1


def test_a_study_that_never_stands_still_is_not_copied_and_nothing_is_left(filled, changes):
    changes(*(later_table(filled, str(age)) for age in range(90)))
    with pytest.raises(StudyError, match=r"changes while it is copied\. Let the import or the jobs"):
        library.duplicate(filled.folder, "Copy")
    assert sorted(path.name for path in filled.folder.parent.iterdir()) == ["study"]


def test_until_it_is_whole_a_copy_is_no_study(filled, changes, monkeypatch):
    monkeypatch.setattr(copies, "MOST_TRIES", 1)
    seen = []
    changes(lambda: seen.extend(filled.folder.parent.glob(".writing-*/study.sqlite")))
    library.duplicate(filled.folder, "Copy")
    assert seen == []


def test_half_copies_of_processes_that_ended_are_removed_by_the_next_copy_and_others_stay(filled):
    me = this_process()
    processes = {
        "this": me,
        "reused number": replace(me, started=me.started + 1),
        "before a restart": replace(me, space=f"earlier {me.space}"),
        "another container": replace(me, space=f"{me.space} elsewhere"),
    }
    halves = {who: filled.folder.parent / f".writing-{process.label}-0123" for who, process in processes.items()}
    for half in halves.values():
        half.mkdir()
    library.duplicate(filled.folder, "Copy")
    assert [who for who, half in halves.items() if half.exists()] == ["this", "another container"]
