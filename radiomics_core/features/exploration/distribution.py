"""How the values of one feature are spread, in all cases or by group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from radiomics_core.errors import NotApplicableError
from radiomics_core.i18n import lazy_

ALL_CASES = ""
"""Group of every case when no grouping is asked for."""


@dataclass(frozen=True)
class Distribution:
    """Values of one feature by group.

    Attributes
    ----------
    feature : str
    values : DataFrame
        Columns ``case_id, group, value``: one row per case with a value.
    summary : DataFrame
        Columns ``group, n, n_missing, mean, sd, median, q1, q3, minimum, maximum``.
    histogram : DataFrame
        Columns ``group, start, end, count, share`` (share of the group); the same bins for all groups.
    """

    feature: str
    values: pd.DataFrame
    summary: pd.DataFrame
    histogram: pd.DataFrame

    def frame(self) -> pd.DataFrame:
        """Return one row per case with a value."""
        return self.values


def distribution(values: pd.Series, groups: pd.Series | None = None, n_bins: int | None = None) -> Distribution:
    """Describe one feature, by group when groups are given.

    Parameters
    ----------
    values : Series of float, indexed by case_id
    groups : Series, indexed by case_id, optional
        Endpoint class, centre or any category; cases without a group are left out.
    n_bins : int, optional
        Number of histogram bins; by Freedman-Diaconis (5 to 40) when None.
    """
    labels = pd.Series(ALL_CASES, index=values.index) if groups is None else groups.reindex(values.index)
    labels = labels.dropna().astype(str)
    number = values.astype(float).replace([np.inf, -np.inf], np.nan).loc[labels.index]
    tidy = pd.DataFrame({"case_id": number.index.astype(str), "group": labels.to_numpy(), "value": number.to_numpy()})
    present = tidy.dropna(subset=["value"]).reset_index(drop=True)
    if present.empty:
        raise NotApplicableError(lazy_("'{feature}' has no value in these cases"), feature=str(values.name))
    return Distribution(str(values.name), present, _summary(tidy), _histogram(present, n_bins))


def _summary(tidy: pd.DataFrame) -> pd.DataFrame:
    by_group = tidy.groupby("group")["value"]
    table = by_group.agg(
        n="count",
        mean="mean",
        sd="std",
        median="median",
        q1=lambda v: v.quantile(0.25),
        q3=lambda v: v.quantile(0.75),
        minimum="min",
        maximum="max",
    )
    table.insert(1, "n_missing", by_group.size() - table["n"])
    return table.reset_index()


def _histogram(present: pd.DataFrame, n_bins: int | None) -> pd.DataFrame:
    edges = np.histogram_bin_edges(present["value"], bins=n_bins or _bin_count(present["value"].to_numpy()))
    rows = []
    for group, part in present.groupby("group"):
        count, _ = np.histogram(part["value"], bins=edges)
        rows.append(
            pd.DataFrame(
                {"group": group, "start": edges[:-1], "end": edges[1:], "count": count, "share": count / len(part)}
            )
        )
    return pd.concat(rows, ignore_index=True)


def _bin_count(values: np.ndarray) -> int:
    # Freedman & Diaconis 1981: width 2 IQR n**(-1/3)
    q1, q3 = np.quantile(values, [0.25, 0.75])
    width = 2 * (q3 - q1) * len(values) ** (-1 / 3)
    return int(np.clip(np.ceil(np.ptp(values) / width), 5, 40)) if width > 0 else 10
