"""Rows of an analysis: value, interval, control and note of each pipeline, the headline and the controls."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from radiomics_core.analysis.centre_table import LEAVE_ONE_CENTRE_OUT, centre_notes, mean_over_centres, no_centres
from radiomics_core.analysis.data import AnalysisData
from radiomics_core.analysis.nested import EVERYTHING
from radiomics_core.analysis.notes import Note, note, stored
from radiomics_core.analysis.procedure import one_per_patient
from radiomics_core.analysis.recipe import CHOSEN_INSIDE
from radiomics_core.analysis.row_key import KEY, RowKey, keys_in
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.splits import keyed_seed
from radiomics_core.analysis.task import Extras
from radiomics_core.evaluation.all_cases import all_cases, patient_correlation
from radiomics_core.evaluation.bias_corrected import bbc_cv
from radiomics_core.evaluation.discrimination import Metric
from radiomics_core.evaluation.intervals import Interval, cross_validated_interval
from radiomics_core.evaluation.multiplicity import permutation_p
from radiomics_core.stats.concordance import Pairs, concordances

Floats = NDArray[np.float64]
ROW_COLUMNS = [
    *KEY, "headline", "value", "low", "high", "interval", "n", "events", "n_permutations", "permutation_p",
    "n_pipelines", "bias_corrected", "within_centre", "folds_without_value", "best_of_k", "note", "estimate",
    "fold_mean",
]  # fmt: skip
NOT_APPLICABLE = "not_applicable"
PERMUTED = "permuted"
"""Inputs of the row that holds the band of the shuffled outcomes."""


@dataclass(frozen=True)
class Collected:
    """Frames of all units of an analysis, real and shuffled apart."""

    data: AnalysisData
    settings: AnalysisSettings
    n_folds: int
    predictions: pd.DataFrame
    folds: pd.DataFrame
    inner: pd.DataFrame
    chosen: pd.DataFrame
    shuffles: pd.DataFrame
    shuffled_cases: pd.DataFrame
    headline: RowKey
    centres: pd.DataFrame = field(default_factory=no_centres)
    centres_missing: str = ""

    @property
    def metric(self) -> Metric:
        """The metric of the task."""
        return self.data.task.metric

    @cached_property
    def keys(self) -> list[RowKey]:
        """The rows, the headline first."""
        found = keys_in(self.folds)
        return [self.headline, *(key for key in found if key != self.headline)]

    @cached_property
    def _by_key(self) -> dict[str, dict[RowKey, pd.DataFrame]]:
        frames = {"folds": self.folds, "inner": self.inner, "predictions": self.predictions}
        return {
            name: {RowKey(*map(str, key)): part for key, part in frame.groupby(KEY, sort=False)} if len(frame) else {}
            for name, frame in frames.items()
        }

    def of(self, key: RowKey, frame: str) -> pd.DataFrame:
        """Return the rows of one key in ``folds``, ``inner`` or ``predictions``; empty when there are none."""
        whole: pd.DataFrame = getattr(self, frame)
        return self._by_key[frame].get(key, whole.iloc[:0])

    def matrix(self, key: RowKey, column: str = "value") -> Floats:
        """Return a row's fold values, shape (n_repeats, n_folds)."""
        part = self.of(key, "folds").sort_values(["repeat", "fold"])
        return part[column].to_numpy(float).reshape(-1, self.n_folds)

    def inner_tensor(self, key: RowKey) -> Floats | None:
        """Return a row's inner values, shape (n_repeats, K, K), NaN on the diagonal; None when not made."""
        part = self.of(key, "inner")
        if not len(part):
            return None
        repeats = np.unique(part["repeat"])
        tensor = np.full((len(repeats), self.n_folds, self.n_folds), np.nan)
        places = np.searchsorted(repeats, part["repeat"])
        tensor[places, part["fold"].to_numpy(int), part["other"].to_numpy(int)] = part["value"]
        return tensor

    def fold_mean(self, key: RowKey) -> float:
        """Return the mean of a row's fold values: what is expected of training on K-1 of K folds."""
        return float(np.nanmean(self.matrix(key)))

    @cached_property
    def comparable(self) -> tuple[Pairs, NDArray[np.intp]]:
        """Comparable pairs of all cases and the patient of each case; a task may count a patient as one case."""
        if not self.data.task.one_case_per_patient:
            return self.metric.pairs(self.data.target), self.data.patient_numbers
        target, _score = one_per_patient(self.data.patient_numbers, self.data.target, np.zeros(self.data.n))
        return self.metric.pairs(target), np.arange(len(target))

    def shuffled(self, key: RowKey, moved: str = EVERYTHING) -> Floats:
        """Return a row's value in each shuffle that moved everything, or its radiomics columns alone."""
        part = key.rows(self.shuffles)
        return part.loc[part["moved"] == moved].sort_values("shuffle")["value"].to_numpy(float)


