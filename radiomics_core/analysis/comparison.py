"""Comparison of pipelines for a binary endpoint: the validation machinery with the table of classifiers."""

from __future__ import annotations

from collections.abc import Iterable

from radiomics_core.analysis import assemble as _assemble
from radiomics_core.analysis import cost, nested
from radiomics_core.analysis.cost import CostEstimate
from radiomics_core.analysis.data import AnalysisData
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.nested import Unit, UnitResult
from radiomics_core.analysis.recipe import Toolbox
from radiomics_core.analysis.settings import ComparisonSettings
from radiomics_core.errors import EndpointError
from radiomics_core.evaluation.discrimination import AUC
from radiomics_core.evaluation.recalibration import LOG_ODDS
from radiomics_core.i18n import lazy_
from radiomics_core.models import CLASSIFIERS

TOOLBOX = Toolbox(
    models=CLASSIFIERS,
    metric=AUC,
    scale=LOG_ODDS,
    plain_model="logistic",
    quick_models=("logistic_ridge", "svm_linear"),
    quick_selectors=("mann_whitney", "mrmr"),
)


def units_of_work(data: AnalysisData, settings: ComparisonSettings) -> list[Unit]:
    """Return every unit of a comparison."""
    _check(data)
    return nested.units_of_work(data, settings)


def run_unit(data: AnalysisData, settings: ComparisonSettings, unit: Unit) -> UnitResult:
    """Run one unit: pure and picklable; the result depends on the arguments only."""
    return nested.run_unit(data, settings, unit, TOOLBOX)


def assemble(data: AnalysisData, settings: ComparisonSettings, results: Iterable[UnitResult]) -> Evaluation:
    """Put the results of the units together."""
    return _assemble.assemble(data, settings, results, TOOLBOX)


def estimate_cost(data: AnalysisData, settings: ComparisonSettings, n_jobs: int = 1) -> CostEstimate:
    """Return the number of fits, minutes and memory of a comparison, from a short trial."""
    _check(data)
    return cost.estimate_cost(data, settings, TOOLBOX, n_jobs=n_jobs)


def _check(data: AnalysisData) -> None:
    if data.values.kind != "binary":
        raise EndpointError(
            lazy_("classifiers need a binary endpoint, got {kind}"),
            remedy=lazy_("Use the survival page for time-to-event endpoints"),
            kind=data.values.kind,
        )
