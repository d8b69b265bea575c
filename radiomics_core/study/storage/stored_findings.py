"""Findings in the catalogue, in lists by what found them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from radiomics_core.findings import Finding
from radiomics_core.study.storage.catalogue import Catalogue


def read_findings(catalogue: Catalogue, source: str | None = None) -> list[Finding]:
    """Return what was found, of all sources or of one with its parts (``clinical`` includes ``clinical:table``)."""
    rows = catalogue.rows("SELECT source, value FROM finding ORDER BY source, position")
    return [Finding.from_dict(json.loads(value)) for name, value in rows if source in (None, name, name.split(":")[0])]


def replace_findings(catalogue: Catalogue, source: str, findings: Iterable[Finding]) -> None:
    """Replace what one source found."""
    values = [json.dumps(finding.to_dict(), ensure_ascii=False, default=str) for finding in findings]
    with catalogue.transaction() as connection:
        connection.execute("DELETE FROM finding WHERE source = ?", (source,))
        lines = [(source, position, value) for position, value in enumerate(values)]
        connection.executemany("INSERT INTO finding VALUES (?, ?, ?)", lines)
