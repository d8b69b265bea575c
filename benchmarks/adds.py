r"""How often radiomics is said to add to clinical data when it does not, and when it does.

    python benchmarks/adds.py --cohorts 300
    python benchmarks/adds.py --cohorts 100 --effect 1.0
    python benchmarks/adds.py --cohorts 100 --endpoint survival

Clinical columns predict in every cohort; radiomics predicts with ``--effect`` log-odds (log-hazard) per SD beside them.
The verdict is that of the product: the permutation p of the combined row. Beside it, on the same cohorts, what the
interval of the difference alone would have said. Figures go to docs/benchmarks/adds.{json,md}.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from radiomics_core.analysis import run
from radiomics_core.analysis.data import AnalysisData, Block
from radiomics_core.analysis.differences import FEWEST_SHUFFLES
from radiomics_core.analysis.nested import EVERYTHING, UnitResult
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.cohort.endpoints import BinaryEndpoint, EndpointValues, TimeToEventEndpoint

OUTPUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks"
INPUTS = ("radiomics", "clinical", "combined")
N_FEATURES, N_FACTORS = 40, 8


def draw(seed: int, effect: float, endpoint: str) -> AnalysisData:
    """Return a cohort of 60-140 cases: 40 features of 8 factors, one of them with an effect; age and grade predict."""
    generator = np.random.default_rng([31, seed])
    n = int(generator.integers(60, 141))
    factors = generator.normal(size=(n, N_FACTORS))
    features = 0.75 * np.repeat(factors, N_FEATURES // N_FACTORS, axis=1) + 0.66 * generator.normal(
        size=(n, N_FEATURES)
    )
    age, grade = generator.normal(size=n), generator.integers(0, 2, n).astype(float)
    risk = 0.8 * age + 0.6 * grade - 0.3 + effect * factors[:, 0]
    ids = tuple(f"c{i:03d}" for i in range(n))
    names = tuple(f"f{i}" for i in range(N_FEATURES))
    blocks = {
        "radiomics": Block("radiomics", names, "radiomics"),
        "clinical": Block("clinical", ("age", "grade"), "clinical"),
        "combined": Block("combined", (*names, "age", "grade"), "combined"),
    }
    return AnalysisData(
        case_ids=ids, patient_ids=ids, centres=None, blocks=blocks, values=_values(generator, ids, risk, endpoint),
        features=pd.DataFrame(features, index=list(ids), columns=list(names)),
        clinical=pd.DataFrame({"age": age, "grade": grade}, index=list(ids)),
    )  # fmt: skip


def _values(generator: np.random.Generator, ids: tuple[str, ...], risk: np.ndarray, endpoint: str) -> EndpointValues:
    if endpoint == "survival":
        failed = generator.weibull(1.2, len(ids)) * 1000 * np.exp(-risk / 1.2)
        censored = generator.exponential(1800, len(ids))
        declared = TimeToEventEndpoint(name="os", event_column="event", time_column="time")
        return EndpointValues(declared, ids, (failed <= censored).astype(float), np.minimum(failed, censored))
    event = (generator.random(len(ids)) < 1 / (1 + np.exp(-risk))).astype(float)
    return EndpointValues(BinaryEndpoint(name="event", column="event", positive="1"), ids, event)


def one_cohort(seed: int, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the verdict of one cohort, and what its interval alone would have said.

    No shuffles are made where the difference is not above 0; with the 19 of a quick look none after one that reaches
    the observed value: the verdict is the same, sooner.
    """
    started = time.perf_counter()
    data = draw(seed, arguments.effect, arguments.endpoint)
    settings = _settings(arguments)
    units = [unit for unit in run.units_of_work(data, settings) if unit.kind != "centre"]
    results = [run.run_unit(data, settings, unit) for unit in units if unit.kind == "real"]
    primary = run.assemble(data, settings, results).differences.iloc[0]
    if primary["difference"] > 0:
        observed = _combined_value(results)
        for shuffle in range(settings.shuffles):
            # shuffles of the clinical row alone have no part in the verdict
            moved = [replace(u, inputs=("radiomics", "combined")) for u in units if u.shuffle == shuffle]
            made = [run.run_unit(data, settings, unit) for unit in moved]
            results += made
            if settings.shuffles == FEWEST_SHUFFLES and _combined_value(made) >= observed - 1e-12:
                break
        primary = run.assemble(data, settings, results).differences.iloc[0]
    return {
        "seed": seed, "n": data.n, "events": data.values.n_events, "difference": primary["difference"],
        "verdict": primary["verdict"], "interval_adds": bool(primary["low"] > 0),
        "seconds": time.perf_counter() - started,
    }  # fmt: skip


