"""What is predicted: define endpoints, see how five patients are read, and what looks wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from radiomics_core.clinical.column_types import is_record_number, name_tokens
from radiomics_core.clinical.endpoint_values import endpoint_columns
from radiomics_core.cohort.endpoints import BinaryEndpoint, Endpoint, EndpointValues, TimeToEventEndpoint, TimeUnit
from radiomics_core.errors import EndpointError
from radiomics_core.findings import Finding
from radiomics_core.i18n import lazy_
from radiomics_core.study.actions.clinical import refresh_findings
from radiomics_core.study.ledger import ENDPOINT_DEFINED
from radiomics_core.study.storage.one_commit import one_commit
from radiomics_core.study.study import Study

_EVENT_WORDS = ("1", "yes", "true", "y", "event", "dead", "died", "deceased", "positive", "pos", "progressed", "是")
_TIME_WORDS = ("time", "days", "months", "years", "duration", "followup", "survival", "os", "pfs", "dfs")
_STATUS_WORDS = ("event", "status", "death", "dead", "deadstatus", "deceased", "vital", "censor", "censored", "death01")


@dataclass(frozen=True)
class EndpointCheck:
    """Values of a draft endpoint in development cases, the arithmetic of five of them, and what looks wrong."""

    values: EndpointValues
    examples: pd.DataFrame
    findings: list[Finding]


@dataclass(frozen=True)
class TimeToEventGuess:
    """Columns that look like time and event; empty when none does."""

    time_column: str = ""
    event_column: str = ""


def check(study: Study, endpoint: Endpoint) -> EndpointCheck:
    """Compute a draft endpoint in the development cases; raises EndpointError when it cannot be.

    The counts are noted. Once cases are set aside, they close the split: set aside anew, the difference would tell
    outcomes one by one. Before, what is set aside later carries a finding.
    """
    _note_counts(study)
    values, findings = study.seal.endpoint_values(endpoint, study.cohort)
    return EndpointCheck(values, study.seal.arithmetic(endpoint, study.cohort), findings)


@one_commit
def add(study: Study, endpoint: Endpoint) -> EndpointCheck:
    """Store an endpoint (one of the same name is replaced) once its values can be computed.

    Raises
    ------
    EndpointError
        It has no name, its columns do not give values, or all values are the same; or one of its columns is the
        patient or the centre.
    """
    if not endpoint.name.strip():
        raise EndpointError(lazy_("the endpoint has no name"), remedy=lazy_("Give it a short name."))
    _refuse_open_columns(study, endpoint)
    checked = check(study, endpoint)
    _refuse_constant(checked.values)
    _keep_sealed(study, study.endpoints.get(endpoint.name))
    others = [one for one in study.endpoints.values() if one.name != endpoint.name]
    study.save_endpoints([*others, endpoint])
    study.save_findings(f"endpoint:{endpoint.name}", checked.findings)
    study.ledger.record(ENDPOINT_DEFINED, endpoint=endpoint.to_dict())
    study.ledger.change_settings("endpoint", name=endpoint.name)
    refresh_findings(study)
    return checked


@one_commit
def remove(study: Study, name: str) -> None:
    """Take an endpoint away; its results stay on disk and come back with it, its columns stay outcomes."""
    _keep_sealed(study, study.endpoint(name))
    study.save_endpoints([one for one in study.endpoints.values() if one.name != name])
    study.save_findings(f"endpoint:{name}", [])
    study.ledger.record("endpoint removed", name=name)
    refresh_findings(study)


def _note_counts(study: Study) -> None:
    if study.read_only:
        return
    if any(case.role == "external" for case in study.cohort.cases):
        study.ledger.show_outcomes("counts")
    else:
        study.ledger.count_outcomes()


def _refuse_open_columns(study: Study, endpoint: Endpoint) -> None:
    """Cases carry their patient and centre openly, external ones too: no endpoint is made from them."""
    own = endpoint_columns(endpoint)
    taken = [spec for spec in study.column_specs if spec.role in ("patient", "centre") and spec.name in own]
    if taken:
        raise EndpointError(
            lazy_("column '{column}' is the {role} of the cases, so it cannot be part of an endpoint"),
            remedy=lazy_("Choose another column, or take that role away from it first."),
            column=taken[0].name,
            role=taken[0].role,
        )


def _keep_sealed(study: Study, endpoint: Endpoint | None) -> None:
    """Give the columns of an endpoint that goes the role outcome, so that external values do not come open with it."""
    if endpoint is None or not any(case.role == "external" for case in study.cohort.cases):
        return
    own = set(endpoint_columns(endpoint))
    specs = study.column_specs
    kept = [replace(s, role="outcome") if s.name in own and s.role == "ignore" else s for s in specs]
    if tuple(kept) != specs:
        study.save_column_specs(kept)


def value_counts(study: Study, column: str) -> dict[str, int]:
    """Return how often each value of a column occurs in development cases, the most frequent first; blanks left out."""
    _note_counts(study)
    counts = study.seal.value_counts(column, study.cohort)
    return {str(value): int(n) for value, n in counts.items()}


def columns_for_endpoints(study: Study) -> list[str]:
    """Return the columns an endpoint can be made from: no ids, no record numbers without a role."""
    return [
        spec.name
        for spec in study.column_specs
        if spec.role not in ("id", "patient") and not (spec.role == "ignore" and is_record_number(spec.name))
    ]


def likely_event(values: Sequence[str]) -> int:
    """Return the position of the value that most likely means the event; 0 when none stands out."""
    words = [str(value).strip().casefold() for value in values]
    return next((words.index(word) for word in _EVENT_WORDS if word in words), 0)


def guess_time_to_event(study: Study) -> TimeToEventGuess:
    """Return the columns that look like a time and its event by their names; outcomes and pairs of a name first."""
    offered = columns_for_endpoints(study)
    specs = sorted((spec for spec in study.column_specs if spec.name in offered), key=lambda s: s.role != "outcome")
    numbers = [spec.name for spec in specs if spec.type == "number"]
    times = [name for name in numbers if set(name_tokens(name)) & set(_TIME_WORDS)]
    events = [spec.name for spec in specs if set(name_tokens(spec.name)) & set(_STATUS_WORDS)]
    events = [name for name in events if name not in times]
    pairs = [(t, e) for t in times for e in events if name_tokens(t)[0] == name_tokens(e)[0]]
    if pairs:
        return TimeToEventGuess(*pairs[0])
    return TimeToEventGuess(times[0] if times else "", events[0] if events else "")


def make_binary(name: str, column: str, event: str) -> BinaryEndpoint:
    """Return a binary endpoint: ``event`` is the value that counts."""
    return BinaryEndpoint(name=name, column=column, positive=event)


def make_time_to_event(
    name: str, time_column: str, event_column: str, unit: str = "days", event: str = "1"
) -> TimeToEventEndpoint:
    """Return a time-to-event endpoint from a duration column."""
    known: dict[str, TimeUnit] = {"days": "days", "months": "months", "years": "years"}
    if unit not in known:
        raise EndpointError(lazy_("unit must be days, months or years, got '{unit}'"), unit=unit)
    return TimeToEventEndpoint(
        name=name, time_column=time_column, event_column=event_column, unit=known[unit], event_codes=(event,)
    )


def _refuse_constant(values: EndpointValues) -> None:
    constant = {0} if values.kind == "time_to_event" else {0, values.n}
    if values.kind in ("binary", "time_to_event") and values.n_events in constant:
        raise EndpointError(
            lazy_("endpoint '{name}' is constant: {events} of {n} cases have the event"),
            remedy=lazy_("Choose another column, or another value as the event."),
            name=values.endpoint.name,
            events=values.n_events,
            n=values.n,
        )
