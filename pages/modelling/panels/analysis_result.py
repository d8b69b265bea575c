"""What an analysis says: headline with interval and controls, whether inputs add, and every row."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.common import analysis_count, cards, downloads, messages
from pages.common.words import _, md
from pages.modelling.panels import (
    analysis_words,
    centre_card,
    checks_table,
    older_method,
    results,
    row_words,
    stops,
    wording,
)
from pages.modelling.panels.screen import Screen
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.plots.comparison import headline_forest
from radiomics_core.study import Study
from radiomics_core.study.actions import analysis
from radiomics_core.study.storage.results import ResultMeta

Part = Callable[[Study, Evaluation, ResultMeta], None]


def nothing(study: Study, evaluation: Evaluation, meta: ResultMeta) -> None:
    """Show nothing in a place that a screen leaves empty."""


def show(study: Study, endpoint: Endpoint, screen: Screen, *, first: Part = nothing, last: Part = nothing) -> bool:
    """Show the newest analysis of an endpoint; returns whether there is one.

    Parameters
    ----------
    first, last : function (study, evaluation, meta)
        What the screen has before the headline, and after the differences.
    """
    newest = results.newest(study, endpoint)
    if newest is None:
        return False
    evaluation, meta = newest
    stale = analysis.is_stale(study, endpoint.name)
    if stale:
        st.warning(md(screen.stale), icon=":material/history:")
    if stops.instead_of_headline(study, endpoint, evaluation.findings, screen.prefix, stale=stale):
        return True
    with analysis_count.counted(endpoint.name, evaluation.meta.get("analysis_number")):
        if older_method.instead_of_words(evaluation, meta, screen.prefix):
            return True
        figures(study, evaluation, meta, screen, first)
        _differences(evaluation, screen)
        last(study, evaluation, meta)
    messages.show_findings(list(evaluation.findings), key=screen.prefix)
    checks_table.show(evaluation, screen.prefix)
    return True


def figures(study: Study, evaluation: Evaluation, meta: ResultMeta, screen: Screen, first: Part = nothing) -> None:
    """Show the headline and the figure in centres never seen; that one first where the centre alone predicts."""
    leads = centre_card.leads(evaluation)
    if leads:
        centre_card.show(evaluation, screen)
    first(study, evaluation, meta)
    _headline(study, evaluation, meta, screen)
    if not leads:
        centre_card.show(evaluation, screen)


def _headline(study: Study, evaluation: Evaluation, meta: ResultMeta, screen: Screen) -> None:
    frame = evaluation.frame()
    caption = analysis_words.beside_headline(
        evaluation,
        screen,
        external=any(case.role == "external" for case in study.cohort.cases),
        changed=study.ledger.settings_changed_after_exploration(meta.created),
    )
    cards.chart_card(
        analysis_words.headline(evaluation, screen),
        lambda: headline_forest(analysis_words.labelled_rows(evaluation.rows), metric=str(evaluation.meta["metric"])),
        key=f"{screen.prefix}_forest",
        digest=meta.digest,
        frame=frame,
        caption=caption,
        name=screen.file,
        code=analysis_words.code(evaluation),
    )
    with st.expander(_("Every pipeline looked at"), icon=":material/table_rows:"):
        st.dataframe(row_words.readable_rows(evaluation.rows, screen), hide_index=True, key=f"{screen.prefix}_rows")
        st.caption(_("The best of many rows is optimistic; its corrected figure says what to expect of the choice."))
        downloads.table(frame, screen.file, key=f"{screen.prefix}_rows")


def _differences(evaluation: Evaluation, screen: Screen) -> None:
    if not len(evaluation.differences):
        return
    with st.container(border=True):
        st.markdown(f"**{_('Does one set of inputs add to another?')}**")
        for record in evaluation.differences.to_dict("records"):
            st.markdown(f"- {wording.difference(record, evaluation, screen.metric)}")
        st.caption(wording.differences_note())
        name = f"{screen.prefix}_differences"
        downloads.table(evaluation.differences, name, key=name)
