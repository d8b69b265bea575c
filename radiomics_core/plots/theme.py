"""One look for every chart, in light and dark.

Charts are written in the light colours below. :func:`styled` adds the configuration and, for dark, exchanges each
colour for its dark counterpart, so that nothing is registered globally and a chart function never asks which it is.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import Any

import altair as alt

AnyChart = alt.Chart | alt.LayerChart | alt.HConcatChart | alt.VConcatChart
"""What the functions of this package return."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif"

EXPORT_FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
"""Fonts that a file carries along: every reader has one of them."""

TEXT = "#1B2530"
MUTED = "#52606D"
NEUTRAL = "#7A8794"
GRID = "#E3E8ED"
BACKGROUND = "#FFFFFF"

ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILION, PURPLE, BLACK = "#0072B2", "#D55E00", "#CC79A7", "#000000"

ACCENT = BLUE
CATEGORIES = (ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE, BLACK)
"""Okabe & Ito's colours in their order, for groups without a meaning of their own."""

LOW_RISK, HIGH_RISK = BLUE, VERMILION
NON_EVENT, EVENT = LOW_RISK, HIGH_RISK

DIVERGING = (BLUE, "#9CC3DF", "#F2F4F6", "#F0B48C", VERMILION)
"""Around a meaningful zero: negative blue, positive vermilion."""

DARK_OF = {
    TEXT: "#E6EBF0",
    MUTED: "#A9B5C1",
    NEUTRAL: "#93A0AD",
    GRID: "#2B343D",
    BACKGROUND: "#020304",
    ORANGE: "#F2B134",
    SKY: "#8CCBF0",
    GREEN: "#2BC79A",
    BLUE: "#4DA3E0",
    VERMILION: "#FF8142",
    PURPLE: "#E0A0C4",
    BLACK: "#D3DAE1",
    DIVERGING[1]: "#2F5F85",
    DIVERGING[2]: "#2A333C",
    DIVERGING[3]: "#96532F",
}
"""Dark counterpart of each light colour; colours that are not named stay."""


def colour(light: str, dark: bool) -> str:
    """Return a colour of this module as light or dark shows it."""
    return DARK_OF.get(light, light) if dark else light


def theme(dark: bool = False) -> dict[str, Any]:
    """Return the Vega-Lite configuration of every chart."""
    text, muted, grid, neutral, background = (
        colour(c, dark) for c in (TEXT, MUTED, GRID, NEUTRAL, BACKGROUND)
    )  # fmt: skip
    words = {"labelFont": FONT, "titleFont": FONT, "labelColor": muted, "titleColor": text, "labelFontSize": 12}
    return {
        "background": background,
        "font": FONT,
        "padding": {"left": 8, "right": 16, "top": 8, "bottom": 8},
        "view": {"stroke": None},
        "title": {
            "font": FONT, "fontSize": 15, "fontWeight": 600, "color": text, "anchor": "start", "frame": "group",
            "offset": 12, "subtitleFont": FONT, "subtitleFontSize": 12, "subtitleColor": muted, "subtitlePadding": 4,
        },
        "axis": {
            **words, "titleFontSize": 12.5, "titleFontWeight": 500, "titlePadding": 8, "labelLimit": 300,
            "grid": True, "gridColor": grid, "domainColor": neutral, "tickColor": neutral, "tickSize": 4,
        },
        "axisBand": {"grid": False, "ticks": False, "domain": False, "labelPadding": 6},
        "legend": {**words, "titleFontSize": 12, "titleFontWeight": 500, "orient": "top", "labelLimit": 240},
        "header": {**words, "titleFontSize": 12},
        "text": {"font": FONT, "fontSize": 12, "color": text},
        "rule": {"color": neutral},
        "line": {"strokeWidth": 2, "color": colour(ACCENT, dark)},
        "bar": {"color": colour(ACCENT, dark)},
        "point": {"size": 45, "color": colour(ACCENT, dark)},
        "range": {"category": [colour(c, dark) for c in CATEGORIES], "heatmap": {"scheme": "viridis"}},
    }  # fmt: skip


def styled(chart: Any, dark: bool = False) -> Any:
    """Return the chart with the configuration of this project, for light or dark."""
    spec = styled_spec(chart, dark)
    kinds: dict[str, Any] = {"layer": alt.LayerChart, "vconcat": alt.VConcatChart, "hconcat": alt.HConcatChart}
    kind: Any = next((kinds[name] for name in kinds if name in spec), alt.Chart)
    return kind.from_dict(spec, validate=False)


def styled_spec(chart: Any, dark: bool = False) -> dict[str, Any]:
    """Return the Vega-Lite specification of a chart with the configuration of this project, for light or dark."""
    spec: dict[str, Any] = chart.to_dict(validate=False)
    data = {key: spec.pop(key) for key in ("datasets",) if key in spec}
    spec = _with_plain_tooltips(spec)
    if dark:
        spec = _darkened(spec)
    return {**spec, **data, "config": theme(dark)}


FETCHED_BY_TOOLTIPS = ("image", "title")
"""A row of a tooltip with one of these headings is not shown as a row: vega-tooltip loads its value as a picture."""


def _with_plain_tooltips(part: Any) -> Any:
    """Part the headings that vega-tooltip reads as commands by a sign without width; a clinical column may bear one."""
    if isinstance(part, list):
        return [_with_plain_tooltips(value) for value in part]
    if not isinstance(part, dict):
        return part
    changed = {key: value if key == "data" else _with_plain_tooltips(value) for key, value in part.items()}
    rows = changed.get("tooltip")
    for row in rows if isinstance(rows, list) else [rows]:
        if isinstance(row, dict) and row.get("title", row.get("field")) in FETCHED_BY_TOOLTIPS:
            row["title"] = f"{row.get('title', row.get('field'))}\u2060"
    return changed


def _darkened(part: Any) -> Any:
    """Exchange colours everywhere but in the data."""
    if isinstance(part, dict):
        exchanged = {key: value if key == "data" else _darkened(value) for key, value in part.items()}
        if exchanged.get("scheme") == "viridis":
            exchanged["scheme"] = {"name": "viridis", "extent": [0.22, 1.0]}  # its dark end would vanish
        return exchanged
    if isinstance(part, list):
        return [_darkened(value) for value in part]
    return DARK_OF.get(part, part) if isinstance(part, str) else part


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two ``#RRGGBB`` colours, 1 to 21.

    References
    ----------
    Web Content Accessibility Guidelines 2.2, relative luminance.
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(code: str) -> float:
    shares = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
