"""Extraction and Exploration with real clicks: settings, grey levels, cancel and resume, chart selections, downloads."""

from __future__ import annotations

import io
import re
import shutil

import pandas as pd
import pytest
import yaml

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
PARAMETER_FILE = "Parameter file (pyradiomics YAML)"


@pytest.fixture(scope="module")
def home(small_demo, tmp_path_factory):
    """A library with a copy of the demo, which was open last."""
    from radiomics_core.study import library
    from radiomics_core.study.last_opened import set_last_opened

    folder = tmp_path_factory.mktemp("features_home")
    shutil.copytree(small_demo, folder / "Demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(library.HOME_VARIABLE, str(folder))
        set_last_opened(folder / "Demo")
    return folder


@pytest.fixture(scope="module")
def address(home):
    with dashboard(home) as address:
        yield address


@pytest.fixture(scope="module")
def page(chromium, address):
    page = new_page(chromium)
    go(page, address)
    return page


def choose_section(page, name):
    page.locator(widget(page, "exploration_section")).get_by_text(name, exact=True).click()
    wait_idle(page)


def test_settings_are_kept_or_refused_with_a_way_out(page, address):
    go(page, address, "extraction")
    unfold(page, "More settings")
    field = page.get_by_label(re.compile(r"^binWidth")).first
    field.fill("abc")
    click(page, "settings_submit_CT")
    page.locator('[data-testid="stAlert"]', has_text="binWidth").first.wait_for(timeout=30_000)
    assert page.get_by_label(re.compile(r"^binWidth")).first.input_value() == "abc"  # nothing typed is lost
    page.get_by_label(re.compile(r"^binWidth")).first.fill("12.5")
    click(page, "settings_submit_CT")
    wait_for(page, "changed")
    assert "out of date" in body_text(page)
    unfold(page, PARAMETER_FILE)
    assert yaml.safe_load(download(page, "settings_download"))["setting"]["binWidth"] == 12.5
    assert problems(page) == []


def test_a_parameter_file_of_a_lab_is_used_unchanged(page, address):
    go(page, address, "extraction")
    unfold(page, PARAMETER_FILE)
    lab = {"imageType": {"Original": {}, "LoG": {"sigma": [2.0]}}, "setting": {"binWidth": 8, "label": 1}}
    page.locator(f'{widget(page, "settings_upload_CT")} input[type="file"]').set_input_files(
        {"name": "lab.yaml", "mimeType": "application/yaml", "buffer": yaml.safe_dump(lab).encode()}
    )
    wait_idle(page)
    click(page, "settings_use_file")
    assert yaml.safe_load(download(page, "settings_download")) == lab
    go(page, address, "extraction")
    unfold(page, PARAMETER_FILE)
    assert yaml.safe_load(download(page, "settings_download")) == lab  # a refresh loses nothing


def test_grey_levels_are_counted_before_extracting(page, address):
    go(page, address, "extraction")
    click(page, "bins_count")
    page.locator(f"{widget(page, 'bins_card')} canvas, {widget(page, 'bins_card')} svg").first.wait_for()
    assert "outside 16 to 128 levels" in body_text(page)
    adopt = page.locator(f"{widget(page, 'bins_adopt')} button")
    if adopt.count():
        adopt.first.click()
        wait_for(page, "changed")


def test_an_extraction_is_cancelled_and_resumed(page, address):
    go(page, address, "extraction")
    page.locator(f"{widget(page, 'extraction_start')} button").first.click()  # the work is done in seconds
    page.locator(f"{widget(page, 'extraction_cancel')} button").first.click(timeout=30_000)
    resume = page.locator(f"{widget(page, 'extraction_resume')} button").first
    resume.wait_for(timeout=30_000)
    assert "cancelled" in body_text(page)
    resume.click()
    page.locator(widget(page, "extraction_job")).wait_for(timeout=30_000)
    page.locator(widget(page, "extraction_job")).wait_for(state="detached", timeout=JOB_MS)
    wait_idle(page)
    words = body_text(page)
    assert "the mask holds no voxel" in words
    assert "different grids" in words
    assert "not numbers" in words
    assert problems(page) == []


def test_tables_and_charts_are_delivered_as_files(page, address):
    go(page, address, "exploration")
    table = pd.read_csv(io.BytesIO(download(page, "univariate_csv")))
    assert {"feature", "auc", "p", "q"} <= set(table.columns)
    assert len(table) > 100
    open_downloads(page, "tested alone")
    assert b"<svg" in download(page, "univariate_ranking_svg")[:2000]
    assert download(page, "univariate_ranking_png").startswith(b"\x89PNG")
    assert problems(page) == []


def test_a_click_on_a_cell_shows_the_two_features(page, address):
    go(page, address, "exploration")
    choose_section(page, "Correlation")
    cells = marks(page, "correlation_heatmap_card", "rect")
    n = round(cells.count() ** 0.5)
    assert n >= 4
    seen = []
    for row, column in ((0, 1), (2, 3)):
        cells.nth(row * n + column).click(force=True)
        page.wait_for_timeout(1500)
        wait_idle(page)
        seen.append(page.locator(f"{widget(page, 'correlation_scatter_card')} p").first.inner_text())
    assert seen[0] != seen[1]
    assert all(" against " in words for words in seen)
    assert problems(page) == []


def test_a_click_on_a_case_of_the_map_shows_its_image(page, address):
    go(page, address, "exploration")
    choose_section(page, "Map of cases")
    assert "Click a point" in body_text(page)
    marks(page, "case_map_card", "symbol").nth(3).click(force=True)
    page.locator('img[alt*="slice of case"]').wait_for(timeout=30_000)
    assert "Click a point" not in body_text(page)
    assert problems(page) == []


def marks(page, card, kind):
    """Return the drawn marks of a chart, without those of its legend."""
    chart = page.locator(f"{widget(page, card)} [data-testid='stVegaLiteChart'] svg")
    chart.first.wait_for(timeout=30_000)
    return chart.locator(f".mark-{kind}.role-mark:not(.role-legend-symbol) > path")
