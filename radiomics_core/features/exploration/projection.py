"""A map of cases: those with alike features stand together. Outliers and centres show here first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.errors import NotApplicableError, SettingsError
from radiomics_core.features.exploration.columns import usable_columns
from radiomics_core.i18n import lazy_

METHOD_VERSION = "1"


@dataclass(frozen=True)
class CaseMap:
    """Principal components of the cases.

    Attributes
    ----------
    coordinates : DataFrame, shape (n_cases, n_components)
        Indexed by case_id, columns ``pc1, pc2, ...``.
    loadings : DataFrame, shape (n_features, n_components)
        Weight of each standardised feature; columns of unit length.
    explained : array, shape (n_components,)
        Share of the total variance.
    n_imputed : int
        Number of missing values that were set to the median of their feature.
    constant, all_missing : tuple of str
        Columns left out.
    """

    coordinates: pd.DataFrame
    loadings: pd.DataFrame
    explained: NDArray[np.float64]
    n_imputed: int
    constant: tuple[str, ...]
    all_missing: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return one row per case: case_id, pc1, pc2 ..."""
        return self.coordinates.rename_axis("case_id").reset_index()

    def loadings_frame(self) -> pd.DataFrame:
        """Return one row per feature and component: feature, component, loading."""
        return (
            self.loadings.rename_axis("feature")
            .reset_index()
            .melt("feature", var_name="component", value_name="loading")
        )


def pca_map(values: pd.DataFrame, n_components: int = 2) -> CaseMap:
    """Project development cases on principal components of median-imputed, standardised features.

    Parameters
    ----------
    values : DataFrame, shape (n_cases, n_features), indexed by case_id
    n_components : int, 2 to 5
        Fewer are returned when the table has a lower rank. The largest loading of each component is positive.
    """
    if not 2 <= n_components <= 5:
        raise SettingsError(lazy_("number of components must be 2 to 5, got {n}"), n=n_components)
    usable = usable_columns(values)
    if len(usable.values) < 3 or usable.values.shape[1] < 2:
        raise NotApplicableError(
            lazy_("a map needs three cases and two features that vary, got {cases} and {features}"),
            cases=len(usable.values),
            features=usable.values.shape[1],
        )
    filled = usable.values.fillna(usable.values.median())
    array = filled.to_numpy()
    spread = array.std(axis=0, ddof=1)
    scaled = (array - array.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    left, size, right = np.linalg.svd(scaled, full_matrices=False)
    n = min(n_components, int(np.sum(size > 1e-10 * size[0])))
    signs = np.sign(right[np.arange(n), np.argmax(np.abs(right[:n]), axis=1)])
    names = [f"pc{k + 1}" for k in range(n)]
    return CaseMap(
        pd.DataFrame(left[:, :n] * size[:n] * signs, index=values.index, columns=names),
        pd.DataFrame((right[:n] * signs[:, None]).T, index=usable.values.columns, columns=names),
        size[:n] ** 2 / np.sum(size**2),
        int(usable.values.isna().to_numpy().sum()),
        usable.constant,
        usable.all_missing,
    )
