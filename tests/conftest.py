"""What every test may use. Real data is optional: tests that need it skip with a reason when it is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data with known answers, outside the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip("real data (../shared/data) is not on this computer")
    return SHARED_DATA
