"""How long the server keeps the session of a page that was closed or loaded again.

Streamlit keeps up to 128 of them, in case the page comes back to its own; each holds an event loop with three file
descriptors and whatever the page put aside. A page that is loaded again never comes back to its old session, and what
matters of a session stands in the study. So few are kept, for minutes, and a session that goes is shut down at once
instead of when the garbage collector finds it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

MOST_KEPT = 16


class SessionsOfMinutes:
    """Sessions without a page, the oldest first (Streamlit's protocol ``SessionStorage``).

    Parameters
    ----------
    ttl_seconds : float
        How long a session is kept (``server.disconnectedSessionTTL``).
    most : int
        How many are kept.
    clock : callable
        Seconds that never go back.
    """

    def __init__(
        self, *, ttl_seconds: float, most: int = MOST_KEPT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ttl, self._most, self._clock = float(ttl_seconds), most, clock
        self._kept: dict[str, tuple[float, Any]] = {}

    def get(self, session_id: str) -> Any:
        """Return what is kept of a session, None when it is gone."""
        self.end_old()
        return self._kept.get(session_id, (0.0, None))[1]

    def save(self, session_info: Any) -> None:
        """Keep a session for a while."""
        self._kept.pop(session_info.session.id, None)
        self._kept[session_info.session.id] = (self._clock(), session_info)
        self.end_old()
        try:
            asyncio.get_running_loop().call_later(self._ttl + 1, self.end_old)
        except RuntimeError:
            return  # no server runs (a test): the next call ends what is old

    def delete(self, session_id: str) -> None:
        """Let a session go that came back, or that was ended elsewhere."""
        self._kept.pop(session_id, None)

    def list(self) -> list[Any]:
        """Return what is kept."""
        self.end_old()
        return [info for _since, info in self._kept.values()]

    def end_old(self) -> None:
        """Shut down the sessions that were kept long enough, and the oldest of too many."""
        now = self._clock()
        too_many = len(self._kept) - self._most
        for place, (name, (since, info)) in enumerate(list(self._kept.items())):
            if place < too_many or now - since > self._ttl:
                del self._kept[name]
                info.session.shutdown()
                info.session.session_state.clear()  # a share of a study, tables: not left to the garbage collector
