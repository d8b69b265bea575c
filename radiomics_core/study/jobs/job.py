"""Background jobs of a study: started here, done by a worker process of their own, found again after any restart."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

import radiomics_core
from radiomics_core.errors import JobError, RadiomicsError
from radiomics_core.files.anchors import check_place
from radiomics_core.files.atomic import disk_full, has_room, read_json, write_bytes, write_json
from radiomics_core.i18n import Text, lazy_
from radiomics_core.settings import digest_of
from radiomics_core.study.jobs.kind import error_message
from radiomics_core.study.jobs.kinds import BY_ENDPOINT, JOB_KINDS
from radiomics_core.study.jobs.launch import LOG_FILE, launch_worker
from radiomics_core.study.jobs.run import JobRun, new_number, read_run, register
from radiomics_core.study.jobs.status import JobState, JobStatus, changed, read_status, write_status

if TYPE_CHECKING:
    from radiomics_core.study.study import Study

JOB_FILE = "job.json"
CANCEL_FILE = "cancel"
_CANCEL_SECONDS = 3.0
_POLL_SECONDS = 0.1
_STAMP_DIGITS = 17


class Job:
    """One job: its folder ``jobs/<id>/`` holds what it was asked, how far it is, its parts and its log."""

    def __init__(self, study: Study, folder: Path) -> None:
        self._study, self.folder, self.id = study, folder, folder.name
        asked = read_json(folder / JOB_FILE)
        self.kind: str = asked["kind"]
        self.payload: dict[str, Any] = asked["payload"]
        self.n_workers: int = asked["n_workers"]
        self.created: float = asked["created"]

    def status(self) -> JobStatus:
        """Return how far it is; ``message`` is worded in the session's language.

        A worker that was killed, be it before it wrote its first line, is told as interrupted at once.
        """
        run = self._run()
        may_live = run.may_live()  # asked before the file is read: what a worker wrote last is then seen
        status = read_status(self.folder)
        if status.token != run.token:  # the worker of the last start has written nothing yet
            status = changed(status, state="queued", token=run.token, pid=run.pid, current="", eta_s=None)
        if not status.is_over and not may_live:
            state: JobState = "cancelled" if self._wants_to_end(run.token) else "interrupted"
            status = changed(status, state=state, eta_s=None)
        return changed(status, message=error_message(status.error)) if status.state == "failed" else status

    @property
    def read_only(self) -> bool:
        """Whether this session may only look at it."""
        return self._study.read_only

    @property
    def progress(self) -> float:
        """Share of the units that ended, 0 to 1."""
        status = self.status()
        return min(status.done / status.total, 1.0) if status.total else 0.0

    @property
    def eta(self) -> float | None:
        """Seconds left, None while unknown."""
        return self.status().eta_s

    @property
    def log(self) -> str:
        """What the worker wrote to its log."""
        file = self.folder / LOG_FILE
        return file.read_text("utf-8", errors="replace") if file.is_file() else ""

    def cancel(self) -> None:
        """Stop the job and every process of it; what is finished is kept.

        Raises
        ------
        StudyError
            The study is open for reading only.
        """
        self._study.check_writable()
        run = self._run()
        if self.status().is_over:
            return
        write_bytes(self.folder / CANCEL_FILE, run.token.encode(), durable=False)
        deadline = time.monotonic() + _CANCEL_SECONDS
        while time.monotonic() < deadline and not self.status().is_over:
            time.sleep(_POLL_SECONDS)
        run.end_process()
        with self._study.catalogue.transaction() as connection:
            if self._run().token == run.token and self.status().state not in ("done", "failed"):
                write_status(self.folder, changed(self.status(), state="cancelled", eta_s=None))
                connection.execute("DELETE FROM lease WHERE token = ?", (run.token,))

    def resume(self, n_workers: int | None = None) -> Job:
        """Go on after an interruption, a cancellation or a failure; finished parts are used again.

        Raises
        ------
        StudyError
            The study is open for reading only.
        """
        self._study.check_writable()
        with self._study.catalogue.transaction():
            if self.status().is_over:
                if n_workers is not None and n_workers != self.n_workers:
                    self.n_workers = n_workers
                    write_json(self.folder / JOB_FILE, {**read_json(self.folder / JOB_FILE), "n_workers": n_workers})
                self.spawn()
        return self

    def wait(self, timeout_s: float | None = None) -> JobStatus:
        """Return the status once the job is over; raises :class:`JobError` after ``timeout_s`` seconds."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while not (status := self.status()).is_over:
            if deadline is not None and time.monotonic() > deadline:
                raise JobError(lazy_("job {job} is not over after {seconds} s"), job=self.id, seconds=timeout_s)
            time.sleep(_POLL_SECONDS)
        return status

    def spawn(self) -> None:
        """Start the worker process, which outlives this one.

        Start, process and token become known together, when the caller's transaction ends: the worker waits for that,
        and ends when it was undone.
        """
        token = uuid.uuid4().hex
        with self._study.catalogue.transaction() as connection:
            process = launch_worker(self.folder, token)
            register(connection, self.id, token, process)

    def _run(self) -> JobRun:
        return read_run(self._study.catalogue, self.id)

    def _wants_to_end(self, token: str) -> bool:
        return cancelled_start(self.folder) == token


