"""A process ended before any operation that changes the disk leaves a state that opens, and the same command goes on.

The small version of ``benchmarks/kill.py``: the commands that finish in one process.
"""

from __future__ import annotations

import os

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on Windows")


@pytest.fixture
def kill(monkeypatch):
    for name in ("RADIOMICS_EXPLORER_HOME", "RADIOMICS_EXPLORER_STAGING", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, os.environ.get(name, "1"))  # put back after the benchmark has set them
    from benchmarks import kill

    return kill


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize(
    ("case", "every"), [("create", 3), ("import-features", 9), ("clinical", 4), ("drop", 9), ("duplicate", 9)]
)
def test_every_kind_of_kill_leaves_a_study_that_opens_and_goes_on(kill, tmp_path, case, every):
    kill.kill_cases.make_data(tmp_path / "data")
    killing = kill.Killing(kill.kill_cases.CASES[case], tmp_path, 0)
    outcomes = kill.injected(killing, killing.prepare(), every, pool=False)
    assert len([outcome for outcome in outcomes if outcome.killed]) >= 3
    assert [outcome.problem for outcome in outcomes if outcome.problem] == []
