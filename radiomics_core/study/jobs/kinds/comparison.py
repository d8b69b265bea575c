"""Compare pipelines for a binary endpoint."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from radiomics_core.analysis import comparison
from radiomics_core.analysis.data import AnalysisData
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.nested import Unit, UnitResult
from radiomics_core.analysis.settings import ComparisonSettings
from radiomics_core.study.jobs.kinds.cross_validation import CrossValidationJob


class ComparisonJob(CrossValidationJob):
    """Nested cross-validation of every pipeline, with its negative controls."""

    name = "comparison"

    def settings(self, payload: dict[str, Any]) -> ComparisonSettings:
        """Make the settings from the payload."""
        return ComparisonSettings.from_dict(payload["settings"])

    def units(self, data: AnalysisData, settings: ComparisonSettings) -> list[Unit]:
        """Return every unit."""
        return comparison.units_of_work(data, settings)

    def run(self, shared: tuple[AnalysisData, ComparisonSettings], work: Unit) -> UnitResult:
        """Run one unit."""
        return comparison.run_unit(*shared, work)

    def assemble(self, data: AnalysisData, settings: ComparisonSettings, results: Iterable[UnitResult]) -> Evaluation:
        """Put the units together."""
        return comparison.assemble(data, settings, results)
