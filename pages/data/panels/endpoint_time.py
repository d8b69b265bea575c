"""Describe the time to an event, from a duration or from two dates. What it returns is not yet saved."""

from __future__ import annotations

import streamlit as st

from pages.common import state
from pages.common.words import _, md
from pages.data.panels.endpoint_event import MAX_VALUES, column_menu, name_field
from radiomics_core.cohort.endpoints import Endpoint, TimeToEventEndpoint, TimeUnit
from radiomics_core.i18n import LazyText, lazy_
from radiomics_core.study import Study
from radiomics_core.study.actions import endpoints

UNITS: dict[TimeUnit, LazyText] = {"days": lazy_("days"), "months": lazy_("months"), "years": lazy_("years")}
TIMES = {"duration": lazy_("A column with the duration"), "dates": lazy_("Two dates")}


def time_to_event(study: Study) -> Endpoint | None:
    """Describe the time to an event, from a duration or from two dates; None while no value means the event."""
    columns = endpoints.columns_for_endpoints(study)
    guess = endpoints.guess_time_to_event(study)
    state.recall("tte_source", "duration", options=TIMES)
    source = st.radio(
        _("Time comes from"),
        list(TIMES),
        format_func=lambda t: md(TIMES[t]),
        key="tte_source",
        horizontal=True,
        persist_state="session",
        help=_("With two dates the time between them is counted for every patient."),
    )
    one, two, three = st.columns(3)
    with one:
        times = _duration(columns, guess.time_column) if source == "duration" else _dates(study, columns)
        unit = _unit(next(iter(times.values())))
    with two:
        event, codes = _event(study, columns, guess.event_column)
    with three:
        name = name_field(event, f"tte_name_{event}")
        zero = st.text_input(
            _("What is time zero?"),
            key="tte_zero",
            placeholder=_("for example biopsy"),
            help=_("Printed with every survival result."),
        )
    if not codes:
        st.info(_("Choose the value that means the event."))
        return None
    return TimeToEventEndpoint(
        name=name,
        event_column=event,
        event_codes=codes,
        unit=unit,
        time_zero=zero,
        **times,  # type: ignore[arg-type]
    )


def _duration(columns: list[str], guess: str) -> dict[str, str]:
    words = _("From time zero to the event, or to the last contact.")
    return {"time_column": column_menu(_("Time"), columns, "tte_time", words, guess)}


def _dates(study: Study, columns: list[str]) -> dict[str, str]:
    dates = [spec.name for spec in study.column_specs if spec.type == "date" and spec.name in columns]
    start, end = [*dates, "", ""][:2]
    return {
        "start_column": column_menu(
            _("Time zero (date)"), columns, "tte_start", _("For example the date of diagnosis or of the scan."), start
        ),
        "end_column": column_menu(
            _("Event or last contact (date)"),
            columns,
            "tte_end",
            _("The date of the event, or of the last contact for those without."),
            end,
        ),
    }


def _unit(column: str) -> TimeUnit:
    """Menu of units; the name of the time column decides what it opens with."""
    guess: TimeUnit = next((unit for unit in UNITS if unit.rstrip("s") in column.casefold()), "days")
    return st.selectbox(
        _("Unit"),
        list(UNITS),
        index=list(UNITS).index(guess),
        format_func=lambda u: str(UNITS[u]),
        key=f"tte_unit_{column}",
        help=_("Unit of the time column, and of every time shown."),
    )


def _event(study: Study, columns: list[str], guess: str) -> tuple[str, tuple[str, ...]]:
    event = column_menu(_("Event column"), columns, "tte_event", _("Says whether the time ends with the event."), guess)
    counts = endpoints.value_counts(study, event)
    values = list(counts)
    if len(values) > MAX_VALUES:
        st.warning(
            _("{column} has {n} different values; choose the column that codes the event.", column=event, n=len(values))
        )
        return event, ()
    codes = st.multiselect(
        _("Values that mean the event"),
        values,
        default=[values[endpoints.likely_event(values)]] if values else [],
        format_func=lambda v: f"{v} ({counts[v]})",
        key=f"tte_codes_{event}",
        help=_("Every other value means: no event until then."),
    )
    return event, tuple(map(str, codes))
