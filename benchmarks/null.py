r"""Does the product tell noise from signal? Simulated cohorts through the same functions that the pages call.

    python benchmarks/null.py --cohorts 1000 --selectors anova --classifiers logistic_ridge
    python benchmarks/null.py --cohorts 1000 --selectors anova --classifiers logistic_ridge --signal 0.8 2.6
    python benchmarks/null.py --cohorts 200 --selectors anova --classifiers logistic_ridge --events 6 60
    python benchmarks/null.py --cohorts 200 --selectors anova --classifiers logistic_ridge \
        --patients 20 60 --lesions 2 6 --events 8 30
    python benchmarks/null.py --cohorts 200 --signal 1.0                 # the whole quick look
    python benchmarks/null.py --cohorts 200 --endpoint survival --repeats 2

Each figure is printed with its number of cohorts and its standard error, and written to docs/benchmarks/null.json
and null.md. Cohorts have 40-200 patients unless said otherwise, 5-1,500 correlated features and two centres that
shift the features. The truth is the mean value, on new cases, of the whole procedure trained on all cases.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.cohorts import Cell, draw_law, truths, usable
from radiomics_core.analysis.assemble import assemble
from radiomics_core.analysis.details import decisions
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.nested import run_unit, units_of_work
from radiomics_core.analysis.settings import AnalysisSettings

OUTPUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks"
SHARES = ("sensitivity", "specificity", "ppv", "npv")
KEEP_EVERY = 10
REAL_INTERVALS = ("nested_cv", "all_cases")


def one_cohort(seed: int, cell: Cell, settings: AnalysisSettings, draws: int) -> dict[str, Any]:
    """Return the figures of one simulated cohort."""
    started = time.perf_counter()
    law, generator = draw_law(seed, cell)
    data = usable(law, generator, settings)
    units = [unit for unit in units_of_work(data, settings) if unit.kind != "centre"]
    evaluation = assemble(data, settings, [run_unit(data, settings, unit) for unit in units])
    headline = evaluation.headline
    grid = _grid(evaluation)
    best = grid.loc[grid["fold_mean"] == grid["fold_mean"].max()].iloc[0] if len(grid) else headline
    true = truths(law, settings, generator, draws)
    return {
        "seed": seed, "n": data.n, "patients": law.patients, "lesions": law.lesions, "p": law.p,
        "events": data.n_event_patients, "signal": law.signal, "truth": true["value"],
        "value": headline["value"], "fold_mean": headline["fold_mean"], "low": headline["low"],
        "high": headline["high"], "covered": _covers(headline, true["value"]),
        "permutation_p": headline["permutation_p"],
        "best": best["fold_mean"], "bias_corrected": best["bias_corrected"],
        "grid_covered": _grid_coverage(grid, true), "seconds": time.perf_counter() - started,
        **_shares(evaluation, true),
    }  # fmt: skip


def _grid(evaluation: Evaluation) -> pd.DataFrame:
    rows = evaluation.rows
    return rows[(rows["inputs"] == "radiomics") & ~rows["headline"] & rows["interval"].isin(REAL_INTERVALS)]


def _covers(row: pd.Series[Any], true: float) -> bool:
    return bool(row["low"] <= true <= row["high"])


def _grid_coverage(grid: pd.DataFrame, true: dict[str, float]) -> float:
    """Return the share of single pipelines whose interval covers their own truth."""
    covered = [_covers(row, true[f"{row['selector']}|{row['classifier']}"]) for _i, row in grid.iterrows()]
    return float(np.mean(covered)) if covered else float("nan")


def _shares(evaluation: Evaluation, true: dict[str, float]) -> dict[str, float]:
    if evaluation.meta["metric"] != "auc":
        return {}
    table = decisions(evaluation).set_index("measure")
    found: dict[str, float] = {}
    for name in SHARES:
        row = table.loc[[name]].iloc[0]
        found |= {f"{name}_covered": _covers(row, true[name]), f"{name}_width": row["high"] - row["low"]}
    return found


def summarise(cohorts: pd.DataFrame, cell: Cell) -> dict[str, tuple[float, float]]:
    """Return each figure with its standard error."""
    n = len(cohorts)

    def mean(values: pd.Series[Any]) -> tuple[float, float]:
        return float(values.mean()), float(values.std(ddof=1) / np.sqrt(max(1, values.notna().sum())))

    def share(flags: pd.Series[Any]) -> tuple[float, float]:
        rate = float(flags.mean())
        return rate, float(np.sqrt(max(rate * (1 - rate), 0.25 / n) / n))

    figures = {
        "mean headline value (expected with all cases)": mean(cohorts["value"]),
        "mean over folds": mean(cohorts["fold_mean"]),
        "mean truth": mean(cohorts["truth"]),
        "coverage of the headline's 95 % interval": share(cohorts["covered"]),
        "truth below the interval": share(cohorts["truth"] < cohorts["low"]),
        "truth above the interval": share(cohorts["truth"] > cohorts["high"]),
        "mean width of the interval": mean(cohorts["high"] - cohorts["low"]),
        "lower limit above 0.5": share(cohorts["low"] > 0.5),
    }
    if cohorts["grid_covered"].notna().any():
        figures["coverage of single pipelines, each of its own truth"] = mean(cohorts["grid_covered"])
        figures["mean of the best of k"] = mean(cohorts["best"])
        figures["mean of the best of k, bias-corrected"] = mean(cohorts["bias_corrected"])
    for name in SHARES:
        if f"{name}_covered" in cohorts:
            figures[f"coverage of {name}"] = share(cohorts[f"{name}_covered"].astype(float))
            figures[f"mean width of {name}"] = mean(cohorts[f"{name}_width"])
    if cohorts["permutation_p"].notna().any():
        word = "share of p <= .05" if cell.signal[1] == 0 else "power at p <= .05"
        figures[word] = share(cohorts["permutation_p"] <= 0.05 + 1e-9)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--endpoint", choices=["binary", "survival"], default="binary")
    parser.add_argument(
        "--signal",
        type=float,
        nargs="+",
        default=[0.0],
        help="log-odds (or log-hazard) per SD: one, or a range; 0 is noise",
    )
    parser.add_argument("--patients", type=int, nargs=2, default=[40, 200])
    parser.add_argument(
        "--events", type=int, nargs=2, default=[0, 0], help="patients with the event; 0 0 leaves it to chance"
    )
    parser.add_argument("--lesions", type=int, nargs=2, default=[1, 1], help="cases of a patient")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--shuffles", type=int, default=0, help="19 allows p <= .05; 0 leaves p out and is faster")
    parser.add_argument("--selectors", default="", help="comma-separated; empty is the quick look's pipelines")
    parser.add_argument("--classifiers", default="")
    parser.add_argument("--truth-draws", type=int, default=6, help="cohorts the truth is a mean over")
    parser.add_argument("--first-seed", type=int, default=5000)
    parser.add_argument("--no-write", action="store_true")
    parser.add_argument("--cohort-table", type=Path, help="CSV of cohorts; those in it are not run again")
    arguments = parser.parse_args()
    settings = AnalysisSettings(
        repeats=arguments.repeats,
        shuffles=arguments.shuffles,
        selectors=tuple(filter(None, arguments.selectors.split(","))),
        models=tuple(filter(None, arguments.classifiers.split(","))),
    )
    cell = _cell(arguments)
    cohorts = _run(arguments, cell, settings)
    figures = summarise(cohorts, cell)
    for name, (value, error) in figures.items():
        print(f"{name:48s} {value:.3f} +- {error:.3f}  ({len(cohorts)} cohorts)")
    print(f"{cohorts['seconds'].mean():.1f} s a cohort")
    if arguments.cohort_table:
        cohorts.to_csv(arguments.cohort_table, index=False)
    if not arguments.no_write:
        _write(arguments, figures, len(cohorts))


def _cell(arguments: argparse.Namespace) -> Cell:
    signal = (arguments.signal[0], arguments.signal[-1])
    return Cell(
        endpoint=arguments.endpoint,
        signal=signal,
        patients=tuple(arguments.patients),
        events=tuple(arguments.events),
        lesions=tuple(arguments.lesions),
    )


def _run(arguments: argparse.Namespace, cell: Cell, settings: AnalysisSettings) -> pd.DataFrame:
    from joblib import Parallel, delayed

    seeds = range(arguments.first_seed, arguments.first_seed + arguments.cohorts)
    table = arguments.cohort_table
    rows = pd.read_csv(table).to_dict("records") if table and table.exists() else []
    done = {row["seed"] for row in rows}
    work = (delayed(one_cohort)(seed, cell, settings, arguments.truth_draws) for seed in seeds if seed not in done)
    for row in Parallel(n_jobs=arguments.jobs, return_as="generator_unordered")(work):
        rows.append(row)
        if table and len(rows) % KEEP_EVERY == 0:
            pd.DataFrame(rows).to_csv(table, index=False)
        print(f"\r{len(rows)}/{arguments.cohorts}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return pd.DataFrame(rows).sort_values("seed", ignore_index=True)


def _write(arguments: argparse.Namespace, figures: dict[str, tuple[float, float]], n: int) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    stored = OUTPUT / "null.json"
    everything = json.loads(stored.read_text(encoding="utf-8")) if stored.exists() else {}
    name = _name(arguments)
    everything[name] = {
        "cohorts": n,
        "figures": {key: {"value": round(v, 4), "standard_error": round(e, 4)} for key, (v, e) in figures.items()},
    }
    stored.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    (OUTPUT / "null.md").write_text(_markdown(everything), encoding="utf-8")


def _name(arguments: argparse.Namespace) -> str:
    signal = "noise" if arguments.signal == [0.0] else "signal " + "-".join(f"{s:g}" for s in arguments.signal)
    parts = [arguments.endpoint, signal]
    for label, given in (
        ("patients", arguments.patients),
        ("events", arguments.events),
        ("cases each", arguments.lesions),
    ):
        if given not in ([40, 200], [0, 0], [1, 1]):
            parts.append(f"{given[0]}-{given[1]} {label}")
    parts.append(f"{arguments.selectors or 'quick look'} {arguments.classifiers}".strip())
    parts.append(f"{arguments.repeats} repeats")
    return ", ".join(parts + ([f"{arguments.shuffles} shuffles"] if arguments.shuffles else []))


def _markdown(everything: dict[str, Any]) -> str:
    lines = [
        "# Null and signal figures",
        "",
        "Made by `python benchmarks/null.py`; 40-200 patients unless said otherwise, 5-1,500 features. The truth is",
        "the mean value on new cases of the whole procedure trained on all cases.",
        "",
    ]
    for name, entry in everything.items():
        lines += [f"## {name} ({entry['cohorts']} cohorts)", ""]
        lines += [entry["note"], ""] if entry.get("note") else []
        lines += ["| figure | value | standard error |", "|---|---|---|"]
        lines += [f"| {key} | {f['value']:.3f} | {f['standard_error']:.3f} |" for key, f in entry["figures"].items()]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
