"""A test session that is collected once; each mutant is a fork of it that runs the tests which pass its line.

A mutant inside a function gets its code by exchanging the code of the living function. What runs when a module is
imported (constants, defaults, rows of registries) needs a new import: a fork of the process without our code.
"""

from __future__ import annotations

import gc
import importlib.abc
import importlib.util
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest

from benchmarks.mutant_sites import Mutant, mutated_source

OPTIONS = ("-p", "no:cacheprovider", "-p", "no:xdist", "-q", "-x",
           "-W", "ignore::pytest.PytestAssertRewriteWarning", "--hypothesis-seed=1")  # fmt: skip
PATIENCE = 3.0
"""A mutant that takes so many times as long as its tests usually do, and 20 s more, runs for ever."""
Map = dict[str, Any]


class Recorder:
    """Runs every test once and notes its time and the lines it passes, those of its fixtures included."""

    def __init__(self, root: Path, packages: Sequence[str]) -> None:
        self._roots = tuple(f"{root / package}{os.sep}" for package in packages)
        self._root = f"{root}{os.sep}"
        self.lines: dict[str, set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = {}
        self.shared: dict[str, float] = {}
        self._of_fixture: dict[int, tuple[set[str], float]] = {}
        self._setting_up = 0.0
        self._now: list[set[str]] = [set()]
        self._failed: set[str] = set()

    def _trace(self, frame: FrameType, _event: str, _arg: object) -> Callable[..., Any] | None:
        if not frame.f_code.co_filename.startswith(self._roots):
            return None
        name, passed = frame.f_code.co_filename.removeprefix(self._root), self._now[-1]

        def line(inner: FrameType, _event: str, _arg: object) -> Callable[..., Any]:
            passed.add(f"{name}:{inner.f_lineno}")
            return line

        return line(frame, "", None)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        """Keep what a fixture passes: every test that uses it needs it."""
        started = time.perf_counter()
        self._now.append(set())
        yield
        passed, seconds = self._now.pop(), time.perf_counter() - started
        if fixturedef.scope == "function":
            self._now[-1] |= passed
            return
        self._of_fixture[id(fixturedef)] = (passed, seconds)
        self._setting_up += seconds

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Trace one test."""
        self._now, self._setting_up, started = [set()], 0.0, time.perf_counter()
        sys.settrace(self._trace)
        threading.settrace(self._trace)
        yield
        sys.settrace(None)
        threading.settrace(None)
        info: Any = getattr(item, "_fixtureinfo", None)
        used = [self._of_fixture.get(id(one)) for defs in info.name2fixturedefs.values() for one in defs]
        self.seconds[item.nodeid] = time.perf_counter() - started - self._setting_up
        self.shared[item.nodeid] = sum(one[1] for one in used if one)
        self.lines[item.nodeid] = self._now[0].union(*(one[0] for one in used if one))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note tests that do not pass as they are."""
        if report.outcome != "passed":
            self._failed.add(report.nodeid)

    def map(self) -> Map:
        """Return for each test that passes: seconds of its own, of fixtures it shares with others, and the lines."""
        return {
            name: {"seconds": self.seconds[name], "shared": self.shared[name], "lines": sorted(lines)}
            for name, lines in self.lines.items()
            if name not in self._failed
        }


def record(root: Path, packages: Sequence[str], tests: Sequence[str]) -> Map:
    """Return the tests with their time and lines."""
    _plain_hypothesis()
    recorder = Recorder(root, packages)
    options = [option for option in OPTIONS if option != "-x"]
    code = pytest.main([*options, *tests], plugins=[recorder])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"the tests cannot be traced: {code!r}")
    return recorder.map()


