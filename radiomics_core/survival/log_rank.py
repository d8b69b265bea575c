"""The log-rank test. For groups made from held-out scores only its signed z is used, judged by permutation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special


@dataclass(frozen=True)
class LogRank:
    """Log-rank comparison of groups.

    Attributes
    ----------
    groups : tuple of str
    observed, expected : array, shape (n_groups,)
    statistic : float
        Chi-square with ``n_groups - 1`` degrees of freedom.
    p : float
        Valid for groups fixed in advance or predicted by a model from other cases (external cases), never for
        out-of-fold groups.
    """

    groups: tuple[str, ...]
    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    statistic: float
    p: float


def log_rank(time: ArrayLike, event: ArrayLike, group: ArrayLike) -> LogRank:
    """Compare the survival of groups.

    Parameters
    ----------
    time : array, shape (n,)
    event : array, shape (n,)
        1 for the event of interest; anything else is censored.
    group : array of str, shape (n,)

    References
    ----------
    Mantel, Cancer Chemother Rep 50 (1966) 163-170. Peto & Peto, JRSS A 135 (1972) 185-207.
    """
    labels = np.asarray(group).astype(str)
    names = tuple(np.unique(labels))
    member = (labels[:, None] == np.array(names)).astype(float)
    observed, expected, covariance = _moments(np.asarray(time, float), np.asarray(event) == 1, member)
    surplus = (observed - expected)[:-1]
    statistic = float(surplus @ np.linalg.pinv(covariance[:-1, :-1]) @ surplus) if len(names) > 1 else 0.0
    p = float(special.chdtrc(len(names) - 1, statistic)) if len(names) > 1 else float("nan")
    return LogRank(names, observed, expected, statistic, p)


def signed_log_rank_z(time: ArrayLike, event: ArrayLike, is_high: ArrayLike) -> float:
    """Return (observed - expected) / SD of events in the high group; positive when it has more events than expected.

    0 when one of the groups is empty or nothing can be compared.
    """
    high = np.asarray(is_high, bool)
    member = np.stack([high, ~high], axis=1).astype(float)
    observed, expected, covariance = _moments(np.asarray(time, float), np.asarray(event) == 1, member)
    variance = float(covariance[0, 0])
    return float((observed[0] - expected[0]) / np.sqrt(variance)) if variance > 1e-12 else 0.0


def _moments(
    time: NDArray[np.float64], died: NDArray[np.bool_], member: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return observed and expected events per group and the hypergeometric covariance."""
    times, at = np.unique(time, return_inverse=True)
    leaving = np.zeros((len(times), member.shape[1]))
    np.add.at(leaving, at, member)
    at_risk = np.cumsum(leaving[::-1], axis=0)[::-1]
    d = np.bincount(at, weights=died)
    n = at_risk.sum(axis=1)
    share = at_risk / n[:, None]
    spread = np.where(n > 1, d * (n - d) / np.maximum(n - 1, 1), 0.0)
    covariance = np.diag((share * spread[:, None]).sum(axis=0)) - (share * spread[:, None]).T @ share
    return (member * died[:, None]).sum(axis=0), (share * d[:, None]).sum(axis=0), covariance
