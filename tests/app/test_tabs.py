"""Each tab keeps its own study: a reload comes back to it, whatever other tabs have opened meanwhile."""

from __future__ import annotations

import shutil

from streamlit.testing.v1 import AppTest

from radiomics_core.study import Study, library
from radiomics_core.study.last_opened import last_opened, set_last_opened
from tests.app.conftest import OPEN_SECONDS, ROOT, problems, words


def reloaded(tab: AppTest) -> AppTest:
    """A session of its own at the address of a tab."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=OPEN_SECONDS)
    for name, value in tab.query_params.items():
        app.query_params[name] = value
    return app.run()


def two_tabs(home, open_page) -> tuple[AppTest, AppTest]:
    """One tab that shows the study First, and another that opened the study Second after it."""
    for name in ("First", "Second"):
        library.create(name).close()
    set_last_opened(home / "First")
    first = open_page("study")
    set_last_opened(home / "Second")
    return first, open_page("study")


def test_a_reloaded_tab_shows_its_own_study_and_not_the_one_opened_last(home, open_page):
    first, second = two_tabs(home, open_page)
    assert last_opened() == home / "Second"
    again = reloaded(first)
    assert problems(again) == []
    assert "**First**" in words(again)
    assert "**Second**" in words(reloaded(second))


def test_the_address_names_neither_study_nor_folder(home, open_page):
    first, second = two_tabs(home, open_page)
    texts = [str(dict(tab.query_params)) for tab in (first, second)]
    assert texts[0] != texts[1]
    assert not [text for text in texts if "First" in text or "Second" in text or str(home) in text]


def test_a_tab_whose_study_has_gone_says_so_and_opens_no_other(home, open_page):
    first, _second = two_tabs(home, open_page)
    first.button(key="close_study").click().run()
    assert "study" not in first.query_params
    with Study.open(home / "First") as study:
        gone = library.address(study.folder)
    shutil.move(home / "First", home.parent / "Elsewhere")
    first.query_params["study"] = gone
    again = reloaded(first)
    (said,) = [str(error.value) for error in again.error if "not in its place any more" in str(error.value)]
    assert "on the page Study" in said  # a tab stands on any page; the list of studies does not
    assert "No study is open" in words(again)
