"""Every kind of finding, so that a stored finding can be worded whatever made it; imported when one is read."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from radiomics_core.findings import KINDS, Finding

MODULES = (
    "images.kinds",
    "images.kinds_intake",
    "clinical.kinds",
    "extraction.kinds",
    "analysis.kinds",
    "survival.kinds",
    "explain.kinds",
    "checks.kinds",
    "study.kinds",
)


def load_kinds_of(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings once the kinds of all of them are declared."""
    findings = list(findings)
    if any(finding.code not in KINDS for finding in findings):
        for module in MODULES:
            import_module(f"radiomics_core.{module}")
    return findings
