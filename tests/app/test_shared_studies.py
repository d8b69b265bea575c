"""Sessions of one server share a study: each counts, the last to leave closes it, and nobody closes it under another."""

from __future__ import annotations

import gc
import time

import pytest

from pages.common import shared_studies
from radiomics_core.errors import StudyError
from radiomics_core.study import Study
from radiomics_core.study.storage.lease import Lease, holders
from tests.app.conftest import problems, words
from tests.at_once import errors_at_once


@pytest.fixture
def folder(home):
    Study.create(home / "Shared").close()
    return home / "Shared"


def n_holders(folder) -> int:
    with Study.open(folder, read_only=True) as reader:
        return len(holders(reader.catalogue))


def test_a_session_that_leaves_a_study_does_not_close_it_under_another(folder):
    first, second = shared_studies.share(folder), shared_studies.share(folder)
    assert first.study is second.study
    second.let_go()
    second.let_go()
    first.study.ledger.record("still writing")
    assert n_holders(folder) == 1
    first.let_go()
    assert n_holders(folder) == 0
    with pytest.raises(StudyError):
        first.study.ledger.record("closed")


def test_a_study_is_closed_when_the_last_session_is_gone_without_a_word(folder):
    held = shared_studies.share(folder)
    del held
    gc.collect()
    deadline = time.monotonic() + 30
    while n_holders(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert n_holders(folder) == 0


def test_sessions_that_come_and_go_at_once_never_meet_a_closed_study(folder):
    def come_and_go():
        for _ in range(8):
            held = shared_studies.share(folder)
            held.study.view.put("page", "cohort")
            held.let_go()

    assert errors_at_once(6, come_and_go) == []
    assert n_holders(folder) == 0


def test_opening_anew_leaves_what_other_sessions_are_reading(folder, monkeypatch):
    def taken(self):
        raise StudyError("held elsewhere")

    with monkeypatch.context() as patch:
        patch.setattr(Lease, "acquire", taken)
        mine, other = shared_studies.share(folder), shared_studies.share(folder)
    assert mine.study.read_only
    anew = shared_studies.share_anew(folder)
    mine.let_go()
    assert not anew.study.read_only
    assert other.study.view.get("page") is None  # still open
    assert (anew.is_newest(), other.is_newest()) == (True, False)
    other.let_go()
    anew.study.ledger.record("writing")
    anew.let_go()


def test_switching_in_one_session_leaves_the_other_session_its_study(demo_study, home, open_page):
    Study.create(home / "Other").close()
    first, second = open_page("study"), open_page("study")
    study = first.session_state["_study_share"].study
    assert second.session_state["_study_share"].study is study
    second.text_input(key="open_study_folder").set_value(str(home / "Other"))
    second.button(key="open_study_submit").click().run()
    assert "Other" in words(second)
    study.ledger.record("the first session still writes")
    second.button(key="close_study").click().run()
    assert problems(first.run()) == []
    assert first.session_state["_study_share"].study is study


def test_a_study_that_is_moved_while_a_page_shows_it_is_left_with_the_way_out(demo_study, home, open_page):
    app = open_page("cohort")
    demo_study.rename(home / "Moved")
    app.run()
    assert any("renamed, moved or replaced while it was open" in str(error.value) for error in app.error)
    assert "_study_share" not in app.session_state
    assert not demo_study.exists()
