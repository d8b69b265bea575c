"""Survival of groups, and hazard ratios."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from radiomics_core.i18n import _
from radiomics_core.plots import theme
from radiomics_core.plots.parts import (
    TWO_LINE_STEP,
    WIDTH,
    frame_of,
    group_scale,
    inline,
    interval_text,
    p_text,
    safe,
    titled,
    two_line_axis,
    two_lines,
)

RISK_LABEL_PX = 100


def risk_label(group: str) -> str:
    """Return the words for a risk group; other group names stay."""
    return {"low": _("Low risk"), "middle": _("Middle risk"), "high": _("High risk"), "": _("All cases")}.get(
        group, group
    )


def time_title(unit: str, time_zero: str = "") -> str:
    """Return the axis title of time."""
    units = {"days": _("days"), "months": _("months"), "years": _("years")}
    word = units.get(unit, unit)
    return _("Time since {zero} [{unit}]", zero=time_zero, unit=word) if time_zero else _("Time [{unit}]", unit=word)


def survival_chart(
    result: Any, ticks: Sequence[float], at_risk: pd.DataFrame, *, unit: str = "days", time_zero: str = "",
    p: float | None = None, caption: str = "", outcome_title: str = "",
) -> alt.VConcatChart:  # fmt: skip
    """Kaplan-Meier curves with their band and, aligned under them, the number at risk.

    Parameters
    ----------
    result : KaplanMeier or DataFrame
        Columns ``group, time, censored, survival, low, high``; groups ``low, middle, high`` have fixed colours.
    ticks : sequence of float
        Times of the axis and of the table.
    at_risk : DataFrame
        Columns ``group, time, at_risk`` at those times (``KaplanMeier.at_risk(ticks)``).
    p : float, optional
        Permutation p of the held-out groups.
    caption : str
        What the curves are (held out, n, events, group changes).
    """
    frame = frame_of(result)
    columns = ("group", "time", "censored", "survival", "low", "high")
    rows = safe(frame, {c: c for c in columns})
    codes = list(dict.fromkeys(rows["group"].astype(str)))
    codes = sorted(codes, key=["low", "middle", "high"].index) if set(codes) <= {"low", "middle", "high"} else codes
    colours = group_scale(codes).to_dict()["range"] if codes != [""] else [theme.ACCENT]
    labels = [risk_label(code) for code in codes]
    rows["label"] = rows["group"].astype(str).map(risk_label)
    scale = alt.Scale(domain=labels, range=colours)
    longest = max(float(rows["time"].max()), float(max(ticks)))
    x = alt.X(
        "time:Q", title=time_title(unit, time_zero), scale=alt.Scale(domain=[0, longest], nice=False),
        axis=alt.Axis(values=[float(t) for t in ticks], format=",.6~g"),
    )  # fmt: skip
    curves = _curves(rows, x, scale, outcome_title or _("Share event-free"))
    shown = f"{caption}; {p_text(p)}" if caption and p is not None else caption or (p_text(p) if p is not None else "")
    top = titled(curves.properties(width=WIDTH, height=300), _("Survival by group"), shown)
    table = _risk_table(at_risk, labels, scale, longest)
    return alt.vconcat(top, table, spacing=2).resolve_scale(color="independent")


def _curves(rows: pd.DataFrame, x: alt.X, scale: alt.Scale, y_title: str) -> alt.LayerChart:
    y_axis = alt.Axis(format="%", minExtent=RISK_LABEL_PX, maxExtent=RISK_LABEL_PX)
    y: dict[str, Any] = {"title": y_title, "scale": alt.Scale(domain=[0, 1]), "axis": y_axis}
    base = alt.Chart(inline(rows)).encode(x=x)
    colour = alt.Color("label:N", scale=scale, legend=None)
    band = base.mark_area(interpolate="step-after", opacity=0.16).encode(
        y=alt.Y("low:Q", **y), y2="high:Q", color=colour
    )
    line = base.mark_line(interpolate="step-after").encode(
        y=alt.Y("survival:Q", **y),
        color=colour,
        tooltip=[
            alt.Tooltip("label:N", title=_("Group")),
            alt.Tooltip("time:Q", title=_("Time"), format="~g"),
            alt.Tooltip("survival:Q", title=_("Share event-free"), format=".0%"),
        ],
    )
    censored = base.transform_filter("datum.censored > 0").mark_tick(orient="vertical", thickness=1.4, size=9)
    censored = censored.encode(y=alt.Y("survival:Q", **y), color=colour)
    ends = rows.loc[rows.groupby("label", sort=False)["time"].idxmax()].copy()
    ends["at"] = _apart(ends["survival"].to_numpy(dtype=float))
    names = alt.Chart(inline(ends)).mark_text(align="left", dx=8, fontWeight=600)
    names = names.encode(x=x, y=alt.Y("at:Q", **y), text="label:N", color=colour)
    return band + line + censored + names


def _apart(heights: Any, gap: float = 0.07) -> Any:
    """Move labels up where two curves end closer than a line of text."""
    moved = heights.copy()
    for previous, current in zip(np.argsort(heights)[:-1], np.argsort(heights)[1:], strict=True):
        moved[current] = max(moved[current], moved[previous] + gap)
    return moved


def _risk_table(at_risk: pd.DataFrame, labels: list[str], scale: alt.Scale, longest: float) -> alt.Chart:
    rows = safe(at_risk, {"time": "time", "n": "at_risk"})
    rows["label"] = at_risk["group"].astype(str).map(risk_label).to_numpy()
    return (
        alt.Chart(inline(rows), title=alt.TitleParams(_("Number at risk"), fontSize=12, offset=4, frame="bounds"))
        .mark_text(fontSize=12)
        .encode(
            x=alt.X("time:Q", axis=None, scale=alt.Scale(domain=[0, longest], nice=False)),
            y=alt.Y(
                "label:N", sort=labels[::-1], title=None,
                axis=alt.Axis(
                    minExtent=RISK_LABEL_PX, maxExtent=RISK_LABEL_PX, ticks=False, domain=False, labelPadding=24),
            ),
            text="n:Q",
            color=alt.Color("label:N", scale=scale, legend=None),
        )
        .properties(width=WIDTH, height=alt.Step(20))
    )  # fmt: skip


def hazard_ratio_forest(result: Any, *, n: int = 0, events: int = 0, in_sample: bool = True) -> alt.LayerChart:
    """Hazard ratios of one Cox model with 95 % intervals on a log axis.

    Parameters
    ----------
    result : CoxForest or DataFrame
        Columns ``name, level, reference, scale`` (``per SD`` | ``per unit`` | ``level``), ``hr, low, high, p, n``.
    n, events : int
        Cases and events in the model; default those of the result.
    """
    frame = frame_of(result)
    rows = safe(frame, {c: c for c in ("hr", "low", "high", "p", "n")})
    parts = zip(frame["name"], frame["level"], frame["reference"], frame["scale"], strict=True)
    rows["label"] = [_term_label(*map(str, part)) for part in parts]
    rows["text"] = [
        f"{interval_text(hr, low, high)}   {p_text(p)}"
        for hr, low, high, p in rows[["hr", "low", "high", "p"]].to_numpy(dtype=float)
    ]
    start, end = min(0.5, float(rows["low"].min()) * 0.9), max(2.0, float(rows["high"].max()) * 1.1)
    scale = alt.Scale(type="log", domain=[start, end], nice=False)
    marks = [v for v in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if start <= v <= end]
    rows["line"] = two_lines(rows)
    y = alt.Y("line:N", sort=list(rows["line"]), title=None, axis=two_line_axis())
    base = alt.Chart(inline(rows)).encode(y=y)
    axis = alt.Axis(values=marks, format="~g")
    rule = base.mark_rule(strokeWidth=2.5, color=theme.ACCENT).encode(
        x=alt.X("low:Q", scale=scale, axis=axis, title=_("Hazard ratio (log axis)")), x2="high:Q"
    )
    point = base.mark_point(filled=True, shape="square", size=80, opacity=1, color=theme.ACCENT).encode(x="hr:Q")
    one = alt.Chart(inline(pd.DataFrame({"one": [1.0]}))).mark_rule(strokeDash=[4, 3]).encode(x="one:Q")
    n, events = n or getattr(result, "n", 0), events or getattr(result, "n_events", 0)
    caption = [_("n = {n}, {events} events", n=n, events=events)] if n else []
    caption += [_("in-sample: the model was fitted on these cases")] if in_sample else []
    chart = (one + rule + point).properties(width=WIDTH, height=alt.Step(TWO_LINE_STEP))
    return titled(chart, _("Hazard ratios of one Cox model"), "; ".join(caption))


def _term_label(name: str, level: str, reference: str, scale: str) -> str:
    if scale == "level":
        return _("{name}: {level} against {reference}", name=name, level=level, reference=reference)
    return _("{name}, per SD", name=name) if scale == "per SD" else name
