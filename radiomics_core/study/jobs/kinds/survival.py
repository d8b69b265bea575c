"""Cross-validated survival analysis of a time-to-event endpoint."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from radiomics_core.analysis import survival as cross_validated
from radiomics_core.analysis.data import AnalysisData
from radiomics_core.analysis.nested import Unit, UnitResult
from radiomics_core.analysis.survival_evaluation import SurvivalEvaluation
from radiomics_core.analysis.survival_settings import SurvivalSettings
from radiomics_core.study.jobs.kinds.cross_validation import CrossValidationJob


class SurvivalJob(CrossValidationJob):
    """Held-out Cox scores, risk groups and their permutation p."""

    name = "survival"

    def settings(self, payload: dict[str, Any]) -> SurvivalSettings:
        """Make the settings from the payload."""
        return SurvivalSettings.from_dict(payload["settings"])

    def units(self, data: AnalysisData, settings: SurvivalSettings) -> list[Unit]:
        """Return every unit."""
        return cross_validated.units_of_work(data, settings)

    def run(self, shared: tuple[AnalysisData, SurvivalSettings], work: Unit) -> UnitResult:
        """Run one unit."""
        return cross_validated.run_unit(*shared, work)

    def assemble(
        self, data: AnalysisData, settings: SurvivalSettings, results: Iterable[UnitResult]
    ) -> SurvivalEvaluation:
        """Put the units together."""
        return cross_validated.assemble(data, settings, results)
