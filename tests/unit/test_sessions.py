"""Sessions without a page go after minutes, or when there are too many, and what they hold goes with them."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass, field
from types import SimpleNamespace

from bootstrap.sessions import MOST_KEPT, SessionsOfMinutes


@dataclass
class FakeSession:
    id: str
    ended: int = 0
    session_state: dict[str, object] = field(default_factory=dict)

    def shutdown(self) -> None:
        self.ended += 1


def kept(n, storage):
    sessions = [FakeSession(f"s{i}") for i in range(n)]
    for session in sessions:
        storage.save(SimpleNamespace(session=session))
    return sessions


def test_the_oldest_of_too_many_are_shut_down_once():
    storage = SessionsOfMinutes(ttl_seconds=100)
    sessions = kept(MOST_KEPT + 5, storage)
    assert [session.ended for session in sessions] == [1] * 5 + [0] * MOST_KEPT
    assert [info.session for info in storage.list()] == sessions[5:]


def test_a_session_is_found_for_minutes_and_then_shut_down():
    now = [0.0]
    storage = SessionsOfMinutes(ttl_seconds=100, clock=lambda: now[0])
    (session,) = kept(1, storage)
    now[0] = 99.0
    assert storage.get("s0").session is session
    now[0] = 101.0
    assert storage.get("s0") is None
    assert session.ended == 1


def test_a_session_that_came_back_is_not_shut_down():
    now = [0.0]
    storage = SessionsOfMinutes(ttl_seconds=100, clock=lambda: now[0])
    (session,) = kept(1, storage)
    storage.delete("s0")
    now[0] = 500.0
    assert storage.list() == []
    assert session.ended == 0


def test_a_session_that_left_twice_counts_from_the_second_time():
    now = [0.0]
    storage = SessionsOfMinutes(ttl_seconds=100, clock=lambda: now[0])
    (session,) = kept(1, storage)
    now[0] = 60.0
    storage.save(SimpleNamespace(session=session))
    now[0] = 130.0
    assert storage.get("s0").session is session


def test_what_a_session_held_goes_with_it_although_the_garbage_collector_does_not_look():
    class Share:
        """Stands for a share of an open study."""

    storage = SessionsOfMinutes(ttl_seconds=100, most=0)
    session = FakeSession("s")
    session.session_state = {"share": Share(), "itself": session}
    share = weakref.ref(session.session_state["share"])
    gc.freeze()
    try:
        storage.save(SimpleNamespace(session=session))
        assert share() is None
    finally:
        gc.unfreeze()
