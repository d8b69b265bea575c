"""The catalogue of a study: one SQLite file for everything that is small and changes often."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from radiomics_core.errors import StudyError
from radiomics_core.files.atomic import disk_full, has_room
from radiomics_core.i18n import lazy_
from radiomics_core.study.storage.migrations import FORMAT, STEPS

CATALOGUE_FILE = "study.sqlite"
BUSY_SECONDS = 15.0

_DAMAGED = ("not a database", "malformed", "no such table")

_REVISIONS = "SELECT key, revision FROM document UNION ALL SELECT 'ledger', coalesce(max(id), 0) FROM ledger"
_WHOSE = """
SELECT value, 0 FROM document WHERE key = 'study' UNION ALL SELECT token, ? * heartbeat FROM lease ORDER BY 1
"""


class Catalogue:
    """One connection to ``study.sqlite``, safe to use from several threads of one process.

    Parameters
    ----------
    path : Path
        The SQLite file.
    read_only : bool
        Refuse every write.
    journal_mode : {"wal", "delete"}
        ``delete`` in network and synced folders.
    """

    def __init__(self, path: Path, *, read_only: bool = False, journal_mode: str = "wal") -> None:
        self.path, self.read_only = path, read_only
        self.guard: Callable[[], None] | None = None
        self.check_lease: Callable[[], None] | None = None
        self._lock = threading.RLock()
        self._afterwards: list[Callable[[], None]] = []
        self._documents: dict[str, tuple[int, Any]] = {}
        with self._errors():
            self._connection = _connected(path, "?mode=ro") if read_only else _connected(path)
            try:
                if not read_only:
                    self._prepare(journal_mode)
                elif not self._can_be_read():
                    self._connection.close()
                    self._connection = _connected(path, "?mode=ro&immutable=1")
                self._check_version()
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy of the catalogue to another file."""
        with self._lock, self._errors():
            target = sqlite3.connect(path)
            try:
                self._connection.backup(target)
                target.execute("DELETE FROM lease")  # whoever holds this study does not hold the copy
                target.commit()
            finally:
                target.close()

    def revisions(self, path: Path | None = None) -> set[tuple[str, int]]:
        """Return the key and revision of each document and the ledger's length, here or in a copy of the catalogue.

        With every file that becomes the study's, and with every analysis that begins, one of them changes.
        """
        if path is None:
            return set(self.rows(_REVISIONS))
        with self._errors():
            there = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            try:
                return set(there.execute(_REVISIONS))
            finally:
                there.close()

    def is_at_its_path(self) -> bool:
        """Return whether the file at the path is the open one, told by its content: identity and the lease's counter.

        A copy shows the counter of the moment it was made. Inside a transaction the counter of this connection is ahead
        of the file's and is left out.
        """
        try:
            there = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        except sqlite3.Error:
            return False
        try:
            with self._lock:
                counted = int(not self._connection.in_transaction)
                before, found = self.rows(_WHOSE, counted), there.execute(_WHOSE, (counted,)).fetchall()
                return found in (before, self.rows(_WHOSE, counted))
        except (sqlite3.Error, StudyError):
            return False
        finally:
            there.close()

    def rows(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self._lock, self._errors():
            return self._connection.execute(sql, params).fetchall()

    def write(self, sql: str, *params: Any, lasting: bool = True) -> None:
        """Run one statement that changes something (``lasting``: see :meth:`transaction`)."""
        with self.transaction(lasting=lasting):
            self._connection.execute(sql, params)

    @contextmanager
    def transaction(self, *, guarded: bool = True, lasting: bool = True) -> Iterator[sqlite3.Connection]:
        """Change several things together or not at all.

        ``guarded`` asks first whether the folder is still at its place, and inside, where nobody else can write,
        whether this session still holds the lease. Inside another transaction this is a part of it: an error takes back
        the part, and what is kept is committed with the whole.

        What is not ``lasting`` is not waited for until the disk holds it: a power cut may take it back, nothing else.
        """
        if self.read_only:
            raise StudyError(
                lazy_("the study is open for reading only"),
                remedy=lazy_("Close it in the other session, then open it again."),
            )
        if guarded and self.guard is not None:
            self.guard()
        with self._lock, self._errors(), self._pace(lasting):
            nested = self._connection.in_transaction
            self._connection.execute("SAVEPOINT part" if nested else "BEGIN IMMEDIATE")
            try:
                if guarded and self.check_lease is not None:
                    self.check_lease()
                yield self._connection
                self._connection.execute("RELEASE part" if nested else "COMMIT")
            except BaseException:
                self._take_back(nested)
                raise
            finally:
                self._end(nested)

    @contextmanager
    def _pace(self, lasting: bool) -> Iterator[None]:
        """Wait for the disk at the commit or, where a lost commit leaves the file whole (WAL mode), not."""
        if lasting or self._connection.in_transaction or not self._has_log():
            yield
            return
        self._connection.execute("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            self._connection.execute("PRAGMA synchronous = FULL")

    def _has_log(self) -> bool:
        return str(self._connection.execute("PRAGMA journal_mode").fetchone()[0]) == "wal"

    def when_over(self, act: Callable[[], None]) -> None:
        """Call ``act`` when the outermost transaction has ended, either way; at once outside of one."""
        with self._lock:
            if self._connection.in_transaction:
                self._afterwards.append(act)
                return
        act()

    def _take_back(self, nested: bool) -> None:
        if not self._connection.in_transaction:
            return  # a full disk makes SQLite take the whole transaction back itself
        if nested:
            self._connection.execute("ROLLBACK TO part")
            self._connection.execute("RELEASE part")
        else:
            self._connection.execute("ROLLBACK")

    def _end(self, nested: bool) -> None:
        if nested:
            return
        waiting, self._afterwards = self._afterwards, []
        for act in waiting:
            act()

    def document(self, key: str, make: Callable[[Any], Any] = lambda value: value) -> Any:
        """Return a stored value passed through ``make`` (kept until the value changes), None when absent."""
        rows = self.rows("SELECT revision FROM document WHERE key = ?", key)
        if not rows:
            return None
        known = self._documents.get(key)
        if known is not None and known[0] == rows[0][0]:
            return known[1]
        revision, text = self.rows("SELECT revision, value FROM document WHERE key = ?", key)[0]
        made = make(json.loads(text))
        self._documents[key] = (revision, made)
        return made

    def put_document(self, key: str, value: Any) -> None:
        """Store a JSON-like value."""
        self.write(
            "INSERT INTO document VALUES (?, ?, random()) ON CONFLICT (key) DO UPDATE SET value = excluded.value, "
            "revision = excluded.revision",
            key,
            json.dumps(value, ensure_ascii=False),
        )

    def remove_document(self, key: str) -> None:
        """Forget a value."""
        self.write("DELETE FROM document WHERE key = ?", key)

    def _can_be_read(self) -> bool:
        """Return whether SQLite can read: beside a closed catalogue it wants room for a file of its own to do so."""
        try:
            self._connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.OperationalError:
            log = self.path.with_name(f"{self.path.name}-wal")
            if log.is_file() and log.stat().st_size:
                raise  # its last commits are only there
            return False
        return True

    def _prepare(self, journal_mode: str) -> None:
        self._connection.execute(f"PRAGMA journal_mode = {journal_mode}")
        self._connection.execute("PRAGMA synchronous = FULL")
        if self.version() >= FORMAT:
            return
        with self.transaction(guarded=False):
            for statement in (one for step in STEPS[self.version() :] for one in step):
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {FORMAT}")

    def version(self) -> int:
        """Return the version of the catalogue's tables; an older one is brought up to date when opened for writing."""
        return int(self.rows("PRAGMA user_version")[0][0])

    def _check_version(self) -> None:
        if self.version() == 0:
            raise StudyError(
                lazy_("the study {path} is not whole: making it was ended before it was complete"),
                remedy=lazy_("Open it by its folder, which completes it, or remove the folder."),
                path=self.path.parent,
            )
        if self.version() > FORMAT:
            raise StudyError(
                lazy_("the study was made by a newer version of Radiomics Explorer"),
                remedy=lazy_("Update Radiomics Explorer, then open it again."),
            )

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if "full" in str(error) or not has_room(self.path.parent):
                raise disk_full(self.path) from error
            if any(word in str(error) for word in _DAMAGED):
                raise StudyError(
                    lazy_("the catalogue {path} is damaged: {reason}"),
                    remedy=lazy_(
                        "Bring the study's folder back from a copy. Tables, results and images in it are still there."
                    ),
                    path=self.path,
                    reason=str(error),
                ) from error
            raise StudyError(
                lazy_("the catalogue {path} cannot be used: {reason}"),
                remedy=lazy_(
                    "Check that the disk has room, that the folder is there and can be written, and that no other "
                    "program holds the file."
                ),
                path=self.path,
                reason=str(error),
            ) from error


def _connected(path: Path, mode: str = "") -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}{mode}"
    return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
