"""Rows of a comparison: value, interval, control and note of each pipeline, the headline and the controls."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from radiomics_core.analysis.centre_table import LEAVE_ONE_CENTRE_OUT, centres_note, mean_over_centres, no_centres
from radiomics_core.analysis.data import AnalysisData
from radiomics_core.analysis.procedure import one_per_patient
from radiomics_core.analysis.recipe import CHOSEN_INSIDE
from radiomics_core.analysis.splits import keyed_seed
from radiomics_core.evaluation.all_cases import all_cases, patient_correlation
from radiomics_core.evaluation.bias_corrected import bbc_cv
from radiomics_core.evaluation.discrimination import Metric
from radiomics_core.evaluation.intervals import Interval, cross_validated_interval
from radiomics_core.evaluation.multiplicity import permutation_p
from radiomics_core.stats.concordance import Pairs, concordances

Floats = NDArray[np.float64]
ROW_COLUMNS = [
    "row", "inputs", "selector", "classifier", "headline", "value", "low", "high", "interval", "n", "events",
    "n_permutations", "p", "n_pipelines", "bias_corrected", "within_centre", "folds_without_value", "best_of_k",
    "note", "estimate", "fold_mean",
]  # fmt: skip


@dataclass(frozen=True)
class Collected:
    """Frames of all units of a comparison, real and shuffled apart."""

    data: AnalysisData
    metric: Metric
    n_folds: int
    predictions: pd.DataFrame
    folds: pd.DataFrame
    inner: pd.DataFrame
    shuffles: pd.DataFrame
    headline: str
    seed: int
    centres: pd.DataFrame = field(default_factory=no_centres)
    centres_missing: str = ""

    def matrix(self, row: str, column: str = "value") -> Floats:
        """Return a row's fold values, shape (n_repeats, n_folds)."""
        part = self.folds[self.folds["row"] == row].sort_values(["repeat", "fold"])
        return part[column].to_numpy(float).reshape(-1, self.n_folds)

    def inner_tensor(self, row: str) -> Floats | None:
        """Return a row's inner values, shape (n_repeats, K, K), NaN on the diagonal; None when not made."""
        part = self.inner[self.inner["row"] == row]
        if not len(part):
            return None
        repeats = np.unique(part["repeat"])
        tensor = np.full((len(repeats), self.n_folds, self.n_folds), np.nan)
        places = np.searchsorted(repeats, part["repeat"])
        tensor[places, part["fold"].to_numpy(int), part["other"].to_numpy(int)] = part["value"]
        return tensor

    def fold_mean(self, row: str) -> float:
        """Return the mean of a row's fold values: what is expected of training on K-1 of K folds."""
        return float(np.nanmean(self.matrix(row)))

    @cached_property
    def comparable(self) -> tuple[Pairs, NDArray[np.intp]]:
        """Comparable pairs of all cases and the patient of each case; for a time to an event a patient is one case."""
        if self.data.values.kind == "binary":
            return self.metric.pairs(self.data.target), self.data.patient_numbers
        target, _score = one_per_patient(self.data.patient_numbers, self.data.target, np.zeros(self.data.n))
        return self.metric.pairs(target), np.arange(len(target))

    def shuffled(self, row: str) -> Floats:
        """Return a row's value in each shuffle."""
        return self.shuffles.loc[self.shuffles["row"] == row].sort_values("shuffle")["value"].to_numpy(float)


def row_interval(collected: Collected, row: str) -> Interval:
    """Return a row's value expected with all cases, and its interval."""
    outer, variance = collected.matrix(row), collected.matrix(row, "variance")
    pairs, patients = collected.comparable
    several = len(np.unique(patients)) < len(patients)
    correlation = row_correlation(collected, row) if several else 0.0
    sampling = all_cases(pairs, patients, correlation)
    return cross_validated_interval(outer, variance, collected.inner_tensor(row), sampling)


def row_correlation(collected: Collected, row: str) -> float:
    """Return the correlation of a row's held-out scores between cases of a patient."""
    part = collected.predictions[collected.predictions["row"] == row]
    data = collected.data
    at = pd.Index(data.case_ids).get_indexer(pd.Index(part["case_id"]))
    return held_out_correlation(part["score"], part["repeat"], part["fold"], data.events[at], data.patient_numbers[at])


