"""Which features are mostly the size of the lesion in disguise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from radiomics_core.errors import NotApplicableError
from radiomics_core.features.exploration.columns import usable_columns
from radiomics_core.features.exploration.rank_tests import spearman_test
from radiomics_core.i18n import lazy_

FLAG_ABOVE = 0.7


@dataclass(frozen=True)
class VolumeCorrelation:
    """Spearman correlation of every feature with volume.

    Attributes
    ----------
    table : DataFrame
        Columns ``feature, rho, low, high, n, flagged``, sorted by absolute correlation.
    volume_column : str
    flag_above : float
    constant, all_missing : tuple of str
        Columns left out.
    """

    table: pd.DataFrame
    volume_column: str
    flag_above: float
    constant: tuple[str, ...]
    all_missing: tuple[str, ...]

    @property
    def n_flagged(self) -> int:
        """Number of features above the flag."""
        return int(self.table["flagged"].sum())

    def frame(self) -> pd.DataFrame:
        """Return one row per feature."""
        return self.table


def correlation_with_volume(
    values: pd.DataFrame, volume_column: str | None, flag_above: float = FLAG_ABOVE
) -> VolumeCorrelation:
    """Correlate every feature with the column that holds the volume (``FeatureTable.volume_column``).

    Raises
    ------
    NotApplicableError
        When there is no volume column, or it does not vary.
    """
    if volume_column is None or volume_column not in values:
        raise NotApplicableError(
            lazy_("the feature table has no volume column"), remedy=lazy_("Set one on the Cohort page")
        )
    usable = usable_columns(values)
    if volume_column not in usable.values:
        raise NotApplicableError(lazy_("volume is constant or missing in these cases"))
    volume = usable.values[volume_column].to_numpy()
    others = usable.values.loc[np.isfinite(volume)].drop(columns=volume_column)
    result = spearman_test(others.to_numpy(), volume[np.isfinite(volume)])
    table = pd.DataFrame(
        {"feature": others.columns, "rho": result.effect, "low": result.low, "high": result.high, "n": others.count()}
    )
    table["flagged"] = table["rho"].abs() > flag_above
    table = table.sort_values("rho", key=lambda rho: -rho.abs(), ignore_index=True, kind="stable")
    return VolumeCorrelation(table, volume_column, flag_above, usable.constant, usable.all_missing)