class Jobs:
    """The jobs of a study."""

    def __init__(self, study: Study) -> None:
        self._study, self.folder = study, study.folder / "jobs"

    def start(self, kind: str, payload: dict[str, Any], n_workers: int | None = None) -> Job:
        """Start a job in the background.

        The same request while it runs gives the running job; after an interruption or a failure it is resumed.

        Raises
        ------
        JobError
            Another job of that kind (of the endpoint, for an analysis) is running.
        StudyError
            The study is open for reading only.
        """
        label = JOB_KINDS[kind].label
        self._study.check_writable()
        with self._study.catalogue.transaction():  # two starts at once are one after the other
            return self._same(kind, label, payload, n_workers) or self._new(
                kind, payload, n_workers or default_workers()
            )

    def _same(self, kind: str, label: Text, payload: dict[str, Any], n_workers: int | None) -> Job | None:
        before = self.latest(kind, payload["endpoint"] if BY_ENDPOINT in JOB_KINDS[kind].tags else None)
        if before is None:
            return None
        status, same = before.status(), digestible(before.payload) == digestible(payload)
        if status.is_over:
            return before.resume(n_workers) if same and status.state != "done" else None
        if same:
            return before
        raise JobError(
            lazy_("a job is already running: {label}"),
            remedy=lazy_("Wait until it is over, or cancel it."),
            label=label,
        )

    def _new(self, kind: str, payload: dict[str, Any], n_workers: int) -> Job:
        with self._study.catalogue.transaction() as connection:
            number = new_number(connection)
            folder = self.folder / f"{kind}-{number:06d}-{uuid.uuid4().hex[:4]}"
            asked = {"kind": kind, "payload": payload, "n_workers": n_workers, "created": time.time()}
            write_json(folder / JOB_FILE, {**asked, "app_version": radiomics_core.__version__})
            job = Job(self._study, folder)
            job.spawn()
            return job

    def get(self, job_id: str) -> Job | None:
        """Return a job by its id, None when there is none."""
        folder = self.folder / Path(job_id).name
        return Job(self._study, folder) if (folder / JOB_FILE).is_file() else None

    def all(self, kind: str | None = None) -> list[Job]:
        """Return the jobs, newest first."""
        return [Job(self._study, folder) for folder in self._folders(kind)]

    def latest(self, kind: str, endpoint: str | None = None) -> Job | None:
        """Return the newest job of a kind (of an endpoint), None when there is none."""
        jobs = (Job(self._study, folder) for folder in self._folders(kind))
        return next((job for job in jobs if endpoint in (None, job.payload.get("endpoint"))), None)

    def _folders(self, kind: str | None) -> list[Path]:
        """Return the folders of jobs in the order they were first started, newest first; no clock has a say."""
        files = self.folder.glob(f"*/{JOB_FILE}")
        folders = [file.parent for file in files if kind in (None, file.parent.name.rsplit("-", 2)[0])]
        return sorted(folders, key=_order, reverse=True)

    def running(self) -> list[Job]:
        """Return the jobs that are not over."""
        return [job for job in self.all() if not job.status().is_over]

    def remove(self, job: Job) -> None:
        """Delete the folder of a job that is over."""
        if job.status().is_over:
            check_place(job.folder)
            shutil.rmtree(job.folder, ignore_errors=True)


def cancelled_start(folder: Path) -> str | None:
    """Return the token of the start of a job that was told to end, None when none was."""
    try:
        return (folder / CANCEL_FILE).read_text("utf-8")
    except FileNotFoundError:
        return None


def _order(folder: Path) -> tuple[int, str]:
    """Return where a job stands: by its number; jobs of the first versions, named by the time, come before."""
    number = folder.name.rsplit("-", 2)[1]
    return int(len(number) < _STAMP_DIGITS), number


def run_job_blocking(
    job: Job, on_progress: Callable[[JobStatus], None] | None = None, every_s: float = 0.5
) -> JobStatus:
    """Follow a job to its end in the foreground; Ctrl-C cancels it and is raised again.

    Raises
    ------
    JobError
        The job failed, was cancelled or interrupted.
    """
    try:
        while not (status := job.status()).is_over:
            if on_progress is not None:
                on_progress(status)
            time.sleep(every_s)
    except KeyboardInterrupt:
        job.cancel()
        raise
    if on_progress is not None:
        on_progress(status)
    if status.state == "interrupted":
        raise _interrupted(job)
    if status.state != "done":
        raise JobError(
            lazy_("the job ended without a result ({state}): {why}"),
            remedy=lazy_("Its log is {log}."),
            state=status.state,
            why=status.message or "-",
            log=job.folder / LOG_FILE,
        )
    return status


def _interrupted(job: Job) -> RadiomicsError:
    if not has_room(job.folder):
        return disk_full(job.folder)
    return JobError(
        lazy_("the job was interrupted: its process was ended from outside, or could not write"),
        remedy=lazy_("Start it again; finished parts are used. Its log is {log}."),
        log=job.folder / LOG_FILE,
    )


def default_workers() -> int:
    """Return how many processes a job uses unless told otherwise: one per physical core."""
    return max(1, psutil.cpu_count(logical=False) or os.cpu_count() or 1)


def digestible(payload: dict[str, Any]) -> str:
    """Return a digest of a payload, the same before and after it was stored as JSON."""
    return digest_of(payload)
