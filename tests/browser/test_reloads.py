"""Loading a page again and again leaves nothing behind in the server."""

from __future__ import annotations

import os
import sys

import pytest

from benchmarks.reloads import reloaded
from bootstrap.sessions import MOST_KEPT
from tests.browser.driving import address_with_token, dashboard
from tests.coroutines import finished

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RELOADS = 3 * MOST_KEPT
OF_A_SESSION = 3
"""File descriptors: an event loop of Linux."""


@pytest.mark.skipif(sys.platform != "linux", reason="counts descriptors in /proc")
def test_descriptors_stop_growing_with_reloads(empty_home):
    import psutil

    with dashboard(empty_home) as address:
        (server,) = [
            child
            for child in psutil.Process(os.getpid()).children()
            if "bootstrap.dashboard" in " ".join(child.cmdline())
        ]
        curve = finished(reloaded(address_with_token(address), server.pid, RELOADS))
    first, middle, last = (int(curve["descriptors"].iloc[place]) for place in (0, MOST_KEPT + 4, -1))
    assert last <= middle + OF_A_SESSION
    assert last <= first + OF_A_SESSION * (MOST_KEPT + 1)
