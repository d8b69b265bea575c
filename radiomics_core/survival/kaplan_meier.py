"""Survival curves of groups, with their band and the number still at risk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

COLUMNS = ["group", "time", "at_risk", "events", "censored", "survival", "low", "high"]


@dataclass(frozen=True)
class KaplanMeier:
    """Kaplan-Meier curves.

    Attributes
    ----------
    table : DataFrame
        Columns ``group, time, at_risk, events, censored, survival, low, high``: one row per group and distinct time,
        starting at time 0; the band is NaN once survival is 0.
    counts : DataFrame
        Columns ``group, n, events, median`` (NaN when the median is not reached).
    level : float
        Coverage of the band.
    """

    table: pd.DataFrame
    counts: pd.DataFrame
    level: float

    def frame(self) -> pd.DataFrame:
        """Return one row per group and distinct time."""
        return self.table

    def at_risk(self, ticks: ArrayLike) -> pd.DataFrame:
        """Return the number at risk at given times: columns ``group, time, at_risk``."""
        rows = []
        for group, curve in self.table.groupby("group", sort=False):
            left = (curve["events"] + curve["censored"]).to_numpy()
            times, n = curve["time"].to_numpy(), int(curve["at_risk"].iloc[0])
            rows += [(group, float(tick), n - int(left[times < tick].sum())) for tick in np.atleast_1d(ticks)]
        return pd.DataFrame(rows, columns=["group", "time", "at_risk"])

    def survival_at(self, time: float) -> pd.DataFrame:
        """Return survival and band of each group at one time (NaN beyond its last time)."""
        rows = []
        for group, curve in self.table.groupby("group", sort=False):
            row = curve[curve["time"] <= time].iloc[-1]
            known = time <= curve["time"].iloc[-1]
            rows.append((group, time, *(row[["survival", "low", "high"]] if known else [np.nan] * 3)))
        return pd.DataFrame(rows, columns=["group", "time", "survival", "low", "high"])


def kaplan_meier(time: ArrayLike, event: ArrayLike, group: ArrayLike | None = None, level: float = 0.95) -> KaplanMeier:
    r"""Estimate survival with a log-log band from Greenwood's variance.

    Parameters
    ----------
    time : array, shape (n,)
    event : array, shape (n,)
        1 for the event of interest; anything else is censored.
    group : array of str, shape (n,), optional
        Curves come in the order of first appearance.
    level : float in (0, 1)

    References
    ----------
    Kaplan & Meier, JASA 53 (1958) 457-481. Kalbfleisch & Prentice 1980, log(-log) interval.
    """
    time, died = np.asarray(time, float), np.asarray(event) == 1
    labels = np.full(len(time), "") if group is None else np.asarray(group).astype(str)
    curves, counts = [], []
    for label in dict.fromkeys(labels):
        inside = labels == label
        curve = _curve(time[inside], died[inside], float(special.ndtri(0.5 + level / 2)))
        curves.append(curve.assign(group=label)[COLUMNS])
        counts.append((label, int(inside.sum()), int(died[inside].sum()), _median(curve)))
    return KaplanMeier(
        pd.concat(curves, ignore_index=True), pd.DataFrame(counts, columns=["group", "n", "events", "median"]), level
    )


def default_ticks(time: ArrayLike, n: int = 6) -> NDArray[np.float64]:
    """Return about ``n`` round times from 0 to the longest time."""
    longest = float(np.max(np.asarray(time, float)))
    rough = longest / max(n - 1, 1)
    size = 10.0 ** np.floor(np.log10(rough))
    step = size * min((s for s in (1, 2, 2.5, 5, 10) if s * size >= rough), default=10)
    return np.arange(0, longest + step * 1e-9, step)


def _curve(time: NDArray[np.float64], died: NDArray[np.bool_], z: float) -> pd.DataFrame:
    times, at = np.unique(time, return_inverse=True)
    events, leaving = np.bincount(at, weights=died).astype(int), np.bincount(at)
    at_risk = len(time) - np.r_[0, np.cumsum(leaving)[:-1]]
    survival = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (at_risk * (at_risk - events)))
        log_s = np.log(survival)
        half = z * np.sqrt(greenwood) / np.abs(log_s)
        centre = np.log(-log_s)
        low, high = np.exp(-np.exp(centre + half)), np.exp(-np.exp(centre - half))
    low, high = (np.where(survival == 1, 1.0, np.where(survival == 0, np.nan, edge)) for edge in (low, high))
    curve = pd.DataFrame(
        {"time": times, "at_risk": at_risk, "events": events, "censored": leaving - events, "survival": survival}
    ).assign(low=low, high=high)
    if times[0] > 0:
        first = dict.fromkeys(["survival", "low", "high"], 1.0) | {"time": 0.0, "events": 0, "censored": 0}
        curve = pd.concat([pd.DataFrame([{**first, "at_risk": len(time)}]), curve], ignore_index=True)
    return curve


def _median(curve: pd.DataFrame) -> float:
    # a product such as 9/10 * 8/9 * ... * 5/6 is one half, and a little more in floating point
    reached = curve.loc[curve["survival"] <= 0.5 + 1e-12, "time"]
    return float(reached.iloc[0]) if len(reached) else float("nan")
