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
