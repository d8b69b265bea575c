"""The What-if panel and the choice of the engine without a browser: shown, adopted, undone, told in words."""

from __future__ import annotations

import pytest

from radiomics_core.extraction import DEFAULT_ENGINE, ENGINES
from tests.app.conftest import problems, words

pytestmark = pytest.mark.usefixtures("demo_study")


@pytest.fixture(scope="module", autouse=True)
def prepared_engine():
    """The fast engine, compiled before a page waits for it."""
    ENGINES.build("fast").prepare()


def slider(app, label):
    return next(one for one in app.select_slider if one.label == label)


def card(app):
    return "\n".join(
        str(one.value) for one in app.markdown if "→" in str(one.value) or "Nothing is moved" in str(one.value)
    )


def shown(app, width=25.0):
    slider(app, "Bin width").set_value(width)
    app.button(key="what_if_show").click().run()
    assert problems(app) == []
    return app


def test_nothing_is_computed_before_it_is_asked_for(open_page):
    app = open_page("extraction")
    assert problems(app) == []
    assert "What if?" in words(app)
    assert "features are stable" not in words(app)


def test_a_moved_bin_width_shows_what_changes_by_the_rule_on_screen(open_page):
    app = shown(open_page("extraction"))
    text = words(app)
    assert "features are stable, 1 region" in text
    assert "at most 10 %" in text
    assert "Bin width **10 → 25**" in card(app)


def test_five_and_more_regions_are_judged_by_their_order_and_broken_ones_are_named(open_page):
    app = open_page("extraction")
    app.button(key="what_if_take").click().run()
    text = words(shown(app))
    assert "Spearman rank correlation of at least 0.9" in text
    assert "of 10 regions could not be extracted; the others are compared" in text


def test_a_result_follows_the_next_move_and_says_when_nothing_is_moved(open_page):
    app = shown(open_page("extraction"))
    slider(app, "Bin width").set_value(10.0).run()
    assert "Nothing is moved yet" in card(app)
    slider(app, "Voxel size").set_value(0).run()
    assert "Voxel size **2 mm → as scanned**" in card(app)


def test_settings_are_adopted_in_one_click_and_taken_back(open_page):
    app = shown(open_page("extraction"))
    app.button(key="what_if_adopt").click().run()
    assert problems(app) == []
    assert "In use now: Bin width **10 → 25**" in card(app)
    width = next(box for box in app.text_input if box.label.startswith("binWidth"))
    assert float(width.value) == 25
    app.button(key="what_if_undo").click().run()
    width = next(box for box in app.text_input if box.label.startswith("binWidth"))
    assert float(width.value) == 10


def test_without_regions_there_is_a_word_instead_of_controls(open_page, demo_study):
    from radiomics_core.study import Study
    from radiomics_core.study.actions import quality

    with Study.open(demo_study) as study:
        quality.exclude(study, [case.case_id for case in study.cohort.cases], "a test")
    app = open_page("extraction")
    assert problems(app) == []
    assert any("nothing to try settings on" in str(info.value) for info in app.info)


def test_the_default_engine_is_chosen_and_another_one_says_what_leaves_the_table(open_page):
    app = open_page("extraction")
    assert app.radio(key="extraction_engine").value == DEFAULT_ENGINE
    other = next(name for name in ENGINES.names() if name != DEFAULT_ENGINE)
    app.radio(key="extraction_engine").set_value(other).run()
    assert problems(app) == []
    assert "leave it when" in words(app)


def test_an_engine_that_cannot_run_says_why_and_offers_no_start(open_page, monkeypatch):
    from radiomics_core.extraction.engine import Availability
    from radiomics_core.extraction.engines.pyradiomics_engine import PyradiomicsEngine

    missing = Availability(False, "pyradiomics is not installed", "Install it with pip")
    monkeypatch.setattr(PyradiomicsEngine, "available", lambda _engine: missing)
    app = open_page("extraction", extraction_engine="pyradiomics")
    assert any("pyradiomics is not installed" in str(box.value) for box in app.warning)
    assert not [button for button in app.button if button.key == "extraction_start"]
    assert "extraction_engine" in [radio.key for radio in app.radio]
