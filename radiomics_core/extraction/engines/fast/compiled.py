"""How loops are compiled: once per machine, kept on disk, one thread, IEEE arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., object])


def compiled(loop: Loop) -> Loop:
    """Compile a loop over arrays; the machine code is kept on disk and used again by every later process."""
    return cast("Loop", numba.njit(cache=True, nogil=True, error_model="numpy")(loop))
