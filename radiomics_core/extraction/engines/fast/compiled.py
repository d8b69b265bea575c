"""How loops are compiled: once per machine, kept on disk, one thread, IEEE arithmetic.

The machine code lies in the user's cache folder, deletable at any time. It is found again by the content of the file a
loop stands in; so a compiled loop calls only compiled loops of its own file (a test holds this).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import DTypeLike, NDArray

from radiomics_core.extraction.engines.fast.machine_code import machine_code_folder

Loop = TypeVar("Loop", bound=Callable[..., object])


def compiled(loop: Loop) -> Loop:
    """Compile a loop over arrays; the machine code is kept on disk and used again by every later process."""
    options: Any = numba.config
    before = options.CACHE_DIR
    options.CACHE_DIR = str(machine_code_folder())  # read when a loop is declared; put back for other libraries
    try:
        return cast("Loop", numba.njit(cache=True, nogil=True, error_model="numpy")(loop))
    finally:
        options.CACHE_DIR = before


def as_compiled(array: NDArray[Any], dtype: DTypeLike) -> NDArray[Any]:
    """Return an image as loops were compiled for it: C order and writable, copied only if it has to be.

    To numba a read-only array, as of a file mapped into memory, is another type: loops would be compiled in mid-page.
    """
    return np.require(array, dtype, ["C_CONTIGUOUS", "WRITEABLE", "ENSUREARRAY"])