def _settings(arguments: argparse.Namespace) -> AnalysisSettings:
    common: dict[str, Any] = {"repeats": arguments.repeats, "shuffles": arguments.shuffles, "inputs": INPUTS}
    if arguments.endpoint == "survival":
        return AnalysisSettings(**common)
    one: dict[str, Any] = {"selectors": ("mann_whitney",), "models": ("logistic_ridge",), "interval": False}
    return AnalysisSettings(**one, **common)


def _combined_value(results: list[UnitResult]) -> float:
    folds = pd.concat([result.frames["folds"] for result in results])
    moved = folds["moved"].eq(EVERYTHING) if "moved" in folds else pd.Series(data=False, index=folds.index)
    return float(folds.loc[(folds["inputs"] == "combined") & ~moved, "value"].mean())


def summarise(cohorts: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Return shares and means with their standard errors."""
    n = len(cohorts)

    def share(flags: pd.Series[Any]) -> tuple[float, float]:
        rate = float(flags.mean())
        return rate, float(np.sqrt(max(rate * (1 - rate), 0.25 / n) / n))

    return {
        "says adds": share(cohorts["verdict"] == "adds"),
        "says performs worse": share(cohorts["verdict"] == "performs worse"),
        "interval alone would say adds": share(cohorts["interval_adds"]),
        "mean difference": (
            float(cohorts["difference"].mean()),
            float(cohorts["difference"].std(ddof=1) / np.sqrt(n)),
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cohorts", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--endpoint", choices=["binary", "survival"], default="binary")
    parser.add_argument("--effect", type=float, default=0.0, help="log-odds (log-hazard) per SD; 0 is noise")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--shuffles", type=int, default=19)
    parser.add_argument("--first-seed", type=int, default=9000)
    parser.add_argument("--cohort-table", type=Path, help="write one line per cohort to this CSV, as they are done")
    parser.add_argument("--no-write", action="store_true")
    arguments = parser.parse_args()
    from joblib import Parallel, delayed

    seeds = range(arguments.first_seed, arguments.first_seed + arguments.cohorts)
    rows = []
    work = (delayed(one_cohort)(seed, arguments) for seed in seeds)
    for row in Parallel(n_jobs=arguments.jobs, return_as="generator_unordered")(work):
        rows.append(row)
        if arguments.cohort_table:
            pd.DataFrame(rows).to_csv(arguments.cohort_table, index=False)
    cohorts = pd.DataFrame(rows)
    figures = summarise(cohorts)
    for name, (value, error) in figures.items():
        print(f"{name:40s} {value:.3f} +- {error:.3f}  ({len(cohorts)} cohorts)")
    print(f"{cohorts['seconds'].mean():.1f} s a cohort")
    if not arguments.no_write:
        _write(arguments, figures, len(cohorts))


def _write(arguments: argparse.Namespace, figures: dict[str, tuple[float, float]], n: int) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    stored = OUTPUT / "adds.json"
    everything = json.loads(stored.read_text(encoding="utf-8")) if stored.exists() else {}
    law = "noise" if arguments.effect == 0 else f"effect {arguments.effect:g}"
    name = f"{arguments.endpoint}, {law}, {arguments.repeats} repeats, {arguments.shuffles} shuffles"
    everything[name] = {
        "cohorts": n,
        "figures": {key: {"value": round(v, 4), "standard_error": round(e, 4)} for key, (v, e) in figures.items()},
    }
    stored.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    (OUTPUT / "adds.md").write_text(_markdown(everything), encoding="utf-8")


def _markdown(everything: dict[str, Any]) -> str:
    lines = [
        "# Does radiomics add to clinical data? Size and power of the verdict", "",
        "Made by `python benchmarks/adds.py`; 60-140 cases, 40 features, two clinical columns that predict.", "",
    ]  # fmt: skip
    for name, entry in everything.items():
        lines += [f"## {name} ({entry['cohorts']} cohorts)", "", "| figure | value | standard error |", "|---|---|---|"]
        lines += [f"| {key} | {f['value']:.3f} | {f['standard_error']:.3f} |" for key, f in entry["figures"].items()]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
