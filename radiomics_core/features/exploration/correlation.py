"""Which features say the same thing: clusters first, then a zoom into one of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster import hierarchy
from scipy.spatial import distance

from radiomics_core.errors import NotApplicableError, SettingsError
from radiomics_core.features.exploration.columns import usable_columns
from radiomics_core.i18n import lazy_
from radiomics_core.stats.ranks import unit_ranks

METHOD_VERSION = "1"
MIN_CASES = 3
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CorrelationClusters:
    """Features grouped by absolute Spearman correlation.

    Attributes
    ----------
    features : tuple of str
        Usable features in dendrogram order, so that neighbours are alike.
    matrix : array, shape (n_features, n_features)
        Spearman correlation in that order; NaN for a pair with fewer than three joint cases.
    cluster : array of int, shape (n_features,)
        1, 2, ... in dendrogram order.
    representatives : tuple of str
        Medoid of each cluster: the feature with the highest mean absolute correlation to the others in it.
    threshold : float
        Average absolute correlation at or above which clusters were joined.
    constant, all_missing : tuple of str
        Columns left out.
    """

    features: tuple[str, ...]
    matrix: Floats
    cluster: NDArray[np.int_]
    representatives: tuple[str, ...]
    threshold: float
    constant: tuple[str, ...]
    all_missing: tuple[str, ...]

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return len(self.representatives)

    def frame(self) -> pd.DataFrame:
        """Return one row per feature: order, feature, cluster, cluster_size, representative, rho (to it)."""
        representative = np.array(self.representatives)[self.cluster - 1]
        position = {name: i for i, name in enumerate(self.features)}
        rho = [self.matrix[i, position[name]] for i, name in enumerate(representative)]
        return pd.DataFrame(
            {
                "order": np.arange(len(self.features)),
                "feature": self.features,
                "cluster": self.cluster,
                "cluster_size": np.bincount(self.cluster)[self.cluster],
                "representative": representative,
                "rho": rho,
            }
        )

    def overview(self) -> pd.DataFrame:
        """Return the matrix of representatives, ordered, with their names as rows and columns."""
        return self._square(list(self.representatives))

    def zoom(self, cluster: int) -> pd.DataFrame:
        """Return the matrix of the features in one cluster; raises ``KeyError`` for an unknown cluster."""
        names = [name for name, c in zip(self.features, self.cluster, strict=True) if c == cluster]
        if not names:
            raise KeyError(cluster)
        return self._square(names)

    def _square(self, names: list[str]) -> pd.DataFrame:
        position = {name: i for i, name in enumerate(self.features)}
        at = [position[name] for name in names]
        return pd.DataFrame(self.matrix[np.ix_(at, at)], index=names, columns=names)


def cluster_correlation(values: pd.DataFrame, method: str = "spearman", threshold: float = 0.8) -> CorrelationClusters:
    """Cluster features by average linkage of 1 - |Spearman correlation|.

    Parameters
    ----------
    values : DataFrame, shape (n_cases, n_features)
        Development cases; constant and all-missing columns are left out and named.
    method : {"spearman"}
    threshold : float in (0, 1)
        Clusters are joined while their average absolute correlation is at least this.
    """
    if method != "spearman":
        raise SettingsError(lazy_("correlation method must be 'spearman', got '{method}'"), method=method)
    if not 0 < threshold < 1:
        raise SettingsError(lazy_("threshold must lie in (0, 1), got {threshold}"), threshold=threshold)
    usable = usable_columns(values)
    names = usable.values.columns.to_numpy()
    if len(names) < 2:
        raise NotApplicableError(lazy_("correlation needs two columns that vary, got {n}"), n=len(names))
    matrix = spearman_matrix(usable.values.to_numpy())
    order, cluster = _clusters(matrix, threshold)
    matrix = matrix[np.ix_(order, order)]
    representatives = tuple(names[order][i] for i in _medoids(matrix, cluster))
    return CorrelationClusters(
        tuple(names[order]), matrix, cluster, representatives, threshold, usable.constant, usable.all_missing
    )


def spearman_matrix(values: Floats) -> Floats:
    """Return the Spearman correlation of every pair of columns over the cases both have.

    Columns that miss the same cases are ranked together, so a table with a few patterns of missing values costs
    little more than a complete one. NaN where fewer than three cases are shared or one column is constant on them.

    Parameters
    ----------
    values : array, shape (n_cases, n_features)
    """
    present = np.isfinite(values)
    patterns, of = np.unique(present, axis=1, return_inverse=True)
    members = [np.flatnonzero(of.ravel() == k) for k in range(patterns.shape[1])]
    matrix = np.full((values.shape[1], values.shape[1]), np.nan)
    for a in range(len(members)):
        for b in range(a, len(members)):
            shared = patterns[:, a] & patterns[:, b]
            block = _rank_correlation(values[np.ix_(shared, members[a])], values[np.ix_(shared, members[b])])
            matrix[np.ix_(members[a], members[b])] = block
            matrix[np.ix_(members[b], members[a])] = block.T
    return matrix


def _rank_correlation(left: Floats, right: Floats) -> Floats:
    if len(left) < MIN_CASES:
        return np.full((left.shape[1], right.shape[1]), np.nan)
    result: Floats = np.clip(unit_ranks(left).T @ unit_ranks(right), -1.0, 1.0)
    return result


def _clusters(matrix: Floats, threshold: float) -> tuple[NDArray[np.intp], NDArray[np.int_]]:
    apart = 1 - np.abs(np.nan_to_num(matrix, nan=0.0))
    apart = (apart + apart.T) / 2
    np.fill_diagonal(apart, 0.0)
    tree = hierarchy.linkage(distance.squareform(apart, checks=False), method="average")
    order = hierarchy.leaves_list(tree).astype(np.intp)
    found = hierarchy.fcluster(tree, t=1 - threshold + 1e-12, criterion="distance")[order]
    _, first = np.unique(found, return_index=True)
    number = {found[i]: k + 1 for k, i in enumerate(np.sort(first))}
    return order, np.array([number[c] for c in found])


def _medoids(matrix: Floats, cluster: NDArray[np.int_]) -> list[int]:
    chosen = []
    for k in range(1, int(cluster.max()) + 1):
        at = np.flatnonzero(cluster == k)
        closeness = np.abs(np.nan_to_num(matrix[np.ix_(at, at)], nan=0.0)).mean(axis=1)
        chosen.append(int(at[np.argmax(np.round(closeness, 12))]))
    return chosen
