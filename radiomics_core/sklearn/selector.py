"""Rows of SELECTORS as scikit-learn transformers that keep some columns."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils import ClassifierTags
from sklearn.utils.validation import check_is_fitted, validate_data

from radiomics_core.selection import SELECTORS
from radiomics_core.sklearn.rows import Floats, build, times_and_events, two_classes


class _Selector(SelectorMixin, BaseEstimator):  # type: ignore[misc]
    def __init__(self, method: str, *, n_features: int = 10, settings: Any = None, random_state: int = 0) -> None:
        self.method, self.n_features, self.settings, self.random_state = method, n_features, settings, random_state

    def _rank(self, features: Floats, target: Floats) -> Self:
        ranked = build(SELECTORS, self.method, self.settings).rank(features, target, self.n_features, self.random_state)
        self.ranking_ = np.asarray(ranked, dtype=np.intp)
        return self

    def _get_support_mask(self) -> NDArray[np.bool_]:
        check_is_fitted(self)
        support = np.zeros(self.n_features_in_, bool)
        support[self.ranking_] = True
        return support

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


class RowSelector(_Selector):
    """Keeps the features a selector ranks first for an event.

    Parameters
    ----------
    method : str
        Name in ``SELECTORS`` with the tag ``binary``.
    n_features : int
        How many to keep at most; a method may find fewer, or none.
    settings : Settings, mapping or None
        Settings of the method; None takes its defaults.
    random_state : int

    Attributes
    ----------
    ranking_ : array of int
        Positions of the features kept, best first.
    """

    def __init__(
        self, method: str = "mrmr", *, n_features: int = 10, settings: Any = None, random_state: int = 0
    ) -> None:
        super().__init__(method, n_features=n_features, settings=settings, random_state=random_state)

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Rank; ``X`` has shape (n_cases, n_features), prepared (no NaN, scaled), ``y`` holds two classes."""
        checked, y = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2)
        features: Floats = np.asarray(checked)
        return self._rank(features, two_classes(y)[1])

    def __sklearn_tags__(self) -> Any:
        """Say that the target has two classes."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags = ClassifierTags(multi_class=False)
        return tags


class RowSurvivalSelector(_Selector):
    """Keeps the features a selector ranks first for a time to an event.

    Parameters
    ----------
    method : str
        Name in ``SELECTORS`` with the tag ``time_to_event``.
    n_features, settings, random_state
        See :class:`RowSelector`.
    """

    def __init__(
        self, method: str = "cox_score", *, n_features: int = 10, settings: Any = None, random_state: int = 0
    ) -> None:
        super().__init__(method, n_features=n_features, settings=settings, random_state=random_state)

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Rank; for ``y`` see :func:`radiomics_core.sklearn.rows.times_and_events`."""
        features: Floats = np.asarray(validate_data(self, X, dtype=np.float64, ensure_min_samples=2))
        return self._rank(features, times_and_events_of(features, y))


def times_and_events_of(features: Floats, target: ArrayLike) -> Floats:
    """Return times and events of as many cases as there are rows; raises ValueError otherwise."""
    if target is None:
        raise ValueError("requires y to be passed, but the target y is None")
    made = times_and_events(target)
    if len(made) != len(features):
        raise ValueError(f"Found input variables with inconsistent numbers of samples: {[len(features), len(made)]}")
    return made
