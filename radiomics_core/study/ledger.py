"""The ledger: what was looked at and what was changed, in order, never edited."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import pandas as pd

from radiomics_core.study.catalogue import Catalogue

EXPLORATION_OPENED = "exploration opened"
SETTINGS_CHANGED = "settings changed"
VAULT_OPENED = "vault opened"
ANALYSES_STARTED = ("comparison started", "survival started")


@dataclass(frozen=True)
class LedgerEntry:
    """One line of the ledger; ``at`` in seconds since the epoch."""

    at: float
    event: str
    details: dict[str, Any]


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
        """Return whether development outcomes were shown or analysed: too late to divide the cases anew."""
        return self.exploration_opened() or any(self.count(event) for event in ANALYSES_STARTED)

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
