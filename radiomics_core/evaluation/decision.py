"""What predictions are worth for decisions: net benefit and the Brier score."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from radiomics_core.errors import SettingsError
from radiomics_core.i18n import lazy_


def net_benefit(y_true: ArrayLike, y_prob: ArrayLike, threshold: float) -> float:
    r"""Net benefit of treating cases at or above a risk threshold.

    .. math:: \mathrm{NB}(t) = \frac{TP}{n} - \frac{FP}{n}\,\frac{t}{1-t}

    Parameters
    ----------
    y_true : array of {0, 1}, shape (n_cases,)
    y_prob : array of float in [0, 1], shape (n_cases,)
        Predicted probability, out of fold.
    threshold : float in (0, 1)

    References
    ----------
    Vickers & Elkin, Medical Decision Making 26 (2006) 565-574.
    """
    if not 0 < threshold < 1:
        raise SettingsError(lazy_("threshold must lie in (0, 1), got {threshold}"), threshold=threshold)
    events, treated = np.asarray(y_true, bool), np.asarray(y_prob, float) >= threshold
    odds = threshold / (1 - threshold)
    return float(np.mean(treated & events) - odds * np.mean(treated & ~events))


def net_benefit_curve(y_true: ArrayLike, y_prob: ArrayLike, thresholds: ArrayLike) -> pd.DataFrame:
    """Return threshold, model, treat_all, treat_none over some thresholds."""
    events = np.asarray(y_true, bool)
    everybody = np.ones(len(events))
    rows = [
        [t, net_benefit(events, y_prob, t), net_benefit(events, everybody, t), 0.0]
        for t in np.asarray(thresholds, float).tolist()
    ]
    return pd.DataFrame(rows, columns=["threshold", "model", "treat_all", "treat_none"])


def brier_score(y_true: ArrayLike, y_prob: ArrayLike) -> float:
    """Return the mean squared difference between event and predicted probability.

    References
    ----------
    Brier, Monthly Weather Review 78 (1950) 1-3.
    """
    return float(np.mean((np.asarray(y_true, float) - np.asarray(y_prob, float)) ** 2))
