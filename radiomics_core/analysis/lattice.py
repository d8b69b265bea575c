"""The fold lattice: each candidate is fitted once per set of folds left out, and serves every layer that needs it.

Leaving out {k} gives the outer fold; {j, k} tunes both k and j; {j, k, l} tunes inside the nested interval.
See docs/design/0003-fold-lattice.md.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.analysis.matrix import EncodedBlock, Preparer
from radiomics_core.analysis.recipe import Recipe
from radiomics_core.analysis.splits import seed_number
from radiomics_core.evaluation.recalibration import PredictionScale
from radiomics_core.models.family import Criterion, ModelCandidate, ModelFamily, model_score

if TYPE_CHECKING:
    from radiomics_core.analysis.task import Task

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]
FoldSet = frozenset[int]
TRAINING = -1
"""Stands for the training rows where folds are keys."""


@dataclass(frozen=True)
class Candidate:
    """A recipe with one value of each tuning parameter."""

    recipe: Recipe
    size: int
    model: ModelCandidate
    tuned_by: Criterion

    @property
    def label(self) -> str:
        """Tuning values in words for the record."""
        size = "all" if self.size >= 1_000_000 else str(self.size)
        return f"features={size} {self.model.label}".strip()


@dataclass
class FittedCandidate:
    """A fitted pipeline that can score raw rows of its block; what explanations and persistence use."""

    candidate: Candidate
    columns: Positions
    chosen: Positions
    preparer: Preparer
    model: Any

    def prepare(self, block_values: Floats) -> Floats:
        """Return the model's inputs for raw rows of the encoded block, shape (n, n_chosen)."""
        prepared: Floats = self.preparer.transform(block_values[:, self.columns])[:, self.chosen]
        return prepared

    def score(self, block_values: Floats) -> Floats:
        """Return scores for raw rows of the encoded block; 0 for all when nothing was chosen."""
        return self.score_prepared(self.preparer.transform(block_values[:, self.columns]))

    def score_prepared(self, prepared: Floats) -> Floats:
        """Return scores for rows that the candidate's preparer has transformed, every kept column of them."""
        if self.model is None:
            return np.zeros(len(prepared))
        return model_score(self.model, prepared[:, self.chosen])


@dataclass
class Lattice:
    """Scores of every candidate for every set of folds left out.

    Attributes
    ----------
    candidates : list of Candidate, length n_candidates
    fold_of : array of int, shape (n,)
    target : array, shape (n,) or (n, 2)
    scale : PredictionScale
    scores : dict (folds left out, fold) -> array (n_candidates, n_cases_in_fold)
    values : dict (folds left out, fold) -> array (n_candidates,)
        The metric.
    percentiles : dict fold -> array (n_candidates, n_cases_in_fold)
        Share of the training cases' scores at or below the score, for single folds left out.
    chosen : dict fold -> list of arrays
        Positions of chosen block columns per candidate, for single folds left out.
    deviances : dict of folds left out -> array (n_candidates,)
        Of the inner out-of-fold scores; filled when asked for.
    """

    candidates: list[Candidate]
    fold_of: Positions
    target: Floats
    scale: PredictionScale
    scores: dict[tuple[FoldSet, int], Floats] = field(default_factory=dict)
    values: dict[tuple[FoldSet, int], Floats] = field(default_factory=dict)
    percentiles: dict[int, Floats] = field(default_factory=dict)
    chosen: dict[int, list[Positions]] = field(default_factory=dict)
    deviances: dict[FoldSet, Floats] = field(default_factory=dict)

    @property
    def n_folds(self) -> int:
        """Number of outer folds."""
        return int(self.fold_of.max()) + 1

    def inside(self, left_out: FoldSet) -> list[int]:
        """Return the training folds when some are left out."""
        return [fold for fold in range(self.n_folds) if fold not in left_out]

    def inner_deviance(self, left_out: FoldSet) -> Floats:
        """Return the deviance of each candidate's inner out-of-fold scores; the folds left out play no part."""
        if left_out not in self.deviances:
            inside = self.inside(left_out)
            scores = np.concatenate([self.scores[left_out | {fold}, fold] for fold in inside], axis=1)
            target = np.concatenate([self.target[self.fold_of == fold] for fold in inside])
            self.deviances[left_out] = self.scale.deviance(target, scores)
        return self.deviances[left_out]

    def inner_values(self, left_out: FoldSet) -> Floats:
        """Return the metric of each candidate, averaged over the inner folds that have one (0.5 when none has)."""
        values = np.array([self.values[left_out | {fold}, fold] for fold in self.inside(left_out)])
        counted = np.isfinite(values)
        total = np.where(counted, values, 0.0).sum(axis=0)
        return np.where(counted.any(axis=0), total / np.maximum(counted.sum(axis=0), 1), 0.5)


def make_candidates(recipes: Sequence[Recipe], task: Task) -> list[Candidate]:
    """Return the tuning grid of some recipes, simplest values first within each."""
    found = []
    for recipe in recipes:
        family = task.models.build(recipe.model)
        for size in task.selectors.build(recipe.selector).sizes:
            found += [Candidate(recipe, size, model, family.tuned_by) for model in family.candidates]
    return found


def fold_sets(n_folds: int, depth: int) -> list[FoldSet]:
    """Return every set of 1..depth folds that leaves at least one fold to train on."""
    depths = range(1, min(depth, n_folds - 1) + 1)
    return [frozenset(chosen) for size in depths for chosen in combinations(range(n_folds), size)]


