"""Columns that seem to identify persons: named, and left out of the study unless the user takes them in."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.common import state
from pages.common.words import _
from radiomics_core.clinical.identifiers import WHAT, personal_columns


def choose(table: pd.DataFrame, id_column: str, *, key: str) -> list[str]:
    """Return the columns to leave out: those that seem to identify persons, until the user says otherwise."""
    personal = state.made_once(
        f"{key}_found", (id_column, table.shape), lambda: personal_columns(table, spare=[id_column])
    )
    offered = {one.column: str(WHAT[one.what]) for one in personal if one.column != id_column}
    _warn_of_id(id_column, {one.column: str(WHAT[one.what]) for one in personal})
    if not offered:
        return []
    named = ", ".join(f"{column} ({what})" for column, what in offered.items())
    st.warning(_("These columns seem to identify persons: {columns}.", columns=named), icon=":material/person_alert:")
    return st.multiselect(
        _("Columns to leave out of the study"),
        list(offered),
        default=list(offered),
        key=key,
        help=_("Take a column off this list to import it all the same; exports and reports may then carry it."),
    )


def _warn_of_id(id_column: str, personal: dict[str, str]) -> None:
    if id_column in personal:
        st.warning(
            _(
                "The id column seems to hold {what}: ids stand on every page and in every file of the study. Replace them by neutral ids first.",
                what=personal[id_column],
            ),
            icon=":material/person_alert:",
        )
