"""How far a job is: a small file the worker rewrites every two seconds, and what can be told from it."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from radiomics_core.files.atomic import read_json, write_json

JobState = Literal["queued", "running", "done", "failed", "interrupted", "cancelled"]

HEARTBEAT_SECONDS = 2.0
STATUS_FILE = "status.json"

_RATE_WINDOW = 30


@dataclass(frozen=True)
class JobStatus:
    """State of a job.

    Attributes
    ----------
    done, total, failed : int
        Units ended (with failures), units in all, units that gave nothing.
    eta_s : float or None
        Seconds left, from the rate of the last units; None while unknown.
    current : str
        The unit that ended last.
    message : str
        Why the job failed, in the session's language.
    result : dict
        What identifies the result, e.g. ``{"digest": ...}``.
    token : str
        Which start of the job this is about: a job that is resumed gets a new one.
    pid : int
        Process of the worker.
    """

    state: JobState = "queued"
    done: int = 0
    total: int = 0
    failed: int = 0
    eta_s: float | None = None
    current: str = ""
    message: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    token: str = ""
    pid: int = 0
    error: dict[str, Any] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether nothing is going on any more."""
        return self.state not in ("queued", "running")


def read_status(folder: Path) -> JobStatus:
    """Return a job's status as its worker wrote it last; whether the worker lives is told by its lease."""
    file = folder / STATUS_FILE
    stored = read_json(file) if file.is_file() else {}
    known = {one.name for one in fields(JobStatus)}
    return JobStatus(**{name: value for name, value in stored.items() if name in known})


def write_status(folder: Path, status: JobStatus) -> None:
    """Write a job's status."""
    write_json(folder / STATUS_FILE, asdict(status), durable=status.is_over)


def changed(status: JobStatus, **changes: Any) -> JobStatus:
    """Return a copy with some fields changed."""
    return JobStatus(**{**vars(status), **changes})


class Rate:
    """Time left from the rate of the last units, so that a slow start does not mislead."""

    def __init__(self) -> None:
        self._ends: deque[float] = deque([time.monotonic()], maxlen=_RATE_WINDOW)

    def tick(self) -> None:
        """Note that a unit ended."""
        self._ends.append(time.monotonic())

    def seconds_left(self, units_left: int) -> float | None:
        """Return the seconds for the units that are left, None before the second unit ended."""
        if len(self._ends) < 3:
            return None
        now = time.monotonic()
        return round(units_left * (now - self._ends[0]) / (len(self._ends) - 1), 1)
