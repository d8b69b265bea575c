"""How features and grey levels move when the settings of the extraction do."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from radiomics_core.i18n import _, plural
from radiomics_core.plots import theme
from radiomics_core.plots.parts import WIDTH, inline, safe, spread, titled, vertical_line
from radiomics_core.plots.quality import GOOD_BINS

PERCENT_MARKS = (0, 1, 3, 10, 30, 100, 300, 1000, 10_000, 100_000, 1_000_000)
LEVEL_MARKS = (0, 4, 16, 32, 64, 128, 256, 512, 1024, 4096, 16384, 65536)
FAMILY_STEP, LEVELS_STEP = 40, 26
MOST_POINTS = 1500


def family_changes(result: Any, *, limit_percent: float = 10.0) -> alt.LayerChart:
    """Relative change of every feature by family: points, the band of the middle half, the median.

    Parameters
    ----------
    result : Stability
        ``features`` with ``feature, family, change, largest, verdict`` and ``families()`` with ``family, q1, median,
        q3``; changes as shares (0.1 is 10 %); ``by_order`` when cases are judged by their order.
    limit_percent : float
        Where the dashed line stands, when cases are judged by their change.
    """
    features, families = result.features, result.families()
    drawn = features[np.isfinite(features["change"])]
    shown = drawn.iloc[:: max(1, -(-len(drawn) // MOST_POINTS))]
    top = max(100.0, 115.0 * float(drawn["change"].max())) if len(drawn) else 100.0
    x = alt.X(
        "percent:Q",
        title=_("Relative change of the feature [%]"),
        scale=alt.Scale(type="symlog", constant=1, domain=[0, top], nice=False),
        axis=alt.Axis(values=[mark for mark in PERCENT_MARKS if mark <= top], format=",d"),
    )
    y = alt.Y("family:N", sort=list(families["family"]), title=None)
    chart: Any = _points(shown, x, y) + _middle_halves(families, y)
    caption = plural(len(drawn), "{n} feature", "{n} features") + "; " + _("bar: middle half, tick: median")
    if not result.by_order:
        chart = vertical_line(limit_percent) + chart
        caption += "; " + _("dashed: {limit:g} %", limit=limit_percent)
    if len(drawn) < len(features):
        caption += "; " + plural(len(features) - len(drawn), "{n} that was zero or missing is not drawn",
                                 "{n} that were zero or missing are not drawn")  # fmt: skip
    if len(shown) < len(drawn):
        caption += "; " + _("{n} points are drawn", n=len(shown))
    chart = chart.properties(width=WIDTH, height=alt.Step(FAMILY_STEP))
    return titled(chart, _("How far the features of each family move"), caption)


def _points(shown: pd.DataFrame, x: alt.X, y: alt.Y) -> alt.Chart:
    words = {"stable": _("stable"), "moves": _("moves"), "not judged": _("not judged")}
    colours = {"stable": theme.ACCENT, "moves": theme.VERMILION, "not judged": theme.NEUTRAL}
    rows = safe(shown, {"feature": "feature", "family": "family", "change": "change", "largest": "largest"})
    rows["percent"], rows["worst"] = rows.pop("change") * 100, rows.pop("largest").replace(np.inf, np.nan) * 100
    rows["verdict"], rows["jitter"] = shown["verdict"].map(words).to_numpy(), spread(len(rows), 0.7)
    present = [name for name in words if (shown["verdict"] == name).any()]
    scale = alt.Scale(domain=[words[name] for name in present], range=[colours[name] for name in present])
    return (
        alt.Chart(inline(rows))
        .mark_circle(size=26, opacity=0.75)
        .encode(
            x=x,
            y=y,
            yOffset=alt.YOffset("jitter:Q", scale=alt.Scale(domain=[-0.5, 0.5])),
            color=alt.Color("verdict:N", title=_("Feature"), scale=scale),
            tooltip=[
                alt.Tooltip("feature:N", title=_("Feature")),
                alt.Tooltip("percent:Q", title=_("Change [%]"), format=".3~g"),
                alt.Tooltip("worst:Q", title=_("Largest change [%]"), format=".3~g"),
                alt.Tooltip("verdict:N", title=_("Feature")),
            ],
        )
    )


def _middle_halves(families: pd.DataFrame, y: alt.Y) -> alt.LayerChart:
    rows = safe(families, {"family": "family", "low": "q1", "percent": "median", "high": "q3"})
    rows[["low", "percent", "high"]] *= 100
    base = alt.Chart(inline(rows)).encode(y=y)
    bar = base.mark_rule(strokeWidth=7, opacity=0.45, color=theme.TEXT).encode(x="low:Q", x2="high:Q")
    tick = base.mark_tick(thickness=3, size=22, color=theme.TEXT, opacity=1).encode(
        x="percent:Q", tooltip=[alt.Tooltip("family:N", title=_("Family")),
                                alt.Tooltip("percent:Q", title=_("Median change [%]"), format=".3~g")],
    )  # fmt: skip
    return bar + tick


def grey_levels_moved(frame: pd.DataFrame, *, by: str = "case") -> alt.LayerChart:
    """Grey levels before and after, one line each, with the 16 to 128 band that texture features need.

    Parameters
    ----------
    frame : DataFrame
        ``case, filter, before, after``: ``Stability.levels`` of one image or of one case.
    by : {"case", "filter"}
        What a line is.
    """
    rows = safe(frame, {"label": by, "before": "before", "after": "after"})
    top = max(160.0, 1.3 * float(rows[["before", "after"]].to_numpy().max())) if len(rows) else 160.0
    low, high = GOOD_BINS
    band = alt.Chart(inline(pd.DataFrame({"from": [low], "to": [high]})))
    band = band.mark_rect(color=theme.GREEN, opacity=0.13).encode(x=alt.X("from:Q"), x2="to:Q")
    x = alt.X(
        "levels:Q",
        title=_("Grey levels"),
        scale=alt.Scale(type="symlog", constant=8, domain=[0, top], nice=False),
        axis=alt.Axis(values=[mark for mark in LEVEL_MARKS if mark <= top], format=",d"),
    )
    y = alt.Y("label:N", sort=list(rows["label"]), title=None)
    words = {"before": _("before"), "after": _("after")}
    long = rows.melt("label", ["before", "after"], var_name="state", value_name="levels")
    long["state"] = long["state"].map(words)
    scale = alt.Scale(domain=list(words.values()), range=[theme.NEUTRAL, theme.ACCENT])
    points = (
        alt.Chart(inline(long))
        .mark_point(filled=True, size=80, opacity=1)
        .encode(
            x=x,
            y=y,
            color=alt.Color("state:N", title=_("Settings"), scale=scale),
            shape=alt.Shape("state:N", title=_("Settings"),
                            scale=alt.Scale(domain=list(words.values()), range=["square", "circle"])),
            tooltip=[alt.Tooltip("label:N", title=_("Image") if by == "filter" else _("Case")),
                     alt.Tooltip("state:N", title=_("Settings")), alt.Tooltip("levels:Q", title=_("Grey levels"))],
        )
    )  # fmt: skip
    lines = alt.Chart(inline(rows)).mark_rule(strokeWidth=2, color=theme.NEUTRAL, opacity=0.6)
    lines = lines.encode(x="before:Q", x2="after:Q", y=y)
    outside = [int((~rows[state].between(low, high)).sum()) for state in ("before", "after")]
    caption = _("outside 16 to 128 (green): {before} of {n} before, {after} of {n} after",
                before=outside[0], after=outside[1], n=len(rows))  # fmt: skip
    chart = (band + lines + points).properties(width=WIDTH, height=alt.Step(LEVELS_STEP))
    return titled(chart, _("Grey levels before and after"), caption)
