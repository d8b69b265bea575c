"""How one feature is spread, by endpoint, centre or a clinical column."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.common import cards, state
from pages.common.words import _, md
from pages.features.panels.scope import Scope, grouping
from radiomics_core.features.exploration import distribution
from radiomics_core.features.table import FeatureTable
from radiomics_core.plots.distribution import feature_distribution
from radiomics_core.study import Study


def show(study: Study, table: FeatureTable, scope: Scope) -> None:
    """Choose a feature and a grouping; boxes with every case on them."""
    names = list(scope.values.columns)
    with st.container(horizontal=True):
        state.recall("distribution_feature", names[0], options=names)
        name = str(
            st.selectbox(
                _("Feature"),
                names,
                key="distribution_feature",
                persist_state="session",
                on_change=state.remember,
                args=("distribution_feature",),
                width=420,
                help=_("Type to search."),
            )
        )
        title, group, event = grouping(study, "distribution_group")
    column = scope.columns.set_index("column").loc[name]
    groups = None if group is None else group.reindex(scope.values.index).dropna()
    if groups is not None and pd.api.types.is_numeric_dtype(groups) and groups.nunique() > 8:
        groups = pd.qcut(
            groups, 3, labels=[_("lowest third"), _("middle third"), _("highest third")], duplicates="drop"
        )
    values = scope.values[name] if groups is None else scope.values.loc[groups.index, name]
    result = distribution(values, groups)
    cards.chart_card(
        _("{name} by {what}, exploratory", name=name, what=title) if title else md(name),
        lambda: feature_distribution(
            result, feature=name, unit=str(column["unit"]), group_title=title, event_group=event
        ),
        key="distribution",
        frame=result.frame(),
        name=f"distribution_{name}",
    )
    cards.table_card(_("Summary"), result.summary, key="distribution_summary", column_config=_columns(title))


def _columns(group: str) -> dict[str, object]:
    words = {
        "n": _("n"), "n_missing": _("Missing"), "mean": _("Mean"), "sd": _("Standard deviation"),
        "median": _("Median"), "q1": _("Lower quartile"), "q3": _("Upper quartile"),
        "minimum": _("Smallest"), "maximum": _("Largest"),
    }  # fmt: skip
    return {"group": group or _("Group"), **{name: st.column_config.NumberColumn(w) for name, w in words.items()}}
