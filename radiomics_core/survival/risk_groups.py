"""From held-out scores to one risk group per case.

Scores of different folds come from different models and are not comparable, so a score is first turned into its
percentile among its own training fold's scores; percentiles are averaged over repeats, and the cases are then cut by
their order into parts of equal size. Averaging draws percentiles to the middle (and held-out scores are less extreme
than the training scores they are compared with), so that fixed cuts at thirds would leave the outer groups small. The
order uses scores only, never outcomes, and every shuffle behind the p of the groups is cut in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from radiomics_core.errors import SettingsError
from radiomics_core.i18n import lazy_
from radiomics_core.survival.log_rank import signed_log_rank_z

Grouping = Literal["median", "tertiles"]
GROUPS: dict[str, tuple[str, ...]] = {"median": ("low", "high"), "tertiles": ("low", "middle", "high")}
SWITCHER_SHARE = 0.2
DIGITS = 10
"""Scores that differ below rounding are equal."""


@dataclass(frozen=True)
class RiskGroups:
    """One row per case.

    Attributes
    ----------
    table : DataFrame
        Columns ``case_id, percentile`` (mean over repeats), ``group`` (``low``, ``middle``, ``high``),
        ``other_share`` (share of repeats in which the case would be in another group), ``switcher``. The groups
        are halves or thirds of the cases; cases of equal score stay together.
    grouping : {"median", "tertiles"}
    """

    table: pd.DataFrame
    grouping: Grouping

    @property
    def n_switchers(self) -> int:
        """Number of cases in another group in more than 20 % of the repeats."""
        return int(self.table["switcher"].sum())

    def frame(self) -> pd.DataFrame:
        """Return one row per case."""
        return self.table


def risk_groups(percentiles: pd.DataFrame, grouping: Grouping = "median") -> RiskGroups:
    """Average percentiles over repeats and cut the cases into halves or thirds.

    Parameters
    ----------
    percentiles : DataFrame
        Columns ``case_id, repeat, percentile``: each case at most once per repeat.
    grouping : {"median", "tertiles"}
    """
    if grouping not in GROUPS:
        raise SettingsError(lazy_("grouping must be 'median' or 'tertiles', got '{grouping}'"), grouping=grouping)
    wide = percentiles.pivot(index="case_id", columns="repeat", values="percentile")  # noqa: PD010 - refuses duplicates
    mean = wide.mean(axis=1)
    group = cut(mean.to_numpy(), grouping)
    each = np.array([_cut_known(wide[repeat].to_numpy(), grouping) for repeat in wide]).T
    other = ((each != group[:, None]) & (each >= 0)).sum(axis=1) / np.maximum((each >= 0).sum(axis=1), 1)
    table = pd.DataFrame(
        {
            "case_id": wide.index.astype(str),
            "percentile": mean.to_numpy(),
            "group": np.array(GROUPS[grouping])[group],
            "other_share": other,
            "switcher": other > SWITCHER_SHARE,
        }
    )
    return RiskGroups(table, grouping)


def cut(percentile: ArrayLike, grouping: Grouping) -> NDArray[np.int_]:
    """Return the number of each case's group: halves or thirds by order; exactly at a cut counts as higher.

    A case stands in the middle of those with its value, so that equal cases are never parted.
    """
    values = np.round(np.asarray(percentile, float), DIGITS)
    ordered, n = np.sort(values), len(GROUPS[grouping])
    before = np.searchsorted(ordered, values, side="left") + np.searchsorted(ordered, values, side="right")
    return np.asarray(np.digitize(before / (2 * max(len(values), 1)), np.arange(1, n) / n))


def _cut_known(percentile: NDArray[np.float64], grouping: Grouping) -> NDArray[np.int_]:
    """Return the group of each case of one repeat, -1 for cases without a score."""
    known = np.isfinite(percentile)
    groups = np.full(len(percentile), -1)
    groups[known] = cut(percentile[known], grouping)
    return groups


def separation(time: ArrayLike, event: ArrayLike, percentile: ArrayLike, grouping: Grouping = "median") -> float:
    """Return the signed log-rank z of the highest against the lowest group; positive when the order is right."""
    group = cut(percentile, grouping)
    ends = (group == 0) | (group == len(GROUPS[grouping]) - 1)
    return signed_log_rank_z(np.asarray(time)[ends], np.asarray(event)[ends], group[ends] > 0)
