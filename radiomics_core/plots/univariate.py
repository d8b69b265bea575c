"""Each feature alone against the endpoint: exploratory."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from radiomics_core.i18n import _, plural
from radiomics_core.plots import theme
from radiomics_core.plots.parts import ROW_STEP, WIDTH, frame_of, inline, safe, short_names, titled, vertical_line

NO_EFFECT = {"auc": 0.5, "hr": 1.0, "rho": 0.0, "epsilon_squared": 0.0}
Q_LINE = 0.05


def effect_title(effect: str) -> str:
    """Return the axis title of an effect column."""
    return {
        "auc": _("AUC of the feature alone"),
        "hr": _("Hazard ratio per standard deviation"),
        "rho": _("Spearman correlation"),
        "epsilon_squared": _("Epsilon squared"),
    }[effect]


def univariate_ranking(result: Any, *, effect: str = "", top: int = 20) -> alt.LayerChart:
    """Return the features with the smallest p, each effect with its 95 % interval.

    Parameters
    ----------
    result : UnivariateResult or DataFrame
        Columns ``feature``, the effect (``auc`` | ``hr`` | ``rho`` | ``epsilon_squared``), ``low, high, p, q, n``.
    effect : str
        Name of the effect column; defaults to that of the result.
    """
    frame, effect = frame_of(result), effect or result.effect
    columns = {"feature": "feature", "effect": effect, "low": "low", "high": "high", "p": "p", "q": "q", "n": "n"}
    rows = safe(frame.nsmallest(top, "p"), columns)
    rows["label"] = short_names(rows["feature"])
    scale = alt.Scale(type="log") if effect == "hr" else alt.Scale(zero=False)
    base = alt.Chart(inline(rows)).encode(
        y=alt.Y("label:N", sort=list(rows["label"]), title=None),
        tooltip=_tooltips(effect),
    )
    bars = base.mark_rule(strokeWidth=2, color=theme.ACCENT).encode(
        x=alt.X("low:Q", title=effect_title(effect), scale=scale), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=70, opacity=1, color=theme.ACCENT).encode(x=alt.X("effect:Q"))
    chart = vertical_line(NO_EFFECT[effect]) + bars + points
    caption = _(
        "{shown} of {total} features tested, smallest p first; bars: 95 % interval; exploratory",
        shown=len(rows),
        total=len(frame),
    )
    return titled(chart.properties(width=WIDTH, height=alt.Step(ROW_STEP)), _("Features one by one"), caption)


def univariate_volcano(result: Any, *, effect: str = "", limit: int = 1500) -> alt.LayerChart:
    """Return effect against evidence for every feature; the line is where q reaches 0.05.

    Parameters
    ----------
    result : UnivariateResult or DataFrame
        As for :func:`univariate_ranking`.
    limit : int
        With more features, those with the largest p are left out, and the caption says so.
    """
    frame, effect = frame_of(result), effect or result.effect
    shown = frame.nsmallest(limit, "p")
    rows = safe(shown, {"feature": "feature", "effect": effect, "p": "p", "q": "q", "n": "n"})
    rows["evidence"] = -np.log10(np.clip(rows["p"].astype(float), 1e-16, 1.0))
    rows["found"] = rows["q"] < Q_LINE
    points = (
        alt.Chart(inline(rows))
        .mark_point(filled=True, size=36)
        .encode(
            x=alt.X("effect:Q", title=effect_title(effect), scale=alt.Scale(zero=False)),
            y=alt.Y("evidence:Q", title=_("Evidence, -log10 p")),
            color=alt.condition("datum.found", alt.value(theme.ACCENT), alt.value(theme.NEUTRAL)),
            opacity=alt.condition("datum.found", alt.value(0.8), alt.value(0.4)),
            tooltip=_tooltips(effect, interval=False),
        )
    )
    n_found = int((frame["q"] < Q_LINE).sum())
    caption = plural(n_found, "{n} of {total} features with q < 0.05 (coloured)",
                     "{n} of {total} features with q < 0.05 (coloured)", total=len(frame))  # fmt: skip
    if len(shown) < len(frame):
        caption += "; " + _("the {n} with the smallest p are drawn", n=len(shown))
    chart = (vertical_line(NO_EFFECT[effect]) + points).properties(width=WIDTH, height=320)
    return titled(chart, _("Effect and evidence of every feature"), caption + "; " + _("exploratory"))


def _tooltips(effect: str, interval: bool = True) -> list[alt.Tooltip]:
    bounds = [
        alt.Tooltip("low:Q", title=_("95 % from"), format=".2f"),
        alt.Tooltip("high:Q", title=_("95 % to"), format=".2f"),
    ]
    return [
        alt.Tooltip("feature:N", title=_("Feature")),
        alt.Tooltip("effect:Q", title=effect_title(effect), format=".2f"),
        *(bounds if interval else []),
        alt.Tooltip("p:Q", title="p", format=".2~g"),
        alt.Tooltip("q:Q", title="q", format=".2~g"),
        alt.Tooltip("n:Q", title="n"),
    ]
