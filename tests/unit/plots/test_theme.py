"""What every chart shares: nothing in a chart is loaded or linked, whatever its data are called."""

from __future__ import annotations

import re

import altair as alt
import pandas as pd

from radiomics_core.plots import theme
from tests.contracts.sources import files


def test_a_column_called_image_is_a_row_of_the_tooltip_and_not_a_picture_that_is_loaded():
    rows = pd.DataFrame({"group": ["http://127.0.0.1:9/x.png"]})
    drawn = alt.Chart(rows).mark_point().encode(tooltip=[alt.Tooltip("group:N", title="image"), alt.Tooltip("image:N")])
    layered = theme.styled_spec(alt.layer(drawn, drawn), dark=True)
    headings = [row["title"] for layer in layered["layer"] for row in layer["encoding"]["tooltip"]]
    assert headings == ["image\u2060"] * 4


def test_no_chart_loads_or_links_anything():
    code = "\n".join(file.read_text(encoding="utf-8") for file in files("radiomics_core/plots"))
    assert not re.search(r"mark_image|alt\.(Href|Url)\b|href=|url=", code)
