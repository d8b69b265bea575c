"""Describe an event that happened or not, and the fields every endpoint has. What it returns is not yet saved."""

from __future__ import annotations

import streamlit as st

from pages.common import state
from pages.common.words import Markdown, _, plural
from radiomics_core.cohort.endpoints import BinaryEndpoint, Endpoint
from radiomics_core.study import Study
from radiomics_core.study.actions import endpoints

MAX_VALUES = 20


def binary(study: Study) -> Endpoint | None:
    """Describe an event that happened or not; None while the column cannot hold one."""
    columns = endpoints.columns_for_endpoints(study)
    left, middle, right = st.columns(3)
    with left:
        words = _("The column that says whether the event happened.")
        column = column_menu(_("Column"), columns, "binary_column", words, _likely_column(study))
    counts = endpoints.value_counts(study, column)
    if not 2 <= len(counts) <= MAX_VALUES:
        st.warning(
            plural(
                len(counts),
                "{column} has {n} different value; an event needs at least two and at most twenty.",
                "{column} has {n} different values; an event needs at least two and at most twenty.",
                column=column,
            )
        )
        return None
    with middle:
        values = list(counts)
        positive = st.selectbox(
            _("Value that is the event"),
            values,
            index=endpoints.likely_event(values),
            format_func=lambda v: f"{v} ({counts[v]})",
            key=f"binary_positive_{column}",
            help=_("In brackets: how many cases have it."),
        )
    with right:
        name = name_field(column, f"binary_name_{column}")
    return BinaryEndpoint(name=name, column=column, positive=str(positive))


def _likely_column(study: Study) -> str:
    outcomes = [spec.name for spec in study.column_specs if spec.role == "outcome"]
    return next((name for name in outcomes if len(endpoints.value_counts(study, name)) == 2), "")


def column_menu(label: Markdown, columns: list[str], key: str, help: Markdown, default: str = "") -> str:
    """Menu of columns that remembers its choice."""
    state.recall(key, default if default in columns else columns[0], options=columns)
    return str(st.selectbox(label, columns, key=key, persist_state="session", help=help))


def name_field(default: str, key: str) -> str:
    """Field for the name of the endpoint."""
    typed = st.text_input(
        _("Name of the endpoint"), value=default, key=key, help=_("Short; it names results and files.")
    )
    return typed.strip() or default
