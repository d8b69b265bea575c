"""What changes when settings are moved: families, grey levels, every feature, and what could not be extracted."""

from __future__ import annotations

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from pages.common import cards, downloads, messages
from pages.common.words import Markdown, _, joined, plural
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.stability import MOVES, NOT_JUDGED, STABLE, Stability
from radiomics_core.i18n import lazy_
from radiomics_core.plots.what_if import family_changes, grey_levels_moved
from radiomics_core.settings import digest_of

VERDICTS = {STABLE: lazy_("yes"), MOVES: lazy_("no"), NOT_JUDGED: lazy_("not judged")}


def show(result: Stability, pair: tuple[ExtractionSettings, ExtractionSettings]) -> None:
    """Draw the result; regions that could not be extracted stand above it with the reason."""
    if result.failed:
        total = len(result.cases) + len(result.failed)
        st.caption(
            plural(
                len(result.failed),
                ":material/block: {n} of {total} regions could not be extracted; the others are compared.",
                ":material/block: {n} of {total} regions could not be extracted; the others are compared.",
                total=total,
            )
        )
        messages.show_findings(list(result.failed), key="what_if", expanded=not result.cases)
    if not len(result.features):
        st.info(_("No feature can be compared with these settings."))
        return
    digest = digest_of(result.cases, [one.digest() for one in pair], result.features["change"].to_numpy())
    cards.chart_card(
        _headline(result),
        lambda: family_changes(result),
        key="what_if_families",
        frame=result.families(),
        caption=_rule(result),
        name="what_if_families",
        digest=digest,
    )
    _grey_levels(result, digest)
    _features(result)


def _headline(result: Stability) -> Markdown:
    stable = _("{stable} of {n} features are stable", stable=result.count(STABLE), n=len(result.features))
    return joined(", ", [stable, plural(len(result.cases), "{n} region", "{n} regions")])


def _rule(result: Stability) -> Markdown:
    words = [_(result.rule)]
    lost, new = len(result.only_before), len(result.only_after)
    if lost or new:
        words.append(
            _(
                "{lost} features are lost and {new} are new with the moved settings; they are not compared.",
                lost=lost,
                new=new,
            )
        )
    return joined(" ", words)


def _grey_levels(result: Stability, digest: str) -> None:
    one = len(result.cases) == 1
    levels = result.levels
    if not one:
        first = levels["filter"].iloc[0] if len(levels) else ""
        levels = levels[levels["filter"] == first]
    if not len(levels):
        return
    cards.chart_card(
        _("Grey levels of each image of {name}", name=result.cases[0]) if one else _("Grey levels of each region"),
        lambda: grey_levels_moved(levels, by="filter" if one else "case"),
        key="what_if_levels",
        frame=result.levels,
        caption=_("Fewer than 16 blur texture, more than 128 turn it into noise."),
        name="what_if_grey_levels",
        digest=digest,
    )


def _features(result: Stability) -> None:
    features = result.features
    table = features.assign(
        name=features["feature"].str.rsplit("_", n=1).str[-1],
        verdict=[str(VERDICTS[verdict]) for verdict in features["verdict"]],
    )
    shown = ["name", "family", "filter", "verdict", "change"]
    shown += ["largest"] if len(result.cases) > 1 else []
    shown += ["rank_correlation", "concordance"] if result.by_order else []
    shown += ["before", "after"]
    shown += ["becomes"] if (table["becomes"] != table["feature"]).any() else []
    with st.container(border=True):
        st.markdown(f"**{_('Every feature')}**")
        st.dataframe(
            table[shown],
            hide_index=True,
            key="what_if_table",
            height=320,
            column_config=_columns(),
        )
        with st.container(horizontal=True, gap="small"):
            downloads.table(result.features, "what_if_features", key="what_if_features")
            downloads.table(result.values, "what_if_values", key="what_if_values", label=_("Every value (CSV)"))


def _columns() -> dict[str, ColumnConfig]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "name": text(_("Feature"), pinned=True),
        "family": text(_("Family")),
        "filter": text(_("Image filter")),
        "verdict": text(_("Stable"), help=_("By the rule under the first chart.")),
        "change": number(_("Change"), format="percent", help=_("Relative to the value before; median of the regions.")),
        "largest": number(_("Largest change"), format="percent", help=_("In the region that moves most.")),
        "rank_correlation": number(
            _("Rank correlation"), format="%.2f", help=_("Spearman: 1 when all cases keep their order.")
        ),
        "concordance": number(_("Concordance"), format="%.2f", help=_("Lin: 1 when all cases keep their value.")),
        "before": number(_("Before"), format="%.4g", help=_("Median of the regions.")),
        "after": number(_("After"), format="%.4g", help=_("Median of the regions.")),
        "becomes": text(_("Compared with"), help=_("Its name with the moved settings.")),
    }
