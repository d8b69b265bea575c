"""Findings: coded results of checks. A bad case never disappears; it becomes a finding the user sees.

Each package declares its kinds of finding once with :func:`declare`; a finding itself is a code and parameters,
so it can be stored and worded again in another language.

Code ranges: RX1xx images and masks, RX2xx clinical tables, roles, endpoints, RX3xx extraction, RX4xx features and
selection, RX5xx validation and modelling, RX6xx survival, RX7xx explanations, RX8xx study, files and jobs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from string import Formatter
from typing import Any, Literal

import pandas as pd

from radiomics_core.errors import RadiomicsError
from radiomics_core.i18n import LazyText, Text, translate

Severity = Literal["note", "caution", "stop"]
SEVERITIES: tuple[Severity, ...] = ("note", "caution", "stop")


@dataclass(frozen=True)
class FindingKind:
    """What one code means: its usual severity, title, words and way out (texts may hold ``{name}`` fields)."""

    code: str
    severity: Severity
    title: LazyText
    meaning: LazyText
    remedy: LazyText


KINDS: dict[str, FindingKind] = {}


def declare(code: str, severity: Severity, title: LazyText, meaning: LazyText, remedy: LazyText) -> FindingKind:
    """Declare a kind of finding; a code can be declared once."""
    if code in KINDS:
        raise ValueError(f"finding code {code} is declared twice")
    KINDS[code] = FindingKind(code, severity, title, meaning, remedy)
    return KINDS[code]


RETIRED: set[str] = set()
"""Codes that are made no more; they keep their words for studies that hold them."""


def retire(code: str, severity: Severity, title: LazyText, meaning: LazyText, remedy: LazyText) -> None:
    """Declare a kind of finding of an earlier version: stored ones are still worded, new ones cannot be made."""
    declare(code, severity, title, meaning, remedy)
    RETIRED.add(code)


@dataclass(frozen=True)
class Finding:
    """One thing a check found.

    Attributes
    ----------
    code : str
        ``RX101`` ...: a key of ``KINDS``.
    severity : {"note", "caution", "stop"}
    case_id, image, roi, column : str
        What it is about; empty when it is about the whole study.
    params : dict
        Values of the fields in the kind's texts: JSON-serialisable, or a LazyText that is translated when shown.
    """

    code: str
    severity: Severity
    case_id: str = ""
    image: str = ""
    roi: str = ""
    column: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> FindingKind:
        """The kind this finding is of."""
        return KINDS[self.code]

    def title(self) -> str:
        """Return the title in the session's language."""
        return str(self.kind.title)

    def message(self) -> str:
        """Return what was found, in the session's language."""
        return self._worded(self.kind.meaning)

    def remedy(self) -> str:
        """Return the way out, in the session's language."""
        return self._worded(self.kind.remedy)

    def fields(self) -> dict[str, Any]:
        """Return the values of the fields in the kind's texts."""
        about = {"case_id": self.case_id, "image": self.image, "roi": self.roi, "column": self.column}
        return {**about, **self.params}

    def _worded(self, text: Text) -> str:
        return translate(text, **self.fields())

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-serialisable form."""
        params = {k: {WORDS: v.template} if isinstance(v, LazyText) else v for k, v in self.params.items()}
        return {**{name: getattr(self, name) for name in FINDING_FIELDS}, "params": params}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Finding:
        """Make a finding from its stored form."""
        known = {name: stored[name] for name in FINDING_FIELDS if name in stored}
        params = {k: LazyText(v[WORDS]) if _is_words(v) else v for k, v in stored.get("params", {}).items()}
        return cls(**{**known, "params": params})


def _is_words(value: object) -> bool:
    return isinstance(value, dict) and set(value) == {WORDS}


WORDS = "words"
"""Key under which a parameter that is a text to translate is stored."""

FINDING_FIELDS = ("code", "severity", "case_id", "image", "roi", "column", "params")


def found(
    kind: FindingKind,
    *,
    case_id: str = "",
    image: str = "",
    roi: str = "",
    column: str | None = None,
    severity: Severity | None = None,
    **params: Any,
) -> Finding:
    """Make a finding of a declared kind.

    Raises
    ------
    ValueError
        When the kind's texts have a field that was not given: it would be missed when the finding is shown.
    """
    about_a_case = {"case_id", "image", "roi"}  # an engine does not know them: whoever calls it fills them in
    given = params.keys() | about_a_case | ({"column"} if column is not None else set())
    if not _fields_of(kind) <= given:
        missed = ", ".join(sorted(_fields_of(kind) - given))
        raise ValueError(f"a finding {kind.code} is worded with {missed}, which was not given")
    return Finding(kind.code, severity or kind.severity, case_id, image, roi, column or "", params)


@cache
def _fields_of(kind: FindingKind) -> frozenset[str]:
    """Return the names of the fields in the meaning and the remedy of a kind."""
    parsed = [Formatter().parse(text.template) for text in (kind.meaning, kind.remedy)]
    names = (name for parts in parsed for _text, name, _form, _turned in parts if name)
    return frozenset(re.split(r"[.\[]", name)[0] for name in names)


def findings_frame(findings: list[Finding]) -> pd.DataFrame:
    """Return one row per finding: code, severity, case_id, image, roi, column, title, message, remedy."""
    columns = ["code", "severity", "case_id", "image", "roi", "column", "title", "message", "remedy"]
    rows = [
        [f.code, f.severity, f.case_id, f.image, f.roi, f.column, f.title(), f.message(), f.remedy()] for f in findings
    ]
    return pd.DataFrame(rows, columns=columns)


def stops_of(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that stop: what they are about cannot be done, or would be false."""
    return [finding for finding in findings if finding.severity == "stop"]


def refuse_stopped(findings: Iterable[Finding]) -> None:
    """Raise :class:`StoppedError` when one of the findings stops."""
    stops = stops_of(findings)
    if stops:
        raise StoppedError(stops)


class StoppedError(RadiomicsError):
    """Findings that stop stand in the way of what was asked; the words are those of the first.

    Parameters
    ----------
    findings : sequence of Finding
        At least one.
    """

    code = "stopped"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        first = self.findings[0]
        super().__init__(first.kind.meaning, remedy=first.kind.remedy, **first.fields())
