"""The dashboard without a browser: every page runs in this process, on an empty library or on a small demo study."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.common.table import ROWS
from radiomics_core.study import library
from radiomics_core.study.last_opened import set_last_opened

ROOT = Path(__file__).resolve().parents[2]
PAGES = {row.name: row.file for row in ROWS}
DEMO_CASES = 24
OPEN_SECONDS = 30

OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="session")
def demo_made_once(tmp_path_factory) -> Path:
    """A demo study with features and quality table, made once; nobody writes into it."""
    from radiomics_core.study.actions import demo

    home = tmp_path_factory.mktemp("demo_home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(library.HOME_VARIABLE, str(home))
        patch.setenv("OMP_NUM_THREADS", "1")
        study = demo.open_demo(n_cases=DEMO_CASES, n_jobs=2)
        try:
            job = demo.job(study)
            deadline = time.monotonic() + 240
            while not job.status().is_over and time.monotonic() < deadline:
                time.sleep(0.3)
            assert job.status().state == "done", job.status()
            assert study.has_features()
        finally:
            study.close()
    wait_until_closed(study.folder)
    return study.folder


def wait_until_closed(folder: Path) -> None:
    """Wait until the last process has closed the study (SQLite then removes its side files), so that it can be copied."""
    deadline = time.monotonic() + 60
    while list(folder.glob("study.sqlite-*")):
        assert time.monotonic() < deadline, "a worker keeps the study open"
        time.sleep(0.05)


@pytest.fixture
def home(tmp_path, monkeypatch) -> Iterator[Path]:
    """An empty library of studies; whatever the pages opened is closed at the end."""
    folder = tmp_path / "library"
    folder.mkdir()
    monkeypatch.setenv(library.HOME_VARIABLE, str(folder))
    monkeypatch.chdir(ROOT)
    yield folder
    from pages.common import state

    state.close_all()


@pytest.fixture
def demo_study(demo_made_once, home) -> Path:
    """Folder of a copy of the demo study, noted as the one that was open last."""
    folder = home / "Demo"
    shutil.copytree(demo_made_once, folder)
    set_last_opened(folder)
    return folder


@pytest.fixture
def open_page(home) -> OpenPage:
    """Return a function that runs a page by its name (a key of ``PAGES``) and returns the finished run.

    ``choices`` are put into the session before the page runs, for example ``cohort_section="quality"``.
    """

    def open_page(name: str, *, language: str = "en", **choices: object) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=OPEN_SECONDS)
        app.session_state["_language"] = language
        for key, value in choices.items():
            app.session_state[key] = value
        app.run()
        return app if name == "study" else app.switch_page(PAGES[name]).run()

    return open_page


def words(app: AppTest) -> str:
    """Return every word a page shows outside tables and charts, one element a line."""
    shown = []
    for element in [*app.main, *app.sidebar]:
        for name in ("label", "value", "body"):
            value = getattr(element, name, "")
            shown += [value] if isinstance(value, str) else []
    return "\n".join(line for line in shown if line)


def problems(app: AppTest) -> list[str]:
    """Return exceptions and error boxes of a run, without the boxes of findings (RX...); a good page has none."""
    boxes = [str(e.value) for e in app.error]
    return [f"{e.message}\n{e.stack_trace}" for e in app.exception] + [b for b in boxes if "(RX" not in b]
