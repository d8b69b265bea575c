"""What every test may use. Real data is optional: tests that need it skip with a reason when it is not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.covering import left_out

# test processes share the cores: threads of linear algebra that wait for each other cost a fifth more
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="every case of tests marked covering, not a covering part")


def pytest_collection_modifyitems(config, items):
    """Leave out what a covering design spares, unless all is asked for or cases are named one by one."""
    if config.getoption("--full") or any("[" in str(argument) for argument in config.args):
        return
    out = left_out(items)
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in out])
    items[:] = [item for item in items if item.nodeid not in out]


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
