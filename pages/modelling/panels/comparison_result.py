"""What the comparison says: headline with interval and controls, whether inputs add, and every row."""

from __future__ import annotations

import streamlit as st

from pages.common import analysis_count, cards, downloads, messages
from pages.common.words import _
from pages.modelling.panels import (
    centre_card,
    comparison_details,
    comparison_words,
    older_method,
    results,
    row_words,
    stops,
    wording,
)
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.plots.comparison import headline_forest
from radiomics_core.study import Study
from radiomics_core.study.actions import comparison
from radiomics_core.study.storage.results import ResultMeta


def show(study: Study, endpoint: Endpoint) -> bool:
    """Show the newest comparison of an endpoint; returns whether there is one."""
    newest = results.newest_comparison(study, endpoint)
    if newest is None:
        return False
    evaluation, meta = newest
    stale = comparison.is_stale(study, endpoint.name)
    if stale:
        st.warning(
            _("Cases, features, roles or the method have changed since this comparison. Compare again to renew it."),
            icon=":material/history:",
        )
    if stops.instead_of_headline(study, endpoint, evaluation.findings, "comparison", stale=stale):
        return True
    with analysis_count.counted(endpoint.name, evaluation.meta.get("analysis_number")):
        if older_method.instead_of_words(evaluation, meta, "comparison"):
            return True
        figures(study, evaluation, meta)
        _differences(evaluation)
        comparison_details.show(study, evaluation, meta)
    messages.show_findings(list(evaluation.findings), key="comparison")
    return True


def figures(study: Study, evaluation: Evaluation, meta: ResultMeta) -> None:
    """Show the headline and the figure in centres never seen; that one first where the centre alone predicts."""
    first = centre_card.leads(evaluation)
    if first:
        centre_card.show(evaluation, metric="auc", key="comparison")
    _headline(study, evaluation, meta)
    if not first:
        centre_card.show(evaluation, metric="auc", key="comparison")


def _headline(study: Study, evaluation: Evaluation, meta: ResultMeta) -> None:
    frame = evaluation.frame()
    caption = comparison_words.comparison_caption(
        evaluation,
        external=any(case.role == "external" for case in study.cohort.cases),
        changed=study.ledger.settings_changed_after_exploration(meta.created),
    )
    cards.chart_card(
        comparison_words.headline(evaluation),
        lambda: headline_forest(comparison_words.labelled_rows(frame)),
        key="comparison_forest",
        digest=meta.digest,
        frame=frame,
        caption=caption,
        name="comparison",
        code=comparison_words.comparison_code(evaluation),
    )
    with st.expander(_("Every pipeline looked at"), icon=":material/table_rows:"):
        st.dataframe(row_words.readable_rows(frame), hide_index=True, key="comparison_rows")
        st.caption(_("The best of many rows is optimistic; its corrected figure says what to expect of the choice."))
        downloads.table(frame, "comparison", key="comparison_rows")


def _differences(evaluation: Evaluation) -> None:
    if not len(evaluation.differences):
        return
    with st.container(border=True):
        st.markdown(f"**{_('Does one set of inputs add to another?')}**")
        for record in evaluation.differences.to_dict("records"):
            st.markdown(f"- {wording.difference(record, evaluation)}")
        st.caption(wording.differences_note())
        downloads.table(evaluation.differences, "differences", key="comparison_differences")
