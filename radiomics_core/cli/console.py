"""What the command line says: all of it on stderr, so that stdout stays free for other programs."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from radiomics_core.findings import Finding
from radiomics_core.i18n import _
from radiomics_core.study.jobs.status import JobStatus

if TYPE_CHECKING:
    import pandas as pd

_EVERY_SECONDS = 5.0


def say(text: str) -> None:
    """Write one line to stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


class ProgressLine:
    """Progress of a job: one line that is rewritten on a terminal, a line now and then elsewhere."""

    def __init__(self, label: str) -> None:
        self._label, self._last, self._said = label, "", 0.0
        self._terminal = sys.stderr.isatty()

    def __call__(self, status: JobStatus) -> None:
        """Show the status when it has changed."""
        text = self._text(status)
        if text == self._last:
            return
        now = time.monotonic()
        if self._terminal:
            sys.stderr.write(f"\r\x1b[K{text}" + ("\n" if status.is_over else ""))
            sys.stderr.flush()
        elif status.is_over or now - self._said >= _EVERY_SECONDS:
            say(text)
            self._said = now
        self._last = text

    def _text(self, status: JobStatus) -> str:
        if not status.total:
            return _("{label}: starting", label=self._label)
        counted = _("{label}: {done} of {total}", label=self._label, done=status.done, total=status.total)
        failed = _(", {n} failed", n=status.failed) if status.failed else ""
        left = _(", {seconds} s left", seconds=round(status.eta_s)) if status.eta_s else ""
        return f"{counted}{failed}{left}"


def say_verdict(differences: pd.DataFrame) -> None:
    """Print whether radiomics adds to clinical data, where that was compared."""
    from radiomics_core.analysis.differences import primary_text

    text = primary_text(differences)
    if text:
        say(text)


def say_findings(findings: Sequence[Finding], per_kind: int = 3) -> bool:
    """Write findings to stderr, the gravest first, a few of each kind; return whether one of them stops."""
    order = {"stop": 0, "caution": 1, "note": 2}
    by_kind: dict[tuple[str, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda one: (order[one.severity], one.code)):
        by_kind.setdefault((finding.code, finding.severity), []).append(finding)
    for (code, severity), some in by_kind.items():
        for finding in some[:per_kind]:
            say(f"{code} {severity}: {finding.message()} {finding.remedy()}")
        if len(some) > per_kind:
            cases = ", ".join(dict.fromkeys(one.case_id for one in some[per_kind:] if one.case_id))
            say(
                _(
                    "{code} {severity}: {n} more: {cases}",
                    code=code,
                    severity=severity,
                    n=len(some) - per_kind,
                    cases=cases,
                )
            )
    return any(finding.severity == "stop" for finding in findings)
