"""What extraction of one region on one image of one case gave: numbers, or a finding that says why not."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass, field
from typing import Any

from radiomics_core.findings import Finding


@dataclass(frozen=True)
class CaseResult:
    """Features of one (case, image, region), or the finding why there are none.

    Attributes
    ----------
    case_id, image, roi : str
    values : dict of str to float
        By pyradiomics name; empty when extraction failed.
    diagnostics : dict
        JSON-like facts from the engine.
    findings : tuple of Finding
        With case, image and region filled in.
    seconds : float
        Time the unit took.
    """

    case_id: str
    image: str
    roi: str
    values: dict[str, float] = field(default_factory=dict)
    diagnostics: dict[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether there are no features."""
        return not self.values

    def to_json(self) -> str:
        """Return a JSON text; NaN becomes null."""
        stored = {name: getattr(self, name) for name in ("case_id", "image", "roi", "diagnostics", "seconds")}
        stored["values"] = {name: value if math.isfinite(value) else None for name, value in self.values.items()}
        stored["findings"] = [finding.to_dict() for finding in self.findings]
        return json.dumps(_without_nan(stored), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> CaseResult:
        """Make a result from its JSON text; null becomes NaN."""
        stored = json.loads(text)
        values = {name: math.nan if value is None else float(value) for name, value in stored.pop("values").items()}
        findings = tuple(Finding.from_dict(finding) for finding in stored.pop("findings"))
        return cls(values=values, findings=findings, **stored)

    def about_case(self, findings: tuple[Finding, ...]) -> CaseResult:
        """Return a copy with findings that name this case, image and region."""
        named = (
            dataclasses.replace(finding, case_id=self.case_id, image=self.image, roi=self.roi) for finding in findings
        )
        return dataclasses.replace(self, findings=(*self.findings, *named))


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
