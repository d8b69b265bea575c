"""Features that an L1-penalised logistic regression keeps."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice
from radiomics_core.selection.ranking import BINARY, Floats, Positions, Ranker, Sized, SizeSettings, best_first
from radiomics_core.settings import positive, setting


@dataclass(frozen=True, kw_only=True)
class LassoSettings(SizeSettings):
    """Features with a non-zero L1-penalised coefficient, largest first.

    Attributes
    ----------
    inverse_penalty : float
        C of the L1-penalised logistic regression.
    """

    inverse_penalty: float = setting(
        0.3,
        lazy_("Inverse penalty C"),
        lazy_("Smaller values keep fewer features."),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        positive(self, "inverse_penalty")


class Lasso(Sized):
    """Columns an L1-penalised logistic regression keeps; may find none."""

    def __init__(self, settings: LassoSettings) -> None:
        super().__init__(settings)
        self.inverse_penalty = settings.inverse_penalty

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.ranking.Ranker`."""
        return best_first(l1_coefficients(features, target, self.inverse_penalty, seed), n_wanted)


def l1_coefficients(features: Floats, events: Floats, inverse_penalty: float, seed: int) -> Floats:
    """Return abs(coefficient) of an L1-penalised logistic regression of every column."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(solver="liblinear", l1_ratio=1.0, C=inverse_penalty, random_state=seed, max_iter=200)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(features, events)
    return np.asarray(np.abs(model.coef_[0]))


CHOICE: Choice[Ranker] = Choice(
    name="lasso",
    label=lazy_("LASSO"),
    build=Lasso,
    settings=LassoSettings,
    tags={BINARY},
    reference="Tibshirani 1996",
    help=lazy_("Keeps features with a weight other than zero in an L1-penalised logistic model; may find none."),
    libraries=("scikit-learn",),
)
