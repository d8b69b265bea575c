"""Run the dashboard's server: ``python -m bootstrap.dashboard [streamlit options]``.

Streamlit takes a folder named ``pages`` for its old page discovery until the navigation has run once in the server.
A browser that comes back to ``/comparison`` right after a restart would be told "Page not found"; so the old discovery
is switched off before the first visit.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

APP = Path(__file__).resolve().parents[1] / "app.py"


def main(options: list[str]) -> None:
    """Serve the dashboard until it is stopped."""
    from streamlit.runtime.pages_manager import PagesManager
    from streamlit.web import cli

    from bootstrap import uploads

    uploads.install()
    _prepare_engine()
    PagesManager.uses_pages_directory = False
    sys.argv = ["streamlit", "run", str(APP), *options]
    cli.main()


def _prepare_engine() -> None:
    """Compile the fast engine beside the server, so that nobody waits on a page; ends at once when that is done."""
    quiet = subprocess.DEVNULL
    preparing = subprocess.Popen(
        [sys.executable, "-m", "radiomics_core", "prepare-engine"], stdin=quiet, stdout=quiet, stderr=quiet
    )
    threading.Thread(target=preparing.wait, daemon=True).start()  # so that it does not stay as a zombie


if __name__ == "__main__":
    main(sys.argv[1:])
