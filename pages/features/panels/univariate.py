"""Each feature alone against the endpoint, with q values over everything tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.common import calls, cards
from pages.common.words import Markdown, _, joined, md, plural
from pages.features.panels.scope import Scope, choose_outcome
from radiomics_core.features.table import FeatureTable
from radiomics_core.i18n import lazy_
from radiomics_core.plots.univariate import effect_title, univariate_ranking, univariate_volcano
from radiomics_core.study import Study

if TYPE_CHECKING:
    from radiomics_core.features.exploration import UnivariateResult

EFFECT_WORDS = {"auc": "AUC", "hr": "HR"}
TEST_WORDS = {
    "mann_whitney": lazy_("Mann-Whitney test"),
    "kruskal": lazy_("Kruskal-Wallis test"),
    "spearman": lazy_("Spearman correlation"),
    "cox_score": lazy_("Cox model of one feature, score test"),
}


def show(study: Study, table: FeatureTable, scope: Scope) -> None:
    """Ranking, volcano, then the whole table."""
    chosen = choose_outcome(study, "univariate_endpoint")
    if chosen is None:
        return
    endpoint, outcome = chosen
    digest = calls.data_digest(study, endpoint)
    with st.spinner(_("Testing every feature")):
        result = calls.univariate(digest, scope.image, scope.values, outcome, scope.columns)
    caption = _caption(result)
    cards.chart_card(
        _headline(result),
        lambda: univariate_ranking(result),
        key="univariate_ranking",
        frame=result.frame(),
        caption=caption,
        name=f"univariate_{endpoint.name}",
        code=_code(endpoint.name),
        digest=f"{digest}_{scope.image}",
    )
    cards.chart_card(
        _("Effect against evidence, exploratory"),
        lambda: univariate_volcano(result),
        key="univariate_volcano",
        name=f"univariate_{endpoint.name}_volcano",
        digest=f"{digest}_{scope.image}",
    )
    cards.table_card(
        _("All tested features"),
        result.frame(),
        key="univariate",
        caption=caption,
        name=f"univariate_{endpoint.name}",
        height=360,
        column_config=_columns(result, scope),
    )


def _headline(result: UnivariateResult) -> Markdown:
    low = int((result.table["q"] < 0.05).sum())
    tested = plural(len(result.table), "{n} feature tested alone", "{n} features tested alone")
    return joined(", ", [tested, plural(low, "{n} with q below 0.05", "{n} with q below 0.05")])


def _caption(result: UnivariateResult) -> Markdown:
    test = str(result.table["test"].iloc[0]) if len(result.table) else ""
    caption = _(
        "{test}; {cases} development cases, {events} events. q: Benjamini-Hochberg over everything tested.",
        test=str(TEST_WORDS.get(test, test)),
        cases=result.n_cases,
        events=result.n_events,
    )
    left_out = len(result.constant) + len(result.all_missing)
    if not left_out:
        return caption
    words = plural(left_out, "{n} constant or empty column left out.", "{n} constant or empty columns left out.")
    return joined(" ", [caption, words])


def _columns(result: UnivariateResult, scope: Scope) -> dict[str, object]:
    number = st.column_config.NumberColumn
    small = {name: number(name, format="%.2g", width=96) for name in ("p", "q")}
    return {
        "feature": st.column_config.TextColumn(_("Feature"), width=230),
        "image": _("Image") if scope.columns["image"].nunique() > 1 else None,
        "family": None,
        "test": None,
        "statistic": None,
        result.effect: number(
            EFFECT_WORDS.get(result.effect, result.effect),
            format="%.2f",
            width="small",
            help=md(effect_title(result.effect)),
        ),
        "low": number(_("95 % from"), format="%.2f", width="small"),
        "high": number(_("95 % to"), format="%.2f", width="small"),
        **small,
        "n": number(_("n"), width="small"),
        "n_missing": number(_("Missing"), width="small"),
    }


def _code(endpoint: str) -> str:
    return f"""from radiomics_core.study import Study
from radiomics_core.features.exploration import univariate_table

study = Study.open("FOLDER", read_only=True)
features = study.feature_table()
outcome = study.endpoint_values({endpoint!r})
univariate_table(features.values, outcome, features.columns).frame()"""