def held_out_correlation(
    values: ArrayLike, repeat: ArrayLike, fold: ArrayLike, events: ArrayLike, patients: ArrayLike
) -> float:
    """Return the correlation between cases of a patient of held-out values, each array of shape (n_cases * n_repeats,).

    Values are compared within repeat, fold and outcome.
    """
    columns = {"repeat": repeat, "fold": fold, "event": events, "patient": patients}
    kinds = pd.DataFrame({name: np.asarray(column) for name, column in columns.items()})
    strata = np.asarray(kinds.groupby(["repeat", "fold", "event"], sort=False).ngroup(), dtype=np.intp)
    numbers = np.asarray(kinds.groupby(["repeat", "patient"], sort=False).ngroup(), dtype=np.intp)
    return patient_correlation(np.asarray(values, float), strata, numbers)


def make_rows(collected: Collected) -> pd.DataFrame:
    """Return every row of the comparison with columns ``ROW_COLUMNS``."""
    codes = list(dict.fromkeys(collected.folds["row"]))
    made = [_pipeline_row(collected, code) for code in codes]
    _mark_best(collected, made)
    shuffled = collected.shuffled(collected.headline)
    if len(shuffled):
        made.append(_permuted_row(collected, shuffled))
    made += [
        _empty_row(collected, block.name, block.reason) for block in collected.data.blocks.values() if not block.columns
    ]
    made.append(_centres_row(collected))
    made.sort(key=lambda row: not row["headline"])
    return pd.DataFrame(made, columns=ROW_COLUMNS)


def _blank(collected: Collected) -> dict[str, Any]:
    nan = float("nan")
    return {
        "selector": "", "classifier": "", "headline": False, "value": nan, "low": nan, "high": nan, "interval": "",
        "n": collected.data.n, "events": collected.data.values.n_events, "n_permutations": 0, "p": nan,
        "n_pipelines": 1, "bias_corrected": nan, "within_centre": nan, "folds_without_value": 0,
        "best_of_k": False, "note": "", "estimate": "", "fold_mean": nan,
    }  # fmt: skip


def _pipeline_row(collected: Collected, code: str) -> dict[str, Any]:
    inputs, selector, classifier = code.split("|")
    interval, mean = row_interval(collected, code), collected.fold_mean(code)
    headline = code == collected.headline
    shuffled = collected.shuffled(code)
    row = _blank(collected) | {
        "row": code, "inputs": inputs, "selector": selector, "classifier": classifier, "headline": headline,
        "value": interval.estimate, "low": interval.low, "high": interval.high, "interval": interval.method,
        "n_permutations": len(shuffled), "p": permutation_p(mean, shuffled) if headline else np.nan,
        "folds_without_value": int(np.isnan(collected.matrix(code)).sum()),
        "note": "" if interval.method == "nested_cv" else "approximate interval",
        "estimate": estimate_name(interval), "fold_mean": mean,
    }  # fmt: skip
    if collected.data.centres is not None and inputs != "centre":
        row["within_centre"] = within_centre_value(collected, code)
    return row


def estimate_name(interval: Interval) -> str:
    """Return what an estimate stands for: ``all cases`` (corrected for training size) or ``training folds``."""
    return "all cases" if interval.method == "nested_cv" else "training folds"


def _mark_best(collected: Collected, made: list[dict[str, Any]]) -> None:
    """Mark the best pipeline of each block and set the corrected figure beside it."""
    for inputs in dict.fromkeys(row["inputs"] for row in made):
        grid = [r for r in made if r["inputs"] == inputs and r["selector"] != CHOSEN_INSIDE]
        for row in made:
            if row["inputs"] == inputs:
                row["n_pipelines"] = max(1, len(grid))
        if len(grid) < 2:
            continue
        best = max(grid, key=lambda row: row["fold_mean"])
        best["best_of_k"] = True
        best["note"] = f"best of {len(grid)}, optimistic; {best['note']}"
        best["bias_corrected"] = corrected_winner(collected, [row["row"] for row in grid])


