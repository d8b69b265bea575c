"""A result is a picture first, a number with its interval second, a table third, and each can be taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pandas as pd
import streamlit as st

from pages.common import analysis_count, downloads, state
from pages.common.words import NOTHING, Markdown, _, joined
from radiomics_core.plots.theme import AnyChart, styled_spec


def is_dark() -> bool:
    """Return whether the browser shows the dark theme."""
    return st.context.theme.type == "dark"


def chart_card(
    headline: Markdown,
    make_chart: Callable[[], AnyChart],
    *,
    key: str,
    frame: pd.DataFrame | None = None,
    caption: Markdown = NOTHING,
    code: str = "",
    name: str = "",
    on_select: Literal["ignore", "rerun"] = "ignore",
    selection_mode: str | None = None,
    digest: str = "",
) -> object:
    """Draw one result: headline, chart, caption, the table folded away, downloads and the code.

    ``make_chart`` returns a chart of ``radiomics_core.plots``. Returns the chart's selection state when ``on_select``
    is ``"rerun"``. With a ``digest`` of everything the chart shows, a rerun takes the chart from the cache.
    """
    language = str(state.get("_language", "en"))
    make_spec = _cached_spec if digest else _spec
    with st.container(border=True, key=f"{key}_card"):
        if headline:
            st.markdown(f"**{headline}**")
        spec, words = make_spec(key, digest, is_dark(), language, make_chart)
        event = st.vega_lite_chart(
            spec,
            width="stretch",
            theme=None,
            key=f"{key}_chart",
            on_select=on_select,
            selection_mode=selection_mode,
        )
        counted = analysis_count.words()
        if words or caption or counted:
            st.caption(joined("  \n", [part for part in (words, caption, counted) if part]))
        _evidence(make_chart, key=key, frame=frame, code=code, name=name or key)
    return event


def _spec(
    key: str, digest: str, dark: bool, language: str, _make_chart: Callable[[], AnyChart]
) -> tuple[dict[str, Any], str]:
    """Return the chart as the browser gets it and its caption, which wraps as text and would be cut off as a title."""
    spec = styled_spec(_make_chart(), dark)
    title = spec.pop("title", None)
    lines = title.get("subtitle", []) if isinstance(title, dict) else []
    if "hconcat" not in spec and "concat" not in spec and "facet" not in spec:
        spec.setdefault("autosize", {"type": "fit-x", "contains": "padding"})  # the plot keeps its height
    return spec, "; ".join([lines] if isinstance(lines, str) else lines)


_cached_spec = st.cache_data(max_entries=64, show_spinner=False)(_spec)


def _evidence(
    make_chart: Callable[[], AnyChart], *, key: str, frame: pd.DataFrame | None, code: str, name: str
) -> None:
    with st.popover(_("Numbers and downloads"), icon=":material/table:"):
        if frame is not None:
            st.dataframe(frame, hide_index=True, key=f"{key}_frame", height=min(320, 38 + 35 * len(frame)))
        downloads.chart_files(make_chart, name, key=key, frame=frame)
        if code:
            st.caption(_("The same in Python"))
            st.code(code, language="python")


def table_card(
    headline: Markdown,
    frame: pd.DataFrame,
    *,
    key: str,
    caption: Markdown = NOTHING,
    name: str = "",
    **options: object,
) -> object:
    """Draw a table with a headline, a caption and its download; ``options`` go to ``st.dataframe``."""
    with st.container(border=True):
        if headline:
            st.markdown(f"**{headline}**")
        event = st.dataframe(frame, hide_index=True, key=f"{key}_table", **options)  # type: ignore[call-overload]
        said = joined("  \n", [part for part in (caption, analysis_count.words()) if part])
        if said:
            st.caption(said)
        downloads.table(frame, name or key, key=key)
    return event
