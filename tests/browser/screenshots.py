"""Take a screenshot of every page of the newest study: ``python -m tests.browser.screenshots OUT [PAGE ...]``.

Studies are looked up as always (environment variable RADIOMICS_EXPLORER_HOME). ``--dark`` and ``--width`` change the look.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from pages.common.table import ROWS
from radiomics_core.study.library import home
from tests.browser.driving import browser, click, dashboard, go, new_page, problems, wait_idle, widget

PAGES = tuple(row.name for row in ROWS)


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("pages", nargs="*", default=list(PAGES))
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--width", type=int, default=1280)
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    folder = Path(os.environ.get("RADIOMICS_EXPLORER_HOME", home()))
    folder.mkdir(parents=True, exist_ok=True)
    with dashboard(folder) as address, browser() as chromium:
        page = new_page(chromium, dark=chosen.dark, width=chosen.width)
        go(page, address)
        if page.locator(widget(page, "recent_open_0")).count():
            click(page, "recent_open_0")
        for name in chosen.pages:
            page.set_viewport_size({"width": chosen.width, "height": 900})
            go(page, address, "" if name == "study" else name)
            page.wait_for_timeout(1500)
            wait_idle(page)
            _grow(page)
            target = chosen.out / f"{name}{'_dark' if chosen.dark else ''}.png"
            page.screenshot(path=target)
            for words in problems(page):
                print(f"{name}: {words}")  # noqa: T201


def _grow(page: object) -> None:
    """Make the window as tall as the page, since the page scrolls inside a container."""
    height = page.evaluate(
        """() => Math.max(...[...document.querySelectorAll('[data-testid="stMain"], section')].map(e => e.scrollHeight))"""
    )  # type: ignore[attr-defined]
    size = page.viewport_size  # type: ignore[attr-defined]
    page.set_viewport_size({"width": size["width"], "height": min(max(900, int(height) + 60), 6000)})  # type: ignore[attr-defined]
    wait_idle(page)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
