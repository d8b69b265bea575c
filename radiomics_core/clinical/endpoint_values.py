"""From clinical columns to endpoint values: what each case's outcome is, how it was computed, and what looks wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.clinical import kinds
from radiomics_core.clinical.cells import canonical, cell_text, is_missing, parse_numbers
from radiomics_core.clinical.dates import DateOrder, parse_dates
from radiomics_core.clinical.time_checks import check_times
from radiomics_core.cohort.endpoints import (
    BinaryEndpoint,
    ContinuousEndpoint,
    Endpoint,
    EndpointValues,
    MulticlassEndpoint,
    OrdinalEndpoint,
    TimeToEventEndpoint,
)
from radiomics_core.errors import EndpointError
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_

DAYS_PER_UNIT = {"days": 1.0, "months": 365.25 / 12, "years": 365.25}
MIN_EVENTS = 10

Outcome = tuple[EndpointValues, list[Finding]]


def compute_endpoint_values(
    clinical: pd.DataFrame,
    endpoint: Endpoint,
    *,
    strict: bool = True,
    date_order: DateOrder | None = None,
    centres: Mapping[str, str] | None = None,
) -> Outcome:
    """Return the endpoint's value of every case that has one, and what looks wrong.

    Parameters
    ----------
    clinical : DataFrame indexed by case_id
        Text cells or typed columns; must hold the endpoint's columns.
    endpoint : Endpoint
    strict : bool
        An event value that occurs nowhere is an error; with False (a subset of the cases) it is a finding.
    date_order : {"day_first", "month_first"}, optional
        How slashed dates are read; guessed when not given.
    centres : mapping from case_id to centre, optional
        With it, a centre that counts time in another unit is found.

    Raises
    ------
    EndpointError
        When a column is absent, holds no value of the kind needed, or the event value occurs nowhere.
    """
    _require_columns(clinical, endpoint)
    if isinstance(endpoint, BinaryEndpoint):
        return _binary(clinical, endpoint, strict)
    if isinstance(endpoint, MulticlassEndpoint | OrdinalEndpoint):
        return _classes(clinical, endpoint)
    if isinstance(endpoint, ContinuousEndpoint):
        return _continuous(clinical, endpoint)
    return _time_to_event(clinical, endpoint, strict, date_order, centres)


def endpoint_columns(endpoint: Endpoint) -> tuple[str, ...]:
    """Return the clinical columns an endpoint reads."""
    if isinstance(endpoint, TimeToEventEndpoint):
        columns = (endpoint.time_column, endpoint.start_column, endpoint.end_column, endpoint.event_column)
        return tuple(c for c in (*columns, endpoint.entry_column) if c)
    return (endpoint.column,)


def outcome_column(endpoint: Endpoint) -> str:
    """Return the column that says what happened: two endpoints that share it predict the same outcome."""
    return endpoint.event_column if isinstance(endpoint, TimeToEventEndpoint) else endpoint.column


def _require_columns(clinical: pd.DataFrame, endpoint: Endpoint) -> None:
    for column in endpoint_columns(endpoint):
        if column not in clinical.columns:
            raise EndpointError(
                lazy_("endpoint '{name}' needs column '{column}', which the table does not have"),
                remedy=lazy_("Available: {available}"),
                name=endpoint.name,
                column=column,
                available=", ".join(map(str, clinical.columns)),
            )


def _binary(clinical: pd.DataFrame, endpoint: BinaryEndpoint, strict: bool) -> Outcome:
    keys, shown = _keys(clinical[endpoint.column])
    positive, negative = canonical(endpoint.positive), canonical(endpoint.negative)
    if positive not in shown and strict:
        raise _absent_value(endpoint.name, endpoint.column, endpoint.positive, shown)
    findings: list[Finding] = []
    others = [shown[k] for k in shown if k != positive]
    if negative:
        strangers = [k for k in shown if k not in (positive, negative)]
        if strangers:
            findings.append(_neither(endpoint.column, keys, strangers, shown))
        keys = [k if k in (positive, negative) else "" for k in keys]
    elif len(others) > 1:
        params: dict[str, Any] = {"positive": endpoint.positive, "values": ", ".join(others[:10])}
        findings.append(found(kinds.OTHERS_ARE_NEGATIVE, column=endpoint.column, **params))
    event = np.array([float(k == positive) for k in keys])
    values = _collect(clinical, endpoint, np.array([bool(k) for k in keys], bool), event)
    return values, findings + _common_findings(values, len(clinical))


def _keys(column: pd.Series) -> tuple[list[str], dict[str, str]]:
    """Return the comparable form of each cell (``""`` when missing) and how each form is written."""
    keys = ["" if is_missing(v) or not cell_text(v) else canonical(v) for v in column]
    shown: dict[str, str] = {}
    for key, cell in zip(keys, column, strict=True):
        if key:
            shown.setdefault(key, cell_text(cell))
    return keys, shown


def _absent_value(name: str, column: str, value: str, shown: dict[str, str]) -> EndpointError:
    values = list(shown.values())
    return EndpointError(
        lazy_("endpoint '{name}': '{value}' does not occur in column '{column}'"),
        remedy=lazy_("The column holds: {values}"),
        name=name,
        value=value,
        column=column,
        values=", ".join(values[:10]) + (" ..." if len(values) > 10 else "") if values else "-",
    )


def _classes(clinical: pd.DataFrame, endpoint: MulticlassEndpoint | OrdinalEndpoint) -> Outcome:
    keys, shown = _keys(clinical[endpoint.column])
    index = {canonical(value): float(i) for i, value in enumerate(endpoint.classes)}
    if not index.keys() & shown.keys():
        raise _absent_value(endpoint.name, endpoint.column, ", ".join(endpoint.classes), shown)
    strangers = [k for k in shown if k not in index]
    findings = []
    if strangers:
        findings.append(_neither(endpoint.column, keys, strangers, shown))
    event = np.array([index.get(k, np.nan) for k in keys])
    outcome = _collect(clinical, endpoint, np.isfinite(event), event)
    return outcome, findings + _common_findings(outcome, len(clinical))


def _neither(column: str, keys: list[str], strangers: list[str], shown: dict[str, str]) -> Finding:
    n, values = sum(k in strangers for k in keys), ", ".join(shown[k] for k in strangers)
    return found(kinds.NEITHER_VALUE, column=column, n=n, values=values)


def _continuous(clinical: pd.DataFrame, endpoint: ContinuousEndpoint) -> Outcome:
    numbers = _numbers(clinical[endpoint.column], endpoint.name, endpoint.column)
    values = _collect(clinical, endpoint, np.isfinite(numbers), numbers)
    return values, _common_findings(values, len(clinical))


def _numbers(column: pd.Series, name: str, column_name: str) -> NDArray[np.float64]:
    numbers, is_text = parse_numbers(column)
    if is_text.any():
        raise EndpointError(
            lazy_("endpoint '{name}': column '{column}' holds {n} cells that are no numbers, e.g. '{example}'"),
            remedy=lazy_("Correct the cells, add the code to the missing codes, or choose another column"),
            name=name,
            column=column_name,
            n=int(is_text.sum()),
            example=cell_text(column[is_text].iloc[0]),
        )
    return numbers


@dataclass(frozen=True)
class _Times:
    """Start and end (NaT when time comes from a duration), days, time in the unit; one entry per row."""

    start: pd.Series
    end: pd.Series
    days: NDArray[np.float64]
    time: NDArray[np.float64]
    findings: list[Finding]


def _time_to_event(
    clinical: pd.DataFrame,
    endpoint: TimeToEventEndpoint,
    strict: bool,
    date_order: DateOrder | None,
    centres: Mapping[str, str] | None,
) -> Outcome:
    codes, event_findings = _event_codes(clinical, endpoint, strict)
    times = _times(clinical, endpoint, date_order)
    entry = None
    if endpoint.entry_column:
        entry = _numbers(clinical[endpoint.entry_column], endpoint.name, endpoint.entry_column)
        event_findings.append(found(kinds.DELAYED_ENTRY, endpoint=endpoint.name, column=endpoint.entry_column))
    has_code, has_time = np.isfinite(codes), np.isfinite(times.time)
    late = has_time & (entry >= times.time) if entry is not None else np.zeros(len(codes), bool)
    keep = has_code & has_time & ~(times.time < 0) & ~late
    values = _collect(clinical, endpoint, keep, codes, time=times.time, entry=entry)
    findings = [*event_findings, *times.findings]
    ids = [str(i) for i in clinical.index]
    of_case = None if centres is None else [centres.get(i, "") for i in ids]
    findings += check_times(endpoint, ids, codes, times.time, late, centres=of_case)
    return values, findings + _common_findings(values, len(clinical))


def _event_codes(
    clinical: pd.DataFrame, endpoint: TimeToEventEndpoint, strict: bool
) -> tuple[NDArray[np.float64], list[Finding]]:
    keys, shown = _keys(clinical[endpoint.event_column])
    meant = {canonical(code): 1.0 for code in endpoint.event_codes}
    meant |= {canonical(code): 2.0 + i for i, code in enumerate(endpoint.other_causes)}
    absent = [code for code in endpoint.event_codes if canonical(code) not in shown]
    if len(absent) == len(endpoint.event_codes) and strict:
        raise _absent_value(endpoint.name, endpoint.event_column, ", ".join(absent), shown)
    censored = [shown[k] for k in shown if k not in meant]
    findings = []
    if len(censored) > 1:
        params: dict[str, Any] = {"positive": ", ".join(endpoint.event_codes), "values": ", ".join(censored[:10])}
        findings.append(found(kinds.OTHERS_ARE_NEGATIVE, column=endpoint.event_column, **params))
    return np.array([meant.get(k, 0.0) if k else np.nan for k in keys]), findings


def _times(clinical: pd.DataFrame, endpoint: TimeToEventEndpoint, date_order: DateOrder | None) -> _Times:
    per_unit = DAYS_PER_UNIT[endpoint.unit]
    if endpoint.time_column:
        time = _numbers(clinical[endpoint.time_column], endpoint.name, endpoint.time_column)
        blank = pd.Series(pd.NaT, index=clinical.index, dtype="datetime64[ns]")
        return _Times(blank, blank, time * per_unit, time, [])
    if not (endpoint.start_column and endpoint.end_column):
        raise EndpointError(
            lazy_("endpoint '{name}' has neither a time column nor two date columns"),
            remedy=lazy_("Choose a time column, or the columns of the start and of the event or last contact"),
            name=endpoint.name,
        )
    start = parse_dates(clinical[endpoint.start_column], endpoint.start_column, date_order)
    end = parse_dates(clinical[endpoint.end_column], endpoint.end_column, date_order)
    for column, parsed in ((endpoint.start_column, start), (endpoint.end_column, end)):
        if parsed.dates.isna().all():
            raise EndpointError(
                lazy_("endpoint '{name}': column '{column}' holds no dates"),
                remedy=lazy_("Choose a column with dates such as 2015-03-31"),
                name=endpoint.name,
                column=column,
            )
    elapsed = np.array((end.dates - start.dates).dt.days, dtype=float)
    return _Times(start.dates, end.dates, elapsed, elapsed / per_unit, [*start.findings, *end.findings])


def _collect(
    clinical: pd.DataFrame,
    endpoint: Endpoint,
    keep: NDArray[np.bool_],
    event: NDArray[np.float64],
    *,
    time: NDArray[np.float64] | None = None,
    entry: NDArray[np.float64] | None = None,
) -> EndpointValues:
    ids = [str(i) for i in clinical.index]
    return EndpointValues(
        endpoint,
        tuple(i for i, k in zip(ids, keep, strict=True) if k),
        event[keep],
        None if time is None else time[keep],
        tuple(i for i, k in zip(ids, keep, strict=True) if not k),
        None if entry is None else entry[keep],
    )


def _common_findings(values: EndpointValues, total: int) -> list[Finding]:
    findings, name = [], values.endpoint.name
    if values.missing:
        examples = _examples(values.missing)
        params: dict[str, Any] = {"endpoint": name, "n": len(values.missing), "total": total, "examples": examples}
        findings.append(found(kinds.ENDPOINT_MISSING, **params))
    if values.n and len(np.unique(values.event)) == 1 and values.kind != "time_to_event":
        value = f"{values.event[0]:g}"
        findings.append(found(kinds.ENDPOINT_CONSTANT, endpoint=name, n=values.n, value=value))
    if values.kind == "time_to_event" and values.n_events == 0:
        findings.append(found(kinds.ENDPOINT_CONSTANT, endpoint=name, n=values.n, value="0"))
    findings += _few_events(values)
    return findings


def _few_events(values: EndpointValues) -> list[Finding]:
    if values.kind == "continuous" or not values.n:
        return []
    if values.kind == "time_to_event":
        smallest = values.n_events
    else:
        smallest = int(np.unique(values.event, return_counts=True)[1].min())
    if smallest >= MIN_EVENTS:
        return []
    events = values.n_events if values.kind in ("binary", "time_to_event") else smallest
    params: dict[str, Any] = {
        "endpoint": values.endpoint.name,
        "events": events,
        "others": values.n - events,
        "n": values.n,
    }
    return [found(kinds.FEW_EVENTS, **params)]


def _examples(ids: Sequence[str], n: int = 5) -> str:
    return ", ".join(ids[:n]) + (" ..." if len(ids) > n else "")


def arithmetic_examples(
    clinical: pd.DataFrame, endpoint: Endpoint, n: int = 5, *, date_order: DateOrder | None = None
) -> pd.DataFrame:
    """Return how the endpoint of a few patients was computed, events and censored in turn.

    Returns
    -------
    DataFrame
        ``case_id, start, end, days, <unit>, event_value, read_as`` for time to event (``start`` and ``end`` as
        written when they are dates); ``case_id, value, read_as`` for other kinds.
    """
    values, _ = compute_endpoint_values(clinical, endpoint, strict=False, date_order=date_order)
    rows = _example_rows(values, n)
    ids = [values.case_ids[i] for i in rows]
    chosen = clinical.set_axis(clinical.index.astype(str)).loc[ids]
    if not isinstance(endpoint, TimeToEventEndpoint):
        cells = [cell_text(v) for v in chosen[endpoint.column]]
        return pd.DataFrame({"case_id": ids, "value": cells, "read_as": [_read_as(values, i) for i in rows]})
    times = _times(clinical, endpoint, date_order)
    at = pd.Series(range(len(clinical)), index=clinical.index.astype(str)).loc[ids].to_numpy()
    frame = pd.DataFrame({"case_id": ids})
    if not endpoint.time_column:
        frame["start"] = [f"{d:%Y-%m-%d}" for d in times.start.iloc[at]]
        frame["end"] = [f"{d:%Y-%m-%d}" for d in times.end.iloc[at]]
    frame["days"] = np.round(times.days[at], 1)
    frame[endpoint.unit] = np.round(times.time[at], 2)
    frame["event_value"] = [cell_text(v) for v in chosen[endpoint.event_column]]
    frame["read_as"] = [_read_as(values, i) for i in rows]
    return frame


def _example_rows(values: EndpointValues, n: int) -> list[int]:
    events = list(np.flatnonzero(values.event == 1))
    others = list(np.flatnonzero(values.event != 1))
    half = min(len(events), max((n + 1) // 2, n - len(others)))
    return sorted(int(i) for i in events[:half] + others[: n - half])


def _read_as(values: EndpointValues, i: int) -> str:
    event = values.event[i]
    if values.kind == "continuous":
        return f"{event:g}"
    if isinstance(values.endpoint, MulticlassEndpoint | OrdinalEndpoint):
        return values.endpoint.classes[int(event)]
    if event == 1:
        return str(lazy_("event"))
    if values.kind == "binary":
        return str(lazy_("no event"))
    return str(lazy_("censored")) if event == 0 else str(lazy_("competing cause"))
