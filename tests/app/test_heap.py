"""What stays for good is looked at once by the garbage collector, not after every run of a page."""

from __future__ import annotations

import gc

import pytest

from pages.common import heap


@pytest.fixture
def unsettled(monkeypatch):
    gc.unfreeze()
    monkeypatch.setitem(heap._seen, "modules", 0)
    yield
    gc.unfreeze()


def test_imported_code_is_set_aside_once(unsettled):
    before = len(gc.get_objects())
    assert heap.settle()
    assert len(gc.get_objects()) < before / 20
    assert not heap.settle()


def test_garbage_made_later_is_still_collected(unsettled):
    class Kept:
        ended = 0

        def __del__(self):
            Kept.ended += 1

    heap.settle()
    one, other = Kept(), Kept()
    one.other, other.one = other, one
    del one, other
    gc.collect()
    assert Kept.ended == 2


def test_every_run_of_a_page_ends_with_it(open_page, monkeypatch):
    calls = []
    monkeypatch.setattr(heap, "settle", lambda: calls.append(1))
    open_page("study")
    assert calls
