"""Do the tests notice a fault? Faults are put into the numeric packages one by one; the tests that pass them must fail.

    python -m benchmarks.mutants --write                                  # 60 faults of each package, the default
    python -m benchmarks.mutants --packages radiomics_core/survival --sample 0     # every fault of one package
    python -m benchmarks.mutants --only cox.py --sample 0                 # of one module
    python -m benchmarks.mutants --again                                  # those that survived the last time

Which tests pass which line is found once by tracing a run of the suite (``--trace`` finds it anew); of the tests that
pass a fault the fastest run first, until one fails or ``--seconds`` of them have run. Needs ``fork``: not for Windows.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

# whatever is imported here is imported once for all forks; nothing of ours may be
import altair  # noqa: E402, F401
import lifelines  # noqa: E402, F401
import openpyxl  # noqa: E402, F401
import pandas  # noqa: E402, F401
import pydicom  # noqa: E402, F401
import scipy.stats  # noqa: E402, F401
import SimpleITK  # noqa: E402, F401
import sklearn.ensemble  # noqa: E402
import sklearn.linear_model  # noqa: E402
import sklearn.svm  # noqa: E402, F401

from benchmarks import mutant_session  # noqa: E402
from benchmarks.mutant_sites import Mutant, mutants_of  # noqa: E402

OUTPUT = ROOT / "docs" / "benchmarks"
STORED = OUTPUT / "mutants.json"
REASONS = ROOT / "benchmarks" / "mutant_reasons.json"
"""Survivors that were looked at: ``key -> [equivalent, why]``. Equivalent faults change nothing and do not count."""
NAMES = ("evaluation", "analysis", "survival", "selection", "models", "stats",
         "cohort", "images", "clinical", "deidentification")  # fmt: skip
PACKAGES = tuple(f"radiomics_core/{name}" for name in NAMES)
TESTS = (
    *("tests/unit/" + name for name in (*NAMES, "exploration", "checks")),
    *("tests/unit/study/test_" + name for name in ("neutral_names.py", "identifiers.py", "intake.py")),
    *("tests/properties/test_" + name for name in ("validation_properties.py", "survival_properties.py")),
    *("tests/golden/test_" + name for name in ("clustered_golden.py", "cox_zph.py", "survival_golden.py")),
    *("tests/contracts/test_" + name for name in ("docs.py", "registries.py")),
)


@dataclass(frozen=True)
class Judged:
    """A mutant and what became of it: ``killed``, ``timeout``, ``survived`` or ``no test``."""

    package: str
    mutant: Mutant
    outcome: str

    @property
    def noticed(self) -> bool:
        """Whether a test failed."""
        return self.outcome in ("killed", "timeout")


def chosen_mutants(arguments: argparse.Namespace) -> dict[str, list[Mutant]]:
    """Return the mutants of each package that are tried: a sample, or all."""
    last = {row["key"] for row in json.loads(STORED.read_text("utf-8"))["survivors"]} if arguments.again else set()
    chosen = {}
    for package in arguments.packages:
        every = [one for file in sorted((ROOT / package).rglob("*.py")) for one in mutants_of(ROOT, file)]
        every = [one for one in every if arguments.only in f"{one.file}:{one.line}:"]
        generator = random.Random(f"{arguments.seed} {Path(package).name}")
        few = generator.sample(every, arguments.sample) if 0 < arguments.sample < len(every) else every
        chosen[package] = [one for one in few if not arguments.again or one.key in last]
        print(f"{package}: {len(chosen[package])} of {len(every)} faults")
    return chosen


def traced(arguments: argparse.Namespace) -> mutant_session.Map:
    """Return which tests pass which lines; kept beside the temporary files until asked for anew."""
    kept = Path(tempfile.gettempdir()) / f"mutants-map-{os.getuid()}-{ROOT.name}.json"
    if kept.is_file() and not arguments.trace:
        found: mutant_session.Map = json.loads(kept.read_text("utf-8"))
        return found
    files = sorted(
        file.relative_to(ROOT).as_posix()
        for name in TESTS for file in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("test_*.py"))
    )  # fmt: skip
    parts = [files[start :: arguments.jobs] for start in range(arguments.jobs)]
    found = {}
    with tempfile.TemporaryDirectory() as folder:

        def trace(number: int) -> int:
            lines = mutant_session.record(ROOT, arguments.packages, parts[number])
            Path(folder, str(number)).write_text(json.dumps(lines), "utf-8")
            return 0

        ended = mutant_session.forked(trace, [3600.0] * len(parts), arguments.jobs)
        if set(ended.values()) != {"survived"}:
            raise SystemExit(f"the tests cannot be traced; run them alone: {' '.join(TESTS)}")
        for file in Path(folder).iterdir():
            found |= json.loads(file.read_text("utf-8"))
    kept.write_text(json.dumps(found), "utf-8")
    return found


class Tests:
    """Which tests can notice a mutant."""

    def __init__(self, found: mutant_session.Map, most_seconds: float) -> None:
        self.seconds = {name: entry["seconds"] + entry["shared"] for name, entry in found.items()}
        self._own = {name: entry["seconds"] for name, entry in found.items()}
        self._most = most_seconds
        self._by_line: dict[str, set[str]] = {}
        for name, entry in found.items():
            for line in entry["lines"]:
                self._by_line.setdefault(line, set()).add(name)

    def of(self, mutant: Mutant) -> list[str]:
        """Return the tests that pass the mutant, fastest first; at a module's top those of module or package."""
        if mutant.function:
            passing = set().union(*(self._by_line.get(f"{mutant.file}:{n}", set()) for n in self._near(mutant)))
        else:
            passing = self._under(f"{mutant.file}:") or self._under(mutant.file.rpartition("/")[0])
        within: dict[str, list[str]] = {}
        spent = 0.0
        for name in sorted(passing, key=lambda name: (self.seconds[name], name)):
            file = name.partition("::")[0]
            spent += self._own[name] if file in within else self.seconds[name]
            if within and spent > self._most:
                break
            within.setdefault(file, []).append(name)
        return [name for names in within.values() for name in names]  # a file's shared fixtures are made once

    def _under(self, start: str) -> set[str]:
        return set().union(*(tests for line, tests in self._by_line.items() if line.startswith(start)))

    def _near(self, mutant: Mutant) -> range:
        """Return the line; the one before when a continued line has no event of its own."""
        at = next((n for n in range(mutant.line, 0, -1) if f"{mutant.file}:{n}" in self._by_line), mutant.line)
        return range(at, at + 1) if mutant.line - at < 12 else range(mutant.line, mutant.line + 1)


