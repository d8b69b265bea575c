"""Which features say the same thing: clusters first, then representatives, then the pair behind a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.common import calls, cards, state
from pages.common.words import _, joined, plural
from pages.features.panels import pair_scatter
from pages.features.panels.scope import Scope
from radiomics_core.features.exploration import CorrelationClusters
from radiomics_core.features.table import FeatureTable
from radiomics_core.plots.correlation import MAX_REPRESENTATIVES, cluster_overview, correlation_heatmap
from radiomics_core.study import Study


def show(study: Study, table: FeatureTable, scope: Scope) -> None:
    """Overview of all features, map of representatives, scatter of the clicked pair, zoom into a cluster."""
    state.recall("correlation_threshold", 0.8)
    threshold = st.slider(
        _("Same cluster from |rho|"),
        0.5,
        0.99,
        step=0.01,
        key="correlation_threshold",
        persist_state="session",
        on_change=state.remember,
        args=("correlation_threshold",),
        width=420,
        help=_("Features whose absolute Spearman correlation is on average at least this are put together."),
    )
    with st.spinner(_("Correlating features")):
        result = calls.clusters(scope.digest, scope.image, float(threshold), scope.values)
    view = View(result, len(scope.values), f"{scope.digest}_{scope.image}_{threshold}")
    _overview(view)
    pair = _representatives(view)
    pair_scatter.show(scope, pair or _default_pair(result))
    _zoom(view)


@dataclass(frozen=True)
class View:
    """Clusters, the number of cases they were computed from, and the digest of both."""

    result: CorrelationClusters
    n_cases: int
    digest: str


def _overview(view: View) -> None:
    result = view.result
    features = plural(len(result.features), "{n} feature", "{n} features")
    words = joined(" ", [features, plural(result.n_clusters, "in {n} cluster", "in {n} clusters")])
    event: Any = cards.chart_card(
        words,
        lambda: cluster_overview(result.matrix, list(result.features), result.cluster, n_cases=view.n_cases),
        key="correlation_overview",
        frame=result.frame(),
        name="correlation_clusters",
        caption=_(
            "Mean |rho| in blocks of neighbouring features; squares on the diagonal are clusters. Click a block to look into its cluster below."
        ),
        digest=view.digest,
        on_select="rerun",
        selection_mode="block",
    )
    chosen = event.selection.get("block") if event is not None else None
    clicked = int(chosen[0]["cluster_i"]) if chosen and "cluster_i" in chosen[0] else None
    if clicked is not None and clicked != state.get("correlation_clicked"):
        state.put("correlation_cluster", clicked)
    state.put("correlation_clicked", clicked)


def _representatives(view: View) -> tuple[str, str] | None:
    overview = _largest(view.result)
    event: Any = cards.chart_card(
        _("Cluster representatives"),
        lambda: correlation_heatmap(
            overview.to_numpy(), list(overview.columns), n_cases=view.n_cases, n_all=view.result.n_clusters
        ),
        key="correlation_heatmap",
        frame=overview.reset_index(names="feature"),
        caption=_("One feature per cluster, the largest clusters. Click a cell to see its two features below."),
        digest=view.digest,
        on_select="rerun",
        selection_mode="pair",
    )
    chosen = event.selection.get("pair") if event is not None else None
    return pair_scatter.pair_of(chosen[0], set(view.result.features)) if chosen else None


def _largest(result: CorrelationClusters) -> pd.DataFrame:
    """Return the matrix of the representatives of the largest clusters, in dendrogram order."""
    sizes = np.bincount(result.cluster)[1:]
    kept = np.sort(np.argsort(-sizes, kind="stable")[:MAX_REPRESENTATIVES])
    return result.overview().iloc[kept, kept]


def _default_pair(result: CorrelationClusters) -> tuple[str, str]:
    largest = _largest(result)
    overview, names = np.abs(largest.to_numpy()), list(largest.columns)
    if len(names) < 2:
        return names[0], names[0]
    np.fill_diagonal(overview, -1)
    row, column = np.unravel_index(int(np.nanargmax(overview)), overview.shape)
    return names[int(row)], names[int(column)]


def _zoom(view: View) -> None:
    result = view.result
    sizes = {int(c): int((result.cluster == c).sum()) for c in np.unique(result.cluster)}
    several = sorted(sizes, key=lambda c: -sizes[c])
    if max(sizes.values()) < 2:
        st.caption(_("No two features are alike enough to form a cluster."))
        return
    state.recall("correlation_cluster", several[0], options=several)
    cluster = st.selectbox(
        _("Look into a cluster"),
        several,
        format_func=lambda c: plural(sizes[c], "cluster {c}: {n} feature", "cluster {c}: {n} features", c=c),
        key="correlation_cluster",
        persist_state="session",
        width=420,
        help=_("The largest clusters first."),
    )
    inside = result.zoom(int(cluster))
    cards.chart_card(
        plural(len(inside), "Cluster {c}: {n} feature", "Cluster {c}: {n} features", c=cluster),
        lambda: correlation_heatmap(inside.to_numpy(), list(inside.columns), n_cases=view.n_cases),
        key="correlation_zoom",
        frame=inside.reset_index(names="feature"),
        name=f"correlation_cluster_{cluster}",
        digest=f"{view.digest}_{cluster}",
    )
