"""Results of an older method: the figures as then made, without words that were written for today's method."""

from __future__ import annotations

import streamlit as st

from pages.common import downloads
from pages.common.words import _
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.study.actions.newest import method_now
from radiomics_core.study.storage.results import ResultMeta

WORDS = ("verdict", "note", "primary", "headline")
"""Columns that judge or explain; the method of today may judge otherwise."""


def instead_of_words(evaluation: Evaluation, meta: ResultMeta, key: str) -> bool:
    """Show the tables of a result that another version of the method made; returns whether it is one."""
    now = method_now()
    if str(meta.method_version) == now:
        return False
    st.warning(
        _(
            "Made with method {old}; run again for today's words (method {now}). Below are the figures as they were made then; no headline and no verdict is given, because intervals, corrections or decisions have changed since.",
            old=str(meta.method_version),
            now=now,
        ),
        icon=":material/history:",
    )
    for name, table in (("rows", evaluation.frame()), ("differences", evaluation.differences)):
        figures = table.drop(columns=[column for column in WORDS if column in table])
        if len(figures):
            st.dataframe(figures, hide_index=True, key=f"{key}_older_{name}")
            downloads.table(figures, f"{key}_{name}_method_{meta.method_version}", key=f"{key}_older_{name}")
    return True
