r"""Kill every command at every rename, flush and commit, and at random moments, and look at each state.

    python benchmarks/kill.py --injected
    python benchmarks/kill.py --random 60
    python benchmarks/kill.py --injected --only extract --pages 5

For each state a kill leaves: the study opens for writing, everything the pages ask of it is answered, no temporary file
and no half upload stays, and the same command, given again, ends with the digests (features, provenance, results,
clinical table, cohort, findings) of a run that was not killed. ``--pages N`` also runs every page of every N-th state.
Injected kills end a process before its n-th operation (``kill_points.py``) in the command, in the worker of its job
(which does its units itself, ``kill_fork.py``) and, with ``--pool``, in a process of a real pool. Random kills are of
real processes. Linux and macOS (it forks).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pages.common.table import ROWS

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks import kill_cases, kill_fork  # noqa: E402
from benchmarks.kill_points import KILLED, KillPoints  # noqa: E402

ROLES = ("command", "worker")
SITE = ROOT / "benchmarks" / "kill_site"
WAIT_SECONDS = 120.0
PAGES = tuple(row.name for row in ROWS)


@dataclass(frozen=True)
class Outcome:
    """What became of one kill; ``problem`` is empty when everything held."""

    case: str
    role: str
    at: str
    killed: bool
    problem: str = ""


def in_child(act: Callable[[], Any]) -> tuple[int, Any]:
    """Do something in a forked process; return its exit code and what it returned (the error's text if it failed)."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        pid = os.fork()
        if pid == 0:
            code, nowhere = 0, os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            try:
                answer.write_text(json.dumps(act()))
            except BaseException:  # noqa: BLE001 - whatever it is, the parent is told
                answer.write_text(json.dumps(traceback.format_exc()))
                code = 1
            os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return code, json.loads(answer.read_text()) if answer.is_file() else None


def _nothing() -> None:
    """Do nothing."""


class Killing:
    """Kills of one case."""

    def __init__(self, case: kill_cases.Case, work: Path, pages_every: int) -> None:
        self.case, self._work, self._pages_every = case, work, pages_every
        self.data, self.base = work / "data", work / f"base-{case.name}"
        self._n = 0

    def prepare(self) -> dict[str, Any]:
        """Make the state the case starts from and return the digests of a run that was not killed."""
        study = kill_cases.place(self.base)
        for name in self.case.before:
            self._quiet(partial(kill_cases.CASES[name].act, self.data, study))
        with self._workers() as use:
            wanted: dict[str, Any]
            code, wanted = in_child(lambda: (use(), self._run(self._place("whole")))[1])
        if code:
            raise SystemExit(f"{self.case.name} fails without a kill:\n{wanted}")
        return wanted

    def count(self, role: str) -> list[str]:
        """Return the operations of one role in a run that is not killed."""
        folder = self._place("counted")
        log = folder.parents[1] / "log"
        self._killed_run(folder, role, 0, log)
        return log.read_text().splitlines() if log.is_file() else []

    def inject(self, role: str, at: int, wanted: dict[str, Any]) -> Outcome:
        """Kill before the ``at``-th operation of a role, look at the state, and do the same again."""
        folder = self._place("killed")
        killed = self._killed_run(folder, role, at, folder.parents[1] / "log")
        return Outcome(self.case.name, role, str(at), killed, self._judge(folder, wanted))

    def at_random(self, generator: random.Random, longest: float, wanted: dict[str, Any]) -> Outcome:
        """Kill the command, its worker or all of them after a random time."""
        folder = self._place("killed")
        after, whom = generator.uniform(0, longest), generator.choice(["command", "worker", "all"])
        code = (
            f"from benchmarks import kill_cases; kill_cases.do({self.case.name!r}, {str(self.data)!r}, {str(folder)!r})"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(after)
        killed = _kill_family(process, folder, whom)
        process.wait(WAIT_SECONDS)
        _wait_for_workers(folder)
        return Outcome(self.case.name, whom, f"{after:.2f} s", killed, self._judge(folder, wanted))

    def _killed_run(self, folder: Path, role: str, at: int, log: Path) -> bool:
        flag = log.with_name("flag")
        points = KillPoints(at, log, flag)

        def run() -> None:
            use()
            if role == "command":
                points.install()
            elif role == "pool":
                asked = {"role": role, "at": at, "log": str(log), "flag": str(flag)}
                os.environ["RADIOMICS_KILL_POINT"] = json.dumps(asked)
                os.environ["PYTHONPATH"] = os.pathsep.join([str(SITE), str(ROOT)])
            self.case.act(self.data, folder)

        with self._workers(points.install if role == "worker" else _nothing, forked=role != "pool") as use:
            self._quiet(run, may_end=(0, 1, KILLED))
            _wait_for_workers(folder)
        return flag.is_file()

    @contextmanager
    def _workers(self, first: Callable[[], None] = _nothing, *, forked: bool = True) -> Iterator[Callable[[], None]]:
        """Give what a process calls so that its workers are forks."""
        if not (forked and self.case.has_job):
            yield _nothing
            return
        zygote = kill_fork.Zygote(first)
        try:
            yield zygote.use
        finally:
            zygote.end()

    def _judge(self, folder: Path, wanted: dict[str, Any]) -> str:
        """Return what is wrong with the state a kill left, empty when nothing is."""
        self._n += 1
        problem = ""
        looked_at = kill_cases.fresh_copy(folder.parents[1], self._work / "looked-at")
        for study in [path for path in looked_at.parent.rglob("study.sqlite") if ".writing-" not in str(path)]:
            problem = problem or self._look(study.parent)
        shutil.rmtree(looked_at.parents[1])
        kill_cases.place(folder.parents[1])
        with self._workers() as use:
            code, found = in_child(lambda: (use(), self._run(folder))[1])
        if code and in_child(lambda: kill_cases.digests(folder)) == (0, wanted):
            code, found = 0, wanted  # it was done before the kill, so the command refuses to make the study again
        if code:
            problem = problem or f"the same command fails: {found}"
        elif found != wanted:
            differing = [key for key in {*found, *wanted} if found.get(key) != wanted.get(key)]
            problem = problem or f"other digests: {differing}"
        return problem

    def _look(self, study: Path) -> str:
        code, said = in_child(lambda: kill_cases.read_everything(study))
        if code:
            return f"a reader fails: {said}"
        left = kill_cases.leftovers(study)
        if left:
            return f"left behind: {left}"
        if self._pages_every and self._n % self._pages_every == 0:
            code, said = in_child(lambda: _pages(study))
            return f"a page fails: {said}" if code or said else ""
        return ""

    def _run(self, folder: Path) -> dict[str, Any]:
        code = self.case.act(self.data, folder)
        if code:
            raise SystemExit(f"exit code {code}")
        return kill_cases.digests(folder)

    def _place(self, name: str) -> Path:
        place = self._work / name
        shutil.rmtree(place, ignore_errors=True)
        if self.base.is_dir():
            return kill_cases.fresh_copy(self.base, place)
        return kill_cases.place(place)

    @staticmethod
    def _quiet(act: Callable[[], Any], may_end: tuple[int, ...] = (0,)) -> None:
        code, said = in_child(act)
        if code not in may_end:
            raise SystemExit(f"unexpected end ({code}): {said}")


def _pages(study: Path) -> list[str]:
    """Return what goes wrong when every page is drawn on a study."""
    sys.path[:] = [path for path in sys.path if Path(path) != ROOT / "benchmarks"]  # its pages.py hides the pages
    from streamlit.testing.v1 import AppTest

    from radiomics_core.study.last_opened import set_last_opened
    from tests.app.conftest import PAGES as FILES
    from tests.app.conftest import problems

    os.chdir(ROOT)
    set_last_opened(study)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=WAIT_SECONDS).run()
    found = problems(app)
    for name in PAGES[1:]:
        found += problems(app.switch_page(FILES[name]).run())
    return found


def _kill_family(process: subprocess.Popen[bytes], folder: Path, whom: str) -> bool:
    import psutil

    workers = [p for p in psutil.process_iter(["cmdline"]) if _is_worker(p, folder)]
    own = [psutil.Process(process.pid)] if process.poll() is None else []
    chosen = {"command": own, "worker": workers or own, "all": [*own, *workers]}[whom]
    for one in chosen:
        for member in [*one.children(recursive=True), one] if whom == "all" else [one]:
            try:
                member.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue
    return bool(chosen)


def _is_worker(process: Any, folder: Path) -> bool:
    command = process.info["cmdline"] or []
    return "radiomics_core.study.worker" in command and str(folder) in command


def _wait_for_workers(folder: Path) -> None:
    import psutil

    deadline = time.monotonic() + WAIT_SECONDS
    while any(
        _is_worker(p, folder) and p.status() != psutil.STATUS_ZOMBIE for p in psutil.process_iter(["cmdline", "status"])
    ):
        if time.monotonic() > deadline:
            raise SystemExit(f"the worker of {folder} does not end")
        time.sleep(0.1)


def injected(killing: Killing, wanted: dict[str, Any], every: int, pool: bool) -> list[Outcome]:
    """Kill at every (or every n-th) operation of every role of a case."""
    outcomes = []
    for role in (*ROLES, *(["pool"] if pool else [])) if killing.case.has_job else ROLES[:1]:
        operations = killing.count(role)
        for at in range(1, len(operations) + 1, every):
            outcome = killing.inject(role, at, wanted)
            outcomes.append(outcome)
            if outcome.problem:
                print(f"  {role} {at} ({operations[at - 1]}): {outcome.problem}", flush=True)
    return outcomes


def report(name: str, outcomes: list[Outcome]) -> None:
    """Print one line for a case."""
    killed = [one for one in outcomes if one.killed]
    bad = [one for one in outcomes if one.problem]
    by_role = ", ".join(
        f"{role} {sum(o.role == role for o in killed)}" for role in dict.fromkeys(o.role for o in killed)
    )
    print(f"{name}: {len(killed)} kills ({by_role}), {len(bad)} with a problem", flush=True)


def main() -> int:
    """Run what was asked for; exit code 1 when a state did not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--injected", action="store_true", help="kill at every operation")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only at every N-th operation")
    parser.add_argument("--pool", action="store_true", help="also kill processes of a real pool (seconds for each)")
    parser.add_argument("--random", type=int, default=0, metavar="N", help="so many kills at random moments")
    parser.add_argument("--work", metavar="DIR", help="where studies are made (a disk in memory is faster)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", metavar="A,B", help=f"cases: {', '.join(kill_cases.CASES)}")
    parser.add_argument("--pages", type=int, default=0, metavar="N", help="draw all pages of every N-th state")
    chosen = parser.parse_args()
    names = chosen.only.split(",") if chosen.only else list(kill_cases.CASES)
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(dir=chosen.work) as folder:
        work = Path(folder)
        kill_cases.make_data(work / "data")
        kill_cases.load_everything(work / "data", work / "loading")
        for name in names:
            killing = Killing(kill_cases.CASES[name], work, chosen.pages)
            began = time.monotonic()
            wanted = killing.prepare()
            longest = time.monotonic() - began
            made = injected(killing, wanted, chosen.every, chosen.pool) if chosen.injected else []
            generator = random.Random(f"{chosen.seed} {name}")
            share = chosen.random // len(names) + (names.index(name) < chosen.random % len(names))
            made += [killing.at_random(generator, longest + 1.0, wanted) for _ in range(share)]
            report(name, made)
            outcomes += made
    report("all", outcomes)
    return int(any(outcome.problem for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
