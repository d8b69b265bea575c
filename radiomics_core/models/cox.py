"""Cox regression as the cross-validation wants it: settings, fit and score."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radiomics_core.errors import SettingsError
from radiomics_core.i18n import lazy_
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.registry import Choice
from radiomics_core.selection.ranking import case_weights
from radiomics_core.settings import Settings
from radiomics_core.stats.cox import CoxFit, fit_cox, patients_of

TRACE = 1e-2
"""Ridge of the plain model: far below the information of any usable column, it only keeps a solution finite."""


@dataclass(frozen=True, kw_only=True)
class PlainCoxSettings(Settings):
    """Cox regression without a penalty worth the name."""


class CoxModel:
    """A Cox model with ``fit`` and a log-hazard score.

    Parameters
    ----------
    penalty_per_event : float
        Ridge penalty divided by the number of events it is fitted on.
    """

    def __init__(self, penalty_per_event: float) -> None:
        self.penalty_per_event = penalty_per_event
        self.result: CoxFit | None = None

    def fit(self, features: ArrayLike, target: NDArray[np.float64]) -> CoxModel:
        """Fit on prepared features, shape (n, p), and times, events and (optional) patients, shape (n, 2) or (n, 3)."""
        n_events = float(case_weights(target)[target[:, 1] == 1].sum())
        penalty = self.penalty_per_event * n_events + TRACE
        self.result = fit_cox(features, target[:, 0], target[:, 1], penalty, patients=patients_of(target))
        return self

    @property
    def coefficients(self) -> NDArray[np.float64]:
        """Log hazard ratio per unit of each prepared feature."""
        if self.result is None:
            raise SettingsError(lazy_("the Cox model is not fitted yet"))
        return self.result.beta

    def decision_function(self, features: ArrayLike) -> NDArray[np.float64]:
        """Return the log hazard of each row."""
        return np.asarray(np.asarray(features, float) @ self.coefficients)


def plain_cox(settings: PlainCoxSettings) -> ModelFamily:
    """Return the model; there is nothing to tune."""
    return ModelFamily((ModelCandidate("", partial(cox_model, 0.0)),))


def cox_model(penalty_per_event: float, seed: int) -> Any:
    """Return an unfitted model; the seed is not needed."""
    return CoxModel(penalty_per_event)


CHOICE: Choice[ModelFamily] = Choice(
    name="cox",
    label=lazy_("Cox regression"),
    build=plain_cox,
    settings=PlainCoxSettings,
    tags={"time_to_event", "linear", "fast"},
    reference="Cox 1972",
    help=lazy_("Hazard ratios without shrinkage; needs ten events per parameter."),
    libraries=("numpy",),
)