class Session:
    """Collects the tests, then forks for each mutant instead of running them."""

    def __init__(self, root: Path, work: Sequence[tuple[Mutant, list[str]]], seconds: Map, jobs: int) -> None:
        self._root, self._work, self._seconds, self._jobs = root, work, seconds, jobs
        self.outcomes: dict[int, str] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="mutants-"))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Fork for each mutant."""
        items = {item.nodeid: item for item in session.items}
        gc.freeze()

        def child(number: int) -> int:
            mutant, tests = self._work[number]
            exchange(mutated_source(self._root, mutant), str(self._root / mutant.file))
            return self._run(session, [items[name] for name in tests if name in items])

        limits = [20 + PATIENCE * sum(self._seconds[name] for name in tests) for _mutant, tests in self._work]
        self.outcomes = forked(child, limits, self._jobs)
        return True

    def _run(self, session: pytest.Session, items: list[pytest.Item]) -> int:
        factory: Any = session.config._tmp_path_factory  # type: ignore[attr-defined]
        factory._basetemp = Path(tempfile.mkdtemp(dir=self._folder))
        for item, following in zip(items, [*items[1:], None], strict=True):
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                return 1
        return 0


def run_living(root: Path, work: Sequence[tuple[Mutant, list[str]]], seconds: Map, jobs: int) -> dict[int, str]:
    """Return what became of mutants inside functions."""
    if not work:
        return {}
    _plain_hypothesis()
    session = Session(root, work, seconds, jobs)
    files = sorted({name.partition("::")[0] for _mutant, tests in work for name in tests})
    pytest.main([*OPTIONS, *files], plugins=[session])
    return session.outcomes


def run_imported(root: Path, work: Sequence[tuple[Mutant, list[str]]], seconds: Map, jobs: int) -> dict[int, str]:
    """Return what became of mutants that act when their module is imported."""

    def child(number: int) -> int:
        mutant, tests = work[number]
        sys.meta_path.insert(0, _Mutated(mutant, mutated_source(root, mutant), root))
        _plain_hypothesis()
        return int(pytest.main([*OPTIONS, f"--basetemp={tempfile.mkdtemp()}", *tests]) != 0)

    return forked(child, [60 + PATIENCE * sum(seconds[name] for name in tests) for _mutant, tests in work], jobs)


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, mutant: Mutant, code: CodeType, root: Path) -> None:
        parts = Path(mutant.file).with_suffix("").parts
        self._package = parts[-1] == "__init__"
        self._name = ".".join(parts[:-1] if self._package else parts)
        self._code, self._file = code, root / mutant.file

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> Any:
        if name != self._name:
            return None
        places = [str(self._file.parent)] if self._package else None
        return importlib.util.spec_from_file_location(
            name, self._file, loader=self, submodule_search_locations=places
        )  # fmt: skip

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)


def exchange(module: CodeType, file: str) -> None:
    """Give every living function of a file the code it has in the new module."""
    codes = {(code.co_qualname, code.co_firstlineno): code for code in _codes(module)}
    for one in _functions():
        new = codes.get((one.__code__.co_qualname, one.__code__.co_firstlineno))
        if new is not None and one.__code__.co_filename == file and one.__code__.co_freevars == new.co_freevars:
            one.__code__ = new


def _functions() -> list[FunctionType]:
    gc.unfreeze()
    return [one for one in gc.get_objects() if isinstance(one, FunctionType)]


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def forked(child: Callable[[int], int], limits: Sequence[float], jobs: int) -> dict[int, str]:
    """Do each number in a fork of this process; return ``killed``, ``survived`` or ``timeout``."""
    outcomes: dict[int, str] = {}
    running: dict[int, tuple[int, float]] = {}
    waiting = list(range(len(limits)))
    while waiting or running:
        while waiting and len(running) < jobs:
            number = waiting.pop(0)
            running[_fork(child, number)] = (number, time.monotonic() + limits[number])
        for pid, (number, until) in list(running.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                outcomes[number] = "survived" if os.waitstatus_to_exitcode(status) == 0 else "killed"
            elif time.monotonic() > until:
                os.killpg(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                outcomes[number] = "timeout"
            if number in outcomes:
                del running[pid]
                print(json.dumps([len(outcomes), len(limits), outcomes[number]]), file=sys.__stderr__, flush=True)
        time.sleep(0.02)
    return outcomes


def _fork(child: Callable[[int], int], number: int) -> int:
    pid = os.fork()
    if pid == 0:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        code = 1
        try:
            code = child(number)
        finally:
            os._exit(code)
    return pid


def _plain_hypothesis() -> None:
    """A failing example is enough; nobody reads its smallest form."""
    from hypothesis import Phase, settings

    settings.register_profile("mutants", phases=[Phase.explicit, Phase.generate], database=None, derandomize=True)
    settings.load_profile("mutants")
