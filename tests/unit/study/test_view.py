"""Pages and choices are kept, and many sessions that write them do not wait for the disk; everything else does."""

from __future__ import annotations

import sqlite3

import pytest

from radiomics_core.study.storage.catalogue import Catalogue
from radiomics_core.study.storage.view import ViewState

FULL, NORMAL = 2, 1


@pytest.fixture
def catalogue(tmp_path):
    made = Catalogue(tmp_path / "study.sqlite")
    yield made
    made.close()


def pace_at_commit(catalogue, act):
    """Return how durable the commits of an action were, and how durable the next one would be."""
    seen = []
    catalogue.check_lease = lambda: seen.append(catalogue._connection.execute("PRAGMA synchronous").fetchone()[0])
    act()
    return seen, catalogue._connection.execute("PRAGMA synchronous").fetchone()[0]


def test_view_state_does_not_wait_for_the_disk_and_nothing_else_is_hurried(catalogue):
    assert pace_at_commit(catalogue, lambda: ViewState(catalogue).put("page", "cohort")) == ([NORMAL], FULL)
    assert pace_at_commit(catalogue, lambda: catalogue.put_document("cohort", {})) == ([FULL], FULL)


def test_a_view_written_inside_a_step_is_as_durable_as_the_step(catalogue):
    def step():
        with catalogue.transaction():
            ViewState(catalogue).put("page", "cohort")

    assert pace_at_commit(catalogue, step) == ([FULL, FULL], FULL)


def test_a_write_that_fails_leaves_the_next_one_durable(catalogue):
    def refuse():
        raise sqlite3.OperationalError("held by another")

    catalogue.check_lease = refuse
    with pytest.raises(Exception, match="held by another"):
        ViewState(catalogue).put("page", "cohort")
    assert catalogue._connection.execute("PRAGMA synchronous").fetchone()[0] == FULL


def test_what_was_put_is_there_for_another_connection(catalogue, tmp_path):
    ViewState(catalogue).put("page", "cohort")
    other = Catalogue(tmp_path / "study.sqlite", read_only=True)
    try:
        assert ViewState(other).get("page") == "cohort"
    finally:
        other.close()
