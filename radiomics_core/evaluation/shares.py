"""The interval of a share averaged over held-out folds, each judged at the threshold of its own training fold."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from radiomics_core.stats.proportions import wilson_limits

OF_SAMPLING, OF_THRESHOLDS = 1.2, 0.4
"""How much of the variance on all cases, and of the variance between folds' thresholds, the mean over folds has.

Chosen on simulated cohorts, see docs/design/0022-all-cases-interval.md.
"""


def share_interval(
    fold_shares: ArrayLike, fold_cases: ArrayLike, n_repeats: int, design_effect: float = 1.0, *, level: float = 0.95
) -> tuple[float, float]:
    r"""Return the limits of a mean of fold shares by Wilson's interval with as many cases as its variance is worth.

    .. math:: V = 1.2\, D \frac{p(1-p)}{n} + 0.4 \max\Big(s^2 - D\, p(1-p)\, \overline{1/n_k},\; 0\Big),\quad
              n_{\text{worth}} = \frac{p(1-p)}{V}

    The first part is sampling on all cases; the second what is left of the variance :math:`s^2` of the fold shares
    when the sampling of a fold is taken away: thresholds that differ between training sets.

    Parameters
    ----------
    fold_shares : array, shape (n_folds * n_repeats,)
        NaN where a fold has no case to count.
    fold_cases : array, shape (n_folds * n_repeats,)
        Cases :math:`n_k` behind each share.
    n_repeats : int
        :math:`n` is the sum of ``fold_cases`` divided by it.
    design_effect : float
        :math:`D`, above 1 when cases of a patient go together.
    level : float

    References
    ----------
    Wilson, JASA 22 (1927) 209-212; the weights are this program's.
    """
    shares, cases = np.asarray(fold_shares, float), np.asarray(fold_cases, float)
    judged = np.isfinite(shares) & (cases > 0)
    if judged.sum() < 2:
        return float("nan"), float("nan")
    shares, cases = shares[judged], cases[judged]
    value, n = float(shares.mean()), float(cases.sum()) / n_repeats
    # a share of 0 or 1 has no variance of its own: one case more on either side
    inside = float(np.clip(value, 1 / (n + 2), 1 - 1 / (n + 2)))
    sampling = design_effect * inside * (1 - inside)
    thresholds = max(float(shares.var(ddof=1)) - sampling * float(np.mean(1 / cases)), 0.0)
    worth = inside * (1 - inside) / (OF_SAMPLING * sampling / n + OF_THRESHOLDS * thresholds)
    return wilson_limits(value, worth, float(stats.norm.ppf((1 + level) / 2)))
