"""Comparison, Explanations and Survival with real clicks: start, cancel, resume, select, take away."""

from __future__ import annotations

import io
import re
import shutil

import numpy as np
import pandas as pd
import pytest

from tests.browser.driving import (
    body_text,
    click,
    dashboard,
    download,
    go,
    new_page,
    open_downloads,
    problems,
    unfold,
    wait_for,
    wait_idle,
    widget,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

JOB_MS = 120_000


@pytest.fixture(scope="module")
def home(small_demo, tmp_path_factory):
    """A library with the demo, which was open last."""
    folder = tmp_path_factory.mktemp("modelling_home")
    shutil.copytree(small_demo, folder / "Demo")
    note_as_last(folder, "Demo")
    return folder


@pytest.fixture(scope="module")
def table_home(tmp_path_factory):
    """A library with a study from a feature table: 60 patients whose hazard rises with one feature."""
    from radiomics_core.study import Study
    from radiomics_core.study.actions import clinical, endpoints, feature_import

    generator = np.random.default_rng(5)
    names = [f"original_firstorder_{name}" for name in ("Mean", "Median", "Energy", "Entropy", "Range")]
    table = pd.DataFrame(generator.normal(size=(60, 5)), columns=names)
    days = generator.exponential(500 * np.exp(-table[names[0]]))
    table.insert(0, "id", [f"P{number:02d}" for number in range(60)])
    table = table.assign(days=days.clip(1, 1500).round(), dead=(days < 1500).astype(int), age=range(40, 100))
    folder = tmp_path_factory.mktemp("table_home")
    with Study.create(folder / "Table", "Table") as study:
        extra = ["days", "dead", "age"]
        feature_import.import_table(
            study, table.to_csv(index=False).encode(), "id", name="t.csv", clinical_columns=extra
        )
        clinical.set_roles(study, predictor=["age"])
        endpoints.add(study, endpoints.make_time_to_event("survival", "days", "dead"))
    note_as_last(folder, "Table")
    return folder


def note_as_last(folder, name):
    from radiomics_core.study import library
    from radiomics_core.study.last_opened import set_last_opened

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(library.HOME_VARIABLE, str(folder))
        set_last_opened(folder / name)


@pytest.fixture(scope="module")
def address(home):
    with dashboard(home) as address:
        yield address


@pytest.fixture(scope="module")
def page(chromium, address):
    page = new_page(chromium)
    go(page, address)
    return page


def fill_number(page, key, value):
    box = page.locator(f"{widget(page, key)} input")
    box.fill(str(value))
    box.press("Enter")
    wait_idle(page)


def test_a_comparison_is_started_cancelled_and_resumed_by_clicking(page, address):
    go(page, address, "comparison")
    click(page, "comparison_leave_out_copies")
    unfold(page, "More settings")
    for name, value in (("folds", 3), ("repeats", 1), ("shuffles", 6)):
        fill_number(page, f"comparison_{name}_quick", value)
    click(page, "comparison_start")
    page.locator(f"{widget(page, 'comparison_cancel')} button").first.click(timeout=JOB_MS)
    page.locator(f"{widget(page, 'comparison_resume')} button").first.click(timeout=JOB_MS)
    wait_for(page, "in cases never seen", JOB_MS)
    words = body_text(page)
    assert "quick look, exploratory" in words
    assert "6 shuffles of the outcome" in words
    assert "internal validation only" in words
    assert problems(page) == []


def test_every_chart_and_table_is_taken_away(page, address):
    go(page, address, "comparison")
    table = pd.read_csv(io.BytesIO(download(page, "comparison_differences_csv")))
    assert set(table["verdict"]) <= {"adds", "not shown to add", "performs worse", "descriptive"}
    open_downloads(page, "in cases never seen")
    assert download(page, "comparison_forest_svg").startswith(b"<svg")
    assert download(page, "comparison_forest_png").startswith(b"\x89PNG")
    rows = pd.read_csv(io.BytesIO(download(page, "comparison_forest_csv")))
    assert {"inputs", "auc", "auc_low", "auc_high", "headline", "n_permutations"} <= set(rows.columns)


def test_a_confidently_wrong_case_is_opened(page, address):
    go(page, address, "comparison")
    opener = page.locator('[class*="st-key-wrong_DEMO-"]').first
    name = re.search(r"wrong_(DEMO-\d+)", opener.get_attribute("class") or "").group(1)
    opener = opener.locator("button").first
    opener.click()
    wait_for(page, "Slice")
    assert name in page.locator('[data-testid="stHtml"] img').first.get_attribute("alt")
    assert problems(page) == []


def test_an_explanation_runs_and_a_case_stands_beside_its_image(page, address):
    go(page, address, "explanations")
    click(page, "explanation_start")
    wait_for(page, "models that never saw it", JOB_MS)
    wait_for(page, "How the score of DEMO-")
    wait_for(page, "Slice")
    assert problems(page) == []


def test_survival_of_a_feature_table_is_analysed_and_taken_away(chromium, table_home):
    with dashboard(table_home) as address:
        page = new_page(chromium)
        go(page, address)
        go(page, address, "survival")
        unfold(page, "More settings")
        for name, value in (("folds", 3), ("repeats", 1), ("shuffles", 2)):
            fill_number(page, f"survival_{name}_quick", value)
        click(page, "survival_start")
        wait_for(page, "in more than a fifth of the repeats", JOB_MS)
        page.locator(widget(page, "survival_curves_of")).get_by_text("Clinical", exact=True).click()
        wait_for(page, "One of 3 looked at")
        assert "all cases come from one centre" in body_text(page)
        open_downloads(page, "in more than a fifth of the repeats")
        curves = pd.read_csv(io.BytesIO(download(page, "survival_curves_csv")))
        assert set(curves["inputs"]) == {"clinical"}
        assert curves["survival"].between(0, 1).all()
        assert problems(page) == []
