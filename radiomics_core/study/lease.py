"""One writer per study: a lease in the catalogue that says which process may write.

A session's lease is stale after 30 s without heartbeat, or at once when its process on this computer is gone. A job
holds a lease of its own kind, given by the session that started it: it never stands in the way of a session on the same
computer, so a restarted server takes over while the job goes on.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from radiomics_core.errors import StudyError
from radiomics_core.i18n import lazy_
from radiomics_core.study.catalogue import Catalogue

STALE_SECONDS = 30.0
BEAT_SECONDS = 5.0
START_TOLERANCE_SECONDS = 1.0

HolderKind = Literal["session", "job"]

_held: Counter[str] = Counter()
"""How often this process holds a lease, by token (a folder may be renamed); the last to close releases it."""


@dataclass(frozen=True)
class Holder:
    """The process that holds a lease."""

    kind: HolderKind
    token: str
    host: str
    pid: int
    started: float
    heartbeat: float

    def is_this_process(self) -> bool:
        """Return whether this very process holds it."""
        return self.host == host_name() and is_process(self.pid, self.started) and self.pid == os.getpid()

    def is_live(self) -> bool:
        """Return whether the holder still works: beating, and its process exists when it is on this computer."""
        if self.host == host_name():
            return is_process(self.pid, self.started)
        return time.time() - self.heartbeat < STALE_SECONDS


def host_name() -> str:
    """Return the name of this computer."""
    return socket.gethostname()


def process_start(pid: int) -> float:
    """Return when a process started (seconds since the epoch), 0 when there is no such process."""
    try:
        process = psutil.Process(pid)
        return 0.0 if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.Error:
        return 0.0


def is_process(pid: int, started: float) -> bool:
    """Return whether the process of that id is the one that started then, and not a later one with its number."""
    now = process_start(pid)
    return now > 0 and abs(now - started) < START_TOLERANCE_SECONDS


class Lease:
    """The right of this process to write a study, kept alive by a heartbeat thread."""

    def __init__(self, catalogue: Catalogue, kind: HolderKind = "session") -> None:
        self._catalogue, self.kind = catalogue, kind
        self.token = ""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def acquire(self) -> None:
        """Take the lease.

        Raises
        ------
        StudyError
            Another live session (or a job on another computer) holds it.
        """
        with self._catalogue.transaction(guarded=False) as connection:
            for holder in holders(self._catalogue):
                if self.kind == "session" and not holder.is_this_process() and _stands_in_the_way(holder):
                    raise _taken(holder, self._catalogue.path.parent)
                if not holder.is_live():
                    connection.execute("DELETE FROM lease WHERE token = ?", (holder.token,))
            mine = [h for h in holders(self._catalogue) if h.is_this_process() and h.kind == self.kind]
            self.token = mine[0].token if mine else uuid.uuid4().hex
            if not mine:
                row = (self.kind, self.token, host_name(), os.getpid(), process_start(os.getpid()), time.time())
                connection.execute("INSERT INTO lease VALUES (?, ?, ?, ?, ?, ?)", row)
        _held[self.token] += 1
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raise :class:`StudyError` when another session has taken the lease over (this one slept too long)."""
        if not self._catalogue.rows("SELECT 1 FROM lease WHERE token = ?", self.token):
            raise StudyError(
                lazy_("another session has taken over this study"),
                remedy=lazy_("Open the study again to see its changes."),
            )

    def release(self) -> None:
        """Give the lease back."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            _held[self.token] -= 1
        if self.token and _held[self.token] <= 0:
            with suppress(StudyError), self._catalogue.transaction(guarded=False) as connection:
                connection.execute("DELETE FROM lease WHERE token = ?", (self.token,))
        self.token = ""

    def _beat(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            with suppress(StudyError):
                self._beat_once()

    def _beat_once(self) -> None:
        with self._catalogue.transaction(guarded=False) as connection:
            connection.execute("UPDATE lease SET heartbeat = ? WHERE token = ?", (time.time(), self.token))


def holders(catalogue: Catalogue) -> list[Holder]:
    """Return who holds leases of a study, live or not."""
    return [Holder(*row) for row in catalogue.rows("SELECT kind, token, host, pid, started, heartbeat FROM lease")]


def _stands_in_the_way(holder: Holder) -> bool:
    if holder.kind == "job" and holder.host == host_name():
        return False
    return holder.is_live()


def _taken(holder: Holder, folder: Path) -> StudyError:
    return StudyError(
        lazy_("the study {folder} is open in another session (computer {host}, process {pid})"),
        remedy=lazy_("Close it there, or open it for reading only."),
        folder=folder,
        host=holder.host,
        pid=holder.pid,
    )
