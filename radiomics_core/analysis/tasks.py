"""TASKS: one row per kind of endpoint that can be analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from radiomics_core.analysis import time_to_event
from radiomics_core.analysis.settings import AUTOMATIC
from radiomics_core.analysis.task import Task
from radiomics_core.errors import EndpointError
from radiomics_core.evaluation.discrimination import AUC, HARRELL_C
from radiomics_core.evaluation.hazard_recalibration import LOG_HAZARD
from radiomics_core.evaluation.recalibration import LOG_ODDS, as_probability
from radiomics_core.evaluation.thresholds import youden_threshold
from radiomics_core.i18n import lazy_
from radiomics_core.models import CLASSIFIERS, SURVIVAL_MODELS
from radiomics_core.registry import Choice, Registry

if TYPE_CHECKING:
    from radiomics_core.analysis.data import AnalysisData


def _one_class(data: AnalysisData, inside: NDArray[np.intp]) -> str:
    """Return why AUC cannot be had in some cases: they are all of one class."""
    n_events = int(data.events[inside].sum())
    if n_events == 0:
        return "no_events"
    return "no_others" if n_events == len(inside) else ""


BINARY = Task(
    name="binary",
    label=lazy_("Comparison"),
    metric=AUC,
    scale=LOG_ODDS,
    models=CLASSIFIERS,
    plain_model="logistic",
    quick_models=("logistic_ridge", "svm_linear"),
    quick_selectors=("mann_whitney", "mrmr"),
    threshold=youden_threshold,
    probability=as_probability,
    cannot_judge=_one_class,
    columns=("auc", "auc_low", "auc_high"),
)
TIME_TO_EVENT = Task(
    name="time_to_event",
    label=lazy_("Survival analysis"),
    metric=HARRELL_C,
    scale=LOG_HAZARD,
    models=SURVIVAL_MODELS,
    plain_model="cox",
    quick_models=(AUTOMATIC,),
    quick_selectors=("cox_score",),
    rule=time_to_event.ridge_by_rule,
    target=time_to_event.times_and_events,
    events_per_fold=5,
    one_case_per_patient=True,
    shuffles_all=True,
    images_too=False,
    p_of_rows=True,
    check=time_to_event.refuse_delayed_entry,
    cannot_judge=time_to_event.too_few_to_judge,
    extras=time_to_event.make_extras,
    extra_columns=time_to_event.EXTRA_COLUMNS,
    findings=time_to_event.make_findings,
    columns=("c_index", "c_low", "c_high"),
)


def _row(task: Task) -> Choice[Task]:
    return Choice(name=task.name, label=task.label, build=lambda: task)


TASKS: Registry[Task] = Registry("task", _row(BINARY), _row(TIME_TO_EVENT))


def task_of(kind: str) -> Task:
    """Return the task of a kind of endpoint; EndpointError when there is none yet."""
    if kind not in TASKS:
        raise EndpointError(
            lazy_("an endpoint of kind {kind} cannot be analysed yet"),
            remedy=lazy_("Define one of these kinds: {kinds}"),
            kind=kind,
            kinds=", ".join(TASKS.names()),
        )
    return TASKS.build(kind)
