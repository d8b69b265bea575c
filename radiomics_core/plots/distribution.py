"""How one feature is distributed, by group."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import Any

import altair as alt

from radiomics_core.i18n import _
from radiomics_core.plots import theme
from radiomics_core.plots.parts import WIDTH, frame_of, group_scale, inline, ordered_groups, safe, spread, titled

ROW_PX = 92


def feature_distribution(
    result: Any, *, feature: str = "", unit: str = "", group_title: str = "", event_group: str | None = None
) -> alt.LayerChart:
    """Box and cases of one feature, one row per group; the group with the event is filled, others are open.

    Parameters
    ----------
    result : Distribution or DataFrame
        Columns ``case_id, group, value``: one row per case with a value.
    feature, unit : str
        For the axis; ``feature`` defaults to that of the result.
    event_group : str, optional
        Which group has the event.
    """
    frame = frame_of(result)
    rows = safe(frame, {"case": "case_id", "value": "value"})
    rows["group"] = frame["group"].astype(str).to_numpy()
    rows["jitter"] = spread(len(rows))
    groups = ordered_groups(frame["group"])
    name = feature or getattr(result, "feature", "") or _("Value")
    axis_title = f"{name} [{unit}]" if unit else name
    base = alt.Chart(inline(rows)).encode(
        x=alt.X("value:Q", title=axis_title, scale=alt.Scale(zero=False)),
        y=alt.Y("group:N", title=group_title or None, sort=groups),
        color=alt.Color("group:N", scale=group_scale(groups, event_group), legend=None),
    )
    box = base.mark_boxplot(size=30, outliers=False, opacity=0.35, rule={"color": theme.NEUTRAL}, ticks=False)
    points = base.mark_point(size=32, strokeWidth=1.4, opacity=0.85).encode(
        yOffset=alt.YOffset("jitter:Q", scale=alt.Scale(domain=[-0.6, 0.6])),
        fillOpacity=alt.value(0.85) if event_group is None else alt.condition(
            alt.datum.group == event_group, alt.value(0.85), alt.value(0)
        ),
        fill=alt.Fill("group:N", scale=group_scale(groups, event_group), legend=None),
        tooltip=[
            alt.Tooltip("case:N", title=_("Case")),
            alt.Tooltip("group:N", title=_("Group")),
            alt.Tooltip("value:Q", title=_("Value"), format=".4~g"),
        ],
    )  # fmt: skip
    counts = ", ".join(f"{g}: n = {int((rows['group'] == g).sum())}".removeprefix(": ") for g in groups)
    chart = (box + points).properties(width=WIDTH, height=alt.Step(ROW_PX))
    return titled(chart, name, counts)
