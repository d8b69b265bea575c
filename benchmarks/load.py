"""Many sessions at once: how long a click takes, what a rerun costs and sends, with a job running beside or not.

Run from the project's folder::

    python -m benchmarks.load --sessions 1 5 10 20 [--seconds 60] [--job] [--code FOLDER ...] [--out FILE]

Sessions are driven without a browser: each speaks Streamlit's own protocol over a web socket, keeps what the server
sent as a browser does, thinks for a while (exponential, ``--think`` seconds in the mean) and then opens another page,
switches a section, or changes a menu. A click takes as long as it takes until the script has finished and everything
was received. With several folders of code (``--code . ../before``) they are measured in turns, so that other work on
the computer falls on all of them alike.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.pages import show
from benchmarks.session import Session, Visit, entered

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("study", "cohort", "exploration", "comparison", "survival")
SECTIONS = {
    "cohort": ("cohort_section", ("clinical", "columns", "endpoints", "split")),
    "exploration": ("exploration_section", ("univariate", "distribution", "correlation", "volume", "map")),
}
START_SECONDS = 90
JOB = """import sys
from radiomics_core.study import Study
from radiomics_core.study.actions import analysis
from radiomics_core.analysis.settings import full_settings
with Study.open(sys.argv[1]) as study:
    analysis.start(study, "response", full_settings())"""
"""A comparison that outlasts the measurement, started as another program would."""
JOB_ENDS = """import sys
from radiomics_core.study import Study
from radiomics_core.study.jobs.job import Jobs
with Study.open(sys.argv[1]) as study:
    for job in Jobs(study).running():
        job.cancel()"""


@dataclass(frozen=True)
class Plan:
    """How many sessions do what for how long."""

    sessions: int
    seconds: float
    think_s: float
    job: bool = False


@dataclass
class Load:
    """What was measured of one plan: clicks of all sessions, processor seconds of the server."""

    visits: list[Visit] = field(default_factory=list)
    cpu_s: float = 0.0
    wall_s: float = 0.0

    def row(self, code: Path, plan: Plan) -> dict[str, object]:
        """Return one line of the table."""
        seconds = np.array([visit.seconds for visit in self.visits])
        median, high = np.percentile(seconds, [50, 95])
        return {
            "code": code.name, "sessions": plan.sessions, "job": plan.job, "clicks": len(seconds),
            "median s": round(float(median), 2), "p95 s": round(float(high), 2),
            "cpu ms a click": round(1000 * self.cpu_s / len(seconds)),
            "kB a click": round(float(np.mean([visit.bytes for visit in self.visits])) / 1000, 1),
            "processors busy": round(self.cpu_s / self.wall_s, 2),
            "problems": sum(visit.problem for visit in self.visits),
        }  # fmt: skip


def main() -> None:
    """Print and store the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 5, 10, 20])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--think", type=float, default=3.0)
    parser.add_argument("--job", action="store_true", help="a comparison runs beside")
    parser.add_argument("--code", type=Path, nargs="+", default=[ROOT], help="folders of code, measured in turns")
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    rows = []
    for _turn in range(chosen.turns):
        for sessions in chosen.sessions:
            for code in chosen.code:
                plan = Plan(sessions, chosen.seconds, chosen.think, chosen.job)
                rows.append(measure(code.resolve(), plan).row(code.resolve(), plan))
                show(pd.DataFrame(rows[-1:]))
    show(pd.DataFrame(rows))
    if chosen.out:
        chosen.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def measure(code: Path, plan: Plan) -> Load:
    """Start a server of some code on a study of its own and let the sessions work on it."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RADIOMICS_EXPLORER_HOME"] = folder
        _in(code, "from benchmarks.pages import make_study; make_study()")
        study = str(next(Path(folder).glob("*/study.sqlite")).parent)
        with _job_beside(code, study, plan.job), server(code, Path(folder)) as (address, process):
            import psutil

            watched = psutil.Process(process.pid)
            asyncio.run(_work(address, Plan(1, 20.0, 0.1)))  # imports and caches
            before, started = watched.cpu_times(), time.perf_counter()
            load = Load(asyncio.run(_work(address, plan)))
            after = watched.cpu_times()
            load.cpu_s = after.user + after.system - before.user - before.system
            load.wall_s = time.perf_counter() - started
            return load


@contextmanager
def _job_beside(code: Path, study: str, wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    _in(code, JOB, study)
    try:
        yield
    finally:
        _in(code, JOB_ENDS, study)


async def _work(address: str, plan: Plan) -> list[Visit]:
    cookie = entered(address)
    ends = time.monotonic() + plan.seconds
    found = await asyncio.gather(*(_session(address, cookie, plan, seed, ends) for seed in range(plan.sessions)))
    return [visit for visits in found for visit in visits]


async def _session(address: str, cookie: str, plan: Plan, seed: int, ends: float) -> list[Visit]:
    """Work like a person until the time is over; the first drawing is not counted."""
    chance, visits = random.Random(seed), []
    await asyncio.sleep(chance.uniform(0, min(plan.think_s, 3.0)))
    async with Session.opened(address, cookie) as session:
        await session.rerun()
        while time.monotonic() < ends:
            await asyncio.sleep(chance.expovariate(1 / plan.think_s))
            visits.append(await _click(session, chance))
    return visits


async def _click(session: Session, chance: random.Random) -> Visit:
    """Open another page, or change a section, a menu or a slider of this one."""
    key, sections = SECTIONS.get(session.page, ("", ()))
    if chance.random() < 0.4:
        return await session.go(chance.choice([page for page in PAGES if page != session.page]))
    if sections and chance.random() < 0.6:
        return await session.switch(key, chance.choice(sections))
    return await session.choose(chance)


def _in(code: Path, words: str, *arguments: str) -> None:
    """Run some lines with a folder of code: each version makes its own study and starts its own job."""
    environment = {**os.environ, "PYTHONPATH": str(code)}
    subprocess.run([sys.executable, "-c", words, *arguments], cwd=code, env=environment, check=True)


@contextmanager
def server(code: Path, home: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run the dashboard of a folder of code; yield its address (with its token, where it has one) and the process."""
    from tests.browser.driving import free_port

    port = free_port()
    has_door = (code / "bootstrap" / "door.py").is_file()
    options = ["--port", str(port)] if has_door else ["--server.port", str(port), "--server.headless", "true"]
    environment: dict[str, Any] = {**os.environ, "RADIOMICS_EXPLORER_HOME": str(home), "OMP_NUM_THREADS": "1"}
    environment |= {"PYTHONPATH": str(code), "PYTHONUNBUFFERED": "1"}
    log = home / "server.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "bootstrap.dashboard", *options],
            cwd=code, env=environment, stdout=stream, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
    try:
        yield _address(log, port, has_door), process
    finally:
        process.terminate()
        process.wait(30)


def _address(log: Path, port: int, has_door: bool) -> str:
    """Return the address once the server answers."""
    import urllib.request

    deadline, bare = time.monotonic() + START_SECONDS, f"http://127.0.0.1:{port}"
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{bare}/_stcore/health", timeout=2).close()
        except OSError:
            time.sleep(0.2)
            continue
        if not has_door:
            return bare
        said = [word for word in log.read_text(encoding="utf-8").split() if word.startswith(f"{bare}/?")]
        if said:
            return said[0]
        time.sleep(0.1)
    raise RuntimeError(f"the server of {log.parent} did not answer: {log.read_text(encoding='utf-8')[-500:]}")


if __name__ == "__main__":
    main()
