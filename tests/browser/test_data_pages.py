"""The data pages in a browser, with real clicks: the demo, coming back, a second window, real cases."""

from __future__ import annotations

import shutil
import time

import pytest

from tests.browser.driving import (
    body_text,
    click,
    dashboard,
    go,
    new_page,
    problems,
    unfold,
    upload,
    wait_for,
    wait_idle,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REAL_CASES = ("STS_001", "STS_002", "STS_003", "STS_004")
PICTURE = 'img[src^="data:image/png"]'
STEP_SECONDS = 3.0
"""Of a click, the drawing and the way back on a busy computer; the drawing alone has a test of its own."""


def section(page, key, words):
    page.locator(f".st-key-{key} button", has_text=words).first.click()
    wait_idle(page)


def test_the_demo_is_looked_at_and_found_again(chromium, demo_home):
    with dashboard(demo_home) as address:
        page = new_page(chromium)
        go(page, address)
        click(page, "open_demo")
        wait_for(page, "Findings so far")
        assert "Next: Exploration" in body_text(page)
        click(page, "step_go_images")
        wait_for(page, "17 regions")
        click(page, "sheet_open_DEMO-003")
        wait_for(page, "Slice")
        _step_through(page)
        go(page, address, "cohort")
        section(page, "cohort_section", "Patient flow")
        page.reload()
        wait_idle(page)
        wait_for(page, "Patient flow")
        assert page.locator(".st-key-flow_svg button").count()
        assert problems(page) == []
    with dashboard(demo_home) as address:
        page = new_page(chromium)
        go(page, address)
        wait_for(page, "Who is in the analysis")
        assert page.locator(".st-key-flow_svg button").count()
        assert page.locator('[data-testid="stSidebar"]', has_text="Demo").count()


def _step_through(page):
    """Step the slice with the arrow key; only the viewer is drawn again, and soon."""
    page.locator('[data-testid="stSlider"] input').first.focus()
    before = page.locator(PICTURE).first.get_attribute("src")
    start = time.monotonic()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "([picture, before]) => document.querySelector(picture)?.getAttribute('src') !== before", arg=[PICTURE, before]
    )
    assert time.monotonic() - start < STEP_SECONDS


def test_a_feature_map_follows_the_slice_and_can_be_taken_away(chromium, demo_home):
    with dashboard(demo_home) as address:
        page = new_page(chromium)
        go(page, address)
        click(page, "open_demo")
        wait_for(page, "Findings so far")
        go(page, address, "images")
        section(page, "images_section", "Feature map")
        wait_for(page, "Colours run from the 1st to the 99th percentile", 120_000)
        assert "Mean [HU]" in body_text(page)
        _step_through(page)
        click(page, "map_whole")
        with page.expect_download() as download:
            page.locator(".st-key-map_file button").first.click()
        assert download.value.suggested_filename.endswith("_original_firstorder_Mean.nii.gz")
        page.set_viewport_size({"width": 800, "height": 900})
        wait_idle(page)
        choices, picture = (page.locator(one).first.bounding_box() for one in (".st-key-map_filter", PICTURE))
        assert choices["y"] < picture["y"]  # one column: choices above the picture
        assert picture["width"] > 400
        assert problems(page) == []


def test_a_second_program_may_look_but_not_change(chromium, demo_home):
    with dashboard(demo_home) as first, dashboard(demo_home) as second:
        page = new_page(chromium)
        go(page, first)
        click(page, "open_demo")
        wait_for(page, "Findings so far")
        other = new_page(chromium)
        go(other, second)
        wait_for(other, "Here it can be looked at")
        assert "Findings so far" in body_text(other)
        assert problems(other) == []


def test_deleting_asks_and_can_be_undone(chromium, demo_home):
    with dashboard(demo_home) as address:
        page = new_page(chromium)
        go(page, address)
        click(page, "open_demo")
        wait_for(page, "Findings so far")
        unfold(page, "Rename, duplicate, close or delete")
        click(page, "delete_study")
        assert (demo_home / "Demo").is_dir()
        click(page, "delete_confirm")
        wait_for(page, "Deleted studies")
        assert not (demo_home / "Demo").exists()
        click(page, "bin_restore_0")
        wait_for(page, "Findings so far")
        assert (demo_home / "Demo").is_dir()


def test_real_cases_from_a_folder_to_a_checked_cohort(chromium, empty_home, shared_data, tmp_path):
    images = tmp_path / "images"
    for case in REAL_CASES:
        shutil.copytree(shared_data / "sts" / "images" / case, images / case)
    with dashboard(empty_home) as address:
        page = new_page(chromium)
        go(page, address)
        page.locator(".st-key-new_study_name input").fill("Sarcoma")
        click(page, "create_study_submit")
        click(page, "step_go_cohort")
        page.locator(".st-key-images_folder input").fill(str(images))
        click(page, "images_look")
        wait_for(page, "Import 4 cases")
        click(page, "pairing_import")
        upload(page, "clinical_file", shared_data / "sts" / "clinical.csv")
        wait_for(page, "Matched")
        click(page, "clinical_import")
        wait_for(page, "on the imaging date")
        click(page, "roles_propose")
        section(page, "cohort_section", "Quality")
        click(page, "quality_start")
        wait_for(page, "12 regions checked", 120_000)
        click(page, "next_section")
        go(page, address, "images")
        wait_for(page, "4 regions")
        assert problems(page) == []
