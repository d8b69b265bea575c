"""The ledger: what was looked at and what was changed, in order, never edited."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import pandas as pd

from radiomics_core.clinical.endpoint_values import outcome_column
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.study.storage.catalogue import Catalogue

EXPLORATION_OPENED = "exploration opened"
SETTINGS_CHANGED = "settings changed"
VAULT_OPENED = "vault opened"
ENDPOINT_DEFINED = "endpoint defined"
OUTCOMES_SHOWN = "outcomes shown"
OUTCOMES_COUNTED = "outcomes of all cases counted"
STARTED_ANEW = "started anew from a copy"
ANALYSES_STARTED = ("analysis started", "comparison started", "survival started")
"""The last two are what studies of version 0.1.0 hold; they go on counting."""

OUTCOMES_USED = (EXPLORATION_OPENED, ENDPOINT_DEFINED, OUTCOMES_SHOWN, *ANALYSES_STARTED)


@dataclass(frozen=True)
class LedgerEntry:
    """One line of the ledger; ``at`` in seconds since the epoch."""

    at: float
    event: str
    details: dict[str, Any]


@dataclass(frozen=True)
class AnalysisKey:
    """What makes two analyses of an endpoint the same: kind, digest of the settings, digest of what goes in."""

    kind: str
    settings: str
    inputs: str


class Ledger:
    """Append-only log of a study."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def record(self, event: str, **details: Any) -> None:
        """Add a line."""
        line = (time.time(), event, json.dumps(details, ensure_ascii=False, default=str))
        self._catalogue.write("INSERT INTO ledger (at, event, details) VALUES (?, ?, ?)", *line)

    def entries(self, event: str | None = None) -> list[LedgerEntry]:
        """Return the lines in order, all or those of one event."""
        rows = self._catalogue.rows("SELECT at, event, details FROM ledger ORDER BY id")
        return [LedgerEntry(at, what, json.loads(text)) for at, what, text in rows if event in (None, what)]

    def count(self, event: str) -> int:
        """Return how often an event is logged."""
        return int(self._catalogue.rows("SELECT COUNT(*) FROM ledger WHERE event = ?", event)[0][0])

    def frame(self) -> pd.DataFrame:
        """Return columns ``at`` (UTC), ``event`` and ``details`` (text)."""
        rows = [
            (pd.Timestamp(entry.at, unit="s", tz="UTC"), entry.event, json.dumps(entry.details, ensure_ascii=False))
            for entry in self.entries()
        ]
        return pd.DataFrame(rows, columns=["at", "event", "details"])

    def open_exploration(self, endpoint: str, view: str = "") -> None:
        """Log that a view coloured by an endpoint was shown; once per endpoint and view."""
        known = [entry.details for entry in self.entries(EXPLORATION_OPENED)]
        if {"endpoint": endpoint, "view": view} not in known:
            self.record(EXPLORATION_OPENED, endpoint=endpoint, view=view)

    def exploration_opened(self, endpoint: str | None = None) -> bool:
        """Return whether a view coloured by an endpoint (or by this one) was shown."""
        return any(endpoint in (None, entry.details["endpoint"]) for entry in self.entries(EXPLORATION_OPENED))

    def seen(self) -> dict[str, Any]:
        """Return what stands with a result: was an outcome looked at before, and how many settings changed since."""
        return {
            "exploration_opened": self.exploration_opened(),
            "settings_changed_after_exploration": self.settings_changed_after_exploration(),
        }

    def outcomes_used(self) -> bool:
        """Return whether outcomes were counted, shown or analysed: too late to divide the cases anew.

        A copy that started anew may divide them once more; what was looked at before stays on record
        (:meth:`outcomes_used_before_copy`).
        """
        return any(event in OUTCOMES_USED for event in self._events_since_copy())

    def outcomes_used_before_copy(self) -> bool:
        """Return whether outcomes were used in the study that this one was copied from to be divided anew."""
        events = [entry.event for entry in self.entries()]
        before = events[: len(events) - len(self._events_since_copy())]
        return any(event in OUTCOMES_USED for event in before)

    def _events_since_copy(self) -> list[str]:
        events = [entry.event for entry in self.entries()]
        return events[len(events) - events[::-1].index(STARTED_ANEW) :] if STARTED_ANEW in events else events

    def show_outcomes(self, view: str) -> None:
        """Log that outcomes of development cases were counted on screen; once per view."""
        if {"view": view} not in [entry.details for entry in self.entries(OUTCOMES_SHOWN)]:
            self.record(OUTCOMES_SHOWN, view=view)

    def count_outcomes(self) -> None:
        """Log that outcomes were counted on screen while no case was set aside; once.

        The split stays open: of everybody together they tell of nobody, but what is set aside later is known by the
        difference (:meth:`outcomes_counted`).
        """
        if not self.outcomes_counted():
            self.record(OUTCOMES_COUNTED)

    def outcomes_counted(self) -> bool:
        """Return whether outcomes of all cases were counted on screen."""
        return self.count(OUTCOMES_COUNTED) > 0

    def start_analysis(self, endpoint: Endpoint, key: AnalysisKey, settings: dict[str, Any], values: str = "") -> int:
        """Log that an analysis of an endpoint was asked for; returns which of the outcome's it is, counted from 1.

        Parameters
        ----------
        values : str
            Digest of the endpoint's values, :func:`radiomics_core.cohort.outcome_digest.outcome_digest`.
        """
        about = {"endpoint": endpoint.name, "outcome": outcome_column(endpoint), "values": values, "settings": settings}
        with self._catalogue.transaction():  # two that start at once have two numbers
            number = self.analysis_number(endpoint, key, values)
            what = {"settings_digest": key.settings, "inputs": key.inputs, "number": number}
            self.record(f"{key.kind} started", **about, **what)
        return number

    def number_started(self, key: AnalysisKey) -> int | None:
        """Return the number an analysis was given when it was last asked for; None when it never was."""
        numbers = [e.details.get("number") for e in self._analyses_started() if _analysis_key(e) == key]
        return numbers[-1] if numbers else None

    def analyses(self, endpoint: Endpoint, values: str = "") -> list[AnalysisKey]:
        """Return the different analyses of an endpoint's outcome in the order they were first asked for.

        Endpoints of the same name, of the same column or of the same values (``values``) are the same outcome, also
        where a third one joins them.
        """
        started = self._analyses_started()
        linked = {("endpoint", endpoint.name), ("outcome", outcome_column(endpoint)), ("values", values)}
        marks = [{(k, str(e.details.get(k, ""))) for k in ("endpoint", "outcome", "values")} for e in started]
        known: set[tuple[str, str]] = set()
        while known != linked:
            known = linked - {("values", ""), ("outcome", "")}
            linked = known.union(*(mark for mark in marks if mark & known)) - {("values", ""), ("outcome", "")}
        return list(dict.fromkeys(_analysis_key(e) for e, mark in zip(started, marks, strict=True) if mark & known))

    def analysis_number(self, endpoint: Endpoint, key: AnalysisKey, values: str = "") -> int:
        """Return which analysis of the outcome this is, counted from 1; an analysis repeated keeps its number."""
        known = self.analyses(endpoint, values)
        return known.index(key) + 1 if key in known else len(known) + 1

    def _analyses_started(self) -> list[LedgerEntry]:
        return [entry for entry in self.entries() if entry.event in ANALYSES_STARTED]

    def change_settings(self, what: str, **details: Any) -> None:
        """Log a change of analysis settings."""
        self.record(SETTINGS_CHANGED, what=what, **details)

    def choose_settings(self, what: str, endpoint: str, digest: str, default: str) -> None:
        """Log a change when an analysis of an endpoint is asked for with other settings than before.

        The first time it is compared with the ``default`` settings: taking those as they are is no choice.
        """
        known = [e.details for e in self.entries(SETTINGS_CHANGED) if e.details.get("what") == what]
        before = [details["settings"] for details in known if details.get("endpoint") == endpoint]
        if digest != (before[-1] if before else default):
            self.change_settings(what, endpoint=endpoint, settings=digest)

    def settings_changed_after_exploration(self, until: float | None = None) -> int:
        """Return how many settings were changed after the first view coloured by an endpoint.

        Parameters
        ----------
        until : float, optional
            Seconds since the epoch; later changes do not count (a result is not touched by what came after it).
        """
        count, opened = 0, False
        for entry in self.entries():
            if until is not None and entry.at > until:
                break
            opened = opened or entry.event == EXPLORATION_OPENED
            count += opened and entry.event == SETTINGS_CHANGED
        return count


def _analysis_key(entry: LedgerEntry) -> AnalysisKey:
    """Return what an entry was about; entries of the first version are told apart by their settings alone."""
    settings = entry.details.get("settings_digest") or json.dumps(entry.details.get("settings"), sort_keys=True)
    return AnalysisKey(entry.event.removesuffix(" started"), settings, str(entry.details.get("inputs", "")))
