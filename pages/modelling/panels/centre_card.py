"""Leave one centre out: the figure in centres never seen, with each centre's own interval."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.common import downloads
from pages.common.words import NOTHING, Markdown, _, joined, plain, plural
from pages.modelling.panels.row_words import centre_above_chance
from pages.modelling.panels.screen import Screen
from pages.modelling.panels.wording import interval
from radiomics_core.analysis.centre_table import mean_over_centres
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.notes import words_of
from radiomics_core.plots.comparison import inputs_label


def leads(evaluation: Evaluation) -> bool:
    """Return whether this figure goes before the pooled one: the centre alone predicts, and it could be made."""
    return centre_above_chance(evaluation.rows) and has_figure(evaluation)


def has_figure(evaluation: Evaluation) -> bool:
    """Return whether every centre that can be held out has its value."""
    return bool(pd.notna(mean_over_centres(evaluation.centres)))


def show(evaluation: Evaluation, screen: Screen) -> None:
    """Show the figure over centres, and why it stands first when it does; nothing where it cannot be made."""
    if not has_figure(evaluation):
        return
    key = f"{screen.prefix}_centres"
    with st.container(border=True, key=f"{key}_card"):
        st.markdown(f"**{headline(evaluation, screen.metric)}**")
        st.dataframe(table(evaluation.centres, screen.metric), hide_index=True, key=key)
        st.caption(joined(" ", [part for part in (_why_first(evaluation, screen.metric), _rest()) if part]))
        downloads.table(in_words(evaluation.centres), key, key=key)


def headline(evaluation: Evaluation, metric: str) -> Markdown:
    """Return ``Radiomics: AUC 0.51 in centres never seen (mean over 2 centres: A 0.52 (...), B ...)``."""
    done = evaluation.centres[evaluation.centres["value"].notna()]
    each = [f"{one['centre']} {interval(one['value'], one['low'], one['high'])}" for one in done.to_dict("records")]
    words = _(
        "{name}: {metric} {value} in centres never seen, mean over {centres}: {each}; n = {n}, {events} events",
        name=inputs_label(str(evaluation.headline["inputs"])),
        metric=metric,
        value=interval(mean_over_centres(evaluation.centres)),
        centres=plural(len(done), "{n} centre", "{n} centres"),
        each=", ".join(each),
        n=int(done["n"].sum()),
        events=int(done["events"].sum()),
    )
    chance = bool((done["low"] <= 0.5).all())
    return joined(": ", [words, _("the interval of every centre includes chance (0.5)")]) if chance else words


def table(centres: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return one row per centre in words, with why a centre has no value."""
    records = centres.to_dict("records")
    title = plain("{metric} (95 % interval)", metric=metric)
    return pd.DataFrame(
        {
            _("Centre held out"): [str(one["centre"]) or _("(none)") for one in records],
            title: [interval(one["value"], one["low"], one["high"]) for one in records],
            "n": [int(one["n"]) for one in records],
            _("Events"): [int(one["events"]) for one in records],
            _("Interval, or why there is none"): [words_of(str(one["note"])) for one in records],
        }
    )


def in_words(centres: pd.DataFrame) -> pd.DataFrame:
    """Return the table of centres for a file, its notes in words."""
    return centres.assign(note=[words_of(str(code)) for code in centres["note"]])


def _why_first(evaluation: Evaluation, metric: str) -> Markdown:
    if not centre_above_chance(evaluation.rows):
        return NOTHING
    centre = evaluation.rows[evaluation.rows["inputs"] == "centre"].iloc[0]
    return _(
        "**This figure stands first because the centre alone predicts ({metric} {value}): the figure pooled over centres may be the centre.**",
        metric=metric,
        value=interval(centre["value"], centre["low"], centre["high"]),
    )


def _rest() -> Markdown:
    return _(
        "Each centre in turn is held out; the pipeline is tuned, chosen and trained on all other centres. The interval of a centre holds for its patients; the mean has none."
    )
