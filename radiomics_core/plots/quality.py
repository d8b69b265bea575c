"""Quality of images and masks, and grey levels before extraction."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from radiomics_core.i18n import _
from radiomics_core.plots import theme
from radiomics_core.plots.parts import ROW_STEP, WIDTH, frame_of, inline, safe, titled

GOOD_BINS = (16, 128)
SEVERITY_COLOURS = {"": theme.ACCENT, "note": theme.SKY, "caution": theme.ORANGE, "stop": theme.VERMILION}
SEVERITY_SHAPES = {"": "circle", "note": "square", "caution": "triangle-up", "stop": "cross"}


def bin_counts(result: Any) -> alt.LayerChart:
    """Grey levels per region, sorted, with the 16 to 128 band that texture features need.

    Parameters
    ----------
    result : BinPreview or DataFrame
        Columns ``case_id, levels`` (grey levels in the region), one row per region.
    """
    frame = frame_of(result).sort_values("levels")
    low, high = GOOD_BINS
    rows = safe(frame, {"case": "case_id", "bins": "levels"})
    rows["flagged"] = ~rows["bins"].between(low, high)
    rows["place"] = range(1, len(rows) + 1)
    band = alt.Chart(inline(pd.DataFrame({"from": [low], "to": [high]})))
    band = band.mark_rect(color=theme.GREEN, opacity=0.13).encode(y=alt.Y("from:Q"), y2="to:Q")
    top = max(150, int(rows["bins"].max() * 1.1)) if len(rows) else 150
    scale = alt.Scale(type="symlog", constant=8, domain=[0, top], nice=False)
    marks = [v for v in (0, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096) if v <= top]
    bars = (
        alt.Chart(inline(rows))
        .mark_bar(width={"band": 0.8})
        .encode(
            x=alt.X("place:O", title=_("Regions, fewest grey levels first"), axis=alt.Axis(labels=False, ticks=False)),
            y=alt.Y("bins:Q", title=_("Grey levels"), scale=scale, axis=alt.Axis(values=marks)),
            color=alt.condition("datum.flagged", alt.value(theme.VERMILION), alt.value(theme.ACCENT)),
            tooltip=[alt.Tooltip("case:N", title=_("Case")), alt.Tooltip("bins:Q", title=_("Grey levels"))],
        )
    )
    caption = _(
        "{k} of {n} regions outside 16 to 128 grey levels (vermilion)", k=int(rows["flagged"].sum()), n=len(rows)
    )
    chart = (band + bars).properties(width=WIDTH, height=260)
    return titled(chart, _("Grey levels per region with these settings"), caption)


def quality_overview(frame: pd.DataFrame) -> alt.Chart:
    """Size of every region against its mean intensity, shape and colour by the severest finding.

    A click selects the case (``case``).

    Parameters
    ----------
    frame : DataFrame
        The quality table: ``case_id, image, roi, volume_ml, roi_mean, findings, severity``.
    """
    columns = {"case": "case_id", "image": "image", "roi": "roi", "volume": "volume_ml", "mean": "roi_mean"}
    rows = safe(frame, columns)
    rows["findings"] = frame["findings"].fillna("").to_numpy()
    rows["severity"] = frame["severity"].fillna("").to_numpy()
    words = {"": _("no finding"), "note": _("note"), "caution": _("caution"), "stop": _("stop")}
    rows["label"] = rows["severity"].map(words)
    drawn = rows[rows["volume"] > 0].dropna(subset=["mean"])
    present = [s for s in words if (drawn["severity"] == s).any()]
    names = [words[s] for s in present]
    picked = alt.selection_point(name="case", fields=["case"], on="click")
    legend = _("Severest finding")
    chart = (
        alt.Chart(inline(drawn))
        .mark_point(filled=True, size=70)
        .encode(
            x=alt.X("volume:Q", title=_("Volume [ml]"), scale=alt.Scale(type="log", nice=False, padding=12)),
            y=alt.Y("mean:Q", title=_("Mean intensity in the region"), scale=alt.Scale(zero=False)),
            color=alt.Color(
                "label:N", title=legend,
                scale=alt.Scale(domain=names, range=[SEVERITY_COLOURS[s] for s in present]),
            ),
            shape=alt.Shape(
                "label:N", title=legend,
                scale=alt.Scale(domain=names, range=[SEVERITY_SHAPES[s] for s in present]),
            ),
            opacity=alt.condition(picked, alt.value(0.85), alt.value(0.25)),
            tooltip=[
                alt.Tooltip("case:N", title=_("Case")),
                alt.Tooltip("image:N", title=_("Image")),
                alt.Tooltip("roi:N", title=_("Region")),
                alt.Tooltip("volume:Q", title=_("Volume [ml]"), format=".3~g"),
                alt.Tooltip("mean:Q", title=_("Mean intensity"), format=".4~g"),
                alt.Tooltip("findings:N", title=_("Findings")),
            ],
        )
        .add_params(picked)
        .properties(width=WIDTH * 3 // 4, height=320)
    )  # fmt: skip
    caption = _("n = {n} regions", n=len(drawn))
    if len(drawn) < len(rows):
        caption += "; " + _("{n} without a usable region are not drawn", n=len(rows) - len(drawn))
    return titled(chart, _("Regions at a glance"), caption)


def missing_columns(frame: pd.DataFrame, *, top: int = 20, n_cases: int = 0) -> alt.Chart:
    """Columns of the feature table with most missing values.

    Parameters
    ----------
    frame : DataFrame
        Columns ``column, share_missing`` (0 to 1).
    """
    rows = safe(frame.nlargest(top, "share_missing"), {"label": "column", "share": "share_missing"})
    chart = (
        alt.Chart(inline(rows))
        .mark_bar(height=14, color=theme.ACCENT)
        .encode(
            x=alt.X("share:Q", title=_("Share of cases without a value"), axis=alt.Axis(format="%")),
            y=alt.Y("label:N", sort=list(rows["label"]), title=None),
            tooltip=[
                alt.Tooltip("label:N", title=_("Column")),
                alt.Tooltip("share:Q", format=".0%", title=_("Missing")),
            ],
        )
        .properties(width=WIDTH, height=alt.Step(ROW_STEP))
    )
    return titled(chart, _("Missing values"), f"n = {n_cases}" if n_cases else "")