def row_interval(collected: Collected, row: RowKey) -> Interval:
    """Return a row's value expected with all cases, and its interval."""
    outer, variance = collected.matrix(row), collected.matrix(row, "variance")
    pairs, patients = collected.comparable
    several = len(np.unique(patients)) < len(patients)
    correlation = row_correlation(collected, row) if several else 0.0
    sampling = all_cases(pairs, patients, correlation)
    return cross_validated_interval(outer, variance, collected.inner_tensor(row), sampling)


def row_correlation(collected: Collected, row: RowKey) -> float:
    """Return the correlation of a row's held-out scores between cases of a patient."""
    part = collected.of(row, "predictions")
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


def make_rows(collected: Collected, extras: Extras) -> pd.DataFrame:
    """Return every row of the analysis with columns ``ROW_COLUMNS`` and those of the task; notes are codes."""
    made = [_pipeline_row(collected, key, extras) for key in keys_in(collected.folds)]
    _mark_best(collected, made)
    shuffled = collected.shuffled(collected.headline)
    if len(shuffled):
        made.append(_permuted_row(collected, shuffled))
    made += [
        _empty_row(collected, block.name, block.reason) for block in collected.data.blocks.values() if not block.columns
    ]
    made.append(_centres_row(collected))
    made.sort(key=lambda row: not row["headline"])
    for row in made:
        row["note"] = stored(row["note"])
    return pd.DataFrame(made, columns=[*ROW_COLUMNS, *collected.data.task.extra_columns])


def _blank(collected: Collected, inputs: str) -> dict[str, Any]:
    nan = float("nan")
    own = dict.fromkeys(collected.data.task.extra_columns, nan)
    own |= {name: value for name, value in (("separates", False), ("n_switchers", 0)) if name in own}
    return own | {
        "inputs": inputs, "selector": "", "model": "", "headline": False, "value": nan, "low": nan, "high": nan,
        "interval": "", "n": collected.data.n, "events": collected.data.values.n_events, "n_permutations": 0,
        "permutation_p": nan, "n_pipelines": 1, "bias_corrected": nan, "within_centre": nan, "folds_without_value": 0,
        "best_of_k": False, "note": [], "estimate": "", "fold_mean": nan,
    }  # fmt: skip


def _pipeline_row(collected: Collected, key: RowKey, extras: Extras) -> dict[str, Any]:
    interval, mean = row_interval(collected, key), collected.fold_mean(key)
    headline, shuffled = key == collected.headline, collected.shuffled(key)
    own = dict(extras.columns.get(key, {}))
    row = _blank(collected, key.inputs) | key.to_dict() | {
        "headline": headline, "value": interval.estimate, "low": interval.low, "high": interval.high,
        "interval": interval.method, "n_permutations": int(key.rows(collected.shuffles)["shuffle"].nunique()),
        "permutation_p": permutation_p(mean, shuffled) if headline else np.nan,
        "folds_without_value": int(np.isnan(collected.matrix(key)).sum()),
        "note": own.pop("notes", []), "estimate": estimate_name(interval), "fold_mean": mean,
    } | own  # fmt: skip
    if interval.method != "nested_cv":
        row["note"] = [*row["note"], note("approximate_interval")]
    if collected.data.centres is not None and key.inputs != "centre":
        row["within_centre"] = within_centre_value(collected, key)
    return row


