"""Who lives and who may write, when sessions press at once, clocks are set, processes stop and die.

    python -m benchmarks.liveness --pairs 15

Starts the same job from two sessions at once, kills a job while it is queued, sets this process's clock by 3 s and an
hour both ways, stops a worker and a session for longer than any limit. Ends with exit code 1 when an answer is wrong.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import psutil

from radiomics_core.errors import RadiomicsError
from radiomics_core.study import Study
from radiomics_core.study.jobs.job import Job, Jobs

HOLD = "import sys; from radiomics_core.study import Study; study = Study.open(sys.argv[1]); print(flush=True); input()"
STEPS_S = (-3600, -3, 3, 3600)


def pair_gives_one_job(folder: Path) -> bool:
    """Start the same job from two sessions of one server at once; return whether it became one job."""
    with Study.create(folder) as first, Study.open(folder) as second:
        gate, given = threading.Barrier(2), []

        def start(study: Study) -> None:
            gate.wait()
            given.append(Jobs(study).start("self_test", {"n": 1}, 1).id)

        threads = [threading.Thread(target=start, args=(study,)) for study in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        jobs = Jobs(first).all()
        for job in jobs:
            job.wait(120)
        return len(jobs) == 1 and given == [jobs[0].id] * 2


def seconds_until_interrupted(study: Study) -> float:
    """Kill a job while it is queued and return when a reader sees it as interrupted."""
    job = Jobs(study).start("self_test", {"n": 2}, 1)
    psutil.Process(job.status().pid).kill()
    begun = time.monotonic()
    with Study.open(study.folder, read_only=True) as reader:
        seen = Jobs(reader).get(job.id)
        while seen is not None and not seen.status().is_over and time.monotonic() - begun < 90:
            time.sleep(0.02)
    return time.monotonic() - begun


@contextmanager
def clock_set_by(step_s: float) -> Iterator[None]:
    """Set the clock of this process: the time of day, and on Linux the time of the boot that follows it."""
    wall, boot = time.time, psutil.boot_time()
    place = "psutil._pslinux.boot_time" if sys.platform == "linux" else "psutil.boot_time"
    with patch("time.time", lambda: wall() + step_s), patch(place, lambda: boot + step_s):
        yield


def is_refused(folder: Path) -> bool:
    """Return whether a session that wants to write is refused."""
    try:
        Study.open(folder).close()
    except RadiomicsError:
        return True
    return False


def under_steps(answer: Callable[[], bool]) -> bool:
    """Return whether the answer is yes after every step of the clock."""
    given = []
    for step_s in STEPS_S:
        with clock_set_by(step_s):
            given.append(answer())
    return all(given)


def running_worker(study: Study) -> tuple[Job, psutil.Process]:
    """Start a long job and return it with its worker once it runs."""
    job = Jobs(study).start("self_test", {"n": 200, "seconds": 0.5}, 1)
    while job.status().state == "queued":
        time.sleep(0.05)
    return job, psutil.Process(job.status().pid)


def sessions(folder: Path, stop_s: float) -> Iterator[tuple[str, bool]]:
    """Yield claims about a session that another one meets, and whether they hold."""
    Study.create(folder).close()
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()
    yield "a second session is refused whatever the clock says", under_steps(lambda: is_refused(folder))
    if hasattr(signal, "SIGSTOP"):
        psutil.Process(other.pid).suspend()
        time.sleep(stop_s)
        yield f"a session stopped for {stop_s:.0f} s is still the writer", is_refused(folder)
    other.kill()
    other.communicate()
    yield "a killed session is taken over at once", not is_refused(folder)


def workers(folder: Path, stop_s: float) -> Iterator[tuple[str, bool]]:
    """Yield claims about a job's worker, and whether they hold."""
    with Study.create(folder) as study:
        job, worker = running_worker(study)
        yield "a worker is running whatever the clock says", under_steps(lambda: job.status().state == "running")
        worker.suspend()
        time.sleep(stop_s)
        yield f"a worker stopped for {stop_s:.0f} s is running", job.status().state == "running"
        worker.resume()
        job.cancel()
        took = seconds_until_interrupted(study)
        yield f"a job killed while queued is interrupted after {took:.2f} s", took < 2


def main() -> int:
    """Measure, print, and return 1 when an answer is wrong."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--pairs", type=int, default=15)
    asked.add_argument("--stop-seconds", type=float, default=40.0, help="longer than any limit (30 s)")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        one = sum(pair_gives_one_job(Path(place) / f"pair-{number}") for number in range(chosen.pairs))
        claims = [(f"{one} of {chosen.pairs} pairs of simultaneous starts gave one job", one == chosen.pairs)]
        claims += sessions(Path(place) / "sessions", chosen.stop_seconds)
        claims += workers(Path(place) / "workers", chosen.stop_seconds)
    for claim, holds in claims:
        print(f"{'holds' if holds else 'WRONG'}  {claim}")
    return 0 if all(holds for _claim, holds in claims) else 1


if __name__ == "__main__":
    sys.exit(main())
