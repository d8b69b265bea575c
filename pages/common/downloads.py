"""Everything on screen can be taken away: tables as CSV, charts as SVG, PNG and the numbers behind them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages.common import analysis_count
from pages.common.words import NOTHING, Markdown, _, md
from radiomics_core.files.csv_tables import csv_bytes
from radiomics_core.plots.theme import AnyChart

_NOT_IN_FILE_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
MOST_LETTERS = 120


def table(frame: pd.DataFrame, name: str, *, key: str, label: Markdown = NOTHING) -> None:
    """Offer a table as CSV (UTF-8 with a mark, so that spreadsheets read it)."""
    counted = analysis_count.with_column(frame)
    st.download_button(
        label or _("Table (CSV)"),
        data=lambda: csv_bytes(counted),
        file_name=file_name(name, "csv"),
        mime="text/csv",
        key=f"{key}_csv",
        icon=":material/download:",
        on_click="ignore",
        help=_("The numbers on screen, one row a line"),
    )


def chart_files(make_chart: Callable[[], AnyChart], name: str, *, key: str, frame: pd.DataFrame | None = None) -> None:
    """Offer a chart as SVG, PNG and, with a frame, as CSV. Files are made when asked for, not before."""
    with st.container(horizontal=True, gap="small"):
        for kind, mime in (("svg", "image/svg+xml"), ("png", "image/png")):
            st.download_button(
                md(kind.upper()),
                data=_exporter(make_chart, kind),
                file_name=file_name(name, kind),
                mime=mime,
                key=f"{key}_{kind}",
                icon=":material/download:",
                on_click="ignore",
                help=_("The chart as a file, on white, for a paper or slides"),
            )
        if frame is not None:
            table(frame, name, key=key, label=_("CSV"))


def file_name(name: str, ending: str) -> str:
    """Return a name that every file system takes and no folder is read from."""
    return f"{_NOT_IN_FILE_NAMES.sub('_', name).strip(' .')[:MOST_LETTERS] or 'table'}.{ending}"


def _exporter(make_chart: Callable[[], AnyChart], kind: str) -> Callable[[], bytes]:
    def export() -> bytes:
        from radiomics_core.plots.export import chart_png, chart_svg

        return chart_svg(make_chart()) if kind == "svg" else chart_png(make_chart())

    return export
