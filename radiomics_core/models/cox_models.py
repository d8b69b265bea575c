"""Cox models as the cross-validation wants them: settings, candidates for the inner loop, fit and score."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radiomics_core.errors import SettingsError
from radiomics_core.i18n import lazy_
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.selection.rankers import case_weights
from radiomics_core.settings import Settings
from radiomics_core.stats.cox import CoxFit, fit_cox, patients_of

TRACE = 1e-2
"""Ridge of the plain model: far below the information of any usable column, it only keeps a solution finite."""


@dataclass(frozen=True, kw_only=True)
class PlainCoxSettings(Settings):
    """Cox regression without a penalty worth the name."""


@dataclass(frozen=True, kw_only=True)
class RidgeCoxSettings(Settings):
    """Cox regression with a ridge penalty.

    Attributes
    ----------
    penalties : tuple of float
        Penalty per event of the training fold, strongest first; the inner loop picks one. 1 halves the coefficient of
        a standardised column that stands alone.
    """

    penalties: tuple[float, ...] = (3.0, 1.0, 0.3)

    def __post_init__(self) -> None:
        if not self.penalties or min(self.penalties) <= 0:
            raise SettingsError(lazy_("penalties must be positive, got {penalties}"), penalties=self.penalties)


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
    """Cox regression for few columns."""
    return ModelFamily((ModelCandidate("", partial(_cox, 0.0)),))


def ridge_cox(settings: RidgeCoxSettings) -> ModelFamily:
    """Cox regression with a ridge penalty tuned in the inner loop."""
    made = tuple(ModelCandidate(f"penalty={s:g}", partial(_cox, s)) for s in settings.penalties)
    return ModelFamily(made, tuned_by="deviance")


def _cox(penalty_per_event: float, seed: int) -> Any:
    return CoxModel(penalty_per_event)
