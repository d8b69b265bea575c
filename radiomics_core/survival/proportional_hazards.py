"""Do the hazard ratios stay the same over time? Scaled Schoenfeld residuals against the rank of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special, stats

from radiomics_core.survival.cox import CoxFit, fit_cox, schoenfeld_residuals

ALPHA = 0.05


@dataclass(frozen=True)
class ProportionalHazards:
    """Test of proportional hazards per column.

    Attributes
    ----------
    table : DataFrame
        Columns ``column, statistic`` (chi-square, 1 degree of freedom), ``p, violated`` (p < 0.05).
    residuals : DataFrame
        Columns ``column, time, residual``: scaled Schoenfeld residuals, for the plot.
    """

    table: pd.DataFrame
    residuals: pd.DataFrame

    def frame(self) -> pd.DataFrame:
        """Return one row per column."""
        return self.table


def proportional_hazards(
    x: pd.DataFrame, time: ArrayLike, event: ArrayLike, fit: CoxFit | None = None
) -> ProportionalHazards:
    """Test each column of an unpenalised Cox model for a hazard ratio that changes with the rank of time.

    References
    ----------
    Grambsch & Therneau, Biometrika 81 (1994) 515-526.
    """
    fit = fit or fit_cox(x, time, event)
    times, residuals = schoenfeld_residuals(fit, x, time, event)
    scaled = fit.n_events * residuals @ fit.covariance + fit.beta
    rank = stats.rankdata(times)
    turned = rank - rank.mean()
    slope = (turned[:, None] * scaled).sum(axis=0)
    statistic = slope**2 / (fit.n_events * np.diag(fit.covariance) * np.sum(turned**2))
    p = special.chdtrc(1, statistic)
    table = pd.DataFrame({"column": x.columns, "statistic": statistic, "p": p, "violated": p < ALPHA})
    long = pd.DataFrame(scaled, columns=list(x.columns)).assign(time=times)
    return ProportionalHazards(table, long.melt("time", var_name="column", value_name="residual"))
