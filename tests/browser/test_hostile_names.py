"""Whatever a study and everything in it are called: nothing is loaded from anywhere, and no name becomes an element."""

from __future__ import annotations

import pytest

from radiomics_core.study import library
from tests.browser.driving import dashboard, go, new_page, problems, wait_idle
from tests.browser.hostile import listening, make_study

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECTIONS = {
    "": "",
    "cohort": "cohort_section",
    "images": "images_section",
    "extraction": "",
    "exploration": "exploration_section",
    "comparison": "",
    "explanations": "",
    "survival": "survival_curves_of",
}
# What a name could become: something that loads, links, or looks like ours.
MADE_OF_NAMES = """where => [...document.querySelectorAll('*')]
    .map(one => [one.tagName, one.src, one.href, one.srcset, one.data, one.getAttribute('style'),
                 one.tagName === 'STYLE' ? one.textContent : '', one.tagName === 'B' ? one.textContent : ''].join(' '))
    .filter(text => text.includes(where))"""
UNFOLDED = 'document.querySelectorAll("details").forEach(one => { one.open = true; })'


@pytest.fixture(scope="module")
def listener():
    with listening() as running:
        yield running


@pytest.fixture(scope="module")
def hostile_home(listener, tmp_path_factory):
    home = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(library.HOME_VARIABLE, str(home))
        patch.setenv("OMP_NUM_THREADS", "1")
        make_study(listener.address)
    return home


def test_no_name_is_loaded_or_drawn_on_any_page(chromium, hostile_home, listener):
    with dashboard(hostile_home) as address:
        page = new_page(chromium)
        sent: list[str] = []
        page.context.on("request", lambda request: sent.append(request.url))
        page.context.on("websocket", lambda socket: sent.append(socket.url))
        seen, drawn, troubles = 0, [], []
        for path, key in SECTIONS.items():
            go(page, address, path)
            for place in range(max(1, page.locator(f".st-key-{key} button").count() if key else 1)):
                if key:
                    page.locator(f".st-key-{key} button").nth(place).click()
                    wait_idle(page)
                page.evaluate(UNFOLDED)
                _hover_over_charts(page)
                drawn += [f"{path}: {text}" for text in page.evaluate(MADE_OF_NAMES, listener.address)]
                troubles += problems(page)
                seen += page.locator("body").inner_text().count("![p]")
        foreign = [url for url in sent if not url.startswith((*_own(address), "data:", "blob:"))]
    assert troubles == []
    assert seen > 50  # the names were on screen, as they are
    assert foreign == []
    assert drawn == []
    assert listener.requests == []


def _own(address: str) -> tuple[str, str]:
    base = address.partition("?")[0].rstrip("/")
    return f"{base}/", f"{base.replace('http:', 'ws:')}/"


def _hover_over_charts(page):
    """Move over the charts, so that tooltips come."""
    for chart in page.locator('[data-testid="stVegaLiteChart"] canvas').all()[:3]:
        box = chart.bounding_box()
        if box:
            for part in (0.3, 0.5, 0.7):
                page.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] / 2)
