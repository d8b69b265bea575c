"""Studies this server holds open, shared by its sessions: each holds a share, and the last to let go closes.

A session that switches its study, ends or opens its study anew never closes it under another. A share that nobody lets
go is given back when its session's state is gone.
"""

from __future__ import annotations

import threading
import weakref
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from radiomics_core.errors import StudyError
from radiomics_core.study import Study
from radiomics_core.study.study import is_study


@dataclass(eq=False)
class _Opened:
    """An open study and how many sessions hold it."""

    study: Study
    shares: int = 0


_opened: dict[str, _Opened] = {}
"""The newest of each folder; one that was opened anew leaves it and lives as long as somebody holds it."""
_lock = threading.RLock()
_turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
"""Opening may wait for a session on another computer; only sessions that want the same folder wait with it."""


class Share:
    """What one session holds of an open study."""

    def __init__(self, opened: _Opened) -> None:
        self._opened, self.study = opened, opened.study
        self._lost = weakref.finalize(self, _let_go_later, opened)
        self._lost.atexit = False  # the process ends: its lease is known to be over

    def is_newest(self) -> bool:
        """Return whether the study was not opened anew since."""
        return _opened.get(_key(self.study.folder)) is self._opened

    def let_go(self) -> None:
        """Give the share back; the last one closes the study."""
        if self._lost.detach() is not None:
            _let_go(self._opened)


def share(folder: Path) -> Share:
    """Return a share of the study in a folder, opened if nobody holds it.

    It is opened for writing or, when that cannot be (another program holds it, a full disk), for reading only.

    Raises
    ------
    StudyError
        There is no study that can be opened.
    """
    key = _key(folder)
    with _turn(key):
        found = _join(key)
        return found if found is not None else _put(key, _open(folder))


def share_anew(folder: Path) -> Share:
    """Return a share of the study opened anew, for writing if nobody else holds it any more.

    Sessions that hold it keep what they have until they ask for the newest.
    """
    key = _key(folder)
    with _turn(key):
        return _put(key, _open(folder))


def close_all() -> None:
    """Close every study, whoever holds it: the server ends."""
    with _lock:
        all_opened = list(_opened.values())
        _opened.clear()
    for opened in all_opened:
        opened.study.close()


def _open(folder: Path) -> Study:
    try:
        return Study.open(folder)
    except StudyError as error:
        if not is_study(folder):
            raise
        study = Study.open(folder, read_only=True)
        study.why_read_only = error
        return study


def _join(key: str) -> Share | None:
    with _lock:
        found = _opened.get(key)
        if found is None:
            return None
        found.shares += 1
        return Share(found)


def _put(key: str, study: Study) -> Share:
    with _lock:
        _opened[key] = _Opened(study, 1)
        return Share(_opened[key])


def _let_go(opened: _Opened) -> None:
    key = _key(opened.study.folder)
    with _lock:
        opened.shares -= 1
        if opened.shares:
            return
        if _opened.get(key) is opened:
            del _opened[key]
    opened.study.close()


def _let_go_later(opened: _Opened) -> None:
    """Let go in a thread of its own: what is cleared away may be cleared in the middle of anything."""
    threading.Thread(target=_let_go, args=(opened,), name="close study").start()


def _turn(key: str) -> threading.Lock:
    with _lock:
        return _turns[key]


def _key(folder: Path) -> str:
    return str(folder.absolute())
