"""Cross-validated survival analysis in units of work, on the same machinery as the comparison.

A unit is one repeat of the whole cross-validation for all inputs, as they are or with rows moved between patients.
Units are pure and picklable; :func:`assemble` puts them together in any order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from radiomics_core.analysis import cost, nested
from radiomics_core.analysis.centres import take, training_positions
from radiomics_core.analysis.cost import CostEstimate
from radiomics_core.analysis.data import AnalysisData
from radiomics_core.analysis.matrix import encode_block
from radiomics_core.analysis.nested import FRAMES, LOW_DIMENSIONAL, Unit, UnitResult
from radiomics_core.analysis.recipe import Toolbox
from radiomics_core.analysis.splits import usable_folds
from radiomics_core.analysis.survival_evaluation import METHOD_VERSION, SurvivalEvaluation
from radiomics_core.analysis.survival_rows import make_evaluation
from radiomics_core.analysis.survival_settings import AUTOMATIC, SurvivalSettings
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.errors import EndpointError, NotApplicableError, SettingsError
from radiomics_core.evaluation.discrimination import HARRELL_C
from radiomics_core.evaluation.hazard_recalibration import LOG_HAZARD
from radiomics_core.i18n import lazy_
from radiomics_core.models import SURVIVAL_MODELS
from radiomics_core.selection import SELECTORS

__all__ = ["METHOD_VERSION", "Unit", "UnitResult", "assemble", "estimate_cost", "run_unit", "units_of_work"]

EVENTS_PER_PARAMETER = 10
TOOLBOX = Toolbox(
    models=SURVIVAL_MODELS,
    metric=HARRELL_C,
    scale=LOG_HAZARD,
    plain_model="cox",
    quick_models=("ridge_cox",),
    quick_selectors=("cox_score",),
)
"""What survival pipelines are built from before the rule of ten events per parameter picks the model."""


def units_of_work(data: AnalysisData, settings: SurvivalSettings) -> list[Unit]:
    """Return every unit, real ones first.

    Raises
    ------
    EndpointError
        When the endpoint is not a time to an event.
    NotApplicableError
        When there are not enough events for three folds, or the endpoint has delayed entry.
    """
    if data.values.kind != "time_to_event":
        raise EndpointError(
            lazy_("survival analysis needs a time-to-event endpoint, got {kind}"),
            remedy=lazy_("Declare an endpoint with a time and an event on the Cohort page"),
            kind=data.values.kind,
        )
    refuse_delayed_entry(data.values.endpoint)
    usable_folds(data, settings.folds)
    nested.primary_inputs(data, settings.comparison())
    names = tuple(compared_inputs(data, settings))
    repeats = range(settings.repeats)
    return [
        *(Unit(kind="real", repeat=repeat, inputs=names) for repeat in repeats),
        *nested.centre_units(data, settings.comparison()),
        *(
            Unit(kind="shuffle", repeat=repeat, inputs=names, shuffle=shuffle)
            for shuffle in range(settings.shuffles)
            for repeat in repeats
        ),
    ]


def refuse_delayed_entry(endpoint: Endpoint) -> None:
    """Raise NotApplicableError for an endpoint with an entry column: Cox, C and curves would count from time zero."""
    column = getattr(endpoint, "entry_column", "")
    if column:
        raise NotApplicableError(
            lazy_("endpoint '{name}' has delayed entry (column '{column}'), which survival analysis cannot use yet"),
            remedy=lazy_("Define the endpoint without an entry column if every case is observed from time zero"),
            name=endpoint.name,
            column=column,
        )


def compared_inputs(data: AnalysisData, settings: SurvivalSettings) -> list[str]:
    """Return the inputs that have columns, in row order; ``combined`` only beside its parts."""
    names = nested.compared_inputs(data, settings.comparison())
    if not names:
        raise SettingsError(lazy_("no inputs with columns to analyse"), remedy=lazy_("Import features first"))
    return names


def run_unit(data: AnalysisData, settings: SurvivalSettings, unit: Unit) -> UnitResult:
    """Run one unit; the result depends on the arguments only.

    Returns
    -------
    UnitResult
        Frames as in :func:`radiomics_core.analysis.nested.run_unit`; a shuffle keeps ``folds`` and the
        percentiles of ``predictions`` only.
    """
    if unit.kind == "centre":
        # the rule for the model, too, knows the other centres only
        others = take(data, training_positions(data, unit.centre))
        return nested.run_unit(data, settings.comparison(), unit, tools(others, settings, unit.inputs[0]))
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in FRAMES}
    for group in _groups(unit.inputs):
        comparison = settings.comparison(interval=unit.kind == "real")
        inner = replace(unit, inputs=group, moved=unit.kind == "shuffle")
        made = nested.run_unit(data, comparison, inner, tools(data, settings, group[0]))
        for name, frame in made.frames.items():
            parts[name].append(frame)
    frames = {name: pd.concat(found, ignore_index=True).assign(shuffle=unit.shuffle) for name, found in parts.items()}
    if unit.kind == "shuffle":
        frames["predictions"] = frames["predictions"][["row", "repeat", "shuffle", "case_id", "percentile"]]
        frames["chosen"] = frames["chosen"].iloc[:0]
    return UnitResult(unit, frames)


def assemble(data: AnalysisData, settings: SurvivalSettings, results: Iterable[UnitResult]) -> SurvivalEvaluation:
    """Put the results of units together; only shuffles of which every repeat is there count."""
    names = compared_inputs(data, settings)
    ridged = {name: parameters(data, settings, name) for name in names if model_of(data, settings, name) != "cox"}
    by_rule = ridged if settings.model == AUTOMATIC else {}
    return make_evaluation(data, settings, list(results), by_rule)


def estimate_cost(data: AnalysisData, settings: SurvivalSettings, n_jobs: int = 1) -> CostEstimate:
    """Return the number of fits, minutes and memory of an analysis, from one trial fit per input."""
    total = CostEstimate(0, 0.0, 0.0, len(units_of_work(data, settings)))
    primary = nested.primary_inputs(data, settings.comparison())
    for group in _groups(tuple(compared_inputs(data, settings))):
        comparison = settings.comparison(interval=True, inputs=group[:1])
        comparison = replace(comparison, primary=group[0])
        named = tools(data, settings, group[0])
        made = cost.estimate_cost(data, comparison, named, n_jobs=n_jobs, centres=primary in group)
        total = replace(
            total,
            n_fits=total.n_fits + made.n_fits,
            minutes=total.minutes + made.minutes,
            memory_mb=max(total.memory_mb, made.memory_mb),
        )
    return total


def parameters(data: AnalysisData, settings: SurvivalSettings, inputs: str) -> int:
    """Return the largest number of coefficients a model of these inputs may have."""
    block = data.blocks["radiomics" if data.blocks[inputs].kind == "combined" else inputs]
    n_columns = len(encode_block(data, block).names)
    if block.kind in LOW_DIMENSIONAL:
        return n_columns
    return min(n_columns, max(SELECTORS.build(settings.selector).sizes))


def model_of(data: AnalysisData, settings: SurvivalSettings, inputs: str) -> str:
    """Return the model of some inputs: the chosen one, or ridge when parameters exceed a tenth of training events."""
    if settings.model != AUTOMATIC:
        return SURVIVAL_MODELS[settings.model].name
    folds = usable_folds(data, settings.folds)
    training_events = data.n_event_patients * (folds - 1) / folds
    return "ridge_cox" if parameters(data, settings, inputs) > training_events / EVENTS_PER_PARAMETER else "cox"


def tools(data: AnalysisData, settings: SurvivalSettings, inputs: str) -> Toolbox:
    """Return what a unit builds the models of some inputs from; stacking keeps clinical columns unpenalised."""
    model = model_of(data, settings, inputs)
    few_columns = data.blocks[inputs].kind in LOW_DIMENSIONAL
    return replace(
        TOOLBOX,
        plain_model=model if few_columns else "cox",
        quick_models=(model,),
        quick_selectors=(settings.selector,),
    )


def _groups(inputs: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return inputs that share their fits: radiomics with combined, every other alone."""
    together = tuple(name for name in inputs if name in ("radiomics", "combined"))
    return ([together] if together else []) + [(name,) for name in inputs if name not in together]