def corrected_winner(collected: Collected, codes: list[str]) -> float:
    """Return the bias-corrected value of the best of some rows."""
    scores, pairs = [], []
    for repeat in np.unique(collected.predictions["repeat"]):
        wide = held_out_wide(collected, codes, int(repeat))
        scores.append(wide.drop(columns="fold").to_numpy(float).T)
        pairs.append(pairs_within_folds(collected, wide["fold"].to_numpy(int)))
    key = keyed_seed(collected.seed, "winner", codes[0].split("|")[0])
    return bbc_cv(scores, pairs, np.unique(collected.data.patient_ids, return_inverse=True)[1], key)


def held_out_wide(collected: Collected, codes: list[str], repeat: int) -> pd.DataFrame:
    """Return held-out scores of one repeat: one row per case in data order, a column per code, and ``fold``."""
    part = collected.predictions[collected.predictions["repeat"] == repeat]
    columns = {}
    for code in codes:
        of_row = part[part["row"] == code].set_index("case_id")
        columns[code] = of_row["score"].reindex(list(collected.data.case_ids))
        fold = of_row["fold"].reindex(list(collected.data.case_ids))
    return pd.DataFrame({**columns, "fold": fold})


def pairs_within_folds(collected: Collected, fold_of: NDArray[np.intp], groups: tuple[str, ...] | None = None) -> Pairs:
    """Return comparable pairs of cases of the same fold (and the same group)."""
    pairs = collected.metric.pairs(collected.data.target)
    keep = fold_of[pairs.first] == fold_of[pairs.second]
    if groups is not None:
        labels = np.unique(np.array(groups), return_inverse=True)[1]
        keep &= labels[pairs.first] == labels[pairs.second]
    return Pairs(pairs.first[keep], pairs.second[keep])


def within_centre_value(collected: Collected, code: str) -> float:
    """Return the metric over pairs of the same fold and the same centre, averaged over repeats."""
    values = []
    for repeat in np.unique(collected.predictions["repeat"]):
        wide = held_out_wide(collected, [code], int(repeat))
        pairs = pairs_within_folds(collected, wide["fold"].to_numpy(int), collected.data.centres)
        if len(pairs) >= collected.metric.min_pairs:
            values.append(float(concordances(wide[[code]].to_numpy(float).T, pairs)[0]))
    return float(np.mean(values)) if values else float("nan")


def _permuted_row(collected: Collected, shuffled: Floats) -> dict[str, Any]:
    inputs, selector, classifier = collected.headline.split("|")
    observed = collected.fold_mean(collected.headline)
    low, high = np.quantile(shuffled, [0.025, 0.975])
    return _blank(collected) | {
        "row": "permuted", "inputs": "permuted", "selector": selector, "classifier": classifier,
        "value": float(shuffled.mean()), "low": float(low), "high": float(high), "interval": "band",
        "n_permutations": len(shuffled), "p": permutation_p(observed, shuffled),
        "estimate": "training folds", "fold_mean": float(shuffled.mean()),
        "note": shuffled_note(collected.data, inputs),
    }  # fmt: skip


def shuffled_note(data: AnalysisData, inputs: str) -> str:
    """Return which rows were moved, and between whom: what :func:`shuffle_positions` did."""
    within = data.centres is not None and data.blocks[inputs].kind != "centre"
    return f"rows of {inputs} shuffled between patients{' within centre' if within else ''}"


def _centres_row(collected: Collected) -> dict[str, Any]:
    """Return the headline's procedure with one centre left out in turn; the mean has no interval, each centre has."""
    inputs, selector, classifier = collected.headline.split("|")
    value = mean_over_centres(collected.centres)
    done = collected.centres[collected.centres["value"].notna()]
    row = _blank(collected) | {
        "row": LEAVE_ONE_CENTRE_OUT, "inputs": inputs, "interval": "not applicable", "n_pipelines": 0,
        "note": centres_note(collected.centres, collected.centres_missing),
    }  # fmt: skip
    if np.isnan(value):
        return row
    return row | {
        "selector": selector, "classifier": classifier, "value": value, "interval": LEAVE_ONE_CENTRE_OUT,
        "n": int(done["n"].sum()), "events": int(done["events"].sum()), "n_pipelines": 1,
    }  # fmt: skip


def _empty_row(collected: Collected, inputs: str, reason: str) -> dict[str, Any]:
    return _blank(collected) | {
        "row": f"{inputs}||", "inputs": inputs, "interval": "not applicable", "n_pipelines": 0,
        "note": f"not applicable: {reason}",
    }  # fmt: skip
