"""View state: page, choices and selections of a study, so that a refresh returns to the same place."""

from __future__ import annotations

import json
import time
from typing import Any

from radiomics_core.study.storage.catalogue import Catalogue


class ViewState:
    """Small JSON values under a key."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value, ``default`` when none is stored."""
        rows = self._catalogue.rows("SELECT value FROM view_state WHERE key = ?", key)
        return json.loads(rows[0][0]) if rows else default

    def put(self, key: str, value: Any) -> None:
        """Store a value; nothing is written when it is unchanged or the study is open for reading only."""
        text = json.dumps(value, ensure_ascii=False)
        rows = self._catalogue.rows("SELECT value FROM view_state WHERE key = ?", key)
        if self._catalogue.read_only or (rows and rows[0][0] == text):
            return
        self._catalogue.write(
            "INSERT INTO view_state VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, "
            "changed = excluded.changed",
            key,
            text,
            time.time(),
            lasting=False,  # many sessions write pages and choices, and wait for each other meanwhile
        )

    def remove(self, key: str) -> None:
        """Forget a value."""
        self._catalogue.write("DELETE FROM view_state WHERE key = ?", key)

    def all(self) -> dict[str, Any]:
        """Return every stored value."""
        return {key: json.loads(value) for key, value in self._catalogue.rows("SELECT key, value FROM view_state")}