def estimate_name(interval: Interval) -> str:
    """Return what an estimate stands for: ``all_cases`` (corrected for training size) or ``training_folds``."""
    return "all_cases" if interval.method == "nested_cv" else "training_folds"


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
        best["bias_corrected"] = corrected_winner(collected, [RowKey.of(row) for row in grid])
        corrected = f"{best['bias_corrected']:.2f}"
        best["note"] = [note("best_of", k=len(grid), corrected=corrected), *best["note"]]


def corrected_winner(collected: Collected, keys: list[RowKey]) -> float:
    """Return the bias-corrected value of the best of some rows."""
    scores, pairs = [], []
    for repeat in np.unique(collected.predictions["repeat"]):
        wide = held_out_wide(collected, keys, int(repeat))
        scores.append(wide.drop(columns="fold").to_numpy(float).T)
        pairs.append(pairs_within_folds(collected, wide["fold"].to_numpy(int)))
    key = keyed_seed(collected.settings.seed, "winner", keys[0].inputs)
    return bbc_cv(scores, pairs, np.unique(collected.data.patient_ids, return_inverse=True)[1], key)


def held_out_wide(collected: Collected, keys: list[RowKey], repeat: int) -> pd.DataFrame:
    """Return held-out scores of one repeat: one row per case in data order, a column per row, and ``fold``."""
    columns: dict[Any, Any] = {}
    for number, key in enumerate(keys):
        part = collected.of(key, "predictions")
        of_row = part[part["repeat"] == repeat].set_index("case_id")
        columns[number] = of_row["score"].reindex(list(collected.data.case_ids))
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


def within_centre_value(collected: Collected, key: RowKey) -> float:
    """Return the metric over pairs of the same fold and the same centre, averaged over repeats."""
    values = []
    for repeat in np.unique(collected.predictions["repeat"]):
        wide = held_out_wide(collected, [key], int(repeat))
        pairs = pairs_within_folds(collected, wide["fold"].to_numpy(int), collected.data.centres)
        if len(pairs) >= collected.metric.min_pairs:
            values.append(float(concordances(wide[[0]].to_numpy(float).T, pairs)[0]))
    return float(np.mean(values)) if values else float("nan")


def _permuted_row(collected: Collected, shuffled: Floats) -> dict[str, Any]:
    key, observed = collected.headline, collected.fold_mean(collected.headline)
    low, high = np.quantile(shuffled, [0.025, 0.975])
    of_value = np.nan if collected.data.task.p_of_rows else permutation_p(observed, shuffled)
    return _blank(collected, PERMUTED) | {
        "selector": key.selector, "model": key.model, "value": float(shuffled.mean()), "low": float(low),
        "high": float(high), "interval": "band", "n_permutations": len(shuffled), "permutation_p": of_value,
        "estimate": "training_folds", "fold_mean": float(shuffled.mean()),
        "note": [shuffled_note(collected.data, key.inputs)],
    }  # fmt: skip


def shuffled_note(data: AnalysisData, inputs: str) -> Note:
    """Return which rows were moved, and between whom: what :func:`shuffle_positions` did."""
    within = data.centres is not None and data.blocks[inputs].kind != "centre"
    return note("rows_shuffled_within_centre" if within else "rows_shuffled", inputs=inputs)


def _centres_row(collected: Collected) -> dict[str, Any]:
    """Return the headline's procedure with one centre left out in turn; the mean has no interval, each centre has."""
    value = mean_over_centres(collected.centres)
    notes = centre_notes(collected.centres, collected.headline.inputs, collected.centres_missing)
    row = _blank(collected, LEAVE_ONE_CENTRE_OUT)
    if np.isnan(value):
        return row | {"interval": NOT_APPLICABLE, "n_pipelines": 0, "note": notes}
    done = collected.centres[collected.centres["value"].notna()]
    return row | {
        "value": value, "interval": LEAVE_ONE_CENTRE_OUT, "n": int(done["n"].sum()),
        "events": int(done["events"].sum()), "note": notes,
    }  # fmt: skip


def _empty_row(collected: Collected, inputs: str, reason: str) -> dict[str, Any]:
    why = [note("not_applicable", why=note(reason))]
    return _blank(collected, inputs) | {"interval": NOT_APPLICABLE, "n_pipelines": 0, "note": why}
