"""Keeps what stays for good out of the garbage collector's sight.

Streamlit collects all garbage after every run of a page and looks at every object of the process for that, the code of
all imported libraries included: 0.1 to 0.3 s with the lock held that every other session needs. Imported code never
becomes garbage. So whenever a page has imported more of it, it is set aside (``gc.freeze``), and the collection after a
run looks at what the sessions made.
"""

from __future__ import annotations

import gc
import sys

_MORE_MODULES = 10
_seen = {"modules": 0}


def settle() -> bool:
    """Set aside what was imported since the last time, if that is worth it; return whether it was.

    What lives at that moment is never collected as part of a cycle later on. That is bounded: a page imports once.
    """
    if len(sys.modules) < _seen["modules"] + _MORE_MODULES:
        return False
    _seen["modules"] = len(sys.modules)
    gc.collect()
    gc.freeze()
    return True
