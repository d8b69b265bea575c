"""Starting the worker process of a job, which outlives its session, and ending it with everything it started."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psutil

import radiomics_core
from radiomics_core.errors import JobError
from radiomics_core.files.anchors import check_place
from radiomics_core.i18n import lazy_
from radiomics_core.processes import ProcessIdentity, process_of
from radiomics_core.study.jobs.pool import ONE_THREAD

LOG_FILE = "log.txt"
_END_SECONDS = 3.0


def launch_worker(job: Path, token: str) -> ProcessIdentity:
    """Start the worker of the job in a folder and return which process it is.

    Raises
    ------
    JobError
        The computer does not start another process.
    """
    check_place(job)
    command = [sys.executable, "-m", "radiomics_core.study.worker", str(job.parent.parent), job.name, token]
    try:
        with (job / LOG_FILE).open("ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment(), **_detached()
            )
    except OSError as error:
        raise JobError(
            lazy_("the job's process cannot be started: {reason}"),
            remedy=lazy_("Close other programs, or look whether the disk is full, then start it again."),
            reason=error.strerror or str(error),
        ) from error
    threading.Thread(target=process.wait, name="reap", daemon=True).start()  # so that none stays behind as a zombie
    return process_of(process.pid)


def end_tree(process: ProcessIdentity) -> None:
    """End a process of this space and everything it started; nothing when it is gone or lives elsewhere."""
    if not process.runs():
        return
    try:
        parent = psutil.Process(process.pid)
        family = [*parent.children(recursive=True), parent]
    except psutil.NoSuchProcess:
        return
    for member in family:
        _kill(member)
    psutil.wait_procs(family, timeout=_END_SECONDS)


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