def tried(mutants: Sequence[tuple[str, Mutant]], tests: Tests, jobs: int) -> list[Judged]:
    """Try every mutant."""
    work = {number: (mutant, tests.of(mutant)) for number, (_package, mutant) in enumerate(mutants)}
    outcomes = {number: "no test" for number, (_mutant, names) in work.items() if not names}
    living = [n for n, (mutant, names) in work.items() if names and mutant.function]
    imported = [n for n, (mutant, names) in work.items() if names and not mutant.function]
    for numbers, run in ((living, mutant_session.run_living), (imported, mutant_session.run_imported)):
        found = _elsewhere(partial(run, ROOT, [work[n] for n in numbers], tests.seconds, jobs))
        outcomes |= {numbers[int(place)]: outcome for place, outcome in found.items()}
    return [Judged(package, mutant, outcomes[n]) for n, (package, mutant) in enumerate(mutants)]


def _elsewhere(act: Callable[[], dict[int, str]]) -> dict[str, str]:
    """Do something in a fork, so that none of our modules stays imported here."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer.json")
        pid = os.fork()
        if pid == 0:
            try:
                answer.write_text(json.dumps(act()), "utf-8")
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        found: dict[str, str] = json.loads(answer.read_text("utf-8"))
    return found


def summarise(judged: Sequence[Judged], n_faults: dict[str, int], reasons: dict[str, Any]) -> list[dict[str, Any]]:
    """Return for each package: faults in all, tried, equivalent, killed, score and its standard error."""
    rows = []
    for package in dict.fromkeys(one.package for one in judged):
        here = [one for one in judged if one.package == package]
        same = sum(not one.noticed and reasons.get(one.mutant.key, [False])[0] for one in here)
        n, killed = len(here) - same, sum(one.noticed for one in here)
        score = killed / n
        error = (score * (1 - score) / n * (1 - len(here) / n_faults[package])) ** 0.5
        rows.append({"package": Path(package).name, "faults": n_faults[package], "tried": len(here),
                     "equivalent": same, "killed": killed, "score": score, "standard_error": error})  # fmt: skip
    return rows


def _markdown(rows: list[dict[str, Any]], survivors: list[dict[str, Any]], command: str, minutes: float) -> str:
    lines = [
        "# Do the tests notice a fault?", "",
        f"Made by `{command}` in {minutes:.0f} minutes. A fault (boundary, sign, condition, number,",
        "forgotten argument, missing return value ...) is put at a random place; the tests that pass it must fail.",
        "Equivalent faults change nothing and do not count.", "",
        "| package | faults | tried | equivalent | noticed | share | standard error |", "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for row in rows:
        lines.append(
            f"| {row['package']} | {row['faults']:,} | {row['tried']} | {row['equivalent']} | {row['killed']} "
            f"| {row['score']:.0%} | {row['standard_error']:.1%} |"
        )
    lines += ["", "## Survivors", "", "| place | fault | why it is not noticed |", "|---|---|---|"]
    for one in survivors:
        fault = one["fault"].replace("|", "\\|")
        lines.append(f"| {one['place']} | `{fault}` | {one['why']} |")
    return "\n".join(lines) + "\n"


def _survivors(judged: Sequence[Judged], reasons: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for one in judged:
        if not one.noticed:
            same, why = reasons.get(one.mutant.key, [False, "not looked at"])
            words = f"equivalent: {why}" if same else ("no test passes it" if one.outcome == "no test" else why)
            place = f"{Path(one.package).name}/{Path(one.mutant.file).name}:{one.mutant.line}"
            fault = f"{one.mutant.before} -> {one.mutant.after}"
            rows.append({"key": one.mutant.key, "place": place, "fault": fault, "why": words, "outcome": one.outcome})
    return sorted(rows, key=lambda row: row["place"])


def main() -> int:
    """Try the faults, print the survivors and the scores."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", nargs="+", default=list(PACKAGES), help="folders (the numeric packages)")
    parser.add_argument("--sample", type=int, default=60, help="faults of each package, 0 for all (60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=25.0, help="of tests for each fault (25)")
    parser.add_argument("--only", default="", help="only faults whose file:line: holds this text")
    parser.add_argument("--again", action="store_true", help="only those that survived the last written run")
    parser.add_argument("--trace", action="store_true", help="find anew which tests pass which line")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks/mutants.*")
    arguments, started = parser.parse_args(), time.monotonic()
    chosen = chosen_mutants(arguments)
    every = [(package, one) for package, few in chosen.items() for one in few]
    judged = tried(every, Tests(traced(arguments), arguments.seconds), arguments.jobs)
    reasons = json.loads(REASONS.read_text("utf-8")) if REASONS.is_file() else {}
    n_faults = {p: sum(len(mutants_of(ROOT, f)) for f in (ROOT / p).rglob("*.py")) for p in chosen}
    rows, survivors = summarise(judged, n_faults, reasons), _survivors(judged, reasons)
    for row in survivors:
        print(f"{row['outcome']:9s} {row['key']}\n          {row['place']}  {row['why']}")
    print(*rows, dict(Counter(one.outcome for one in judged)), sep="\n")
    if arguments.write:
        minutes = (time.monotonic() - started) / 60
        command = " ".join(["python -m benchmarks.mutants", *sys.argv[1:]])
        STORED.write_text(json.dumps({"packages": rows, "survivors": survivors}, indent=1) + "\n", encoding="utf-8")
        (OUTPUT / "mutants.md").write_text(_markdown(rows, survivors, command, minutes), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
