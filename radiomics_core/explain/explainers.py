"""SHAP values of one fitted model, by the method its row names. All are additive on the scale of the score.

A tag of the model's row is a name in :data:`EXPLAINERS`: ``linear`` for models with ``coef_`` or ``coefficients``
(exact), ``trees`` for those shap's TreeExplainer knows (against a background); any other gets sampled permutations.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.models.family import model_score

Floats = NDArray[np.float64]
Progress = Callable[[float], None] | None
PERMUTATION = "permutation"
PAIRS_OF_PERMUTATIONS = 4
PERMUTATION_BACKGROUND = 50


@dataclass(frozen=True)
class Attributions:
    """Contribution of each feature to each score.

    Attributes
    ----------
    shap : array, shape (n_cases, n_features)
    base : array, shape (n_cases,)
        Mean score of the background; ``base + shap.sum(axis=1)`` is the score.
    explainer : str
        Name in :data:`EXPLAINERS`.
    """

    shap: Floats
    base: Floats
    explainer: str


def explain_model(
    model: Any,
    cases: Floats,
    background: Floats,
    seed: int = 0,
    progress: Progress = None,
    *,
    tags: Collection[str] = (),
) -> Attributions:
    """Explain the scores of held-out cases.

    Parameters
    ----------
    model : fitted estimator
    cases, background : array, shape (n_cases, n_features), (n_background, n_features)
        Prepared features; the background comes from the model's training cases.
    seed : int
        Of the sampled permutations.
    progress : callable, optional
        Called with the share that is done.
    tags : collection of str
        Of the model's row: the first explainer named there is taken, else permutations.
    """
    name = next((name for name in EXPLAINERS if name in tags), PERMUTATION)
    return EXPLAINERS[name](model, cases, background, seed, progress)


def _linear(model: Any, cases: Floats, background: Floats, seed: int, progress: Progress) -> Attributions:
    found = model.coefficients if hasattr(model, "coefficients") else model.coef_
    weights = np.asarray(found, float).ravel()
    centre = background.mean(axis=0)
    base = float(model_score(model, centre[None, :])[0])
    return Attributions((cases - centre) * weights, np.full(len(cases), base), "linear")


def _trees(model: Any, cases: Floats, background: Floats, seed: int, progress: Progress) -> Attributions:
    import shap

    explainer = shap.TreeExplainer(model, data=background, feature_perturbation="interventional")
    values = np.asarray(explainer.shap_values(cases, check_additivity=False), float)
    expected = np.asarray(explainer.expected_value, float).ravel()
    if values.ndim == 3:
        values, expected = values[:, :, 1], expected[-1:]
    score = model_score(model, cases)
    if hasattr(model, "decision_function"):
        return Attributions(values, np.full(len(cases), expected[0]), "trees")
    return _to_log_odds(values, float(expected[0]), score)


def _to_log_odds(values: Floats, expected: float, score: Floats) -> Attributions:
    """Rescale contributions to a probability so that they add up on the log-odds scale (shap's linearised link)."""
    mean = float(np.clip(expected, 1e-6, 1 - 1e-6))
    base = np.log(mean / (1 - mean))
    change = values.sum(axis=1)
    tiny = np.abs(change) < 1e-9
    slope = np.where(tiny, 1 / (mean * (1 - mean)), (score - base) / np.where(tiny, 1.0, change))
    shap = values * slope[:, None]
    # what clipping at certainty or rounding leaves over belongs to no feature
    return Attributions(shap, score - shap.sum(axis=1), "trees")


def _permutations(model: Any, cases: Floats, background: Floats, seed: int, progress: Progress) -> Attributions:
    """Average contributions over random orders of the features and their reverses (Strumbelj & Kononenko 2014)."""
    generator = np.random.default_rng(seed)
    reference = background[:PERMUTATION_BACKGROUND]
    n_features = cases.shape[1]
    orders = [generator.permutation(n_features) for _pair in range(PAIRS_OF_PERMUTATIONS)]
    orders = [order for each in orders for order in (each, each[::-1])]
    shap = np.zeros(cases.shape)
    for i, case in enumerate(cases):
        for order in orders:
            shap[i, order] += np.diff(_path(model, case, reference, order)) / len(orders)
        if progress is not None:
            progress((i + 1) / len(cases))
    base = float(model_score(model, reference).mean())
    return Attributions(shap, np.full(len(cases), base), PERMUTATION)


def _path(model: Any, case: Floats, reference: Floats, order: NDArray[np.intp]) -> Floats:
    """Return the mean score while features of the case replace those of the background one after another."""
    rows = np.repeat(reference[None, :, :], len(order) + 1, axis=0)
    for step, feature in enumerate(order):
        rows[step + 1 :, :, feature] = case[feature]
    scores = model_score(model, rows.reshape(-1, reference.shape[1]))
    return np.asarray(scores.reshape(len(order) + 1, len(reference)).mean(axis=1))


EXPLAINERS: Mapping[str, Callable[[Any, Floats, Floats, int, Progress], Attributions]] = {
    "linear": _linear,
    "trees": _trees,
    PERMUTATION: _permutations,
}
"""How models are explained; a row names one among its tags."""
