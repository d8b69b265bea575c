"""A row of SURVIVAL_MODELS as a scikit-learn estimator."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from radiomics_core.evaluation.discrimination import harrell_c
from radiomics_core.models import SURVIVAL_MODELS
from radiomics_core.models.family import model_score
from radiomics_core.sklearn.rows import Floats, build, candidate_of
from radiomics_core.sklearn.selector import times_and_events_of


class RowSurvivalModel(BaseEstimator):  # type: ignore[misc]
    """A model of a time to an event.

    Parameters
    ----------
    method : str
        Name in ``SURVIVAL_MODELS``.
    candidate, settings, random_state
        See :class:`radiomics_core.sklearn.RowClassifier`.

    Attributes
    ----------
    model_ : fitted model
    """

    def __init__(
        self, method: str = "ridge_cox", *, candidate: int | str = 0, settings: Any = None, random_state: int = 0
    ) -> None:
        self.method, self.candidate, self.settings, self.random_state = method, candidate, settings, random_state

    def candidates(self) -> list[str]:
        """Return the labels of the values the method would try."""
        return [one.label for one in build(SURVIVAL_MODELS, self.method, self.settings).candidates]

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit; for ``y`` see :func:`radiomics_core.sklearn.rows.times_and_events`."""
        features: Floats = np.asarray(validate_data(self, X, dtype=np.float64, ensure_min_samples=2))
        target = times_and_events_of(features, y)
        made = candidate_of(build(SURVIVAL_MODELS, self.method, self.settings), self.candidate)
        self.model_ = made.make(self.random_state).fit(features, target)
        return self

    def predict(self, X: ArrayLike) -> Floats:
        """Return log hazards, shape (n_cases,): higher means earlier."""
        check_is_fitted(self)
        return model_score(self.model_, validate_data(self, X, dtype=np.float64, reset=False))

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return Harrell's C of the log hazards."""
        log_hazard = self.predict(X)
        times, events = times_and_events_of(log_hazard, y).T
        return harrell_c(times, events, log_hazard)

    def __sklearn_tags__(self) -> Any:
        """Say that a target is needed."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
