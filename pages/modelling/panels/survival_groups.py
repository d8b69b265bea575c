"""Kaplan-Meier curves of held-out risk groups; never of groups made on the cases they are drawn for."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages.common import cards, state
from pages.common.words import Markdown, _, joined, md, plain, plural
from pages.modelling.panels import row_words, wording
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.row_key import RowKey, row_per_inputs
from radiomics_core.plots.comparison import inputs_label
from radiomics_core.plots.parts import p_text
from radiomics_core.plots.survival import risk_label, survival_chart
from radiomics_core.study import Study
from radiomics_core.study.storage.results import ResultMeta


def show(study: Study, evaluation: Evaluation, meta: ResultMeta) -> None:
    """Choose inputs; curves with band, number at risk and permutation p, and the counts of the groups."""
    standing = row_per_inputs(evaluation.keys)
    offered, first = list(standing), evaluation.headline_key.inputs
    state.recall("survival_curves_of", first, options=offered)
    inputs = str(
        st.segmented_control(
            _("Risk groups by"),
            offered,
            format_func=lambda name: md(inputs_label(name)),
            required=True,
            key="survival_curves_of",
            persist_state="session",
            on_change=state.remember,
            args=("survival_curves_of",),
            help=_("Groups by held-out score: no patient helped to build the models that scored them."),
        )
    )
    key = standing[inputs]
    row = evaluation.of(key, "rows").iloc[0]
    caption = _caption(row, evaluation, len(offered) if inputs != first else 1)
    curves = evaluation.of(key, "curves")
    cards.chart_card(
        _headline(inputs, row),
        lambda: _chart(evaluation, key, row),
        key="survival_curves",
        digest=f"{meta.digest} {inputs}",
        frame=curves,
        caption=caption,
        name=f"kaplan_meier_{inputs}",
    )
    _counts(evaluation, key, row)


def _chart(evaluation: Evaluation, key: RowKey, row: pd.Series[Any]) -> Any:
    at_risk = evaluation.of(key, "at_risk")
    p = float(row["permutation_p"])
    size = _("held out, n = {n}, {events} events", n=int(row["n"]), events=int(row["events"]))
    return survival_chart(
        evaluation.of(key, "curves"),
        sorted(at_risk["time"].unique()),
        at_risk,
        unit=str(evaluation.meta["unit"]),
        time_zero=getattr(evaluation.endpoint, "time_zero", ""),
        p=None if p != p or not row["separates"] else p,
        caption=size,
    )


def _headline(inputs: str, row: pd.Series[Any]) -> Markdown:
    name = inputs_label(inputs)
    if not bool(row["separates"]):
        return _("{name}: no separation (the group scored as high risk did not have more events)", name=name)
    p = float(row["permutation_p"])
    if p != p:
        return _("{name}: held-out risk groups; no shuffled-outcome check was made", name=name)
    verdict = _("separation not shown") if p > 0.05 else _("the groups differ more than shuffled outcomes do")
    return _(
        "{name}: held-out risk groups, shuffled-outcome check {p}: {verdict}", name=name, p=p_text(p), verdict=verdict
    )


def _caption(row: pd.Series[Any], evaluation: Evaluation, looked_at: int) -> Markdown:
    parts = [wording.folds_text(evaluation)]
    if evaluation.settings.mode == "quick":
        parts.append(_("**quick look, exploratory**"))
    times = int(row["n_permutations"])
    if times:
        parts.append(
            plural(
                times,
                "p from {n} shuffle of the whole cross-validation",
                "one-sided p from {n} shuffles of the whole cross-validation",
            )
        )
    parts.append(
        plural(
            int(row["n_switchers"]),
            "{n} patient changes group in more than a fifth of the repeats",
            "{n} patients change group in more than a fifth of the repeats",
        )
    )
    words = [wording.sentence(parts), _("Bands: 95 % per group.")]
    if row_words.centre_above_chance(evaluation.rows) and row["inputs"] != "centre":
        words.append(_("**The centre alone predicts: part of the separation may be the centre.**"))
    if looked_at > 1:
        words.append(plural(looked_at, "**One of {n} looked at.**", "**One of {n} looked at.**"))
    return joined(" ", words)


def _counts(evaluation: Evaluation, key: RowKey, row: pd.Series[Any]) -> None:
    counts = evaluation.of(key, "group_counts")
    unit = str(evaluation.meta["unit"])
    readable = pd.DataFrame(
        {
            _("Group"): [risk_label(str(group)) for group in counts["group"]],
            _("Patients"): counts["n"],
            _("Events"): counts["events"],
            plain("Median time [{unit}]", unit=unit): [
                _("not reached") if value != value else f"{value:.0f}" for value in counts["median"]
            ],
        }
    )
    ratio = float(row["hr_high_low"])
    words = _("Groups are held out.")
    if ratio == ratio and bool(row["separates"]):
        words = _(
            "Hazard ratio of high against low risk {ratio:.1f}; held-out groups give no interval for it.", ratio=ratio
        )
    cards.table_card(_("Groups"), readable, key="survival_groups", name="risk_groups", caption=words)
