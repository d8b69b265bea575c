"""Held-out predictions of one pipeline: ROC, calibration, and the score of every case."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from radiomics_core.i18n import _
from radiomics_core.plots import theme
from radiomics_core.plots.parts import WIDTH, frame_of, inline, safe, spread, titled

SQUARE = 380
NAME_OFFSETS = (-18, 20, -31, 33)
"""Heights of the names of neighbouring cases, in pixels, so that they do not lie on each other."""


def roc_chart(
    curve: Any, *, permuted: pd.DataFrame | None = None, auc_text: str = "", n: int = 0, events: int = 0
) -> alt.LayerChart:
    """ROC of held-out predictions with its band over repeats, the diagonal and the shuffled-outcome band.

    Parameters
    ----------
    curve : result or DataFrame
        Columns ``fpr, tpr`` and, optionally, ``low, high`` (band of tpr at each fpr).
    permuted : DataFrame, optional
        Columns ``fpr, low, high``: band of curves with shuffled outcome.
    auc_text : str
        ``0.78 (0.71-0.84)``, written beside the curve.
    """
    frame = frame_of(curve)
    x = alt.X("fpr:Q", title=_("1 - specificity"), scale=alt.Scale(domain=[0, 1]))
    y_title, scale = _("Sensitivity"), alt.Scale(domain=[0, 1])
    layers: list[Any] = []
    if permuted is not None:
        band = alt.Chart(inline(safe(permuted, {"fpr": "fpr", "low": "low", "high": "high"})))
        layers.append(
            band.mark_area(color=theme.NEUTRAL, opacity=0.22).encode(
                x=x, y=alt.Y("low:Q", title=y_title, scale=scale), y2="high:Q"
            )
        )
    columns = {c: c for c in ("fpr", "tpr", "low", "high") if c in frame}
    base = alt.Chart(inline(safe(frame, columns)))
    if "low" in columns:
        layers.append(
            base.mark_area(color=theme.ACCENT, opacity=0.2).encode(
                x=x, y=alt.Y("low:Q", title=y_title, scale=scale), y2="high:Q"
            )
        )
    line = base.mark_line(color=theme.ACCENT).encode(
        x=x,
        y=alt.Y("tpr:Q", title=y_title, scale=scale),
        order="fpr:Q",
        tooltip=[
            alt.Tooltip("fpr:Q", title=_("1 - specificity"), format=".2f"),
            alt.Tooltip("tpr:Q", title=y_title, format=".2f"),
        ],
    )
    label = alt.Chart(inline(pd.DataFrame({"x": [0.97], "y": [0.06], "text": [f"AUC {auc_text}" if auc_text else ""]})))
    layers += [
        _diagonal(),
        line,
        label.mark_text(align="right", fontWeight=600).encode(x="x:Q", y="y:Q", text="text:N"),
    ]
    caption = [_("n = {n}, {events} events", n=n, events=events)] if n else []
    caption += [_("band: over repeats")] if "low" in columns else []
    caption += [_("grey band: shuffled outcome")] if permuted is not None else []
    chart: Any = alt.layer(*layers).properties(width=SQUARE, height=SQUARE)
    return titled(chart, _("ROC of held-out predictions"), "; ".join(caption))


def calibration_chart(
    groups: Any, *, intercept: float | None = None, slope: float | None = None, smooth: pd.DataFrame | None = None
) -> alt.LayerChart:
    """Predicted against observed risk in groups of held-out cases, with 95 % intervals.

    Parameters
    ----------
    groups : result or DataFrame
        Columns ``predicted, observed, low, high, n``: one row per group.
    intercept, slope : float, optional
        Averages over repeats, for the caption.
    smooth : DataFrame, optional
        Columns ``predicted, observed``: smoothed curve.
    """
    rows = safe(frame_of(groups), {c: c for c in ("predicted", "observed", "low", "high", "n")})
    base = alt.Chart(inline(rows)).encode(
        x=alt.X("predicted:Q", title=_("Predicted risk"), scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    )
    y: dict[str, Any] = {
        "title": _("Observed share with the event"),
        "scale": alt.Scale(domain=[0, 1]),
        "axis": alt.Axis(format="%"),
    }
    bars = base.mark_rule(strokeWidth=2, color=theme.ACCENT).encode(y=alt.Y("low:Q", **y), y2="high:Q")
    points = base.mark_point(filled=True, opacity=1, color=theme.ACCENT).encode(
        y=alt.Y("observed:Q", **y),
        size=alt.Size("n:Q", scale=alt.Scale(range=[60, 260]), legend=None),
        tooltip=[
            alt.Tooltip("predicted:Q", title=_("Predicted risk"), format=".0%"),
            alt.Tooltip("observed:Q", title=_("Observed"), format=".0%"),
            alt.Tooltip("n:Q", title="n"),
        ],
    )
    caption = [_("n = {n} in {k} groups; bars: 95 % interval", n=int(rows["n"].sum()), k=len(rows))]
    if intercept is not None and slope is not None:
        caption.append(_("intercept {a:.2f} (ideal 0), slope {b:.2f} (ideal 1)", a=intercept, b=slope))
    layers: list[Any] = [_diagonal(), bars, points]
    if smooth is not None:
        line = alt.Chart(inline(safe(smooth, {"predicted": "predicted", "observed": "observed"})))
        layers.append(line.mark_line(color=theme.ACCENT).encode(x="predicted:Q", y=alt.Y("observed:Q", **y)))
        caption.append(_("line: smoothed"))
    chart: Any = alt.layer(*layers).properties(width=SQUARE, height=SQUARE)
    return titled(chart, _("Calibration of held-out predictions"), "; ".join(caption))


def net_benefit_chart(curve: pd.DataFrame, *, n: int = 0, events: int = 0) -> alt.LayerChart:
    """Net benefit of acting on held-out predictions against acting on everybody or nobody.

    Parameters
    ----------
    curve : DataFrame
        Columns ``threshold, model, treat_all, treat_none``; drawn from -0.05 up.
    """
    names = {"model": _("Pipeline"), "treat_all": _("Treat all"), "treat_none": _("Treat none")}
    rows = safe(curve, {c: c for c in ("threshold", *names)})
    long = rows.melt("threshold", var_name="code", value_name="benefit")
    long["label"] = long["code"].map(names)
    top = max(0.1, float(curve[["model", "treat_all"]].max().max()) * 1.08)
    long["benefit"] = long["benefit"].where(long["benefit"] >= -0.05)
    scale = alt.Scale(domain=list(names.values()), range=[theme.ACCENT, theme.VERMILION, theme.NEUTRAL])
    y_title = _("Net benefit (true positives per case)")
    lines = (
        alt.Chart(inline(long))
        .mark_line()
        .encode(
            x=alt.X(
                "threshold:Q", title=_("Threshold probability"), scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%"),
            ),
            y=alt.Y("benefit:Q", title=y_title, scale=alt.Scale(domain=[-0.05, top], nice=False)),
            color=alt.Color("label:N", scale=scale, legend=alt.Legend(title=None)),
            strokeDash=alt.condition("datum.code == 'model'", alt.value([1, 0]), alt.value([5, 3])),
            tooltip=[
                alt.Tooltip("label:N", title=_("Strategy")),
                alt.Tooltip("threshold:Q", title=_("Threshold probability"), format=".0%"),
                alt.Tooltip("benefit:Q", title=y_title, format=".2f"),
            ],
        )
        .properties(width=SQUARE, height=SQUARE)
    )  # fmt: skip
    caption = _("n = {n}, {events} events", n=n, events=events) if n else ""
    chart: Any = alt.layer(lines)
    return titled(chart, _("Net benefit of held-out predictions"), caption)


def score_strip(
    frame: pd.DataFrame, *, event_label: str = "", non_event_label: str = "", score_title: str = ""
) -> alt.LayerChart:
    """Held-out score of every case: events filled, non-events open, confidently wrong ones crossed and named.

    A click selects the case (``case``).

    Parameters
    ----------
    frame : DataFrame
        ``Evaluation.case_scores()``: columns ``case_id, percentile`` (of the score among the training cases, mean
        over repeats, 0 to 1), ``event`` (0 | 1), and optionally ``wrong`` (bool).
    """
    rows = safe(frame, {"case": "case_id", "score": "percentile"})
    labels = [non_event_label or _("No event"), event_label or _("Event")]
    rows["event"] = frame["event"].astype(int).to_numpy()
    rows["group"] = [labels[e] for e in rows["event"]]
    rows["wrong"] = frame["wrong"].astype(bool).to_numpy() if "wrong" in frame else False
    rows["jitter"] = spread(len(rows))
    wrong_order = rows["score"].where(rows["wrong"]).groupby(rows["group"]).rank(method="first")
    rows["level"] = (wrong_order.fillna(0) % len(NAME_OFFSETS)).astype(int)
    picked = alt.selection_point(name="case", fields=["case"], on="click")
    scale = alt.Scale(domain=labels, range=[theme.NON_EVENT, theme.EVENT])
    base = alt.Chart(inline(rows)).encode(
        x=alt.X(
            "score:Q", title=score_title or _("Held-out score, percentile among training cases"),
            scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"),
        ),
        y=alt.Y("group:N", sort=labels[::-1], title=None),
        yOffset=alt.YOffset("jitter:Q", scale=alt.Scale(domain=[-0.6, 0.6])),
        color=alt.Color("group:N", scale=scale, legend=None),
        tooltip=[
            alt.Tooltip("case:N", title=_("Case")),
            alt.Tooltip("group:N", title=_("Outcome")),
            alt.Tooltip("score:Q", title=_("Score"), format=".0%"),
        ],
    )  # fmt: skip
    points = base.mark_point(size=64, strokeWidth=1.6).encode(
        fill=alt.Fill("group:N", scale=scale, legend=None),
        fillOpacity=alt.condition("datum.event == 1", alt.value(0.85), alt.value(0)),
        opacity=alt.condition(picked, alt.value(1.0), alt.value(0.35)),
    )
    rings = base.transform_filter("datum.wrong").mark_point(size=230, strokeWidth=1.6, shape="circle")
    rings = rings.encode(color=alt.value(theme.TEXT))
    names = [
        base.transform_filter(f"datum.wrong && datum.level == {level}")
        .mark_text(dy=offset, fontSize=11)
        .encode(text="case:N", color=alt.value(theme.TEXT))
        for level, offset in enumerate(NAME_OFFSETS)
    ]
    middle = alt.Chart(inline(pd.DataFrame({"middle": [0.5]}))).mark_rule(strokeDash=[4, 3]).encode(x="middle:Q")
    layers: list[Any] = [middle, points.add_params(picked), rings, *names]
    chart: Any = alt.layer(*layers).properties(width=WIDTH, height=alt.Step(130))
    caption = _("n = {n}, {events} events (filled)", n=len(rows), events=int(rows["event"].sum()))
    if rows["wrong"].any():
        caption += "; " + _("ringed: confidently wrong")
    return titled(chart, _("Held-out score of each case"), caption)


def _diagonal() -> alt.Chart:
    ends = inline(pd.DataFrame({"from_x": [0], "from_y": [0], "to_x": [1], "to_y": [1]}))
    return (
        alt.Chart(ends)
        .mark_rule(strokeDash=[4, 3])
        .encode(x=alt.X("from_x:Q"), y=alt.Y("from_y:Q"), x2="to_x:Q", y2="to_y:Q")
    )
