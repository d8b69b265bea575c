"""Leave one centre out: the figure in centres never seen, with each centre's own interval."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages.common import downloads
from pages.common.words import NOTHING, Markdown, _, joined, plain, plural
from pages.modelling.panels.row_words import METRICS, centre_above_chance, reason
from pages.modelling.panels.wording import interval
from radiomics_core.analysis.centre_table import mean_over_centres
from radiomics_core.i18n import lazy_
from radiomics_core.plots.comparison import inputs_label

METHODS = {
    "delong": lazy_("DeLong"),
    "obuchowski": lazy_("Obuchowski, several cases per patient"),
    "wilson": lazy_("Wilson"),
    "u_statistic": lazy_("U-statistic"),
}


def leads(evaluation: Any) -> bool:
    """Return whether this figure goes before the pooled one: the centre alone predicts, and it could be made."""
    return centre_above_chance(evaluation.frame()) and has_figure(evaluation)


def has_figure(evaluation: Any) -> bool:
    """Return whether every centre that can be held out has its value."""
    return bool(pd.notna(mean_over_centres(evaluation.centres)))


def show(evaluation: Any, *, metric: str, key: str) -> None:
    """Show the figure over centres, and why it stands first when it does; nothing where it cannot be made."""
    if not has_figure(evaluation):
        return
    with st.container(border=True, key=f"{key}_centres_card"):
        st.markdown(f"**{headline(evaluation, metric)}**")
        st.dataframe(table(evaluation.centres, metric), hide_index=True, key=f"{key}_centres")
        st.caption(joined(" ", [part for part in (_why_first(evaluation, metric), _rest()) if part]))
        downloads.table(evaluation.centres, f"{key}_centres", key=f"{key}_centres")


def headline(evaluation: Any, metric: str) -> Markdown:
    """Return ``Radiomics: AUC 0.51 in centres never seen (mean over 2 centres: A 0.52 (...), B ...)``."""
    done = evaluation.centres[evaluation.centres["value"].notna()]
    each = [f"{one['centre']} {interval(one['value'], one['low'], one['high'])}" for one in done.to_dict("records")]
    words = _(
        "{name}: {metric} {value} in centres never seen, mean over {centres}: {each}; n = {n}, {events} events",
        name=inputs_label(str(evaluation.headline["inputs"])),
        metric=str(METRICS[metric]),
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
    title = plain("{metric} (95 % interval)", metric=str(METRICS[metric]))
    return pd.DataFrame(
        {
            _("Centre held out"): [str(one["centre"]) or _("(none)") for one in records],
            title: [interval(one["value"], one["low"], one["high"]) for one in records],
            "n": [int(one["n"]) for one in records],
            _("Events"): [int(one["events"]) for one in records],
            _("Interval, or why there is none"): [_interval_words(str(one["note"])) for one in records],
        }
    )


def _interval_words(note: str) -> str:
    return str(METHODS[note]) if note in METHODS else reason(note)


def _why_first(evaluation: Any, metric: str) -> Markdown:
    frame = evaluation.frame()
    if not centre_above_chance(frame):
        return NOTHING
    low, high = ("auc_low", "auc_high") if metric == "auc" else ("c_low", "c_high")
    centre = frame[frame["inputs"] == "centre"].iloc[0]
    return _(
        "**This figure stands first because the centre alone predicts ({metric} {value}): the figure pooled over centres may be the centre.**",
        metric=str(METRICS[metric]),
        value=interval(centre[metric], centre[low], centre[high]),
    )


def _rest() -> Markdown:
    return _(
        "Each centre in turn is held out; the pipeline is tuned, chosen and trained on all other centres. The interval of a centre holds for its patients; the mean has none."
    )
