"""Held-out discrimination with its controls, and what adds to what."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.common import analysis_count, cards, downloads, messages
from pages.common.words import NOTHING, Markdown, _, plural
from pages.modelling.panels import centre_card, older_method, results, row_words, stops, survival_groups, wording
from radiomics_core.analysis.survival_evaluation import SurvivalEvaluation
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.plots.comparison import headline_forest, inputs_label
from radiomics_core.study import Study
from radiomics_core.study.actions import survival
from radiomics_core.study.storage.results import ResultMeta


def show(study: Study, endpoint: Endpoint) -> bool:
    """Show the newest analysis of an endpoint; returns whether there is one."""
    newest = results.newest_survival(study, endpoint)
    if newest is None:
        return False
    evaluation, meta = newest
    stale = survival.is_stale(study, endpoint.name)
    if stale:
        st.warning(
            _("Cases, features, roles or the method have changed since this analysis. Analyse again to renew it."),
            icon=":material/history:",
        )
    if stops.instead_of_headline(study, endpoint, evaluation.findings, "survival", stale=stale):
        return True
    with analysis_count.counted(endpoint.name, evaluation.meta.get("analysis_number")):
        if older_method.instead_of_words(evaluation, meta, "survival"):
            return True
        if centre_card.leads(evaluation):
            centre_card.show(evaluation, metric="c_index", key="survival")
        survival_groups.show(evaluation, meta)
        _figures(study, evaluation, meta)
        _differences(evaluation)
    messages.show_findings(list(evaluation.findings), key="survival")
    return True


def _figures(study: Study, evaluation: SurvivalEvaluation, meta: ResultMeta) -> None:
    _discrimination(study, evaluation, meta)
    if not centre_card.leads(evaluation):
        centre_card.show(evaluation, metric="c_index", key="survival")


def _discrimination(study: Study, evaluation: SurvivalEvaluation, meta: ResultMeta) -> None:
    frame = evaluation.frame()
    labelled = frame.assign(label=[row_words.row_inputs(record) for record in frame.to_dict("records")])
    cards.chart_card(
        _headline(evaluation),
        lambda: headline_forest(labelled, metric="c_index"),
        key="survival_forest",
        digest=meta.digest,
        frame=frame,
        caption=_caption(study, evaluation, meta),
        name="survival_summary",
        code=_code(evaluation),
    )
    with st.expander(_("Every row"), icon=":material/table_rows:"):
        st.dataframe(row_words.readable_rows(frame, "c_index"), hide_index=True, key="survival_rows")
        downloads.table(frame, "survival_summary", key="survival_rows")


def _headline(evaluation: SurvivalEvaluation) -> Markdown:
    head = evaluation.headline
    name = inputs_label(str(head["inputs"]))
    size = _("n = {n}, {events} events", n=int(head["n"]), events=int(head["events"]))
    pooled = wording.interval(head["c_index"], head["c_low"], head["c_high"])
    looked = int((evaluation.summary["model"].astype(str) != "").sum()) - int(
        (evaluation.summary["inputs"] == "permuted").sum()
    )
    models = plural(looked, "{n} model looked at", "{n} models looked at")
    if centre_card.leads(evaluation):
        return _(
            "In second place, {name} pooled over centres: C-index {pooled} ({within} within centres), {size}, {models}",
            name=name,
            pooled=pooled,
            within=wording.interval(head["c_within_centre"]),
            size=size,
            models=models,
        )
    if row_words.centre_above_chance(evaluation.summary):
        return _(
            "{name}: C-index {within} within centres ({size}, {models}); in second place, pooled over centres: {pooled}",
            name=name,
            within=wording.interval(head["c_within_centre"]),
            size=size,
            models=models,
            pooled=pooled,
        )
    words = _(
        "{name}: C-index {value} expected in cases never seen, {size}, {models}",
        name=name,
        value=pooled,
        size=size,
        models=models,
    )
    return Markdown(words + (_(": the interval includes chance (0.5)") if head["c_low"] <= 0.5 else NOTHING))


def _caption(study: Study, evaluation: SurvivalEvaluation, meta: ResultMeta) -> Markdown:
    parts = [wording.folds_text(evaluation)]
    if evaluation.settings.mode == "quick":
        parts.append(_("**quick look, exploratory**"))
    times = int(evaluation.meta["n_shuffles"])
    if times:
        parts.append(wording.shuffles_text(times))
    parts.append(_("0.5 is chance, 1 is perfect order"))
    parts += row_words.estimate_text(evaluation.headline, _("C-index"), int(evaluation.meta["n_folds"]))
    parts.append(wording.external_text(any(case.role == "external" for case in study.cohort.cases)))
    changed = study.ledger.settings_changed_after_exploration(meta.created)
    missing = row_words.not_applicable_text(evaluation.summary)
    no_centre = row_words.no_centre_left_out_text(str(evaluation.meta.get("centres_missing", "")))
    return Markdown(wording.sentence(parts) + wording.changed_text(changed) + missing + no_centre)


def _differences(evaluation: SurvivalEvaluation) -> None:
    if not len(evaluation.differences):
        return
    with st.container(border=True):
        st.markdown(f"**{_('Does one set of inputs add to another?')}**")
        for record in evaluation.differences.to_dict("records"):
            st.markdown(f"- {wording.difference(record, evaluation)}")
        st.caption(wording.differences_note())
        downloads.table(pd.DataFrame(evaluation.differences), "survival_differences", key="survival_differences")


def _code(evaluation: SurvivalEvaluation) -> str:
    return f"""from radiomics_core.study import Study
from radiomics_core.study.actions import survival
from radiomics_core.analysis.survival_settings import SurvivalSettings

study = Study.open("FOLDER")
settings = SurvivalSettings.from_dict({evaluation.settings.to_dict()!r})
survival.start(study, {evaluation.endpoint.name!r}, settings).wait()
survival.latest(study, {evaluation.endpoint.name!r}).frame()"""
