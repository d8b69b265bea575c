"""One analysis in units of work, whatever the endpoint: pure units, put together in any order."""

from __future__ import annotations

from radiomics_core.analysis.assemble import assemble
from radiomics_core.analysis.cost import estimate_cost
from radiomics_core.analysis.data import AnalysisData
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.nested import METHOD_VERSION, Unit, UnitResult, run_unit, units_of_work
from radiomics_core.analysis.settings import AnalysisSettings

__all__ = [
    "METHOD_VERSION",
    "Unit",
    "UnitResult",
    "analyse",
    "assemble",
    "estimate_cost",
    "run_unit",
    "units_of_work",
]


def analyse(data: AnalysisData, settings: AnalysisSettings) -> Evaluation:
    """Return the evaluation, every unit run in this process."""
    return assemble(data, settings, [run_unit(data, settings, unit) for unit in units_of_work(data, settings)])
