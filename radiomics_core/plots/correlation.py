"""How features go together: clusters, their representatives, pairs, and volume."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from radiomics_core.i18n import _
from radiomics_core.plots import theme
from radiomics_core.plots.parts import (
    ROW_STEP,
    WIDTH,
    frame_of,
    group_scale,
    inline,
    ordered_groups,
    safe,
    short_names,
    titled,
    vertical_line,
)

MAX_BLOCKS = 60
MAX_REPRESENTATIVES = 60
MAX_NAMED_ACROSS = 30


def cluster_overview(matrix: Any, features: list[str], cluster: Any, *, n_cases: int = 0) -> alt.Chart:
    """Mean absolute correlation in at most 60 x 60 blocks of neighbours: readable at 1,500 features.

    A click selects the clusters of a block (``block``).

    Parameters
    ----------
    matrix : array, shape (n, n)
        Correlation in dendrogram order (``CorrelationClusters.matrix``).
    features : list of str, length n
        Names in that order.
    cluster : array of int, shape (n,)
        Cluster of each feature.
    """
    edges = np.linspace(0, len(features), min(MAX_BLOCKS, len(features)) + 1).astype(int)
    numbers = np.asarray(cluster)
    names = [str(features[edge]) for edge in edges[:-1]]
    first = [int(numbers[edge]) for edge in edges[:-1]]
    axis = alt.Axis(labels=False, ticks=False, domain=False)
    chart = (
        alt.Chart(inline(_cells(_block_means(np.abs(np.asarray(matrix, dtype=float)), edges))))
        .mark_rect()
        .transform_calculate(
            from_i="block_names[datum.i]",
            from_j="block_names[datum.j]",
            cluster_i="block_clusters[datum.i]",
            cluster_j="block_clusters[datum.j]",
        )
        .encode(
            x=alt.X("i:O", axis=axis, title=_("Features, neighbours are alike")),
            y=alt.Y("j:O", axis=axis, title=_("Features, neighbours are alike")),
            color=_absolute_colour(),
            tooltip=[
                alt.Tooltip("from_i:N", title=_("Features from")),
                alt.Tooltip("from_j:N", title=_("and from")),
                alt.Tooltip("cluster_i:Q", title=_("Cluster")),
                alt.Tooltip("cluster_j:Q", title=_("and cluster")),
                alt.Tooltip("value:Q", title=_("Mean absolute correlation"), format=".2f"),
            ],
        )
        .add_params(
            alt.param(name="block_names", value=names),
            alt.param(name="block_clusters", value=first),
            alt.selection_point(name="block", fields=["cluster_i", "cluster_j"], on="click"),
        )
        .properties(width=420, height=420)
    )
    caption = _("{n} features in {k} clusters", n=len(features), k=len(set(numbers.tolist())))
    return titled(chart, _("Correlation of all features"), _with_cases(caption, n_cases))


def correlation_heatmap(matrix: Any, features: list[str], *, n_cases: int = 0, n_all: int = 0) -> alt.Chart:
    """Signed correlation of cluster representatives, at most 60; a click on a cell selects the pair (``pair``).

    Parameters
    ----------
    matrix : array, shape (n, n)
        Spearman correlation in the order of ``features``.
    features : list of str
        The first 60 are drawn.
    n_all : int
        How many there are, when only some are given.
    """
    shown = min(len(features), MAX_REPRESENTATIVES)
    names = [str(f) for f in features[:shown]]
    labels = list(short_names(pd.Series(names, dtype=object), 40))
    cells = _cells(np.asarray(matrix, dtype=float)[:shown, :shown])
    size = max(200, min(14 * shown, 760))
    words: dict[str, Any] = {
        "labelExpr": "labels[datum.value]",
        "labelFontSize": 10,
        "labelOverlap": False,
        "labelLimit": 240,
    }
    across = alt.Axis(labels=False) if shown > MAX_NAMED_ACROSS else alt.Axis(labelAngle=-60, **words)
    chart = (
        alt.Chart(inline(cells))
        .mark_rect()
        .transform_calculate(feature_x="names[datum.i]", feature_y="names[datum.j]")
        .encode(
            x=alt.X("i:O", title=None, axis=across),
            y=alt.Y("j:O", title=None, axis=alt.Axis(**words)),
            color=_signed_colour(_("Spearman correlation")),
            tooltip=[
                alt.Tooltip("feature_x:N", title=_("Feature")),
                alt.Tooltip("feature_y:N", title=_("and")),
                alt.Tooltip("value:Q", title=_("Spearman correlation"), format=".2f"),
            ],
        )
        .add_params(
            alt.param(name="names", value=names),
            alt.param(name="labels", value=labels),
            alt.selection_point(name="pair", fields=["feature_x", "feature_y"], on="click"),
        )
        .properties(width=size, height=size)
    )
    caption = _("{shown} of {n} features", shown=shown, n=n_all or len(features))
    return titled(chart, _("Correlation of cluster representatives"), _with_cases(caption, n_cases))


def feature_scatter(
    frame: pd.DataFrame, x: str, y: str, *, group: str | None = None, group_title: str = "",
    event_group: str | None = None, correlation: float | None = None,
) -> alt.Chart:  # fmt: skip
    """Two features of every case; a click selects the case (``case``).

    Parameters
    ----------
    frame : DataFrame
        Indexed by case_id, or with a ``case_id`` column; columns ``x``, ``y`` and, if given, ``group``.
    correlation : float, optional
        Shown in the caption.
    """
    rows = _with_case(frame, {"x": x, "y": y}).assign(group=_groups(frame, group)).dropna(subset=["x", "y"])
    caption = f"n = {len(rows)}"
    if correlation is not None:
        caption += "; " + _("Spearman correlation {value:.2f}", value=correlation)
    chart = _case_points(rows, _title(x), _title(y), group=group, group_title=group_title, event_group=event_group)
    return titled(chart.properties(width=WIDTH * 3 // 4, height=360), _("Two features"), caption)


def case_map(
    result: Any, *, explained: tuple[float, float] | None = None, group: pd.Series | None = None,
    group_title: str = "", event_group: str | None = None,
) -> alt.Chart:  # fmt: skip
    """Cases on the first two principal components; a click selects the case (``case``).

    Parameters
    ----------
    result : CaseMap or DataFrame
        Columns ``case_id, pc1, pc2``.
    explained : pair of float, optional
        Shares of variance; default those of the result.
    group : Series indexed by case_id, optional
        What colours the points: categories, or numbers (viridis).
    """
    frame = frame_of(result)
    shares = explained if explained is not None else getattr(result, "explained", None)
    rows = safe(frame, {"case": "case_id", "x": "pc1", "y": "pc2"})
    rows["group"] = None if group is None else rows["case"].map(group)
    titles = [
        _("Component {i}", i=i + 1) + (f" ({shares[i]:.0%})" if shares is not None else "") for i in range(2)
    ]  # fmt: skip
    chart = _case_points(
        rows,
        titles[0],
        titles[1],
        group=None if group is None else "group",
        group_title=group_title,
        event_group=event_group,
    )
    caption = _("n = {n}; cases close together have similar features; exploratory", n=len(rows))
    return titled(chart.properties(width=WIDTH * 4 // 5, height=380), _("Map of cases"), caption)


def volume_correlation(result: Any, *, top: int = 25, flag_above: float | None = None) -> alt.LayerChart:
    """Return the features that follow volume most closely.

    Parameters
    ----------
    result : VolumeCorrelation or DataFrame
        Columns ``feature, rho, low, high, n, flagged``, sorted by absolute correlation.
    """
    frame = frame_of(result)
    rows = safe(
        frame.head(top), {c: c for c in ("feature", "rho", "low", "high", "n", "flagged")}
    )  # fmt: skip
    rows["label"] = short_names(rows["feature"])
    base = alt.Chart(inline(rows)).encode(
        y=alt.Y("label:N", sort=list(rows["label"]), title=None),
        color=alt.condition("datum.flagged", alt.value(theme.VERMILION), alt.value(theme.ACCENT)),
        tooltip=[
            alt.Tooltip("feature:N", title=_("Feature")),
            alt.Tooltip("rho:Q", title=_("Correlation with volume"), format=".2f"),
            alt.Tooltip("n:Q", title="n"),
        ],
    )
    bars = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=_("Spearman correlation with volume"), scale=alt.Scale(domain=[-1, 1])), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=70, opacity=1).encode(x=alt.X("rho:Q"))
    limit = flag_above if flag_above is not None else getattr(result, "flag_above", 0.8)
    caption = _(
        "{k} of {n} features beyond ±{limit:.1f} (vermilion): they mostly measure size",
        k=int(frame["flagged"].sum()), n=len(frame), limit=limit,
    )  # fmt: skip
    chart = vertical_line(0, dashed=False) + vertical_line(limit) + vertical_line(-limit) + bars + points
    return titled(chart.properties(width=WIDTH, height=alt.Step(ROW_STEP)), _("Features and volume"), caption)


def _case_points(
    rows: pd.DataFrame, x_title: str, y_title: str, *, group: str | None, group_title: str, event_group: str | None
) -> alt.Chart:
    is_number = group is not None and pd.api.types.is_numeric_dtype(rows["group"].dropna().infer_objects())
    picked = alt.selection_point(name="case", fields=["case"], on="click", nearest=False)
    tooltip = [
        alt.Tooltip("case:N", title=_("Case")),
        alt.Tooltip("x:Q", title=_("Across"), format=".4~g"),
        alt.Tooltip("y:Q", title=_("Up"), format=".4~g"),
    ]
    if group is not None:
        tooltip.append(alt.Tooltip("group:Q" if is_number else "group:N", title=_("Colour")))
    chart = alt.Chart(inline(rows)).mark_point(size=64, strokeWidth=1.6, filled=False)
    chart = chart.encode(
        x=alt.X("x:Q", title=x_title, scale=alt.Scale(zero=False)),
        y=alt.Y("y:Q", title=y_title, scale=alt.Scale(zero=False)),
        opacity=alt.condition(picked, alt.value(1.0), alt.value(0.35)),
        tooltip=tooltip,
    )
    return _coloured(
        chart, rows, group=group, title=group_title, event_group=event_group, is_number=is_number
    ).add_params(picked)


def _coloured(
    chart: alt.Chart, rows: pd.DataFrame, *, group: str | None, title: str, event_group: str | None, is_number: bool
) -> alt.Chart:
    if group is None:
        return chart.encode(color=alt.value(theme.ACCENT), fill=alt.value(theme.ACCENT), fillOpacity=alt.value(0.7))
    if is_number:
        scale = alt.Scale(scheme="viridis")
        legend = alt.Legend(title=title or group, gradientLength=180)
        return chart.encode(
            color=alt.Color("group:Q", scale=scale, legend=None), fill=alt.Fill("group:Q", scale=scale, legend=legend)
        )
    groups = ordered_groups(rows["group"])
    scale = group_scale(groups, event_group)
    open_points = alt.condition(alt.datum.group == event_group, alt.value(0.85), alt.value(0.0))
    return chart.encode(
        color=alt.Color("group:N", scale=scale, title=title or group, sort=groups),
        fill=alt.Fill("group:N", scale=scale, title=title or group, sort=groups),
        fillOpacity=open_points if event_group in groups else alt.value(0.75),
    )


def _with_case(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    rows = safe(frame, columns)
    rows.insert(0, "case", frame["case_id"].to_numpy() if "case_id" in frame else frame.index.to_numpy())
    return rows


def _groups(frame: pd.DataFrame, group: str | None) -> Any:
    return None if group is None else frame[group].to_numpy()


def _title(name: str) -> str:
    return str(short_names(pd.Series([name]), 60)[0])


def _block_means(values: Any, edges: Any) -> Any:
    """Mean of every block of neighbours; missing values are left out."""
    present = np.isfinite(values)
    starts = edges[:-1]
    sums = np.add.reduceat(np.add.reduceat(np.where(present, values, 0.0), starts, axis=0), starts, axis=1)
    counts = np.add.reduceat(np.add.reduceat(present.astype(float), starts, axis=0), starts, axis=1)
    return np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)


def _cells(values: Any) -> pd.DataFrame:
    """One short row per cell: names would be repeated thousands of times."""
    i, j = np.indices(values.shape)
    return pd.DataFrame({"i": i.ravel(), "j": j.ravel(), "value": np.round(values.ravel(), 3)})


def _absolute_colour() -> alt.Color:
    legend = alt.Legend(title=_("Mean absolute correlation"), gradientLength=200, format=".1f")
    return alt.Color("value:Q", scale=alt.Scale(scheme="viridis", domain=[0, 1]), legend=legend)


def _signed_colour(title: str) -> alt.Color:
    scale = alt.Scale(domain=[-1, -0.5, 0, 0.5, 1], range=list(theme.DIVERGING), interpolate="rgb")
    return alt.Color("value:Q", scale=scale, legend=alt.Legend(title=title, gradientLength=200, format=".1f"))


def _with_cases(caption: str, n_cases: int) -> str:
    return f"{caption}; n = {n_cases}" if n_cases else caption
