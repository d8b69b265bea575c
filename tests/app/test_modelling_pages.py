"""Comparison, Explanations and Survival without a browser: empty, and with results made by small settings."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
import streamlit as st

from pages.modelling.panels import wording
from radiomics_core.analysis.differences import VERDICTS
from radiomics_core.checks.kinds import DUPLICATE_IMAGES
from radiomics_core.findings import found
from radiomics_core.study import Study
from radiomics_core.study.actions import quality
from radiomics_core.study.jobs.job import run_job_blocking
from radiomics_core.study.jobs.kinds import analysis as analysis_job
from radiomics_core.study.last_opened import set_last_opened
from tests.app.conftest import problems, wait_until_closed, words

MODELLING = ("comparison", "explanations", "survival")
RERUN_SECONDS = 0.9
"""Well above what a page is allowed (0.3 s), because tests share the machine; without the cache it takes longer."""


@pytest.fixture(scope="session")
def analysed_once(demo_made_once, tmp_path_factory) -> Path:
    """The demo with a comparison, a survival analysis and an explanation of each, by small settings."""
    from radiomics_core.analysis.settings import AnalysisSettings
    from radiomics_core.explain.shap_values import ExplanationSettings
    from radiomics_core.study.actions import analysis, explanation

    folder = tmp_path_factory.mktemp("analysed") / "Demo"
    shutil.copytree(demo_made_once, folder)
    with pytest.MonkeyPatch.context() as patch, Study.open(folder) as study:
        patch.setenv("OMP_NUM_THREADS", "1")
        quality.exclude_copies(study)
        study.ledger.open_exploration("non_response", "univariate")
        small = AnalysisSettings(folds=3, repeats=1, shuffles=3, inputs=("radiomics", "clinical", "volume", "combined"))
        run_job_blocking(analysis.start(study, "non_response", small, 2), every_s=0.1)
        brief = AnalysisSettings(folds=3, repeats=1, shuffles=2, inputs=("radiomics", "clinical", "volume"))
        run_job_blocking(analysis.start(study, "survival", brief, 2), every_s=0.1)
        once = ExplanationSettings(repeats=1, background=20)
        run_job_blocking(explanation.start(study, "non_response", "radiomics", once, 2), every_s=0.1)
        run_job_blocking(explanation.start(study, "survival", "radiomics", once, 2), every_s=0.1)
    wait_until_closed(folder)
    return folder


@pytest.fixture
def without_copies(demo_study) -> Path:
    """The demo with the copy left out."""
    with Study.open(demo_study) as study:
        assert quality.exclude_copies(study)
    return demo_study


@pytest.fixture
def analysed_study(analysed_once, home) -> Path:
    """Folder of a copy of the analysed demo, noted as the one that was open last."""
    folder = home / "Demo"
    shutil.copytree(analysed_once, folder)
    set_last_opened(folder)
    return folder


def headlines(app) -> str:
    """Return the words of markdown and captions."""
    return "\n".join([*(str(m.value) for m in app.markdown), *(str(c.value) for c in app.caption)])


@pytest.mark.parametrize("name", MODELLING)
def test_without_a_study_a_page_says_how_to_get_one(open_page, name):
    app = open_page(name)
    assert problems(app) == []
    assert "No study is open" in words(app)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("comparison", "Nothing compared yet"),
        ("survival", "Nothing analysed yet"),
        ("explanations", "Nothing to explain yet"),
    ],
)
def test_before_anything_ran_a_page_says_what_will_be_here(without_copies, open_page, name, text):
    app = open_page(name)
    assert problems(app) == []
    assert text in words(app)


def test_hazard_ratios_wait_until_asked_for_while_nothing_was_analysed(without_copies, open_page):
    app = open_page("survival")
    with Study.open(without_copies, read_only=True) as study:
        assert not study.ledger.exploration_opened("survival")
    app = app.toggle(key="hazard_ratios_early").set_value(True).run()
    assert problems(app) == []
    assert "In-sample" in words(app)


def test_a_patient_entered_twice_disables_the_start_until_the_copy_is_left_out(demo_study, open_page):
    app = open_page("comparison")
    assert app.button(key="comparison_start").disabled
    assert "nearly the same features" in "\n".join(str(e.value) for e in app.error)
    app = app.button(key="comparison_leave_out_copies").click().run()
    assert not app.button(key="comparison_start").disabled
    assert problems(app) == []


def test_the_cost_is_told_before_the_start(without_copies, open_page):
    app = open_page("comparison").button(key="comparison_cost").click().run(timeout=60)
    assert problems(app) == []
    assert "model fits" in headlines(app)


def test_the_comparison_says_no_more_than_its_evidence(analysed_study, open_page):
    app = open_page("comparison")
    assert problems(app) == []
    shown = headlines(app)
    for expected in (
        "in cases never seen, n = ", "pipelines looked at", "shuffled-outcome check p = ", "quick look, exploratory",
        "3 shuffles of the outcome (smallest possible p = 0.25)", "internal validation only",
        "Analysis 1 of non_response.", "1 setting was changed after outcomes were shown", "Does one set of inputs add to another?",
    ):  # fmt: skip
        assert expected in shown
    verdicts = [line for line in shown.splitlines() if " minus " in line]
    assert verdicts
    assert all(
        any(f"**{v}**" in line for v in ("adds", "not shown to add", "performs worse", "descriptive"))
        for line in verdicts
    )
    table = next(frame.value for frame in app.dataframe if "Note" in frame.value)
    assert table["Note"].str.contains("best of 4, optimistic; corrected 0.").sum() == 1


@pytest.mark.parametrize(
    ("name", "figure"), [("comparison", "expected in cases never seen"), ("survival", "C-index 0.")]
)
def test_what_is_found_after_a_result_takes_its_headline_away(analysed_study, open_page, monkeypatch, name, figure):
    assert figure in headlines(open_page(name))
    copies = found(DUPLICATE_IMAGES, n=1, examples="a = b", again=["b"])
    monkeypatch.setattr("radiomics_core.study.actions.analysis.stops", lambda *_: [copies])
    st.cache_data.clear()
    app = open_page(name)
    assert figure not in headlines(app)
    assert any("There is no headline" in str(box.value) for box in app.error)
    assert "in-sample" not in headlines(app)


@pytest.mark.parametrize("name", ["comparison", "survival"])
def test_a_result_of_an_older_method_shows_its_figures_without_today_s_words(
    analysed_study, open_page, monkeypatch, name
):
    monkeypatch.setattr(analysis_job, "METHOD_VERSION", "later")
    app = open_page(name)
    assert problems(app) == []
    shown = headlines(app)
    (said,) = [str(box.value) for box in app.warning if "run again for today's words" in str(box.value)]
    assert "Made with method" in said
    assert "method later" in said
    for today in (*map(str, VERDICTS.values()), "in cases never seen", "shuffled-outcome check", "includes chance"):
        assert f"**{today}**" not in shown
        assert today not in shown or today in VERDICTS
    tables = [frame.value for frame in app.dataframe]
    value = "auc" if name == "comparison" else "c_index"
    rows = next(table for table in tables if value in table)
    assert rows[value].notna().any()
    assert next(table for table in tables if "difference" in table)["low"].notna().any()
    assert not any({"verdict", "note", "headline"} & set(table) for table in tables)


def test_one_of_k_follows_a_selected_row_into_every_card(analysed_study, open_page):
    app = open_page("comparison")
    menu = app.selectbox(key="comparison_row")
    assert "One of" not in headlines(app)
    app = menu.select_index(len(menu.options) - 1).run()
    assert problems(app) == []
    assert headlines(app).count("**One of 8 looked at: the best of many is optimistic.**") >= 5


def test_survival_draws_held_out_groups_and_names_what_they_rest_on(analysed_study, open_page):
    app = open_page("survival")
    assert problems(app) == []
    shown = headlines(app)
    assert "no separation" in shown or "shuffled-outcome check p = " in shown
    for expected in ("in more than a fifth of the repeats", "shuffles of the whole cross-validation", "C-index 0."):
        assert expected in shown
    assert "**In-sample**" in shown
    groups = next(frame.value for frame in app.dataframe if "Patients" in frame.value)
    assert list(groups["Group"]) == ["Low risk", "High risk"]


@pytest.mark.parametrize("endpoint", ["non_response", "survival"])
def test_an_explanation_shows_every_case_by_models_that_never_saw_it(analysed_study, open_page, endpoint):
    app = open_page("explanations", explanation_endpoint=endpoint)
    assert problems(app) == []
    shown = headlines(app)
    assert "models that never saw it" in shown
    assert "3 training folds" in shown
    assert app.selectbox(key="shap_case").options[0].startswith("DEMO-")


@pytest.mark.parametrize("name", MODELLING)
def test_a_rerun_with_results_loaded_reads_nothing_again(analysed_study, open_page, name, monkeypatch):
    app = open_page(name).run()
    monkeypatch.setattr("pandas.read_parquet", lambda *_a, **_k: pytest.fail("a table was read again"))
    seconds = []
    for _round in range(3):
        started = time.process_time()  # other work on the computer does not count
        app = app.run()
        seconds.append(time.process_time() - started)
    assert problems(app) == []
    assert min(seconds) < RERUN_SECONDS


@pytest.mark.parametrize(
    ("slope", "says"),
    [(-0.1, "do not mean more events"), (0.49, "too extreme"), (0.5, ""), (2.0, ""), (2.01, "too moderate")],
)
def test_a_calibration_slope_far_from_one_is_said_loudly(slope, says):
    text = wording.calibration_warning(slope)
    assert (says in text) if says else text == ""
    assert ("not usable as they are" in text) == bool(says)
    assert wording.calibration_warning(float("nan")) == ""


def test_the_calibration_card_says_that_risks_are_not_usable(analysed_study, open_page, monkeypatch):
    monkeypatch.setattr(wording, "SLOPE_LOW", 50.0)
    app = open_page("comparison")
    assert problems(app) == []
    assert [w for w in app.warning if "not usable as they are" in str(w.value)]


def test_settings_of_a_method_have_fields_and_what_cannot_be_is_said(demo_study, open_page):
    app = open_page("comparison", comparison_selectors=["mrmr"])
    field = app.text_input(key="comparison_set_mrmr_sizes")
    assert (field.label, field.value) == ("Number of features", "5, 10, 20")
    app = field.set_value("none").run()
    assert any("Number of features is 'none'" in problem for problem in problems(app))
    app = app.text_input(key="comparison_set_mrmr_sizes").set_value("3").run()
    assert not any("Number of features" in problem for problem in problems(app))
