"""Pages say what is wrong with a study or the library in words, and the rest stays usable."""

from __future__ import annotations

import shutil

import pytest

from radiomics_core.files.atomic import disk_full
from radiomics_core.study import library
from radiomics_core.study.actions import feature_import
from radiomics_core.study.last_opened import set_last_opened
from radiomics_core.study.storage.view import ViewState
from tests.app.conftest import PAGES, problems, words

TABLE = "\n".join(["id,original_firstorder_Mean,died", *(f"C{k},{k}.5,{k % 2}" for k in range(12))]).encode()


@pytest.fixture
def with_features(home):
    with library.create("Good") as study:
        feature_import.import_table(study, TABLE, "id", clinical_columns=["died"])
    set_last_opened(study.folder)
    return study


def test_an_empty_note_and_a_damaged_study_hide_nothing_and_are_said_in_words(home, open_page):
    for name in ("Good", "Bad"):
        library.create(name).close()
    (home / "Bad" / "study.sqlite").write_bytes(b"no database" * 400)
    (home / "last.json").write_text("")
    page = open_page("study")
    assert [e.message for e in page.exception] == []
    assert "Open the study from the list" in page.error[0].value
    assert "is damaged" in words(page)
    recents = [entry.name for entry in library.recent()]
    assert sorted(recents) == ["Bad", "Good"]
    page.button(key=f"recent_open_{recents.index('Good')}").click().run()
    assert problems(page) == []
    assert "Good" in words(page)


def test_every_page_opens_when_the_feature_table_is_gone_and_says_the_way_out(with_features, open_page):
    shutil.rmtree(next((with_features.folder / "tables").glob("features-*")))
    for name in PAGES:
        page = open_page(name)
        assert [e.message for e in page.exception] == [], name
        assert any("Extract the features again" in box.value for box in page.error), name


def test_a_full_disk_does_not_stop_a_page_and_is_said_with_the_way_out(with_features, open_page, monkeypatch):
    def full(self: ViewState, key: str, value: object) -> None:
        raise disk_full(with_features.folder)

    monkeypatch.setattr(ViewState, "put", full)
    page = open_page("exploration")
    assert [e.message for e in page.exception] == []
    assert "Free some space" in page.error[0].value


def test_a_study_that_cannot_be_written_says_why_and_can_be_looked_at(with_features, open_page, monkeypatch):
    from radiomics_core.study.storage.lease import Lease

    def full(self: Lease) -> None:
        raise disk_full(with_features.folder)

    with monkeypatch.context() as patch:
        patch.setattr(Lease, "acquire", full)
        page = open_page("exploration")
        assert [e.message for e in page.exception] == []
        assert "Free some space" in words(page)
        assert "Until then it can be looked at" in words(page)
    page.button(key="open_again").click().run()
    assert "Until then it can be looked at" not in words(page)
