"""Run the dashboard's server: ``python -m bootstrap.dashboard --port 8501 [--browser]``.

Streamlit takes a folder named ``pages`` for its old page discovery until the navigation has run once in the server.
A browser that comes back to ``/comparison`` right after a restart would be told "Page not found"; so the old discovery
is switched off before the first visit.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bootstrap.browser import opened_privately
from bootstrap.door import TOKEN, Door, Keys
from bootstrap.sessions import SessionsOfMinutes

if TYPE_CHECKING:
    from streamlit.web.server.starlette import App

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str]) -> None:
    """Serve the dashboard until it is stopped."""
    _keep_sessions_for_minutes()
    from starlette.middleware import Middleware
    from streamlit.runtime.pages_manager import PagesManager
    from streamlit.web.server.starlette import App

    from bootstrap import uploads
    from radiomics_core.files.private import new_files_are_private

    parser = argparse.ArgumentParser(prog="bootstrap.dashboard", description=__doc__)
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--browser", action="store_true", help="open the dashboard in the browser")
    options = parser.parse_args(arguments)
    uploads.install()
    PagesManager.uses_pages_directory = False
    keys = Keys()
    welcome = Welcome(f"http://127.0.0.1:{options.port}/?{TOKEN}={keys.token}", options.browser)
    sys.argv = [str(ROOT / "app.py")]
    app = App(ROOT / "app.py", lifespan=welcome, middleware=[Middleware(Door, keys=keys)])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that what is done at exit is done
    with new_files_are_private(), suppress(KeyboardInterrupt):
        _prepare_engine()
        app.run(config={"server.port": options.port, "server.headless": True})


class Welcome:
    """Say where the dashboard is, and open it there, once it listens."""

    def __init__(self, address: str, browser: bool) -> None:
        self.address, self.browser = address, browser

    def __call__(self, _app: App) -> AbstractAsyncContextManager[None]:
        """Return what runs around the server."""
        return self._around()

    @asynccontextmanager
    async def _around(self) -> AsyncIterator[None]:
        print(f"Radiomics Explorer: {self.address}  (stop with Ctrl+C)", flush=True)
        with opened_privately(self.address, "radiomics-explorer-open") if self.browser else nullcontext():
            yield


def _keep_sessions_for_minutes() -> None:
    """Make the server use our storage of sessions without a page; Streamlit has no setting for it."""
    from streamlit.runtime import memory_session_storage
    from streamlit.web.server import server

    for module in (memory_session_storage, server):
        vars(module)["MemorySessionStorage"] = SessionsOfMinutes


def _prepare_engine() -> None:
    """Compile the fast engine beside the server, so that nobody waits on a page; ends at once when that is done."""
    quiet = subprocess.DEVNULL
    preparing = subprocess.Popen(
        [sys.executable, "-m", "radiomics_core", "prepare-engine"], stdin=quiet, stdout=quiet, stderr=quiet
    )
    threading.Thread(target=preparing.wait, daemon=True).start()  # so that it does not stay as a zombie


if __name__ == "__main__":
    main(sys.argv[1:])
