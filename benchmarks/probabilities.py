r"""Do predicted risks mean what they say? Ways to tune and to recalibrate, compared on the same fitted lattices.

    python benchmarks/probabilities.py --cohorts 200
    python benchmarks/probabilities.py --cohorts 200 --signal 0
    python benchmarks/probabilities.py --cohorts 200 --endpoint survival
    python benchmarks/probabilities.py --cohorts 60 --classifiers random_forest,lda,boosting

Cohorts are those of ``benchmarks/plain_cohorts.py``. Within a cohort every way sees the same folds and fits, so that
the differences are paired. Figures with their standard errors go to docs/benchmarks/probabilities.{json,md}.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.plain_cohorts import draw_law, usable
from radiomics_core.analysis.lattice import Lattice, fit_lattice
from radiomics_core.analysis.matrix import encode_block
from radiomics_core.analysis.nested import recipes_of
from radiomics_core.analysis.procedure import tune
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.splits import assign_folds, usable_folds
from radiomics_core.evaluation.calibration import calibration_line
from radiomics_core.evaluation.decision import brier_score
from radiomics_core.evaluation.discrimination import Metric
from radiomics_core.evaluation.recalibration import as_probability
from radiomics_core.stats.cox import fit_cox


def inner_scores(lattice: Lattice, fold: int) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes and inner out-of-fold scores (n_candidates, n) of the training folds."""
    inside = lattice.inside(frozenset({fold}))
    target = np.concatenate([lattice.target[lattice.fold_of == f] for f in inside])
    return target, np.concatenate([lattice.scores[frozenset({fold, f}), f] for f in inside], axis=1)


def by_metric(lattice: Lattice, fold: int) -> int:
    """Best mean inner AUC or C, whatever the pipeline."""
    return int(np.argmax(np.round(lattice.inner_values(frozenset({fold})), 10)))


def as_product(lattice: Lattice, fold: int) -> int:
    """Ridge models by deviance, all others and pipelines by AUC or C."""
    return tune(lattice, frozenset({fold}), np.arange(len(lattice.candidates)))


def by_deviance(lattice: Lattice, fold: int) -> int:
    """Smallest deviance of the inner scores as they are, whatever the pipeline."""
    return int(np.argmin(np.round(lattice.inner_deviance(frozenset({fold})), 10)))


def by_recalibrated_deviance(lattice: Lattice, fold: int) -> int:
    """Smallest deviance of the inner scores after their own recalibration, whatever the pipeline."""
    target, scores = inner_scores(lattice, fold)
    lines = [lattice.scale.line(target, row) for row in scores]
    mended = np.array([line(row) for line, row in zip(lines, scores, strict=True)])
    return int(np.argmin(np.round(lattice.scale.deviance(target, mended), 10)))


OUTPUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks"
DECISIONS = ("svm_linear", "svm_rbf", "naive_bayes")
"""Their scores are no log-odds, so that nothing can be said of them as they are."""
RULES = {
    "metric": by_metric,
    "product": as_product,
    "deviance": by_deviance,
    "recalibrated deviance": by_recalibrated_deviance,
}


