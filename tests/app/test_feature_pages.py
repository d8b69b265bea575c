"""Extraction and Exploration without a browser: empty, and with the demo."""

from __future__ import annotations

import pytest

from radiomics_core.errors import StudyError
from radiomics_core.i18n import lazy_
from radiomics_core.study import Study
from radiomics_core.study.storage.lease import Lease
from tests.app.conftest import problems, words

SECTIONS = ["univariate", "distribution", "correlation", "volume", "map"]


@pytest.mark.parametrize("name", ["extraction", "exploration"])
def test_without_a_study_a_page_says_how_to_get_one(open_page, name):
    app = open_page(name)
    assert problems(app) == []
    assert "No study is open" in words(app)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_of_exploration_shows_the_demo(demo_study, open_page, section):
    app = open_page("exploration", exploration_section=section)
    assert problems(app) == []
    assert "Exploratory" in words(app)


def test_looking_at_an_endpoint_is_noted_in_the_ledger(demo_study, open_page):
    open_page("exploration", exploration_section="univariate")
    from pages.common import state

    state.close_all()
    study = Study.open(demo_study, read_only=True)
    try:
        assert study.ledger.exploration_opened()
    finally:
        study.close()


@pytest.mark.parametrize("section", ["univariate", "distribution"])
def test_a_study_open_for_reading_can_be_explored_and_says_that_it_is_not_noted(
    demo_study, open_page, section, monkeypatch
):
    def held_by_another_program(_lease):
        raise StudyError(lazy_("the study is open for reading only"))

    monkeypatch.setattr(Lease, "acquire", held_by_another_program)
    app = open_page("exploration", exploration_section=section)
    assert problems(app) == []
    assert "is not recorded" in words(app)


def test_extraction_shows_the_preset_the_table_and_the_failed_cases(demo_study, open_page):
    app = open_page("extraction")
    assert problems(app) == [] or all("Features could not be computed" in problem for problem in problems(app))
    text = words(app)
    assert "Extract features" in "\n".join(button.label for button in app.button)
    assert "Feature table" in text


def test_a_wrong_setting_is_named_and_kept_in_the_form(demo_study, open_page):
    app = open_page("extraction")
    width = next(box for box in app.text_input if box.label.startswith("binWidth"))
    width.set_value("abc")
    app.button(key="settings_submit_CT").click().run()
    assert any("binWidth" in str(error.value) for error in app.error)
    kept = next(box for box in app.text_input if box.label.startswith("binWidth"))
    assert kept.value == "abc"
    app.run()
    assert any("binWidth" in str(error.value) for error in app.error)  # stays until the form is sent again
    next(box for box in app.text_input if box.label.startswith("binWidth")).set_value("12.5")
    app.button(key="settings_submit_CT").click().run()
    assert not any("binWidth" in str(error.value) for error in app.error)
