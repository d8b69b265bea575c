"""What a row of the comparison does with the lattice: tune, choose inside, stack. The same at every layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from radiomics_core.analysis.lattice import Candidate, FoldSet, Lattice, _percentiles
from radiomics_core.analysis.matrix import EncodedBlock
from radiomics_core.evaluation.discrimination import Metric
from radiomics_core.models.family import ModelCandidate, model_score
from radiomics_core.stats.concordance import concordance_variance

if TYPE_CHECKING:
    from radiomics_core.analysis.task import Task

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]
DIGITS = 10
"""A difference below rounding is a tie, whatever the order of summation was."""


@dataclass(frozen=True)
class HeldOut:
    """What a tuned procedure says about the folds it left out, and about its own training cases out of fold.

    Attributes
    ----------
    candidate : int
        Position in the lattice.
    scores : dict fold -> array (n_cases_in_fold,)
    inner : dict fold -> array
        Inner out-of-fold scores of the training folds, by the same candidate.
    percentiles : array or None
        Of the single fold left out, within the training cases' scores.
    """

    candidate: int
    scores: dict[int, Floats]
    inner: dict[int, Floats]
    percentiles: Floats | None = None


def tune(lattice: Lattice, left_out: FoldSet, among: Positions) -> int:
    """Return the candidate to use when ``left_out`` is held out, known from the inner folds; ties to the simplest.

    Within a pipeline the values of its tuning parameters are compared by what its model is tuned by, the metric or the
    deviance; pipelines are compared by the metric.
    """
    means = lattice.inner_values(left_out)
    winners = np.array([_tuned(lattice, left_out, part, means) for part in _by_recipe(lattice, among)])
    return int(winners[np.argmax(np.round(means[winners], DIGITS))])


def _by_recipe(lattice: Lattice, among: Positions) -> list[Positions]:
    members: dict[str, list[int]] = {}
    for position in among:
        members.setdefault(lattice.candidates[position].recipe.name, []).append(int(position))
    return [np.array(part, dtype=np.intp) for part in members.values()]


def _tuned(lattice: Lattice, left_out: FoldSet, among: Positions, means: Floats) -> int:
    if lattice.candidates[among[0]].tuned_by == "metric":
        return int(among[np.argmax(np.round(means[among], DIGITS))])
    return int(among[np.argmin(np.round(lattice.inner_deviance(left_out)[among], DIGITS))])


def run_procedure(lattice: Lattice, left_out: FoldSet, among: Positions) -> HeldOut:
    """Tune without ``left_out`` and score it; needs the lattice one layer deeper than ``left_out``."""
    best = tune(lattice, left_out, among)
    single = next(iter(left_out)) if len(left_out) == 1 else None
    return HeldOut(
        candidate=best,
        scores={fold: lattice.scores[left_out, fold][best] for fold in left_out},
        inner={fold: lattice.scores[left_out | {fold}, fold][best] for fold in lattice.inside(left_out)},
        percentiles=None if single is None else lattice.percentiles[single][best],
    )


@dataclass(frozen=True)
class Stack:
    """How clinical columns and the rad-score are joined: an unpenalised model on inner out-of-fold scores."""

    clinical: EncodedBlock
    target: Floats
    fold_of: Positions
    task: Task

    def run(self, base: HeldOut, left_out: FoldSet, seed: int) -> HeldOut:
        """Fit on the training folds (clinical and inner out-of-fold rad-score) and score the folds left out.

        ``inner`` is filled where scores will be recalibrated: one fold left out.
        """
        training = ~np.isin(self.fold_of, list(left_out))
        matrix = np.column_stack([self.clinical.values, self._spread(base)])
        scores = self._scores(matrix, training, seed)
        single = len(left_out) == 1
        held = {fold: scores[self.fold_of == fold] for fold in left_out}
        percentiles = _percentiles(scores[training], next(iter(held.values()))) if single else None
        inner = self._inner(matrix, training, seed) if single else {}
        return HeldOut(base.candidate, held, inner, percentiles)

    def _scores(self, matrix: Floats, training: NDArray[np.bool_], seed: int) -> Floats:
        """Return the scores of all cases by a model of the training ones."""
        preparer = self.task.make_preparer(self.clinical.indicator_sets)
        prepared = preparer.fit(matrix[training]).transform(matrix)
        model = self._plain_model().make(seed).fit(prepared[training], self.target[training])
        return model_score(model, prepared)

    def _inner(self, matrix: Floats, training: NDArray[np.bool_], seed: int) -> dict[int, Floats]:
        """Return the scores of each training fold by a model of the other training folds."""
        folds = np.unique(self.fold_of[training]).tolist()
        return {
            fold: self._scores(matrix, training & (self.fold_of != fold), seed)[self.fold_of == fold] for fold in folds
        }

    def _plain_model(self) -> ModelCandidate:
        return self.task.models.build(self.task.plain_model).candidates[0]

    def _spread(self, base: HeldOut) -> Floats:
        rad_scores = np.zeros(len(self.fold_of))
        for part in (base.inner, base.scores):
            for fold, values in part.items():
                rad_scores[self.fold_of == fold] = values
        return rad_scores


def one_per_patient(patients: Positions, target: Floats, score: Floats) -> tuple[Floats, Floats]:
    """Return the first outcome and the mean score of each patient.

    Parameters
    ----------
    patients : array of int, shape (n_cases,)
    target : array of float, shape (n_cases, 2)
    score : array of float, shape (n_cases,)
    """
    _ids, first, position, n_cases = np.unique(patients, return_index=True, return_inverse=True, return_counts=True)
    return target[first], np.bincount(position, score) / n_cases


def held_out_value(
    metric: Metric, target: Floats, score: Floats, patients: Positions | None = None
) -> tuple[float, float, int]:
    """Return a fold's value, its sampling variance and its number of comparable pairs (NaN when too few).

    The variance adds up whole patients; ``patients`` has shape (n_cases,), left out each case is one.
    """
    pairs = metric.pairs(target)
    if len(pairs) < metric.min_pairs:
        return float("nan"), float("nan"), len(pairs)
    value = float(metric.values(target, score[None, :])[0])
    return value, concordance_variance(score, pairs, patients), len(pairs)


def positions_of(candidates: list[Candidate], recipe_name: str | None) -> Positions:
    """Return the positions of one recipe's candidates, or of all when ``recipe_name`` is None."""
    return np.array([i for i, c in enumerate(candidates) if recipe_name in (None, c.recipe.name)], dtype=np.intp)
