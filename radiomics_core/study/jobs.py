"""Background jobs of a study: started here, done by a worker process of their own, found again after any restart."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

import radiomics_core
from radiomics_core.anchors import check_place
from radiomics_core.errors import JobError, RadiomicsError
from radiomics_core.i18n import lazy_
from radiomics_core.study.job_kind import error_message
from radiomics_core.study.job_kinds import JOB_KINDS
from radiomics_core.study.job_status import CANCEL_FILE, JobStatus, changed, read_status, write_status
from radiomics_core.study.lease import host_name, is_process
from radiomics_core.study.pool import ONE_THREAD
from radiomics_core.study.storage import disk_full, has_room, read_json, write_json

if TYPE_CHECKING:
    from radiomics_core.study.study import Study

JOB_FILE = "job.json"
LOG_FILE = "log.txt"
_CANCEL_SECONDS = 3.0
_POLL_SECONDS = 0.1

_spawned: dict[str, subprocess.Popen[bytes]] = {}
"""Workers this process has started; a thread of each waits for it, so that none stays behind as a zombie."""


class Job:
    """One job: its folder ``jobs/<id>/`` holds what it was asked, how far it is, its parts and its log."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.id = folder, folder.name
        asked = read_json(folder / JOB_FILE)
        self.kind: str = asked["kind"]
        self.payload: dict[str, Any] = asked["payload"]
        self.n_workers: int = asked["n_workers"]
        self.created: float = asked["created"]

    def status(self) -> JobStatus:
        """Return how far it is; ``message`` is worded in the session's language."""
        process = _spawned.get(self.id)
        gone = process is not None and process.poll() is not None
        status = read_status(self.folder)
        if status.error:
            return changed(status, message=error_message(status.error))
        return changed(status, state="interrupted") if gone and status.state == "queued" else status

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
        """Stop the job and every process of it; what is finished is kept."""
        if self.status().is_over:
            return
        check_place(self.folder)
        (self.folder / CANCEL_FILE).touch()
        deadline = time.monotonic() + _CANCEL_SECONDS
        while time.monotonic() < deadline and not self.status().is_over:
            time.sleep(_POLL_SECONDS)
        self._end_processes()
        status = read_status(self.folder)
        if status.state not in ("done", "failed"):
            write_status(self.folder, changed(status, state="cancelled", eta_s=None))

    def resume(self) -> Job:
        """Go on after an interruption, a cancellation or a failure; finished parts are used again."""
        if not self.status().is_over:
            return self
        self._end_processes()
        (self.folder / CANCEL_FILE).unlink(missing_ok=True)
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
        """Start the worker process, which outlives this one."""
        write_status(self.folder, JobStatus(state="queued", heartbeat=time.time(), host=host_name()))
        command = [sys.executable, "-m", "radiomics_core.study.worker", str(self.folder.parent.parent), self.id]
        with (self.folder / LOG_FILE).open("ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment(), **_detached()
            )
        _spawned[self.id] = process
        threading.Thread(target=process.wait, name="reap", daemon=True).start()

    def _end_processes(self) -> None:
        status = read_status(self.folder)
        if status.host == host_name() and is_process(status.pid, status.started):
            end_tree(status.pid)
        process = _spawned.pop(self.id, None)
        if process is not None:
            if process.poll() is None:
                end_tree(process.pid)
            process.wait()


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
            Another job of that kind is running.
        StudyError
            The study is open for reading only.
        """
        row = JOB_KINDS[kind]
        self._study.check_writable()
        before = self.latest(kind)
        if before is not None:
            status, same = before.status(), digestible(before.payload) == digestible(payload)
            if not status.is_over and same:
                return before
            if not status.is_over:
                raise JobError(
                    lazy_("a job is already running: {label}"),
                    remedy=lazy_("Wait until it is over, or cancel it."),
                    label=row.label,
                )
            if same and status.state in ("interrupted", "cancelled", "failed"):
                return self._with_workers(before, n_workers).resume()
        job = self._new(kind, payload, n_workers or default_workers())
        job.spawn()
        return job

    def get(self, job_id: str) -> Job | None:
        """Return a job by its id, None when there is none."""
        folder = self.folder / Path(job_id).name
        return Job(folder) if (folder / JOB_FILE).is_file() else None

    def all(self, kind: str | None = None) -> list[Job]:
        """Return the jobs, newest first."""
        jobs = [Job(file.parent) for file in self.folder.glob(f"{kind or '*'}-*/{JOB_FILE}")]
        return sorted((job for job in jobs if kind in (None, job.kind)), key=lambda job: job.created, reverse=True)

    def latest(self, kind: str) -> Job | None:
        """Return the newest job of a kind, None when there is none."""
        folders = sorted(self.folder.glob(f"{kind}-*"), key=lambda folder: folder.name, reverse=True)
        return next((Job(folder) for folder in folders if (folder / JOB_FILE).is_file()), None)

    def running(self) -> list[Job]:
        """Return the jobs that are not over."""
        return [job for job in self.all() if not job.status().is_over]

    def remove(self, job: Job) -> None:
        """Delete the folder of a job that is over."""
        if job.status().is_over:
            check_place(job.folder)
            shutil.rmtree(job.folder, ignore_errors=True)

    def _new(self, kind: str, payload: dict[str, Any], n_workers: int) -> Job:
        now = time.time()
        stamp = f"{time.strftime('%Y%m%d%H%M%S', time.gmtime(now))}{int(now % 1 * 1000):03d}"
        folder = self.folder / f"{kind}-{stamp}-{uuid.uuid4().hex[:4]}"
        asked = {"kind": kind, "payload": payload, "n_workers": n_workers, "created": now}
        write_json(folder / JOB_FILE, {**asked, "app_version": radiomics_core.__version__})
        return Job(folder)

    def _with_workers(self, job: Job, n_workers: int | None) -> Job:
        if n_workers is not None and n_workers != job.n_workers:
            write_json(job.folder / JOB_FILE, {**read_json(job.folder / JOB_FILE), "n_workers": n_workers})
        return Job(job.folder)


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


def end_tree(pid: int) -> None:
    """End a process and everything it started."""
    try:
        parent = psutil.Process(pid)
        family = [*parent.children(recursive=True), parent]
    except psutil.NoSuchProcess:
        return
    for process in family:
        _kill(process)
    psutil.wait_procs(family, timeout=_CANCEL_SECONDS)


def digestible(payload: dict[str, Any]) -> str:
    """Return a digest of a payload, the same before and after it was stored as JSON."""
    from radiomics_core.settings import digest_of

    return digest_of(payload)


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return  # it ended by itself in between, which is what was wanted


def _environment() -> dict[str, str]:
    package_parent = str(Path(radiomics_core.__file__).parents[1])
    paths = [package_parent, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)), "PYTHONUNBUFFERED": "1"}


def _detached() -> dict[str, Any]:
    if os.name == "nt":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS  # type: ignore[attr-defined]
        return {"creationflags": flags}
    return {"start_new_session": True}
