"""What several charts share: data with safe names, titles with n, reference lines, numbers as text."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import altair as alt
import numpy as np
import pandas as pd

from radiomics_core.plots import theme

ChartT = TypeVar("ChartT")

WIDTH = 560
ROW_STEP = 24


def frame_of(result: Any) -> pd.DataFrame:
    """Return the frame of a result, or the frame itself."""
    frame: pd.DataFrame = result.frame() if hasattr(result, "frame") else result
    return frame


def safe(frame: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Return a copy with only the given columns, renamed (safe name: column), index dropped.

    Feature names hold ``:`` and ``.``, which Vega-Lite reads as syntax: they appear as values, never as names.
    """
    return pd.DataFrame({name: frame[column].to_numpy() for name, column in columns.items()})


def inline(frame: pd.DataFrame) -> alt.InlineData:
    """Return the rows as chart data; missing values become null."""
    plain = frame.astype(object).where(frame.notna(), None)
    rows = alt.InlineData(values=[])
    rows.values = [_plain_row(row) for row in plain.to_dict(orient="records")]  # not validated row by row: seconds
    return rows


def _plain_row(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(key): value.item() if isinstance(value, np.generic) else value for key, value in row.items()}


def titled(chart: ChartT, title: str, caption: str = "") -> ChartT:
    """Set the title, with the caption (n, events, what the band is) under it."""
    titled_chart: ChartT = chart.properties(  # type: ignore[attr-defined]
        title=alt.TitleParams(title, subtitle=caption.split("\n") if caption else [])
    )
    return titled_chart


TWO_LINE_STEP = 38


def two_lines(rows: pd.DataFrame) -> list[str]:
    """Return what stands beside each row of a forest: its name and, under it, its figures."""
    return [f"{label}\n{text}" for label, text in zip(rows["label"], rows["text"], strict=True)]


def two_line_axis() -> alt.Axis:
    """Axis of :func:`two_lines`: figures beside the names stay readable at every width of the chart."""
    return alt.Axis(labelExpr="split(datum.label, '\\n')", labelLineHeight=15, labelOffset=-7, labelLimit=340)


NAME_STEP = 32


def name_axis() -> alt.Axis:
    """Axis of long feature names: broken in two at the last underscore, so that narrow cards keep room to draw."""
    at = "lastindexof(datum.label, '_')"
    broken = f"[slice(datum.label, 0, {at}), slice(datum.label, {at} + 1)]"
    return alt.Axis(
        labelExpr=f"length(datum.label) > 24 && {at} > 0 ? {broken} : datum.label",
        labelLineHeight=13, labelOffset=-6, labelFontSize=11, labelLimit=260,
    )  # fmt: skip


def vertical_line(at: float, dashed: bool = True) -> alt.Chart:
    """Rule at an x value, for chance or no effect."""
    rule = alt.Chart(inline(pd.DataFrame({"at": [at]}))).mark_rule(
        strokeDash=[4, 3] if dashed else [], color=theme.NEUTRAL
    )
    return rule.encode(x=alt.X("at:Q"))


def two_digits(value: float) -> str:
    """Return a number with two decimals; empty when it is missing."""
    return "" if value is None or pd.isna(value) else f"{value:.2f}"


def interval_text(value: float, low: float, high: float) -> str:
    """Return ``0.78 (0.71-0.84)`` with an en dash; only the number when it has no interval."""
    if pd.isna(low) or pd.isna(high):
        return two_digits(value)
    return f"{value:.2f} ({low:.2f}–{high:.2f})"


def p_text(p: float) -> str:
    """Return ``p = 0.03`` or ``p < 0.001``."""
    if pd.isna(p):
        return ""
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.3f}" if p < 0.01 else f"p = {p:.2f}"


def short_names(names: pd.Series, limit: int = 44) -> pd.Series:
    """Shorten long feature names: what all share goes (image, region), then the middle; they stay different."""
    text = pd.Series(_without_shared_parts([str(name) for name in names]), index=names.index, dtype=object)
    head = limit // 3
    short = text.where(text.str.len() <= limit, text.str[:head] + "…" + text.str[-(limit - head - 1) :])
    repeated = short.duplicated(keep=False)
    numbered = short + " (" + (short.groupby(short).cumcount() + 1).astype(str) + ")"
    return short.where(~repeated, numbered)


def _without_shared_parts(names: list[str]) -> list[str]:
    """Drop the ``__`` parts that all names share, and ``original_`` of the unfiltered image."""
    parts = [name.split("__") for name in names]
    if len({len(p) for p in parts}) == 1 and len(names) > 1:
        differ = [len(set(column)) > 1 for column in zip(*parts, strict=True)]
        differ[-1] = True
        parts = [[part for part, keep in zip(p, differ, strict=True) if keep] for p in parts]
    return [" ".join([*p[:-1], p[-1].removeprefix("original_")]) for p in parts]


def group_scale(groups: list[str], event_group: str | None = None) -> alt.Scale:
    """Colours of groups: risk groups and events keep theirs everywhere, others follow the categories.

    Parameters
    ----------
    groups : list of str
        In the order of the legend.
    event_group : str, optional
        The group that has the event (vermilion) when there are two groups; the other is blue.
    """
    if event_group in groups and len(groups) == 2:
        colours = [theme.EVENT if g == event_group else theme.NON_EVENT for g in groups]
    elif set(groups) <= {"low", "middle", "high"}:
        by_name = {"low": theme.LOW_RISK, "middle": theme.NEUTRAL, "high": theme.HIGH_RISK}
        colours = [by_name[g] for g in groups]
    else:
        colours = [theme.CATEGORIES[i % len(theme.CATEGORIES)] for i in range(len(groups))]
    return alt.Scale(domain=groups, range=colours)


def ordered_groups(values: pd.Series) -> list[str]:
    """Groups in the order of the category, or alphabetically."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        present = set(values.dropna())
        return [str(v) for v in values.cat.categories if v in present]
    return sorted(str(v) for v in values.dropna().unique())


def spread(n: int, width: float = 0.7) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Deterministic jitter in (-width/2, width/2): the golden-ratio sequence, even for any n."""
    return np.asarray((np.arange(n) * 0.6180339887498949 % 1 - 0.5) * width, dtype=np.float64)
