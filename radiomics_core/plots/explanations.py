"""What drives the predictions: SHAP values of held-out cases, on one scale per chart."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from radiomics_core.i18n import _
from radiomics_core.plots import theme
from radiomics_core.plots.parts import NAME_STEP, WIDTH, inline, name_axis, safe, short_names, titled, vertical_line

BEESWARM_BINS = 60
NAME_LIMIT = 60


def shap_title(scale: str) -> str:
    """Return the axis title for ``log_odds``, ``log_hazard`` or ``score``."""
    return {
        "log_odds": _("SHAP value [log-odds]"),
        "log_hazard": _("SHAP value [log-hazard]"),
        "score": _("SHAP value [score]"),
    }[scale]


def shap_beeswarm(frame: pd.DataFrame, *, scale: str = "log_odds", top: int = 15) -> alt.LayerChart:
    """SHAP value of every case for the leading features, coloured by the rank of the feature's value.

    A click selects the case (``case``).

    Parameters
    ----------
    frame : DataFrame
        Columns ``case_id, feature, shap, value``; ``rank`` (0 to 1 within the feature) is made when absent.
    scale : {"log_odds", "log_hazard", "score"}
    """
    order = _leading(frame, top)
    kept = frame[frame["feature"].isin(order)]
    rows = safe(kept, {"case": "case_id", "feature": "feature", "shap": "shap", "value": "value"})
    rank = kept["rank"] if "rank" in kept else kept.groupby("feature")["value"].rank(pct=True)
    rows["rank"] = rank.to_numpy()
    labels = dict(zip(order, short_names(pd.Series(order)), strict=True))
    rows["label"] = rows["feature"].map(labels)
    rows["offset"] = _swarm(rows)
    picked = alt.selection_point(name="case", fields=["case"], on="click")
    points = (
        alt.Chart(inline(rows))
        .mark_circle(size=26)
        .encode(
            x=alt.X("shap:Q", title=shap_title(scale), axis=alt.Axis(tickCount=6)),
            y=alt.Y("label:N", sort=list(labels.values()), title=None),
            yOffset=alt.YOffset("offset:Q", scale=alt.Scale(domain=[-1, 1])),
            color=alt.Color(
                "rank:Q", scale=alt.Scale(scheme="viridis", domain=[0, 1]),
                legend=alt.Legend(title=_("Feature value, low to high"), gradientLength=160, format="%"),
            ),
            opacity=alt.condition(picked, alt.value(0.9), alt.value(0.15)),
            tooltip=[
                alt.Tooltip("case:N", title=_("Case")),
                alt.Tooltip("feature:N", title=_("Feature")),
                alt.Tooltip("value:Q", title=_("Value"), format=".4~g"),
                alt.Tooltip("shap:Q", title=shap_title(scale), format=".3f"),
            ],
        )
        .add_params(picked)
    )  # fmt: skip
    chart = (vertical_line(0, dashed=False) + points).properties(width=WIDTH, height=alt.Step(30))
    return titled(chart, _("What drives the predictions"), _caption(frame, len(order)))


def shap_bar(frame: pd.DataFrame, *, scale: str = "log_odds", top: int = 15) -> alt.Chart:
    """Mean absolute SHAP value of the leading features.

    Parameters
    ----------
    frame : DataFrame
        Columns ``case_id, feature, shap``, or ``feature, mean_abs`` already averaged.
    """
    means = frame if "mean_abs" in frame else _mean_absolute(frame)
    rows = safe(means.nlargest(top, "mean_abs"), {"feature": "feature", "value": "mean_abs"})
    rows["label"] = short_names(rows["feature"], NAME_LIMIT)
    chart = (
        alt.Chart(inline(rows))
        .mark_bar(height=14, color=theme.ACCENT)
        .encode(
            x=alt.X("value:Q", title=_("Mean size of {name}", name=shap_title(scale)), axis=alt.Axis(tickCount=4)),
            y=alt.Y("label:N", sort=list(rows["label"]), title=None, axis=name_axis()),
            tooltip=[
                alt.Tooltip("feature:N", title=_("Feature")),
                alt.Tooltip("value:Q", title=_("Mean absolute value"), format=".3f"),
            ],
        )
        .properties(width=WIDTH, height=alt.Step(NAME_STEP))
    )
    return titled(chart, _("Leading features"), _caption(frame, len(rows)))


def shap_dependence(
    frame: pd.DataFrame, feature: str, *, scale: str = "log_odds", unit: str = "", event: pd.Series | None = None
) -> alt.LayerChart:
    """SHAP value of one feature against its value; a click selects the case (``case``).

    Parameters
    ----------
    frame : DataFrame
        Columns ``case_id, shap, value``; with a column ``feature``, its rows of that feature are taken.
    event : Series of {0, 1} indexed by case_id, optional
        Fills the points of cases with the event.
    """
    chosen = frame[frame["feature"] == feature] if "feature" in frame else frame
    rows = safe(chosen, {"case": "case_id", "shap": "shap", "value": "value"})
    rows["event"] = 1 if event is None else rows["case"].map(event)
    name = str(short_names(pd.Series([feature]), 60)[0])
    head, _sign, tail = name.rpartition("_")
    title = [head, tail] if len(name) > 30 and head else [name]
    picked = alt.selection_point(name="case", fields=["case"], on="click")
    has_event = alt.datum.event == 1
    two = event is not None
    colour = (
        alt.condition(has_event, alt.value(theme.EVENT), alt.value(theme.NON_EVENT)) if two else alt.value(theme.ACCENT)
    )
    points = (
        alt.Chart(inline(rows))
        .mark_point(size=60, strokeWidth=1.5)
        .encode(
            x=alt.X(
                "value:Q", title=[*title[:-1], f"{title[-1]} [{unit}]"] if unit else title, scale=alt.Scale(zero=False)
            ),
            y=alt.Y("shap:Q", title=shap_title(scale)),
            color=colour,
            fill=colour,
            fillOpacity=alt.condition(has_event, alt.value(0.8), alt.value(0)),
            opacity=alt.condition(picked, alt.value(1.0), alt.value(0.35)),
            tooltip=[
                alt.Tooltip("case:N", title=_("Case")),
                alt.Tooltip("value:Q", title=_("Value"), format=".4~g"),
                alt.Tooltip("shap:Q", title=shap_title(scale), format=".3f"),
            ],
        )
        .add_params(picked)
    )
    zero = alt.Chart(inline(pd.DataFrame({"zero": [0]}))).mark_rule().encode(y="zero:Q")
    caption = f"n = {len(rows)}" + ("; " + _("filled: event") if event is not None else "")
    chart = (zero + points).properties(width=WIDTH * 3 // 4, height=320)
    return titled(chart, _("One feature and its contribution"), caption)


def shap_waterfall(
    frame: pd.DataFrame, base_value: float, *, case_id: str = "", scale: str = "log_odds", top: int = 10
) -> alt.LayerChart:
    """How one held-out prediction comes about, from the average prediction to this case's.

    Parameters
    ----------
    frame : DataFrame
        Columns ``feature, shap, value`` of one case.
    base_value : float
        Average prediction, on the same scale.
    """
    rows = _steps(frame, base_value, top)
    up, down = alt.value(theme.HIGH_RISK), alt.value(theme.LOW_RISK)
    y = alt.Y("label:N", sort=list(rows["label"]), title=None, axis=name_axis())
    base = alt.Chart(inline(rows)).encode(y=y)
    axis_title = {"log_odds": _("Prediction [log-odds]"), "log_hazard": _("Prediction [log-hazard]")}.get(
        scale, _("Prediction [score]")
    )
    bars = base.mark_bar(height=16).encode(
        x=alt.X("start:Q", title=axis_title, scale=alt.Scale(zero=False, padding=36), axis=alt.Axis(tickCount=4)),
        x2="end:Q",
        color=alt.condition("datum.shap > 0", up, down),
        tooltip=[
            alt.Tooltip("feature:N", title=_("Feature")),
            alt.Tooltip("value:Q", title=_("Value"), format=".4~g"),
            alt.Tooltip("shap:Q", title=shap_title(scale), format="+.3f"),
        ],
    )
    text: dict[str, Any] = {"text": alt.Text("shap:Q", format="+.2f")}
    right = base.transform_filter("datum.shap > 0").mark_text(align="left", dx=5).encode(x="end:Q", **text)
    left = base.transform_filter("datum.shap <= 0").mark_text(align="right", dx=-5).encode(x="end:Q", **text)
    final = float(rows["end"].iloc[-1])
    caption = _("average prediction {base:.2f} (dashed), this case {final:.2f}", base=base_value, final=final)
    layers = vertical_line(base_value) + bars + right + left
    title = _("Prediction of case {case}", case=case_id) if case_id else _("One prediction")
    return titled(layers.properties(width=WIDTH, height=alt.Step(NAME_STEP)), title, caption)


def _steps(frame: pd.DataFrame, base_value: float, top: int) -> pd.DataFrame:
    ordered = frame.reindex(frame["shap"].abs().sort_values(ascending=False).index)
    rows = safe(ordered.head(top), {"feature": "feature", "shap": "shap", "value": "value"})
    labels = short_names(rows["feature"], NAME_LIMIT)
    rows["label"] = [
        name if pd.isna(v) else f"{name} = {v:.3g}" for name, v in zip(labels, rows["value"], strict=True)
    ]  # fmt: skip
    rest = ordered["shap"].iloc[top:]
    if len(rest):
        words = _("{n} other features", n=len(rest))
        other = {"feature": words, "shap": float(rest.sum()), "value": np.nan, "label": words}
        rows = pd.concat([rows, pd.DataFrame([other])], ignore_index=True)
    rows["end"] = base_value + rows["shap"].cumsum()
    rows["start"] = rows["end"] - rows["shap"]
    return rows


def _mean_absolute(frame: pd.DataFrame) -> pd.DataFrame:
    means = frame["shap"].abs().groupby(frame["feature"], sort=False).mean()
    return means.rename("mean_abs").rename_axis("feature").reset_index()


def _leading(frame: pd.DataFrame, top: int) -> list[str]:
    return list(_mean_absolute(frame).nlargest(top, "mean_abs")["feature"])


def _swarm(rows: pd.DataFrame) -> pd.Series:
    """Offsets in (-1, 1): cases of one feature with close SHAP values stand beside each other."""
    width = max(float(rows["shap"].max() - rows["shap"].min()), 1e-12) / BEESWARM_BINS
    cell = (rows["shap"] / width).round()
    grouped = rows.groupby([rows["feature"], cell], sort=False)
    place = grouped.cumcount()
    side = np.where(place % 2 == 0, 1, -1) * ((place + 1) // 2)
    most = max(int(grouped["shap"].transform("size").max()), 8)
    return pd.Series(side * 2 / most * 0.85, index=rows.index)


def _caption(frame: pd.DataFrame, shown: int) -> str:
    caption = _("{shown} of {n} features", shown=shown, n=frame["feature"].nunique())
    if "case_id" in frame:
        caption += "; " + _("n = {n} held-out cases", n=frame["case_id"].nunique())
    return caption
