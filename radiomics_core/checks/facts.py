"""What a check may look at, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from radiomics_core.cohort.endpoints import EndpointValues
from radiomics_core.cohort.model import ColumnSpec
from radiomics_core.errors import NotApplicableError
from radiomics_core.findings import Finding
from radiomics_core.i18n import Text, lazy_

CheckStatus = Literal["clear", "found", "not_applicable"]


@dataclass(frozen=True, kw_only=True)
class AnalysisFacts:
    """One analysis as the checks see it; what is None or empty makes the checks that need it not applicable.

    Attributes
    ----------
    values : EndpointValues
        Endpoint of the development cases.
    features : DataFrame indexed by case_id
        All features (development cases; external ones may be there too for duplicates).
    volume_column : str
        Feature that holds the volume.
    chosen : tuple of str
        Features in the model, when there is one.
    n_parameters : int
        Parameters the model estimates (0: unknown).
    clinical : DataFrame indexed by case_id
        Every column that holds no outcome; cases without an endpoint value may be there too.
    image_numbers : DataFrame of float indexed by case_id
        Size and intensities of each region, one row per case.
    specs : tuple of ColumnSpec
    patient_ids, centres, roles : dict from case_id
    """

    values: EndpointValues | None = None
    features: pd.DataFrame | None = None
    volume_column: str = ""
    chosen: tuple[str, ...] = ()
    n_parameters: int = 0
    clinical: pd.DataFrame | None = None
    image_numbers: pd.DataFrame | None = None
    specs: tuple[ColumnSpec, ...] = ()
    patient_ids: dict[str, str] = field(default_factory=dict)
    centres: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)

    def required_values(self) -> EndpointValues:
        """Return the endpoint values; not applicable without."""
        if self.values is None or not self.values.n:
            raise not_applicable(lazy_("no endpoint values"))
        return self.values

    def required_features(self) -> pd.DataFrame:
        """Return the features; not applicable without."""
        if self.features is None or self.features.empty:
            raise not_applicable(lazy_("no features"))
        return self.features

    def smaller_group(self) -> int:
        """Return the number of events (time to event) or of cases in the smallest class."""
        values = self.required_values()
        if values.kind == "continuous":
            raise not_applicable(lazy_("the endpoint is a number, not a class or an event"))
        if values.kind == "time_to_event":
            return values.n_events
        counts = np.unique(values.event, return_counts=True)[1]
        return int(counts.min()) if len(counts) > 1 else 0


def not_applicable(why: Text) -> NotApplicableError:
    """Return the error with which a check says that it cannot judge."""
    return NotApplicableError(why)


Check = Callable[[AnalysisFacts], list[Finding]]


@dataclass(frozen=True)
class CheckResult:
    """Answer of one check: silence is never mistaken for health; ``why`` is a text to translate."""

    name: str
    label: str
    status: CheckStatus
    findings: tuple[Finding, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class CheckReport:
    """Answers of all checks, in the order of the registry."""

    results: tuple[CheckResult, ...]

    @property
    def findings(self) -> list[Finding]:
        """All findings."""
        return [finding for result in self.results for finding in result.findings]

    def frame(self) -> pd.DataFrame:
        """Return one row per check: check, status, n_findings, codes, why (a text to translate)."""
        rows: Sequence[Sequence[object]] = [
            [r.name, r.status, len(r.findings), " ".join(dict.fromkeys(f.code for f in r.findings)), r.why]
            for r in self.results
        ]
        return pd.DataFrame(rows, columns=["check", "status", "n_findings", "codes", "why"])
