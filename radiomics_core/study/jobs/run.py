"""Which process works on a job: each start has a token, made in one transaction with the worker's lease.

A worker may write only while its token is that of the job's last start. So a job never has two workers, whoever was
killed at which moment: a start that was undone leaves no token, and the worker it spawned ends when it finds none.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from radiomics_core.processes import ProcessIdentity
from radiomics_core.study.jobs.launch import end_tree
from radiomics_core.study.storage.catalogue import Catalogue
from radiomics_core.study.storage.lease import Holder, enter

_FIRST_VERSION = 2


@dataclass(frozen=True)
class JobRun:
    """The last start of a job: its token (empty when the job has none) and who holds the lease of that name."""

    token: str = ""
    holder: Holder | None = None

    @property
    def pid(self) -> int:
        """Process of the worker, 0 when there is none."""
        return self.holder.pid if self.holder is not None else 0

    def may_live(self) -> bool:
        """Return whether the worker lives, or lives elsewhere and was not watched for long enough."""
        return self.holder is not None and self.holder.lives() is not False

    def end_process(self) -> None:
        """End the worker and everything it started, when it runs in this space."""
        if self.holder is not None:
            end_tree(self.holder.process)


def new_number(connection: sqlite3.Connection) -> int:
    """Return the number of a job that is to be made: one more than any before, also after jobs were removed."""
    rows = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'job_run'").fetchall()
    return 1 + (int(rows[0][0]) if rows else 0)


def register(connection: sqlite3.Connection, job: str, token: str, process: ProcessIdentity) -> None:
    """Make a start of a job known, in place of the one before."""
    connection.execute("DELETE FROM lease WHERE job = ?", (job,))
    words = "INSERT INTO job_run (job, token) VALUES (?, ?) ON CONFLICT (job) DO UPDATE SET token = excluded.token"
    connection.execute(words, (job, token))
    enter(connection, token, process, job)


def read_run(catalogue: Catalogue, job: str) -> JobRun:
    """Return the last start of a job."""
    if catalogue.version() < _FIRST_VERSION:
        return JobRun()
    words = "SELECT job_run.token, lease.* FROM job_run LEFT JOIN lease USING (token) WHERE job_run.job = ?"
    rows = catalogue.rows(words, job)
    if not rows:
        return JobRun()
    token, *holder = rows[0]
    return JobRun(token, Holder(*holder) if holder[0] is not None else None)
