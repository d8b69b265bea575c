"""One writer per study: a lease in the catalogue that says which process may write.

No clock is compared. A holder whose process can be asked lives as long as that process, be it stopped, asleep or under
load. A holder elsewhere (another computer, another container) raises a counter every five seconds; a newcomer watches
it, and takes over only a counter that stood still for twenty seconds of watching.

A job's lease is made in the transaction that starts it, with the number of the spawned process; the worker takes it up
by its token. It never stands in the way of a session in the same space, so a restarted server takes over while the job
goes on.
"""

from __future__ import annotations

import sqlite3
import threading
import time
import uuid
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from radiomics_core.errors import StudyError, StudyInUseError
from radiomics_core.i18n import lazy_
from radiomics_core.processes import ProcessIdentity, host_name, space, this_process
from radiomics_core.study.storage.catalogue import Catalogue

BEAT_SECONDS = 5.0
SILENT_SECONDS = 20.0
WATCH_SECONDS = 0.5

HolderKind = Literal["session", "job"]

_held: Counter[str] = Counter()
"""How often this process holds a lease, by token (a folder may be renamed); the last to close releases it."""
_turn = threading.RLock()
"""Taking and giving back are one after the other in this process, or the last to close would take from the next."""
_stillness: dict[str, tuple[float, float, float]] = {}
"""Counters of holders elsewhere as this process saw them: value, seconds seen unchanged, when looked at last."""


@dataclass(frozen=True)
class Holder:
    """The process that holds a lease; ``beats`` is its counter, ``job`` the job it works on (empty for a session)."""

    kind: HolderKind
    token: str
    host: str
    pid: int
    started: float
    beats: float
    space: str = ""
    job: str = ""

    @property
    def process(self) -> ProcessIdentity:
        """The process."""
        return ProcessIdentity(self.space, self.pid, self.started)

    def lives(self) -> bool | None:
        """Return whether the holder still works; None while its counter was not watched for long enough."""
        runs = self.process.runs()
        return _moves(self) if runs is None else runs