def one_cohort(seed: int, arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Return one line per way: rule, whether recalibrated, discrimination, slope, Brier score or deviance."""
    settings = AnalysisSettings(
        repeats=arguments.repeats, selectors=tuple(arguments.selectors.split(",")) if arguments.selectors else (),
        models=tuple(arguments.classifiers.split(",")) if arguments.classifiers else (),
    )  # fmt: skip
    law, generator = draw_law(seed, arguments.signal, arguments.endpoint)
    data = usable(law, generator, settings)
    block = encode_block(data, data.blocks["radiomics"])
    recipes = recipes_of(data, settings, "radiomics", data.task)
    lines: list[dict[str, Any]] = []
    for repeat in range(settings.repeats):
        fold_of = assign_folds(data, usable_folds(data, settings.folds), settings.seed, repeat)
        lattice = fit_lattice(
            block, data.target, fold_of, recipes, data.task, depth=2, seed=settings.seed, key=(repeat, 0)
        )
        for rule in RULES:
            if rule == "deviance" and not _is_another_rule(lattice):
                continue
            lines += _judged(lattice, rule, data.task.metric)
    return [line | {"seed": seed, "n": data.n, "p": law.p} for line in lines]


def _is_another_rule(lattice: Lattice) -> bool:
    """Return whether the deviance of scores as they are exists, and is not what the product goes by anyway."""
    scored = all(c.recipe.model not in DECISIONS for c in lattice.candidates)
    return scored and any(c.tuned_by == "metric" for c in lattice.candidates)


def _judged(lattice: Lattice, rule: str, metric: Metric) -> list[dict[str, Any]]:
    target = lattice.target
    raw, mended, values = np.zeros(len(target)), np.zeros(len(target)), []
    decision = False
    for fold in range(lattice.n_folds):
        best = RULES[rule](lattice, fold)
        held, here = lattice.scores[frozenset({fold}), fold][best], lattice.fold_of == fold
        outcome, inner = inner_scores(lattice, fold)
        decision |= lattice.candidates[best].recipe.model in DECISIONS
        raw[here], mended[here] = held, lattice.scale.line(outcome, inner[best])(held)
        values.append(float(metric.values(target[here], held[None, :])[0]))
    value = float(np.nanmean(values))
    made = [{"rule": rule, "recalibrated": True, "value": value, **_calibration(lattice, mended)}]
    if not decision:
        made.append({"rule": rule, "recalibrated": False, "value": value, **_calibration(lattice, raw)})
    return made


def _calibration(lattice: Lattice, linear: np.ndarray) -> dict[str, float]:
    target = lattice.target
    if target.ndim == 2:
        flat = np.ptp(linear) < 1e-9
        slope = np.nan if flat else float(fit_cox(linear[:, None], target[:, 0], target[:, 1]).beta[0])
        n_events = float(np.sum(target[:, 1] == 1))
        return {"slope": slope, "deviance": float(lattice.scale.deviance(target, linear[None, :])[0]) / n_events}
    probability = as_probability(linear)
    clipped = np.clip(linear, -13, 13)[None, :]
    return {
        "slope": calibration_line(target, probability).slope, "brier": brier_score(target, probability),
        "deviance": float(lattice.scale.deviance(target, clipped)[0]) / len(target),
    }  # fmt: skip


def summarise(lines: pd.DataFrame) -> pd.DataFrame:
    """Return mean and standard error over cohorts of each way; slopes also as a median."""
    measures = [name for name in ("value", "slope", "brier", "deviance") if name in lines]
    each = lines.groupby(["rule", "recalibrated", "seed"])[measures].mean()
    ways = each.groupby(level=["rule", "recalibrated"])
    table = pd.DataFrame({m: ways[m].mean() for m in measures})
    table["median slope"] = ways["slope"].median()
    for measure in measures:
        table[f"{measure} SE"] = ways[measure].std(ddof=1) / np.sqrt(ways[measure].count())
    table["cohorts"] = ways.size()
    product = each.xs(("product", True))
    for measure in measures:
        # the slope is best at 1, so its distance from there is compared
        size = (each[measure] - 1).abs() if measure == "slope" else each[measure]
        reference = (product[measure] - 1).abs() if measure == "slope" else product[measure]
        paired = size - reference.reindex(size.index.get_level_values("seed")).to_numpy()
        grouped = paired.groupby(level=["rule", "recalibrated"])
        table[f"{measure} minus product"] = grouped.mean()
        table[f"{measure} minus product SE"] = grouped.std(ddof=1) / np.sqrt(grouped.count())
    # a way that exists only where no decision score won is not comparable
    comparable: pd.DataFrame = table[table["cohorts"] == table["cohorts"].max()]
    return comparable.reset_index()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--endpoint", choices=["binary", "survival"], default="binary")
    parser.add_argument("--signal", type=float, default=1.0)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--selectors", default="")
    parser.add_argument("--classifiers", default="")
    parser.add_argument("--first-seed", type=int, default=7000)
    parser.add_argument("--no-write", action="store_true")
    arguments = parser.parse_args()
    from joblib import Parallel, delayed

    seeds = range(arguments.first_seed, arguments.first_seed + arguments.cohorts)
    made = Parallel(n_jobs=arguments.jobs)(delayed(one_cohort)(seed, arguments) for seed in seeds)
    table = summarise(pd.DataFrame([line for lines in made for line in lines]))
    print(table.round(4).T.to_string())
    if not arguments.no_write:
        _write(arguments, table)


def _write(arguments: argparse.Namespace, table: pd.DataFrame) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    stored = OUTPUT / "probabilities.json"
    everything = json.loads(stored.read_text(encoding="utf-8")) if stored.exists() else {}
    name = f"{arguments.endpoint}, {'noise' if arguments.signal == 0 else f'signal {arguments.signal:g}'}"
    name += f", {arguments.selectors or 'quick look'} {arguments.classifiers}".rstrip()
    name += f", {arguments.repeats} repeats"
    everything[name] = json.loads(table.round(4).to_json(orient="records"))
    stored.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    (OUTPUT / "probabilities.md").write_text(_markdown(everything), encoding="utf-8")


def _markdown(everything: dict[str, list[dict[str, Any]]]) -> str:
    lines = [
        "# Predicted risks: tuning and recalibration", "",
        "Made by `python benchmarks/probabilities.py`; each figure is the mean over cohorts, +- its standard error.",
        "*product*: ridge models by deviance, all others and pipelines by AUC or C; recalibrated.",
        "Before: *metric*, not recalibrated.",
        "Slope: 1 is right. Deviance: per case, or per event of a time to an event; the last column is paired.", "",
    ]  # fmt: skip
    for name, ways in everything.items():
        lines += [f"## {name} ({ways[0]['cohorts']} cohorts)", ""]
        lines += ["| tuned by | recalibrated | AUC or C | slope (median) | Brier | deviance | deviance minus product |"]
        lines.append("|---|---|---|---|---|---|---|")
        for way in ways:
            cells = [_cell(way, name) for name in ("value", "slope", "brier", "deviance", "deviance minus product")]
            cells[1] += f" ({way['median slope']:.2f})"
            lines.append(f"| {way['rule']} | {'yes' if way['recalibrated'] else 'no'} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def _cell(way: dict[str, Any], measure: str) -> str:
    return "" if way.get(measure) is None else f"{way[measure]:.4f} +- {way[f'{measure} SE']:.4f}"


if __name__ == "__main__":
    main()
