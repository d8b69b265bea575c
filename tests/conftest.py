"""What every test may use. Real data is optional: tests that need it skip with a reason when it is not there."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_sessionstart(session):
    """Compile the fast engine once, before test processes start, instead of inside somebody's timeout."""
    if not hasattr(session.config, "workerinput"):
        from radiomics_core.extraction.engines.fast import warm_up

        warm_up.make_ready()


SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data with known answers, outside the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip("real data (../shared/data) is not on this computer")
    return SHARED_DATA