class Lease:
    """The right of this process to write a study, kept alive by a heartbeat thread."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.token = ""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def acquire(self) -> None:
        """Take the lease of a session; waits while a holder elsewhere is watched.

        Raises
        ------
        StudyError
            Another live session (or a job elsewhere) holds it.
        """
        living_holders(self._catalogue)
        with _turn:
            self._take()

    def adopt(self, token: str) -> None:
        """Take up the lease that the session made for this process when it started the job.

        Raises
        ------
        StudyError
            The start was undone, or the job was started anew or cancelled meanwhile.
        """
        process = this_process()
        with self._catalogue.transaction(guarded=False) as connection:
            self.token = token
            self.check()
            words = "UPDATE lease SET space = ?, pid = ?, started = ?, heartbeat = heartbeat + 1 WHERE token = ?"
            connection.execute(words, (process.space, process.pid, process.started, token))
        self._hold()

    def is_held(self) -> bool:
        """Return whether nobody has taken the lease over."""
        return bool(self._catalogue.rows("SELECT 1 FROM lease WHERE token = ?", self.token))

    def is_shared(self) -> bool:
        """Return whether another session of this process holds it too, whose work may be going on."""
        return _held[self.token] > 1

    def check(self) -> None:
        """Raise :class:`StudyError` when the lease was taken over."""
        if not self.is_held():
            raise StudyError(
                lazy_("another session has taken over this study"),
                remedy=lazy_("Open the study again to see its changes."),
            )

    def claim(self) -> None:
        """As :meth:`check`, inside a transaction that writes: it raises the counter, so that a write is a sign of life.

        A long transaction keeps the heartbeat waiting; whoever watched meanwhile sees the counter of its end.
        """
        self.check()
        self.beat()

    def release(self) -> None:
        """Give the lease back."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        with _turn:
            if self._thread is not None:
                self._thread = None
                _held[self.token] -= 1
            if self.token and _held[self.token] <= 0:
                del _held[self.token]
                with suppress(StudyError), self._catalogue.transaction(guarded=False) as connection:
                    connection.execute("DELETE FROM lease WHERE token = ?", (self.token,))
            self.token = ""

    def beat(self) -> None:
        """Raise the counter."""
        with self._catalogue.transaction(guarded=False) as connection:
            connection.execute("UPDATE lease SET heartbeat = heartbeat + 1 WHERE token = ?", (self.token,))

    def _take(self) -> None:
        with self._catalogue.transaction(guarded=False) as connection:
            for holder in _in_the_way(self._catalogue):
                if holder.lives() is not False:
                    raise _taken(holder, self._catalogue.path.parent)
            for holder in holders(self._catalogue):
                if holder.lives() is False:
                    connection.execute("DELETE FROM lease WHERE token = ?", (holder.token,))
            mine = [holder for holder in _sessions(self._catalogue) if holder.process == this_process()]
            self.token = mine[0].token if mine else uuid.uuid4().hex
            if not mine:
                enter(connection, self.token, this_process())
        self._hold()

    def _hold(self) -> None:
        _held[self.token] += 1
        self._thread = threading.Thread(target=self._keep_beating, name="lease", daemon=True)
        self._thread.start()

    def _keep_beating(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            with suppress(StudyError):  # the disk may have room again at the next beat
                self.beat()


def enter(connection: sqlite3.Connection, token: str, process: ProcessIdentity, job: str = "") -> None:
    """Write the lease of a session, or of a job, inside the caller's transaction."""
    kind: HolderKind = "job" if job else "session"
    row = (kind, token, host_name(), process.pid, process.started, process.space, job)
    words = "INSERT INTO lease (kind, token, host, pid, started, heartbeat, space, job) VALUES (?, ?, ?, ?, ?, 0, ?, ?)"
    connection.execute(words, row)


def holders(catalogue: Catalogue) -> list[Holder]:
    """Return who holds leases of a study, live or not."""
    return [Holder(*row) for row in catalogue.rows("SELECT * FROM lease")]


def living_holders(catalogue: Catalogue) -> list[Holder]:
    """Return who holds leases and lives; holders elsewhere are watched until one moves or all stood still."""
    while True:
        lives = {holder: holder.lives() for holder in holders(catalogue)}
        blocked = any(lives[holder] for holder in lives if _blocks(holder))
        if blocked or None not in lives.values():
            return [holder for holder, answer in lives.items() if answer is not False]
        time.sleep(WATCH_SECONDS)


def _moves(holder: Holder) -> bool | None:
    """Look at a counter: True when it moved since the last look, False when it stood still for long enough.

    A long gap between two looks counts as one beat: both computers may have slept.
    """
    now = time.monotonic()
    beats, still_s, looked = _stillness.get(holder.token, (holder.beats, 0.0, now))
    if beats != holder.beats:
        _stillness[holder.token] = (holder.beats, 0.0, now)
        return True
    still_s += min(now - looked, BEAT_SECONDS)
    _stillness[holder.token] = (beats, still_s, now)
    return False if still_s >= SILENT_SECONDS else None


def _sessions(catalogue: Catalogue) -> list[Holder]:
    return [holder for holder in holders(catalogue) if holder.kind == "session"]


def _blocks(holder: Holder) -> bool:
    """Return whether a holder, if it lives, keeps this process from writing."""
    if holder.kind == "job":
        return holder.space != space()
    return holder.process != this_process()


def _in_the_way(catalogue: Catalogue) -> list[Holder]:
    return [holder for holder in holders(catalogue) if _blocks(holder)]


def _taken(holder: Holder, folder: Path) -> StudyInUseError:
    return StudyInUseError(
        lazy_("the study {folder} is open in another session (computer {host}, process {pid})"),
        remedy=lazy_("Close it there, or open it for reading only."),
        folder=folder,
        host=holder.host,
        pid=holder.pid,
    )
