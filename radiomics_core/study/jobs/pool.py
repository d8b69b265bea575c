"""The pool of processes that do the units of a job. They never open the study's catalogue.

Loky (joblib's process pool) is driven directly: the shared context is sent once per process, and a killed process is
noticed. When one is killed (most often because memory ran out), the units that are left run once more, each alone in a
process of its own, so that only the culprit is marked.
"""

from __future__ import annotations

import os
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from radiomics_core.errors import RadiomicsError, StudyError
from radiomics_core.files.anchors import Anchor, FileNumbers, anchored_numbers
from radiomics_core.i18n import english, lazy_
from radiomics_core.processes import is_running, this_process
from radiomics_core.study.jobs.kind import JobKind, Parts, Plan, Unit
from radiomics_core.study.jobs.kinds import JOB_KINDS
from radiomics_core.study.storage.catalogue import CATALOGUE_FILE

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
)
ONE_THREAD = dict.fromkeys(_THREAD_VARIABLES, "1")
"""One thread per process: the same numbers whatever the number of workers, and no fight for cores."""

Outcome = Literal["done", "failed"]

_context: dict[str, Any] = {}
_IN_FLIGHT_PER_WORKER = 3
_WATCH_SECONDS = 1.0


def run_units(kind: JobKind, plan: Plan, parts: Parts, n_workers: int, done: Callable[[Unit, Outcome], None]) -> None:
    """Run every unit that has no part yet; ``done`` is called after each, in the order they end."""
    try:
        for unit, outcome in _in_pool(kind, plan, parts, parts.missing(), n_workers):
            done(unit, outcome)
    except BrokenProcessPool:
        for unit in parts.missing():
            done(unit, _alone(kind, plan, parts, unit))


def _in_pool(
    kind: JobKind, plan: Plan, parts: Parts, units: Iterable[Unit], n_workers: int
) -> Iterator[tuple[Unit, Outcome]]:
    waiting = iter(units)
    with _executor(kind, plan, parts, n_workers) as executor:
        running: dict[Future[Outcome], Unit] = {}
        while True:
            for unit in islice(waiting, n_workers * _IN_FLIGHT_PER_WORKER - len(running)):
                running[executor.submit(_run_unit, unit)] = unit
            if not running:
                return
            finished, _still = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                yield running.pop(future), future.result()


def _alone(kind: JobKind, plan: Plan, parts: Parts, unit: Unit) -> Outcome:
    try:
        with _executor(kind, plan, parts, 1) as executor:
            outcome: Outcome = executor.submit(_run_unit, unit).result()
            return outcome
    except BrokenProcessPool:
        parts.fail(unit, "killed", english(lazy_("its process was killed")))
        return "failed"


def _executor(kind: JobKind, plan: Plan, parts: Parts, n_workers: int) -> Any:
    from joblib.externals.loky import ProcessPoolExecutor

    driver, numbers = this_process(), anchored_numbers(_catalogue_of(parts.folder))
    return ProcessPoolExecutor(
        max_workers=n_workers,
        timeout=None,
        initializer=_start,
        initargs=(
            kind.name,
            plan.shared,
            parts.folder,
            (driver.pid, driver.started),
            numbers,
        ),
    )


def _start(kind_name: str, shared: Any, folder: Path, driver: tuple[int, float], numbers: FileNumbers | None) -> None:
    """Make a pool process ready: what all units share, and a watch that ends it when its driver is gone.

    It writes only where its driver found the study; a job's name is given once, so its folder is known by that.
    """
    kind = JOB_KINDS.build(kind_name)
    _context.update(kind=kind, shared=shared, parts=Parts(folder, kind, ()))
    if numbers is not None:
        Anchor(_catalogue_of(folder), folder.is_dir, numbers=numbers)
    threading.Thread(target=_end_with, args=driver, name="watch", daemon=True).start()


def _catalogue_of(parts: Path) -> Path:
    return parts.parents[2] / CATALOGUE_FILE


def _end_with(pid: int, started: float) -> None:
    while is_running(pid, started) is not False:
        time.sleep(_WATCH_SECONDS)
    os._exit(1)


def _run_unit(unit: Unit) -> Outcome:
    kind: JobKind = _context["kind"]
    parts: Parts = _context["parts"]
    try:
        kind.dump_part(parts.path(unit), kind.run(_context["shared"], unit.work))
    except StudyError:
        raise
    except RadiomicsError as error:
        parts.fail(unit, error.code, str(error))
        return "failed"
    except Exception as error:  # noqa: BLE001 - one unforeseen unit must not stop the cohort; it becomes a finding
        parts.fail(unit, "unexpected", f"{type(error).__name__}: {error}", traceback.format_exc())
        return "failed"
    return "done"
