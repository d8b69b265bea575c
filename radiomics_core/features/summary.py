"""What a feature table holds and lacks, column by column and as counts per image and family."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from radiomics_core.features.table import FeatureTable


@dataclass(frozen=True)
class FeatureSummary:
    """Missing and constant columns of a feature table.

    Attributes
    ----------
    table : DataFrame
        One row per column: ``feature, image, roi, filter, family, n, n_missing, n_infinite, minimum, median,
        maximum, state`` with state ``ok | constant | all_missing | incomplete``.
    n_cases : int
    """

    table: pd.DataFrame
    n_cases: int

    def frame(self) -> pd.DataFrame:
        """Return one row per column of the feature table."""
        return self.table

    def count(self, state: str) -> int:
        """Return how many columns are in a state."""
        return int((self.table["state"] == state).sum())

    def names(self, state: str) -> list[str]:
        """Return the columns in a state."""
        return list(self.table.loc[self.table["state"] == state, "feature"])

    def by_family(self) -> pd.DataFrame:
        """Return one row per image, roi, family: counts of features, constant, all_missing, incomplete."""
        states = pd.get_dummies(self.table["state"]).reindex(columns=["constant", "all_missing", "incomplete"])
        counted = pd.concat([self.table[["image", "roi", "family"]], states.fillna(0).astype(int)], axis=1)
        grouped = counted.assign(features=1).groupby(["image", "roi", "family"], sort=False).sum().reset_index()
        return grouped[["image", "roi", "family", "features", "constant", "all_missing", "incomplete"]]


def summarise_features(features: FeatureTable) -> FeatureSummary:
    """Count missing, infinite and constant values of every column."""
    array = features.values.to_numpy(dtype=float, copy=True)
    infinite = np.isinf(array)
    array[infinite] = np.nan
    values = pd.DataFrame(array, columns=features.values.columns)
    table = features.columns[["column", "image", "roi", "filter", "family"]].rename(columns={"column": "feature"})
    table = table.reset_index(drop=True).assign(
        n=values.count().to_numpy(),
        n_missing=values.isna().sum().to_numpy(),
        n_infinite=infinite.sum(axis=0),
        minimum=values.min().to_numpy(),
        median=values.median().to_numpy(),
        maximum=values.max().to_numpy(),
    )
    conditions = [table["n"] == 0, table["minimum"] == table["maximum"], table["n_missing"] > 0]
    table["state"] = np.select(conditions, ["all_missing", "constant", "incomplete"], "ok")
    return FeatureSummary(table, len(values))
