"""Workers of jobs as forks of a process that has loaded everything: a killed job costs a fraction of a second.

A clean process waits (the zygote); what starts a worker asks it through a pipe, so that no open catalogue is carried
into the worker. Units are done in the worker itself, one after the other, by the function the pool's processes call.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from radiomics_core.study import worker
from radiomics_core.study.jobs import launch, pool
from radiomics_core.study.jobs.kind import JobKind, Parts, Plan, Unit


class Zygote:
    """Waits for requests and forks a worker for each; ends when everybody who could ask is gone."""

    def __init__(self, first: Callable[[], None]) -> None:
        """Call ``first`` in each worker before it begins."""
        self._ask, self._answer = os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._ask[1])
            self._serve(first)
            os._exit(0)
        os.close(self._ask[0])

    def use(self) -> None:
        """Let this process start its workers here."""
        vars(launch)["subprocess"] = SimpleNamespace(Popen=self._popen, DEVNULL=subprocess.DEVNULL)

    def end(self) -> None:
        """Let it go."""
        os.close(self._ask[1])
        os.waitpid(self.pid, 0)
        for handle in self._answer:
            os.close(handle)

    def _popen(self, command: list[str], stdout: Any = None, **_: Any) -> _Forked:
        os.write(self._ask[1], (json.dumps([command[3:], stdout.name]) + "\n").encode())
        return _Forked(int(os.read(self._answer[0], 32)))

    def _serve(self, first: Callable[[], None]) -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        with os.fdopen(self._ask[0]) as requests:
            for line in requests:
                arguments, log = json.loads(line)
                pid = os.fork()
                if pid == 0:
                    os._exit(_work(arguments, Path(log), first))
                os.write(self._answer[1], str(pid).encode())


class _Forked:
    """What is known of a worker that is no child of this process."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def wait(self) -> None:
        """Do nothing: the zygote's system reaps it."""


def _work(arguments: list[str], log: Path, first: Callable[[], None]) -> int:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    vars(worker)["run_units"] = run_here
    first()
    try:
        return worker.main(arguments)
    except BaseException:  # noqa: BLE001 - the log says it, and this fork must not go on as the harness
        import traceback

        traceback.print_exc()
        return 1


def run_here(kind: JobKind, plan: Plan, parts: Parts, n_workers: int, done: Callable[[Unit, Any], None]) -> None:
    """Do the units of a job in this process."""
    pool._context.update(kind=kind, shared=plan.shared, parts=parts)
    for unit in parts.missing():
        done(unit, pool._run_unit(unit))
