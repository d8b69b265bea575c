"""Do the hazard ratios stay the same over time? The score test of R's ``cox.zph`` (survival 3.0 and later)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from radiomics_core.stats.cox import CoxFit, fit_cox, risk_sets, schoenfeld_residuals
from radiomics_core.survival.kaplan_meier import kaplan_meier

ALPHA = 0.05
GLOBAL = "GLOBAL"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ProportionalHazards:
    """Test of proportional hazards per covariate, and of all together.

    Attributes
    ----------
    table : DataFrame
        Columns ``term`` (covariate, last ``GLOBAL``), ``statistic`` (chi-square), ``df`` (columns of the covariate),
        ``p, violated`` (p < 0.05).
    residuals : DataFrame
        Columns ``column, time, transformed, residual``: scaled Schoenfeld residuals at the events, for the plot over
        ``transformed``, 1 - Kaplan-Meier just before the time.
    """

    table: pd.DataFrame
    residuals: pd.DataFrame

    def frame(self) -> pd.DataFrame:
        """Return one row per covariate, and the global test last."""
        return self.table


def proportional_hazards(
    x: pd.DataFrame,
    time: ArrayLike,
    event: ArrayLike,
    fit: CoxFit | None = None,
    terms: Sequence[str] | None = None,
) -> ProportionalHazards:
    r"""Test each covariate of an unpenalised Cox model for a hazard ratio that changes with time.

    Columns times :math:`g(t)` are added to the model, :math:`g(t) = 1 - \hat S(t^-)` by Kaplan-Meier, centred over
    events. Their score at zero, with the information :math:`I` of old and new columns together, gives

    .. math:: \chi^2 = u' I^{-1} u

    with one degree of freedom for each column of the covariate.

    Parameters
    ----------
    x : DataFrame, shape (n_cases, n_columns)
    time : array, shape (n_cases,)
    event : array, shape (n_cases,)
        1 for the event of interest; anything else is censored.
    fit : CoxFit, optional
        Of the same columns, when it is there already.
    terms : sequence of str, length n_columns, optional
        Covariate that each column belongs to (levels of a category are tested together); default: each its own.

    References
    ----------
    Grambsch & Therneau, Biometrika 81 (1994) 515-526; Therneau, survival 3.0 (2019), ``cox.zph``.
    """
    fit = fit or fit_cox(x, time, event)
    names = np.array([str(name) for name in (x.columns if terms is None else terms)], dtype=object)
    times, residuals = schoenfeld_residuals(fit, x, time, event)
    transformed = _time_scale(time, event, times)
    centred = transformed - transformed.mean()
    score = centred @ residuals
    information = _information(fit, x, time, event, centred)
    rows = [_tested(term, score, information, np.flatnonzero(names == term)) for term in dict.fromkeys(names)]
    rows.append(_tested(GLOBAL, score, information, np.arange(len(names))))
    table = pd.DataFrame(rows, columns=["term", "statistic", "df", "p"])
    k = len(names)
    scaled = len(times) * residuals @ np.linalg.pinv(information[:k, :k], hermitian=True) + fit.beta
    long = pd.DataFrame(scaled, columns=list(x.columns)).assign(time=times, transformed=transformed)
    melted = long.melt(["time", "transformed"], var_name="column", value_name="residual")
    return ProportionalHazards(table.assign(violated=table["p"] < ALPHA), melted)


def _time_scale(time: ArrayLike, event: ArrayLike, at: Floats) -> Floats:
    """Return 1 - Kaplan-Meier just before each time of ``at``."""
    curve = kaplan_meier(time, event).frame()
    survival = np.r_[1.0, curve["survival"].to_numpy(float)]
    return np.asarray(1 - survival[np.searchsorted(curve["time"].to_numpy(float), at, side="left")])


def _information(fit: CoxFit, x: ArrayLike, time: ArrayLike, event: ArrayLike, centred: Floats) -> Floats:
    """Return the information of the columns and of the columns times g(t), shape (2k, 2k)."""
    sets = risk_sets(time, event)
    columns = np.asarray(x, float)
    columns = (columns - columns.mean(axis=0))[sets.order]
    eta = columns @ fit.beta
    weight = np.exp(eta - eta.max())
    at_risk = sets.at_events(weight)
    mean = sets.at_events(weight[:, None] * columns) / at_risk[:, None]
    products = weight[:, None, None] * columns[:, :, None] * columns[:, None, :]
    spread = sets.at_events(products) / at_risk[:, None, None] - mean[:, :, None] * mean[:, None, :]
    g = centred[::-1]  # events stand by falling time in risk sets
    moments = [np.tensordot(power, spread, axes=1) for power in (np.ones_like(g), g, g**2)]
    return np.block([[moments[0], moments[1]], [moments[1], moments[2]]])


def _tested(term: str, score: Floats, information: Floats, columns: NDArray[np.intp]) -> tuple[str, float, int, float]:
    k = len(score)
    keep = np.r_[np.arange(k), k + columns]
    u = np.r_[np.zeros(k), score[columns]]
    statistic = float(u @ np.linalg.pinv(information[np.ix_(keep, keep)], hermitian=True) @ u)
    return term, statistic, len(columns), float(special.chdtrc(len(columns), statistic))
