"""A row of SCREENS as a scikit-learn transformer that keeps some columns without a target."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from radiomics_core.features.screens import SCREENS
from radiomics_core.sklearn.rows import Floats, build


class RowScreen(SelectorMixin, BaseEstimator):  # type: ignore[misc]
    """Removes features without looking at the outcome.

    Parameters
    ----------
    method : str
        Name in ``SCREENS``.
    settings : Settings, mapping or None
        Settings of the method; None takes its defaults.

    Attributes
    ----------
    kept_ : array of int
        Positions of the features kept.
    """

    def __init__(self, method: str = "near_constant", *, settings: Any = None) -> None:
        self.method, self.settings = method, settings

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Choose columns; ``X`` has shape (n_cases, n_features), NaN where a feature is missing. ``y`` is not used."""
        features: Floats = np.asarray(
            validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=2)
        )
        self.kept_ = build(SCREENS, self.method, self.settings).keep(features)
        return self

    def _get_support_mask(self) -> NDArray[np.bool_]:
        check_is_fitted(self)
        support = np.zeros(self.n_features_in_, bool)
        support[self.kept_] = True
        return support

    def __sklearn_tags__(self) -> Any:
        """Say that values may be missing."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