def fit_lattice(
    block: EncodedBlock,
    target: Floats,
    fold_of: Positions,
    recipes: Sequence[Recipe],
    task: Task,
    *,
    depth: int,
    seed: int,
    key: tuple[int | str, ...],
    sets: Sequence[FoldSet] | None = None,
) -> Lattice:
    """Fit every candidate of some recipes on every complement of 1..depth folds and score the folds left out.

    Parameters
    ----------
    block : EncodedBlock
    target : array, shape (n,) or (n, 2)
    fold_of : array of int, shape (n,)
    recipes : sequence of Recipe
        All of one block.
    depth : int
        2 tunes; 3 also serves the nested interval.
    seed, key
        Seeds depend on these, the folds left out and the recipe's name only.
    sets : sequence of sets of folds, optional
        What is left out in turn, instead of every set of up to ``depth`` folds.
    """
    lattice = Lattice(make_candidates(recipes, task), fold_of, target, task.scale)
    for left_out in fold_sets(lattice.n_folds, depth) if sets is None else sets:
        training = ~np.isin(fold_of, list(left_out))
        held = {fold: block.values[fold_of == fold] for fold in left_out}
        rows = {fold: np.zeros((len(lattice.candidates), len(part))) for fold, part in held.items()}
        single = next(iter(left_out)) if len(left_out) == 1 else None
        views: dict[int, dict[int, Floats]] = {}
        percentiles, chosen = [], []
        fitted_ones = fit_candidates(block, target, training, recipes, task, seed=seed, key=(*key, *sorted(left_out)))
        for position, fitted in enumerate(fitted_ones):
            view = _view(views, fitted, held, block.values[training] if single is not None else None)
            for fold in left_out:
                rows[fold][position] = fitted.score_prepared(view[fold])
            if single is not None:
                percentiles.append(_percentiles(fitted.score_prepared(view[TRAINING]), rows[single][position]))
                chosen.append(fitted.columns[fitted.chosen])
        for fold in left_out:
            lattice.scores[left_out, fold] = rows[fold]
            lattice.values[left_out, fold] = task.metric.values(target[fold_of == fold], rows[fold])
        if single is not None:
            lattice.percentiles[single] = np.array(percentiles)
            lattice.chosen[single] = chosen
    return lattice


def _view(
    views: dict[int, dict[int, Floats]], fitted: FittedCandidate, held: dict[int, Floats], training: Floats | None
) -> dict[int, Floats]:
    """Return held-out (and training) rows as the candidate's preparer makes them, once per preparer."""
    key = id(fitted.preparer)
    if key not in views:
        parts = held if training is None else {**held, TRAINING: training}
        views[key] = {fold: fitted.preparer.transform(part[:, fitted.columns]) for fold, part in parts.items()}
    return views[key]


def fit_candidates(
    block: EncodedBlock,
    target: Floats,
    training: NDArray[np.bool_],
    recipes: Sequence[Recipe],
    task: Task,
    *,
    seed: int,
    key: tuple[int | str, ...],
) -> Iterator[FittedCandidate]:
    """Yield the fitted candidates of some recipes, in the order of :func:`make_candidates`.

    Screening, imputation and scaling are learnt once per screen, features are ranked once per selector.
    """
    prepared: dict[str, tuple[Positions, Preparer, Floats]] = {}
    ranked: dict[tuple[str, str], Positions] = {}
    raw, outcome = block.values[training], target[training]
    for recipe in recipes:
        if recipe.screen not in prepared:
            prepared[recipe.screen] = _prepare(block, raw, recipe.screen, task)
        columns, preparer, matrix = prepared[recipe.screen]
        selector, family = task.selectors.build(recipe.selector), task.models.build(recipe.model)
        where = (recipe.screen, recipe.selector)
        if where not in ranked:
            ranking_seed = seed_number(seed, *key, recipe.screen, recipe.selector)
            ranked[where] = selector.rank(matrix, outcome, min(max(selector.sizes), matrix.shape[1]), ranking_seed)
        model_seed = seed_number(seed, *key, recipe.name)
        for size in selector.sizes:
            chosen = ranked[where][:size]
            for model in family.candidates:
                fitted = _fit_model(model, matrix[:, chosen], outcome, model_seed) if len(chosen) else None
                yield FittedCandidate(_candidate(recipe, size, model, family), columns, chosen, preparer, fitted)


def _prepare(block: EncodedBlock, raw: Floats, screen: str, task: Task) -> tuple[Positions, Preparer, Floats]:
    columns = task.screens.build(screen).keep(raw)
    kept = {int(column): place for place, column in enumerate(columns)}
    sets = tuple(tuple(kept[c] for c in group if c in kept) for group in block.indicator_sets)
    preparer = task.make_preparer(tuple(group for group in sets if group)).fit(raw[:, columns])
    return columns, preparer, preparer.transform(raw[:, columns])


def _fit_model(model: ModelCandidate, features: Floats, outcome: Floats, seed: int) -> Any:
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        # a candidate that stops early is still a candidate: its held-out value decides, nothing is hidden
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.make(seed).fit(features, outcome)


def _candidate(recipe: Recipe, size: int, model: ModelCandidate, family: ModelFamily) -> Candidate:
    return Candidate(recipe, size, model, family.tuned_by)


def _percentiles(training_scores: Floats, scores: Floats) -> Floats:
    ordered = np.sort(training_scores)
    below = np.searchsorted(ordered, scores, side="left")
    up_to = np.searchsorted(ordered, scores, side="right")
    return np.asarray((below + up_to) / (2 * len(ordered)))
