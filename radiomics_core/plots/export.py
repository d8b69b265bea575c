"""Charts as files for a paper: SVG and PNG on white, and the data as CSV. Nothing is fetched."""

from __future__ import annotations

from typing import Any

import pandas as pd

from radiomics_core.files.csv_tables import csv_bytes
from radiomics_core.plots.theme import EXPORT_FONT, styled

PNG_PIXELS_PER_INCH = 300


def chart_svg(chart: Any) -> bytes:
    """Return the chart as SVG (light, white background)."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(export_spec(chart), allowed_base_urls=[])
    return svg.encode("utf-8")


def chart_png(chart: Any, *, pixels_per_inch: int = PNG_PIXELS_PER_INCH, dark: bool = False) -> bytes:
    """Return the chart as PNG; 300 pixels per inch is what journals ask for."""
    import vl_convert

    png: bytes = vl_convert.vegalite_to_png(export_spec(chart, dark=dark), ppi=pixels_per_inch, allowed_base_urls=[])
    return png


def chart_csv(chart: Any) -> bytes:
    """Return the rows the chart draws as CSV (UTF-8 with a mark that Excel understands)."""
    return csv_bytes(chart_frame(chart))


def chart_frame(chart: Any) -> pd.DataFrame:
    """Return the rows the chart draws; of several sets, the one with most columns, then most rows."""
    frames = [pd.DataFrame(rows) for rows in _data_of(chart.to_dict(validate=False))]
    if not frames:
        return pd.DataFrame()
    return max(frames, key=lambda frame: (frame.shape[1], frame.shape[0]))


def export_spec(chart: Any, *, dark: bool = False) -> dict[str, Any]:
    """Return the Vega-Lite specification with fonts that every reader has."""
    spec: dict[str, Any] = styled(chart, dark).to_dict(validate=False)
    spec["config"] = _with_font(spec["config"])
    return spec


def _with_font(part: Any) -> Any:
    if isinstance(part, dict):
        return {k: EXPORT_FONT if k.lower().endswith("font") else _with_font(v) for k, v in part.items()}
    return part


def _data_of(spec: Any) -> list[list[dict[str, Any]]]:
    """Every inline data set of a specification, in order."""
    found: list[list[dict[str, Any]]] = [list(rows) for rows in spec.get("datasets", {}).values()]
    values = spec.get("data", {}).get("values")
    if values:
        found.append(values)
    for key in ("layer", "vconcat", "hconcat", "concat"):
        for part in spec.get(key, []):
            found.extend(_data_of(part))
    return found
