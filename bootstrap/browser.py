"""Open the dashboard in the browser without showing its token to the other users of this computer."""

from __future__ import annotations

import html
import os
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LEADS_THERE = (
    '<!doctype html><meta charset="utf-8"><title>Radiomics Explorer</title>'
    '<meta http-equiv="refresh" content="0;url={address}"><p><a href="{address}">Open the dashboard</a></p>'
)


@contextmanager
def opened_privately(address: str, name: str) -> Iterator[None]:
    """Open an address that holds a secret; the file that leads there is gone afterwards.

    On Linux the address would stand in the command line of the browser, which every user can list; so the browser is
    given a file that only its owner can read and that leads to the address. The file stands in the home folder and is
    not hidden, because browsers in a sandbox (snap, flatpak) read no other. Windows and macOS hand the address over
    without a command line.
    """
    if os.name != "posix" or sys.platform == "darwin":
        webbrowser.open(address)
        yield
        return
    file = redirect_file(address, Path.home() / f"{name}.html")
    try:
        webbrowser.open(file.as_uri())
        yield
    finally:
        file.unlink(missing_ok=True)


def redirect_file(address: str, file: Path) -> Path:
    """Write the page that leads to ``address``; only its owner can read it. One left by a killed start is replaced."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(LEADS_THERE.format(address=html.escape(address)))
    return file
