"""A headless browser and studies to look at; everything is skipped where no Chromium is installed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from radiomics_core.study import library
from tests.app.conftest import wait_until_closed
from tests.browser.driving import browser, chromium_path

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DEMO_CASES = 12


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return a running headless Chromium."""
    pytest.importorskip("playwright.sync_api")
    if chromium_path() is None:
        pytest.skip("no Chromium on this computer")
    with browser() as running:
        yield running


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory) -> Path:
    """A demo study of a few cases, made once by its job."""
    from radiomics_core.study.actions import demo

    home = tmp_path_factory.mktemp("browser_demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(library.HOME_VARIABLE, str(home))
        patch.setenv("OMP_NUM_THREADS", "1")
        study = demo.open_demo(n_cases=DEMO_CASES, n_jobs=2)
        try:
            deadline = time.monotonic() + 200
            while not demo.job(study).status().is_over and time.monotonic() < deadline:
                time.sleep(0.3)
            assert demo.job(study).status().state == "done"
        finally:
            study.close()
    wait_until_closed(study.folder)
    return study.folder


@pytest.fixture
def demo_home(small_demo, tmp_path) -> Path:
    """A library that holds a copy of the demo, not yet open."""
    home = tmp_path / "library"
    home.mkdir()
    shutil.copytree(small_demo, home / "Demo")
    return home


@pytest.fixture
def empty_home(tmp_path) -> Path:
    """A library without studies."""
    home = tmp_path / "library"
    home.mkdir()
    return home
