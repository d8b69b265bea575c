"""How many patients entered twice are found behind noise, and how many pairs are found where there are none.

    python -m benchmarks.near_copies [FOLDER]

FOLDER holds ``radmlbench/*.csv.gz`` and ``survival/*.csv`` (default ``../shared/data``; left out when it is not there,
see data/README.md). A fifth of the cases, thirty at most, is entered again with every value times (1 + noise). Writes
docs/benchmarks/near_copies.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from radiomics_core.checks.near_copies import Copies, likely_copies, near_copies

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "docs" / "benchmarks" / "near_copies.md"
NOISES = (1e-6, 1e-3, 0.01, 0.03)
COPIED_SHARE, MOST_COPIED = 5, 30
SHAPES = ((100, 3, 3), (100, 10, 1), (100, 40, 2), (100, 200, 15), (40, 100, 8), (200, 1000, 30))
"""Cases, features and factors behind them; features are lognormal."""
COHORTS, PLAIN_COHORTS = 10, 50
IDS = ("id", "patientid", "patient", "case_id")
NO_FEATURES = ("id", "target", "unnamed: 0", "survival.time", "deadstatus.event", "daystolastordeath", "death01")


def main() -> None:
    """Measure every kind of cohort and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT.parent / "shared" / "data")
    parser.add_argument("--no-write", action="store_true")
    chosen = parser.parse_args()
    heads = " | ".join(f"noise {noise:g}" for noise in NOISES)
    lines = [f"| cohorts | cases | features | pairs without copies | {heads} |", "|---" * (4 + len(NOISES)) + "|"]
    for n, p, factors in SHAPES:
        name = f"{COHORTS} generated, {factors} factors"
        copied = [generated(n, p, factors, seed) for seed in range(COHORTS)]
        plain = [generated(n, p, factors, 1000 + seed) for seed in range(PLAIN_COHORTS)]
        lines.append(line(name, copied, plain))
    lines += [line(name, [table], [table]) for name, table in public_tables(chosen.folder)]
    text = "\n".join(lines)
    print(text)
    if not chosen.no_write:
        OUTPUT.write_text(page(text), encoding="utf-8")


def page(table: str) -> str:
    """Return the page around the table."""
    return (
        "# Patients entered twice\n\nMade by `python -m benchmarks.near_copies`.\n\n"
        "Found of the copies, as *stop* (RX556) + *caution* (RX562), and pairs found that are no such copies. "
        "Before copies are entered: pairs in the tables as they are, and in "
        f"{PLAIN_COHORTS} generated cohorts of each kind.\n\n"
        f"{table}\n\nPairs in public tables as they are:\n\n{listed()}\n"
    )


_seen: list[str] = []


def listed() -> str:
    """Return the pairs that public tables hold, one in a line."""
    return "\n".join(f"- {pair}" for pair in _seen) or "none"


def line(name: str, tables: list[pd.DataFrame], plain: list[pd.DataFrame]) -> str:
    """Return a row: pairs without copies, then recall and false pairs at each noise."""
    n, p = tables[0].shape
    stop, caution = (sum(len(found(t).pairs) for t in plain) for found in (_stop, _caution))
    if len(plain) == 1:
        _seen.extend(f"{name}: {' = '.join(pair)} ({kind})" for kind, found in _TIERS for pair in found(plain[0]).pairs)
    cells = [recall(tables, noise) for noise in NOISES]
    return f"| {name} | {n} | {p} | {stop} + {caution} in {len(plain)} | {' | '.join(cells)} |"


def recall(tables: list[pd.DataFrame], noise: float) -> str:
    """Return ``12 + 8 of 20 (0 others)``: copies found as stop and as caution, and other pairs beyond those there."""
    counted, copies, others = [0, 0], 0, 0
    for seed, table in enumerate(tables):
        doubled, wanted = entered_again(table, noise, seed)
        copies += len(wanted)
        before = {pair for _kind, found in _TIERS for pair in found(table).pairs}
        for tier, (_kind, found) in enumerate(_TIERS):
            pairs = set(found(doubled).pairs)
            counted[tier] += len(pairs & wanted)
            others += len(_without_copies(pairs - wanted) - before)
    return f"{counted[0]} + {counted[1]} of {copies} ({others} others)"


def entered_again(table: pd.DataFrame, noise: float, seed: int) -> tuple[pd.DataFrame, set[tuple[str, str]]]:
    """Return a table with some cases entered twice, and the pairs."""
    generator = np.random.default_rng([7, seed])
    n = min(MOST_COPIED, len(table) // COPIED_SHARE)
    chosen = generator.choice(len(table), n, replace=False)
    again = table.iloc[chosen] * (1 + noise * generator.normal(size=(n, table.shape[1])))
    ids = [f"{case_id} again" for case_id in again.index]
    return pd.concat([table, again.set_axis(ids)]), set(zip(map(str, again.index), ids, strict=True))


def generated(n: int, p: int, factors: int, seed: int) -> pd.DataFrame:
    """Return lognormal features behind which some factors stand."""
    generator = np.random.default_rng([5, seed])
    values = generator.normal(size=(n, factors)) @ generator.normal(size=(factors, p))
    return pd.DataFrame(np.exp(values + 0.3 * generator.normal(size=(n, p))), index=[f"P{i}" for i in range(n)])


def public_tables(folder: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield name and numeric features of each table in the folder."""
    for path in [*sorted(folder.glob("radmlbench/*.csv.gz")), *sorted(folder.glob("survival/*.csv"))]:
        if path.name.startswith("clinical"):
            continue
        table = pd.read_csv(path)
        named = [name for name in table if str(name).casefold() in IDS and table[name].is_unique]
        table.index = pd.Index(table[named[0]].astype(str) if named else [f"row {i}" for i in range(len(table))])
        numbers = table.select_dtypes("number")
        numbers = numbers[[name for name in numbers if str(name).casefold() not in NO_FEATURES]].dropna(
            axis=1, how="all"
        )
        yield path.name.removesuffix(".gz").removesuffix(".csv"), numbers


def _without_copies(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return pairs of the cases behind them: a copy of a case that has a copy already is the same pair again."""
    plain = {tuple(sorted(case_id.removesuffix(" again") for case_id in pair)) for pair in pairs}
    return {(a, b) for a, b in plain if a != b}


def _stop(table: pd.DataFrame) -> Copies:
    return near_copies(table, {})


def _caution(table: pd.DataFrame) -> Copies:
    return likely_copies(table, {})


_TIERS = (("stop", _stop), ("caution", _caution))

if __name__ == "__main__":
    main()
