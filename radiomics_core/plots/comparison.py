"""What a comparison of pipelines found: the headline with its controls, how often each feature was chosen."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from radiomics_core.i18n import _
from radiomics_core.plots import theme
from radiomics_core.plots.parts import (
    ROW_STEP,
    TWO_LINE_STEP,
    WIDTH,
    frame_of,
    inline,
    interval_text,
    safe,
    short_names,
    titled,
    two_line_axis,
    two_lines,
)

METRIC_TITLES = {"auc": "AUC", "c_index": "C-index"}
TENTHS = alt.Axis(tickMinStep=0.1, format=".1f")


def inputs_label(inputs: str) -> str:
    """Return what the screen calls a block of inputs; image names stay as they are."""
    return {
        "radiomics": _("Radiomics"),
        "clinical": _("Clinical"),
        "volume": _("Volume only"),
        "combined": _("Radiomics + clinical"),
        "centre": _("Centre only"),
        "permuted": _("Shuffled-outcome check"),
        "leave_one_centre_out": _("One centre left out"),
    }.get(inputs, inputs)


def headline_forest(rows: Any, *, metric: str = "auc", folds_text: str = "") -> alt.LayerChart:
    """Held-out discrimination per block of inputs with interval, chance line and the shuffled-outcome band.

    Parameters
    ----------
    rows : Evaluation or DataFrame
        Columns ``inputs, value, low, high, n, events``; one row per line of the chart. The row ``permuted`` holds the
        band. Optional: ``headline`` (other rows are grey), ``selector, model`` (named where inputs repeat), ``label``
        (replaces the words of ``inputs``). Rows without a value are named in the caption.
    metric : {"auc", "c_index"}
    folds_text : str
        Added to the caption ("5 folds x 5 repeats").
    """
    frame = frame_of(rows)
    table = safe(frame, {name: name for name in ("inputs", "value", "low", "high", "n", "events")})
    table["label"] = frame["label"].to_numpy() if "label" in frame else _row_labels(frame)
    table["headline"] = frame["headline"].astype(bool).to_numpy() if "headline" in frame else True
    shuffled = table[table["inputs"] == "permuted"]
    lines = table[(table["inputs"] != "permuted") & table["value"].notna()].copy()
    lines["text"] = [interval_text(*v) for v in lines[["value", "low", "high"]].to_numpy(dtype=float)]
    start, end = _limits(table)
    scale, title = alt.Scale(domain=[start, end], nice=False), METRIC_TITLES[metric]
    lines["line"] = two_lines(lines)
    y = alt.Y("line:N", sort=list(lines["line"]), title=None, axis=two_line_axis())
    base = alt.Chart(inline(lines)).encode(y=y)
    tooltip = [
        alt.Tooltip("label:N", title=_("Inputs")),
        alt.Tooltip("text:N", title=title),
        alt.Tooltip("n:Q", title="n"),
        alt.Tooltip("events:Q", title=_("Events")),
    ]
    colour = alt.condition("datum.headline", alt.value(theme.ACCENT), alt.value(theme.NEUTRAL))
    base = base.encode(color=colour)
    rule = base.mark_rule(strokeWidth=2.5).encode(
        x=alt.X("low:Q", scale=scale, title=_("{metric} in cases never seen", metric=title), axis=TENTHS), x2="high:Q",
        tooltip=tooltip,
    )  # fmt: skip
    point = base.mark_point(filled=True, size=95, opacity=1, color=theme.ACCENT).encode(
        x=alt.X("value:Q", scale=scale), tooltip=tooltip
    )
    layers: list[Any] = [*_chance_band(shuffled, scale), _chance_line(scale), rule, point]
    chart: Any = alt.layer(*layers).properties(width=WIDTH, height=alt.Step(TWO_LINE_STEP))
    return titled(chart, _("Held-out performance by inputs"), _forest_caption(table, lines, folds_text))


def _row_labels(frame: pd.DataFrame) -> list[str]:
    labels = [inputs_label(str(i)) for i in frame["inputs"]]
    if not {"selector", "model"} <= set(frame.columns):
        return labels
    repeated = frame["inputs"].duplicated(keep=False)
    parts = zip(labels, frame["selector"], frame["model"], repeated, strict=True)
    return [" · ".join(filter(None, (label, s, c))) if again else label for label, s, c, again in parts]


def _limits(table: pd.DataFrame) -> tuple[float, float]:
    lowest = min(0.4, float(table[["value", "low"]].min().min()) - 0.02)
    return max(0.0, lowest), min(1.0, max(0.9, float(table[["value", "high"]].max().max()) + 0.02))


def _chance_line(scale: alt.Scale) -> alt.Chart:
    return (
        alt.Chart(inline(pd.DataFrame({"chance": [0.5]})))
        .mark_rule(strokeDash=[4, 3])
        .encode(x=alt.X("chance:Q", scale=scale))
    )


def _chance_band(shuffled: pd.DataFrame, scale: alt.Scale) -> list[alt.Chart]:
    band = shuffled.dropna(subset=["low", "high"])[["low", "high"]].rename(columns=lambda c: f"band_{c}")
    if band.empty:
        return []
    mark = alt.Chart(inline(band)).mark_rect(color=theme.NEUTRAL, opacity=0.22)
    return [mark.encode(x=alt.X("band_low:Q", scale=scale), x2="band_high:Q")]


def _forest_caption(table: pd.DataFrame, lines: pd.DataFrame, folds_text: str) -> str:
    parts = []
    if len(lines):
        parts.append(_("n = {n}, {events} events", n=int(lines["n"].max()), events=int(lines["events"].max())))
    if folds_text:
        parts.append(folds_text)
    parts.append(_("dashed: chance"))
    if (table["inputs"] == "permuted").any():
        parts.append(_("grey band: shuffled outcome"))
    missing = table[(table["inputs"] != "permuted") & table["value"].isna()]
    if len(missing):
        parts.append(_("not applicable: {names}", names=", ".join(missing["label"])))
    return "; ".join(parts)


def selection_frequency(frame: pd.DataFrame, *, top: int = 25, n_fits: int = 0) -> alt.LayerChart:
    """How often each feature was chosen over the training folds.

    Parameters
    ----------
    frame : DataFrame
        Columns ``feature, share`` (0 to 1, of the training folds of all repeats).
    n_fits : int
        Number of training folds, for the caption.
    """
    rows = safe(frame.nlargest(top, "share"), {"feature": "feature", "share": "share"})
    rows["label"] = short_names(rows["feature"])
    base = alt.Chart(inline(rows)).encode(
        y=alt.Y("label:N", sort=list(rows["label"]), title=None),
        x=alt.X(
            "share:Q", title=_("Share of training folds that chose it"),
            scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"),
        ),
        tooltip=[
            alt.Tooltip("feature:N", title=_("Feature")),
            alt.Tooltip("share:Q", title=_("Chosen in"), format=".0%"),
        ],
    )  # fmt: skip
    text = base.mark_text(align="left", dx=5).encode(text=alt.Text("share:Q", format=".0%"))
    caption = _("{shown} of {n} features that were ever chosen", shown=len(rows), n=len(frame))
    if n_fits:
        caption += "; " + _("{n} training folds", n=n_fits)
    chart = (base.mark_bar(height=14, color=theme.ACCENT) + text).properties(width=WIDTH, height=alt.Step(ROW_STEP))
    return titled(chart, _("How often each feature was chosen"), caption)
