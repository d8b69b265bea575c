"""Start the dashboard on a free port and drive it with a headless browser, as a person would."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
RECORDER = Path(__file__).parent / "recorder"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READY_MS = 60_000
# Address of a running dashboard -> the same with its start token.
_KEYS: dict[str, str] = {}
QUIET_MS = 700
IDLE = """quiet => {
    const height = document.querySelector('[data-testid="stMain"]')?.scrollHeight;
    const idle = document.querySelector('[data-testid="stApp"]')?.getAttribute('data-test-script-state') === 'notRunning'
        && !document.querySelector('[data-testid="stSkeleton"]') && height === window.heightBefore;
    window.heightBefore = height;
    const now = performance.now();
    if (!idle) { window.idleSince = undefined; return false; }
    window.idleSince ??= now;
    if (now - window.idleSince < quiet) { return false; }
    window.idleSince = undefined;
    return true;
}"""


def chromium_path() -> str | None:
    """Return the installed browser, None when there is none."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def dashboard(home: Path) -> Iterator[str]:
    """Run the dashboard with its studies in ``home`` and yield its address (:func:`go` opens it as a user does).

    Whatever it and its jobs try to send to another computer is blocked, noted, and an error in the end.
    """
    port = free_port()
    notes = home / f"requests-{port}.txt"
    command = [sys.executable, "-m", "bootstrap.dashboard", "--port", str(port)]
    recorder = {"PYTHONPATH": os.pathsep.join(map(str, (RECORDER, ROOT))), "RADIOMICS_TEST_REQUESTS": str(notes)}
    environment = {**os.environ, "RADIOMICS_EXPLORER_HOME": str(home), "OMP_NUM_THREADS": "1", **recorder}
    log = home / f"server-{port}.log"
    with log.open("w") as stream:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=stream, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(f"{address}/_stcore/health", server)
        _KEYS[address] = re.findall(rf"{address}/\?\S+", log.read_text())[0]
        yield address
    finally:
        server.terminate()
        server.wait(20)
        _KEYS.pop(address, None)
    if notes.exists():
        raise AssertionError(f"the dashboard asked other computers:\n{notes.read_text()}")


def address_with_token(address: str) -> str:
    """Return what the window of a running dashboard shows: its address with the start token."""
    return _KEYS[address]


def cookie(address: str) -> str:
    """Return the header ``Cookie`` of a browser that was let in to a running dashboard, for clients without one."""
    with urllib.request.urlopen(address_with_token(address), timeout=20) as answer:
        return str(answer.headers["Set-Cookie"]).partition(";")[0]


def _wait_until_healthy(address: str, server: subprocess.Popen[bytes], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with code {server.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the server did not answer within {seconds} s")


@contextmanager
def browser() -> Iterator[Browser]:
    """Yield a headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
        try:
            yield chromium
        finally:
            chromium.close()


def new_page(chromium: Browser, *, dark: bool = False, width: int = 1280, height: int = 900) -> Page:
    """Open a page of laptop width in the light or dark theme."""
    context = chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", accept_downloads=True
    )
    return context.new_page()


def wait_idle(page: Page, timeout_ms: int = READY_MS) -> None:
    """Wait until the page is drawn, stands still, and no script has run for a moment (a click takes a while to arrive).

    A page that still moves (an expander unfolds for half a second) carries a button away between press and release:
    the click then hits nothing.
    """
    page.wait_for_selector('[data-testid="stAppViewContainer"]', timeout=timeout_ms)
    page.wait_for_function(IDLE, arg=QUIET_MS, timeout=timeout_ms, polling=100)


def go(page: Page, address: str, path: str = "") -> None:
    """Load a page of the dashboard and wait until it is drawn; a new browser shows the start token first."""
    let_in = any(one["name"].endswith(address.rpartition(":")[2]) for one in page.context.cookies(address))
    token = "" if let_in else address_with_token(address).removeprefix(f"{address}/")
    page.goto(f"{address}/{path}{token}")
    page.wait_for_url(lambda url: "token=" not in url)
    wait_idle(page)


def widget(page: Page, key: str) -> str:
    """Return the selector of a keyed widget or container."""
    return f".st-key-{key}"


def click(page: Page, key: str) -> None:
    """Click the button of a key and wait until the page is drawn."""
    page.locator(f"{widget(page, key)} button").first.click()
    wait_idle(page)


def unfold(page: Page, title: str) -> None:
    """Open an expander by its title, unless it is open, and wait until it has unfolded."""
    expander = page.locator('[data-testid="stExpander"] details', has=page.locator("summary", has_text=title)).first
    if expander.get_attribute("open") is None:
        expander.locator("summary").first.click()
    wait_idle(page)


def body_text(page: Page) -> str:
    """Return the words on the page."""
    return page.locator('[data-testid="stMain"]').inner_text()


def problems(page: Page) -> list[str]:
    """Return the words of exception boxes; a good page has none."""
    return page.locator('[data-testid="stException"]').all_inner_texts()


def wait_for(page: Page, words: str, timeout_ms: int = READY_MS) -> None:
    """Wait until words stand on the page and nothing runs."""
    page.locator('[data-testid="stMain"]', has_text=words).first.wait_for(timeout=timeout_ms)
    wait_idle(page, timeout_ms)


def upload(page: Page, key: str, *files: Path) -> None:
    """Drop files onto the uploader of a key."""
    page.locator(f"{widget(page, key)} input[type=file]").first.set_input_files([str(file) for file in files])
    wait_idle(page)


def download(page: Page, key: str) -> bytes:
    """Press the download button of a key and return what comes."""
    with page.expect_download() as started:
        page.locator(f"{widget(page, key)} button").first.click()
    return Path(started.value.path()).read_bytes()


def open_downloads(page: Page, title: str) -> None:
    """Open the numbers and downloads of the card with a title."""
    card = page.locator('[data-testid="stVerticalBlock"]').filter(has_text=title).last
    card.get_by_role("button", name="Numbers and downloads").click()
    wait_idle(page)
