"""The process that does one job: ``python -m radiomics_core.study.worker STUDY JOB``.

It plans the units, drives the pool, tells how far it is every two seconds, and puts the parts together at the end.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from radiomics_core.errors import RadiomicsError, StudyError
from radiomics_core.files.anchors import check_place
from radiomics_core.files.atomic import read_json, remove_leftovers, write_json
from radiomics_core.files.private import new_files_are_private
from radiomics_core.i18n import lazy_
from radiomics_core.study.jobs.job import Job, cancelled_start
from radiomics_core.study.jobs.kind import JobKind, Parts, Plan, Unit, error_to_dict
from radiomics_core.study.jobs.kinds import JOB_KINDS
from radiomics_core.study.jobs.pool import Outcome, run_units
from radiomics_core.study.jobs.status import (
    HEARTBEAT_SECONDS,
    JobState,
    JobStatus,
    Rate,
    changed,
    write_status,
)
from radiomics_core.study.study import Study

PLAN_FILE = "plan.json"
_CANCEL_POLL_SECONDS = 0.2

log = logging.getLogger("radiomics_core.worker")


class Progress:
    """The status file, rewritten by a thread of its own so that it beats while the units compute."""

    def __init__(self, study: Study, folder: Path, token: str) -> None:
        self._study, self._folder = study, folder
        self._lock, self._stop, self._rate = threading.Lock(), threading.Event(), Rate()
        self.status = JobStatus(state="running", token=token, pid=os.getpid())
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to beat, and to look for the wish to cancel."""
        self.write()
        self._thread.start()

    def expect(self, total: int, done: int) -> None:
        """Note how many units there are, and how many parts were there already."""
        self._set(total=total, done=done)
        self.write()

    def report(self, done: int, total: int, what: str) -> None:
        """Note how far the preparation is."""
        self._set(done=done, total=total, current=what)

    def tick(self, unit: Unit, outcome: Outcome) -> None:
        """Note that a unit ended."""
        self._rate.tick()
        done = self.status.done + 1
        left = self._rate.seconds_left(self.status.total - done)
        self._set(done=done, failed=self.status.failed + (outcome == "failed"), current=unit.label, eta_s=left)

    def end(self, state: JobState, **changes: Any) -> None:
        """Stop beating and write the last status."""
        self._stop.set()
        self._thread.join()
        self._set(state=state, eta_s=None, **changes)
        self._try_to_write()

    def write(self) -> None:
        """Write the status file, unless the job was given to another process meanwhile."""
        self._study.check_writable()
        with self._lock:
            write_status(self._folder, self.status)

    def _set(self, **changes: Any) -> None:
        with self._lock:
            self.status = changed(self.status, **changes)

    def _beat(self) -> None:
        beaten = time.monotonic()
        while not self._stop.wait(_CANCEL_POLL_SECONDS):
            if cancelled_start(self._folder) == self.status.token:
                self._leave("cancelled")
            if time.monotonic() - beaten >= HEARTBEAT_SECONDS:
                beaten = time.monotonic()
                if not self._is_still_ours():
                    log.error("the study was moved, or the job was given to another process: ending")
                    self._leave("interrupted")
                self._try_to_write()

    def _try_to_write(self) -> None:
        try:
            self.write()
        except StudyError as error:
            log.warning("no heartbeat: %s", error)  # the disk may have room again at the next beat

    def _is_still_ours(self) -> bool:
        try:
            lease = self._study.lease
            return self._study.anchor.holds() and lease is not None and lease.is_held()
        except StudyError as error:
            log.warning("the lease cannot be read: %s", error)  # the disk may be there again at the next beat
            return True

    def _leave(self, state: JobState) -> None:
        """End the pool, say why if that can be written, and end this process at once."""
        children = psutil.Process().children(recursive=True)
        for child in children:
            child.kill()
        psutil.wait_procs(children, timeout=HEARTBEAT_SECONDS)
        self._set(state=state, eta_s=None)
        self._try_to_write()
        os._exit(0)


def run_job(study: Study, job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job from plan to result and return what identifies the result."""
    kind = JOB_KINDS.build(job.kind)
    kind.report = progress.report
    plan = kind.plan(study, job.payload)
    parts = _parts(job, kind, plan)
    n_left = len(parts.missing())
    progress.expect(len(plan.units), len(plan.units) - n_left)
    if n_left:
        run_units(kind, plan, parts, max(1, min(job.n_workers, n_left)), progress.tick)
    for failure in parts.failures():
        log.error("%s: %s\n%s", failure.unit.label, failure.reason, failure.details)
    result = kind.finish(study, job.payload, plan, parts)
    if not parts.failures():
        shutil.rmtree(parts.folder, ignore_errors=True)
    return result


def _parts(job: Job, kind: JobKind, plan: Plan) -> Parts:
    parts = Parts(job.folder / "parts", kind, plan.units)
    file = job.folder / PLAN_FILE
    if not file.is_file() or read_json(file)["digest"] != plan.digest:
        check_place(parts.folder)
        shutil.rmtree(parts.folder, ignore_errors=True)
        write_json(file, {"digest": plan.digest, "units": [unit.key for unit in plan.units]})
    check_place(parts.folder)
    parts.folder.mkdir(exist_ok=True)
    remove_leftovers(parts.folder)
    parts.forget_failures()
    return parts


def main(arguments: list[str]) -> int:
    """Do the job named on the command line (study, job, token of this start); returns 0 when it is done."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    folder, job_id, token = Path(arguments[0]).absolute(), arguments[1], arguments[2]
    try:
        study = Study.open_for_job(folder, token)
    except StudyError:
        log.exception("job %s was started anew or cancelled, or its start was undone: this process ends", job_id)
        return 1
    with study:
        job = Job(study, folder / "jobs" / job_id)
        progress = Progress(study, job.folder, token)
        progress.start()
        return _do(study, job, progress)


def _do(study: Study, job: Job, progress: Progress) -> int:
    try:
        result = run_job(study, job, progress)
    except RadiomicsError as error:
        log.exception("job %s failed", job.id)
        progress.end("failed", error=error_to_dict(error))
        return 1
    except Exception as error:  # the last line of defence: the job must say that it failed
        log.exception("job %s ended unexpectedly", job.id)
        unexpected = RadiomicsError(
            lazy_("unexpected error ({kind})"),
            remedy=lazy_("The job's log has the details."),
            kind=type(error).__name__,
        )
        progress.end("failed", error=error_to_dict(unexpected))
        return 1
    progress.end("done", result=result)
    return 0


if __name__ == "__main__":
    with new_files_are_private():
        sys.exit(main(sys.argv[1:]))
