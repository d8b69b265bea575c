"""End this process before its n-th operation that changes the disk: a kill at every rename, flush and commit.

Counted are operations of the main thread, so that heartbeats do not move the count: ``rename``, ``replace``, ``fsync``,
``mkdir``, ``rmdir``, ``unlink`` and SQLite's ``COMMIT``. The state after the n-th is the state before the next one.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OPERATIONS = ("rename", "replace", "fsync", "mkdir", "rmdir", "unlink")
KILLED = 9


@dataclass
class KillPoints:
    """Counts operations and ends the process before one of them.

    Attributes
    ----------
    at : int
        Number of the operation that is not done any more, from 1; 0 ends nothing.
    log : Path or None
        File that gets one line per operation.
    flag : Path or None
        Made by the process that ends itself; while it is there no other one does.
    """

    at: int = 0
    log: Path | None = None
    flag: Path | None = None
    count: int = field(default=0, init=False)

    def install(self) -> None:
        """Patch the operations of this process."""
        for name in OPERATIONS:
            setattr(os, name, self._counted(name, getattr(os, name)))
        os.remove = os.unlink
        self._connect = sqlite3.connect
        sqlite3.connect = self._connected  # type: ignore[assignment]

    def _counted(self, name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            if not _changes_nothing(name, args, kwargs):
                self.pass_by(name, str(args[0]) if args else "")
            return operation(*args, **kwargs)

        return counted

    def _connected(self, *args: Any, **kwargs: Any) -> sqlite3.Connection:
        points = self

        class Counted(sqlite3.Connection):
            def execute(self, sql: str, *params: Any) -> sqlite3.Cursor:
                if sql == "COMMIT":
                    points.pass_by("COMMIT", "")
                return super().execute(sql, *params)

        connection: sqlite3.Connection = self._connect(*args, **{**kwargs, "factory": Counted})
        return connection

    def pass_by(self, name: str, what: str) -> None:
        """Count one operation, and end the process when it is the one."""
        if threading.current_thread() is not threading.main_thread():
            return
        self.count += 1
        if self.log is not None:
            with self.log.open("a") as log:
                log.write(f"{name} {what}\n")
        if self.count == self.at and self._is_first():
            os._exit(KILLED)

    def _is_first(self) -> bool:
        if self.flag is None:
            return True
        try:
            os.close(os.open(self.flag, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True


def _changes_nothing(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Return whether a folder is there already, or a file that is to go is not there."""
    if kwargs.get("dir_fd") is not None or name not in ("mkdir", "unlink"):
        return False
    return os.path.lexists(args[0]) == (name == "mkdir")
