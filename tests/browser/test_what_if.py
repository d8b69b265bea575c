"""The What-if panel with real clicks: move, look, take away, adopt, undo, stop."""

from __future__ import annotations

import io
import shutil

import pandas as pd
import pytest

from tests.browser.driving import (
    body_text,
    click,
    dashboard,
    download,
    go,
    new_page,
    problems,
    wait_for,
    wait_idle,
    widget,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COMPILING_MS = 240_000
ANSWER_MS = 60_000


@pytest.fixture(scope="module")
def demo_page(chromium, small_demo, tmp_path_factory):
    """The Extraction page of the demo, with the engine ready."""
    folder = tmp_path_factory.mktemp("what_if_home")
    shutil.copytree(small_demo, folder / "Demo")
    note_as_last(folder, "Demo")
    with dashboard(folder) as address:
        page = new_page(chromium)
        go(page, address)
        yield page, address


def note_as_last(folder, name):
    from radiomics_core.study import library
    from radiomics_core.study.last_opened import set_last_opened

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(library.HOME_VARIABLE, str(folder))
        set_last_opened(folder / name)


def open_panel(page, address):
    go(page, address, "extraction")
    page.locator(widget(page, "what_if_card")).wait_for(timeout=COMPILING_MS)
    wait_idle(page)


def move(page, dial, steps):
    """Move a slider by its keys."""
    page.locator(f'[class*="st-key-what_if_{dial}"] input').first.focus()
    for _step in range(abs(steps)):
        page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")
    wait_idle(page, ANSWER_MS)


def headline(page):
    card = page.locator(widget(page, "what_if_families_card"))
    card.locator("svg.marks").first.wait_for(timeout=ANSWER_MS)
    return card.locator("p").first.inner_text()


def test_a_move_shows_at_once_what_changes_and_is_taken_away(demo_page):
    page, address = demo_page
    open_panel(page, address)
    move(page, "width", 2)
    click(page, "what_if_show")
    first = headline(page)
    assert "features are stable, 1 region" in first
    move(page, "width", -2)
    assert "Nothing is moved yet" in body_text(page)
    move(page, "width", 2)
    assert headline(page) == first
    table = pd.read_csv(io.BytesIO(download(page, "what_if_features_csv")))
    assert {"feature", "family", "change", "verdict"} <= set(table.columns)
    assert (table["verdict"] == "stable").sum() == int(first.split()[0])
    page.locator(widget(page, "what_if_families_card")).get_by_role("button", name="Numbers and downloads").click()
    wait_idle(page)
    assert b"<svg" in download(page, "what_if_families_svg")[:2000]
    assert problems(page) == []


def test_settings_are_adopted_and_taken_back_without_losing_the_picture(demo_page):
    page, address = demo_page
    open_panel(page, address)
    move(page, "width", 2)
    click(page, "what_if_show")
    before = headline(page)
    click(page, "what_if_adopt")
    wait_for(page, "In use now:")
    assert headline(page) == before
    assert "preset CT, changed" in body_text(page)
    click(page, "what_if_undo")
    assert "In use now:" not in body_text(page)
    assert headline(page) == before
    assert problems(page) == []


def test_work_on_many_real_regions_is_stopped_and_goes_on(chromium, shared_data, tmp_path):
    from radiomics_core.study import Study
    from radiomics_core.study.actions import images

    source = tmp_path / "images"
    for case in sorted((shared_data / "sts" / "images").iterdir())[:10]:
        (source / case.name).mkdir(parents=True)
        for file in case.glob("CT*"):
            shutil.copy(file, source / case.name)
    with Study.create(tmp_path / "home" / "Sarcoma", "Sarcoma") as study:
        images.import_folder(study, source)
    note_as_last(tmp_path / "home", "Sarcoma")
    with dashboard(tmp_path / "home") as address:
        page = new_page(chromium)
        go(page, address)
        open_panel(page, address)
        click(page, "what_if_take")
        move(page, "width", 2)
        page.locator(f"{widget(page, 'what_if_show')} button").first.click()
        page.locator(f"{widget(page, 'what_if_cancel')} button").first.click(timeout=ANSWER_MS)
        wait_for(page, "Stopped; finished regions are kept", ANSWER_MS)
        assert page.locator(widget(page, "what_if_families_card")).count() == 0
        click(page, "what_if_show")
        assert "10 regions" in headline(page)
        assert "Spearman rank correlation" in body_text(page)
        assert problems(page) == []
