"""Several threads do the same at once, for tests of what they share."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


def errors_at_once(n_threads: int, act: Callable[[], object]) -> list[BaseException]:
    """Call ``act`` in several threads at once and return the errors they ended with."""
    with ThreadPoolExecutor(n_threads) as threads:
        ended = [threads.submit(act) for _ in range(n_threads)]
    return [error for one in ended if (error := one.exception()) is not None]
