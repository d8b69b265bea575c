"""A row of CLASSIFIERS as a scikit-learn classifier."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from radiomics_core.models import CLASSIFIERS
from radiomics_core.models.family import model_score
from radiomics_core.sklearn.rows import Floats, build, candidate_of, two_classes


class RowClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier of two classes.

    Parameters
    ----------
    method : str
        Name in ``CLASSIFIERS``.
    candidate : int or str
        Which of the values that the method would try: position or label (``"C=0.1"``). ``GridSearchCV`` over
        :meth:`candidates` tries them all.
    settings : Settings, mapping or None
        Settings of the method; None takes its defaults.
    random_state : int

    Attributes
    ----------
    classes_ : array, shape (2,)
    model_ : fitted model
    """

    def __init__(
        self, method: str = "logistic_ridge", *, candidate: int | str = 0, settings: Any = None, random_state: int = 0
    ) -> None:
        self.method, self.candidate, self.settings, self.random_state = method, candidate, settings, random_state

    def candidates(self) -> list[str]:
        """Return the labels of the values the method would try."""
        return [one.label for one in build(CLASSIFIERS, self.method, self.settings).candidates]

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit; ``X`` has shape (n_cases, n_features), prepared (no NaN, scaled), ``y`` holds two classes."""
        checked, y = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2)
        features: Floats = np.asarray(checked)
        self.classes_, target = two_classes(y)
        made = candidate_of(build(CLASSIFIERS, self.method, self.settings), self.candidate)
        self.model_ = made.make(self.random_state).fit(features, target)
        return self

    def decision_function(self, X: ArrayLike) -> Floats:
        """Return scores, shape (n_cases,): higher means more like the second class."""
        check_is_fitted(self)
        return model_score(self.model_, validate_data(self, X, dtype=np.float64, reset=False))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the class of each case: the second where the score is above 0."""
        above = self.decision_function(X) > 0
        return np.asarray(self.classes_[above.astype(int)])

    def __sklearn_tags__(self) -> Any:
        """Say that there are two classes only."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
