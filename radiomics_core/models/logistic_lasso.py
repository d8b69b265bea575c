"""Logistic regression with an L1 penalty."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from radiomics_core.i18n import lazy_
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.registry import Choice
from radiomics_core.settings import Settings, positive, setting


@dataclass(frozen=True, kw_only=True)
class LassoLogisticSettings(Settings):
    """Logistic regression with an L1 penalty.

    Attributes
    ----------
    inverse_penalties : tuple of float
    """

    inverse_penalties: tuple[float, ...] = setting(
        (0.1, 0.3, 1.0),
        lazy_("Values of C"),
        lazy_("Inverse penalties, strongest penalty first; the inner folds pick one."),
    )

    def __post_init__(self) -> None:
        positive(self, "inverse_penalties")


def lasso_logistic(settings: LassoLogisticSettings) -> ModelFamily:
    """Return the model with the values its inner loop tries."""
    return ModelFamily(tuple(ModelCandidate(f"C={c:g}", partial(_make, c)) for c in settings.inverse_penalties))


def _make(inverse_penalty: float, seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=inverse_penalty, l1_ratio=1.0, solver="liblinear", max_iter=200, random_state=seed)


CHOICE: Choice[ModelFamily] = Choice(
    name="logistic_lasso",
    label=lazy_("LASSO logistic regression"),
    build=lasso_logistic,
    settings=LassoLogisticSettings,
    tags={"linear", "fast"},
    reference="Tibshirani 1996",
    help=lazy_("A weighted sum in which some weights become zero."),
    libraries=("scikit-learn",),
)
