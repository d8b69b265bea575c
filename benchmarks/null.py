r"""Does the product tell noise from signal? Simulated cohorts through the same functions that the pages call.

    python benchmarks/null.py --cohorts 200 --jobs 2
    python benchmarks/null.py --cohorts 200 --jobs 2 --signal 1.0
    python benchmarks/null.py --cohorts 200 --jobs 2 --selectors anova --classifiers logistic_ridge --repeats 2 \
        --shuffles 19
    python benchmarks/null.py --cohorts 200 --jobs 2 --endpoint survival

Each figure is printed with its number of cohorts and its standard error, and written to docs/benchmarks/null.json
and null.md. Cohorts have 40-200 cases, 5-1,500 correlated features and two centres that shift the features.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from radiomics_core.cohort.endpoints import BinaryEndpoint, EndpointValues, TimeToEventEndpoint
from radiomics_core.validation.assemble import assemble
from radiomics_core.validation.data import AnalysisData, Block
from radiomics_core.validation.lattice import fit_candidates, fit_lattice
from radiomics_core.validation.matrix import encode_block
from radiomics_core.validation.nested import recipes_of, run_unit, units_of_work
from radiomics_core.validation.procedure import tune
from radiomics_core.validation.settings import ComparisonSettings
from radiomics_core.validation.splits import assign_folds

OUTPUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks"
N_TEST = 3000
FEATURES_PER_FACTOR = 8


@dataclass(frozen=True)
class Law:
    """What cohorts are drawn from: size, correlated features, two centres, effect of three factors."""

    n: int
    p: int
    signal: float
    endpoint: str
    loadings: np.ndarray
    centre_shift: np.ndarray

    def draw(self, generator: np.random.Generator, n: int) -> AnalysisData:
        """Return an independent cohort of n cases."""
        n_factors = self.loadings.shape[0]
        factors = generator.normal(size=(n, n_factors))
        centre = generator.integers(0, 2, n)
        noise = generator.normal(size=(n, self.p))
        features = 0.75 * factors @ self.loadings + 0.66 * noise + centre[:, None] * self.centre_shift
        risk = self.signal * factors[:, :3].mean(axis=1) * np.sqrt(min(3, n_factors))
        return _as_data(features, centre, self._values(generator, risk))

    def _values(self, generator: np.random.Generator, risk: np.ndarray) -> EndpointValues:
        ids = tuple(f"c{i:05d}" for i in range(len(risk)))
        if self.endpoint == "survival":
            time_to_event = generator.weibull(1.2, len(risk)) * 1000 * np.exp(-risk / 1.2)
            censored = generator.exponential(1800, len(risk))
            observed = (time_to_event <= censored).astype(float)
            endpoint = TimeToEventEndpoint(name="os", event_column="event", time_column="time")
            return EndpointValues(endpoint, ids, observed, np.minimum(time_to_event, censored))
        event = (generator.random(len(risk)) < 1 / (1 + np.exp(0.4 - risk))).astype(float)
        return EndpointValues(BinaryEndpoint(name="event", column="event", positive="1"), ids, event)


def draw_law(seed: int, signal: float, endpoint: str) -> tuple[Law, np.random.Generator]:
    generator = np.random.default_rng([20, seed])
    n = int(generator.integers(40, 201))
    p = int(np.exp(generator.uniform(np.log(5), np.log(1500))))
    n_factors = max(3, p // FEATURES_PER_FACTOR)
    loadings = np.zeros((n_factors, p))
    loadings[generator.integers(0, n_factors, p), np.arange(p)] = generator.choice([-1.0, 1.0], p)
    loadings[:3, :3] = np.eye(3)  # the factors that may matter are always seen by some feature
    return Law(n, p, signal, endpoint, loadings, generator.normal(0, 0.5, p)), generator


def _as_data(features: np.ndarray, centre: np.ndarray, values: EndpointValues) -> AnalysisData:
    names = tuple(f"f{i}" for i in range(features.shape[1]))
    ids = list(values.case_ids)
    return AnalysisData(
        case_ids=values.case_ids,
        patient_ids=values.case_ids,
        centres=tuple("AB"[c] for c in centre),
        features=pd.DataFrame(features, index=ids, columns=list(names)),
        blocks={"radiomics": Block("radiomics", names, "radiomics")},
        clinical=pd.DataFrame(index=ids),
        values=values,
    )


def toolbox(endpoint: str):
    if endpoint == "survival":
        from radiomics_core.survival.cross_validated import TOOLBOX
    else:
        from radiomics_core.modelling.comparison import TOOLBOX
    return TOOLBOX


def truth(law: Law, settings: ComparisonSettings, generator: np.random.Generator, draws: int) -> float:
    """Return the mean value, on a large test set, of the whole procedure trained on cohorts of full size."""
    if law.signal == 0:
        return 0.5
    tools, test = toolbox(law.endpoint), law.draw(generator, N_TEST)
    found = []
    for _draw in range(draws):
        data = _usable(law, generator, settings)
        block = encode_block(data, data.blocks["radiomics"])
        recipes = recipes_of(data, settings, "radiomics", tools)
        fold_of = assign_folds(data, settings.folds, 1, 0)
        lattice = fit_lattice(block, data.target, fold_of, recipes, tools, depth=1, seed=1, key=("truth",))
        best = tune(lattice, frozenset(), np.arange(len(lattice.candidates)))
        everybody = np.ones(data.n, bool)
        fitted = list(fit_candidates(block, data.target, everybody, recipes, tools, seed=1, key=("truth",)))[best]
        found.append(tools.metric.value(test.target, fitted.score(test.features.to_numpy(float))))
    return float(np.mean(found))


def _usable(law: Law, generator: np.random.Generator, settings: ComparisonSettings) -> AnalysisData:
    smallest = 5 * settings.folds if law.endpoint == "survival" else 8
    while True:
        data = law.draw(generator, law.n)
        events = data.values.n_events
        if events >= smallest and (law.endpoint == "survival" or data.n - events >= smallest):
            return data
        law = Law(law.n + 10, law.p, law.signal, law.endpoint, law.loadings, law.centre_shift)


def one_cohort(seed: int, signal: float, endpoint: str, settings: ComparisonSettings, draws: int) -> dict:
    """Return the figures of one simulated cohort."""
    started = time.perf_counter()
    tools = toolbox(endpoint)
    law, generator = draw_law(seed, signal, endpoint)
    data = _usable(law, generator, settings)
    results = [run_unit(data, settings, unit, tools) for unit in units_of_work(data, settings)]
    evaluation = assemble(data, settings, results, tools)
    rows, headline = evaluation.rows, evaluation.headline
    is_pipeline = rows["interval"].isin(["nadeau_bengio", "nested_cv"]) & rows["value"].notna()
    grid = rows[(rows["inputs"] == "radiomics") & ~rows["headline"] & is_pipeline]
    best = grid.loc[grid["value"].idxmax()] if len(grid) else headline
    true_value = truth(law, settings, generator, draws)
    return {
        "seed": seed, "n": data.n, "p": law.p, "events": data.values.n_events, "truth": true_value,
        "value": headline["value"], "low": headline["low"], "high": headline["high"],
        "covered": bool(headline["low"] <= true_value <= headline["high"]),
        "permutation_p": headline["p"], "best": best["value"], "bias_corrected": best["bias_corrected"],
        "grid_covered": float(((grid["low"] <= true_value) & (true_value <= grid["high"])).mean()) if len(grid) else 1,
        "seconds": time.perf_counter() - started,
    }  # fmt: skip


def summarise(cohorts: pd.DataFrame, signal: float) -> dict[str, tuple[float, float]]:
    """Return each figure with its standard error."""
    n = len(cohorts)

    def mean(values: pd.Series) -> tuple[float, float]:
        return float(values.mean()), float(values.std(ddof=1) / np.sqrt(max(1, values.notna().sum())))

    def share(flags: pd.Series) -> tuple[float, float]:
        rate = float(flags.mean())
        return rate, float(np.sqrt(max(rate * (1 - rate), 0.25 / n) / n))

    figures = {
        "mean headline value": mean(cohorts["value"]),
        "mean truth": mean(cohorts["truth"]),
        "coverage of the headline's 95 % interval": share(cohorts["covered"]),
        "truth below the interval": share(cohorts["truth"] < cohorts["low"]),
        "truth above the interval": share(cohorts["truth"] > cohorts["high"]),
        "mean width of the interval": mean(cohorts["high"] - cohorts["low"]),
        "coverage of grid rows (approximate interval)": mean(cohorts["grid_covered"]),
        "mean of the best of k": mean(cohorts["best"]),
        "mean of the best of k, bias-corrected": mean(cohorts["bias_corrected"]),
    }
    if cohorts["permutation_p"].notna().any():
        word = "share of p <= .05" if signal == 0 else "power at p <= .05"
        figures[word] = share(cohorts["permutation_p"] <= 0.05 + 1e-9)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--endpoint", choices=["binary", "survival"], default="binary")
    parser.add_argument("--signal", type=float, default=0.0, help="log-odds (or log-hazard) per SD; 0 is noise")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--shuffles", type=int, default=0, help="19 allows p <= .05; 0 leaves p out and is faster")
    parser.add_argument("--selectors", default="", help="comma-separated; empty is the quick look's pipelines")
    parser.add_argument("--classifiers", default="")
    parser.add_argument("--truth-draws", type=int, default=6)
    parser.add_argument("--first-seed", type=int, default=5000)
    parser.add_argument("--no-write", action="store_true")
    parser.add_argument("--cohort-table", type=Path, help="write one line per cohort to this CSV")
    arguments = parser.parse_args()
    settings = ComparisonSettings(
        repeats=arguments.repeats,
        shuffles=arguments.shuffles,
        selectors=tuple(filter(None, arguments.selectors.split(","))),
        classifiers=tuple(filter(None, arguments.classifiers.split(","))),
    )
    cohorts = _run(arguments, settings)
    figures = summarise(cohorts, arguments.signal)
    for name, (value, error) in figures.items():
        print(f"{name:48s} {value:.3f} +- {error:.3f}  ({len(cohorts)} cohorts)")
    print(f"{cohorts['seconds'].mean():.1f} s a cohort")
    if arguments.cohort_table:
        cohorts.to_csv(arguments.cohort_table, index=False)
    if not arguments.no_write:
        _write(arguments, figures, len(cohorts))


def _run(arguments: argparse.Namespace, settings: ComparisonSettings) -> pd.DataFrame:
    from joblib import Parallel, delayed

    seeds = range(arguments.first_seed, arguments.first_seed + arguments.cohorts)
    work = (
        delayed(one_cohort)(seed, arguments.signal, arguments.endpoint, settings, arguments.truth_draws)
        for seed in seeds
    )
    rows = []
    for row in Parallel(n_jobs=arguments.jobs, return_as="generator_unordered")(work):
        rows.append(row)
        print(f"\r{len(rows)}/{arguments.cohorts}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return pd.DataFrame(rows).sort_values("seed", ignore_index=True)


def _write(arguments: argparse.Namespace, figures: dict[str, tuple[float, float]], n: int) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    stored = OUTPUT / "null.json"
    everything = json.loads(stored.read_text(encoding="utf-8")) if stored.exists() else {}
    name = f"{arguments.endpoint}, {'noise' if arguments.signal == 0 else f'signal {arguments.signal:g}'}"
    name += f", {arguments.selectors or 'quick look'} {arguments.classifiers}, {arguments.repeats} repeats" + (
        f", {arguments.shuffles} shuffles" if arguments.shuffles else ""
    )
    everything[name] = {
        "cohorts": n,
        "figures": {key: {"value": round(v, 4), "standard_error": round(e, 4)} for key, (v, e) in figures.items()},
    }
    stored.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    (OUTPUT / "null.md").write_text(_markdown(everything), encoding="utf-8")


def _markdown(everything: dict) -> str:
    lines = [
        "# Null and signal figures",
        "",
        "Made by `python benchmarks/null.py`; 40-200 cases, 5-1,500 features.",
        "",
    ]
    for name, entry in everything.items():
        lines += [f"## {name} ({entry['cohorts']} cohorts)", "", "| figure | value | standard error |", "|---|---|---|"]
        lines += [f"| {key} | {f['value']:.3f} | {f['standard_error']:.3f} |" for key, f in entry["figures"].items()]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
