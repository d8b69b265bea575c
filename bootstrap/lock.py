"""One set-up at a time: a lock of the operating system, which ends with the processes that hold it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bootstrap.failures import PROBLEMS, StartError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

POLL_SECONDS = 0.2
REPEAT_SECONDS = 30
# Windows locks bytes, and nobody else can read those; so the locked one stands far behind the words.
LOCKED_BYTE = 1 << 30


class SetupLock:
    """A lock file that stays; whoever holds it may change ``.venv``.

    On POSIX the commands that set-up runs inherit the lock: when start.py is killed and its installer goes on, the
    next start waits for the installer too. Windows cannot pass a lock on; there the installer's open files keep the
    next start from removing the folder, which it says.
    """

    def __init__(self, file: Path) -> None:
        self.file, self._descriptor = file, -1

    @property
    def inherited(self) -> tuple[int, ...]:
        """Return what commands started under the lock are given, so that it lasts as long as they do."""
        return (self._descriptor,) if self._descriptor >= 0 and os.name == "posix" else ()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the lock, saying so, and hold it inside the block.

        Raises
        ------
        StartError
            The folder cannot be written, or its file system knows no locks.
        """
        try:
            self._descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StartError(f"{self.file} cannot be written ({error.strerror})", PROBLEMS["permission"][1]) from error
        try:
            self._wait()
            self._note()
            yield
        finally:
            os.close(self._descriptor)  # what ends the lock, unless a command that was started still holds it
            self._descriptor = -1

    def _wait(self) -> None:
        started, said = time.monotonic(), None
        while not self._taken():
            waited = time.monotonic() - started
            if said is None or waited - said >= REPEAT_SECONDS:
                since = f", {waited:.0f} s so far" if said is not None else ""
                print(
                    f"Another start is setting up .venv ({self._holder()}); waiting until it is done{since} ...",
                    flush=True,
                )
                said = waited
            time.sleep(POLL_SECONDS)

    def _taken(self) -> bool:
        try:
            if sys.platform == "win32":
                os.lseek(self._descriptor, LOCKED_BYTE, os.SEEK_SET)
                msvcrt.locking(self._descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
        except OSError as error:
            way_out = "Move the folder to a disk of this computer, then run again"
            raise StartError(f"the disk of {self.file.parent} knows no locks ({error.strerror})", way_out) from error
        return True

    def _note(self) -> None:
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, self._words())

    @staticmethod
    def _words() -> bytes:
        return f"process {os.getpid()} since {time.strftime('%H:%M:%S')}".ljust(60).encode()

    def _holder(self) -> str:
        try:
            return self.file.read_text(encoding="utf-8", errors="replace").strip() or "just begun"
        except OSError as error:
            return str(error.strerror)
