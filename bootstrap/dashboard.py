"""Run the dashboard's server: ``python -m bootstrap.dashboard [streamlit options]``.

Streamlit takes a folder named ``pages`` for its old page discovery until the navigation has run once in the server.
A browser that comes back to ``/comparison`` right after a restart would be told "Page not found"; so the old discovery
is switched off before the first visit.
"""

from __future__ import annotations

import sys
from pathlib import Path

APP = Path(__file__).resolve().parents[1] / "app.py"


def main(options: list[str]) -> None:
    """Serve the dashboard until it is stopped."""
    from streamlit.runtime.pages_manager import PagesManager
    from streamlit.web import cli

    PagesManager.uses_pages_directory = False
    sys.argv = ["streamlit", "run", str(APP), *options]
    cli.main()


if __name__ == "__main__":
    main(sys.argv[1:])
