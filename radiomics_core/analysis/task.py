"""Task: what differs between kinds of endpoint, in one row; everything else is the same analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.analysis.matrix import MedianScaler, Preparer
from radiomics_core.analysis.row_key import RowKey
from radiomics_core.evaluation.discrimination import Metric
from radiomics_core.evaluation.recalibration import PredictionScale
from radiomics_core.features.screens import SCREENS, Screen
from radiomics_core.findings import Finding
from radiomics_core.i18n import LazyText, lazy_
from radiomics_core.models.family import ModelFamily
from radiomics_core.registry import Registry
from radiomics_core.selection import SELECTORS
from radiomics_core.selection.ranking import Ranker

if TYPE_CHECKING:
    from radiomics_core.analysis.data import AnalysisData
    from radiomics_core.analysis.rows import Collected
    from radiomics_core.analysis.settings import AnalysisSettings
    from radiomics_core.cohort.endpoints import Endpoint, EndpointValues

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class Extras:
    """What a task makes beside the rows every analysis has.

    Attributes
    ----------
    frames : dict of str to DataFrame
        Tables of the evaluation by name; each has the columns of the key.
    columns : dict of RowKey to dict
        Values of the task's own columns in the table of rows.
    """

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    columns: dict[RowKey, dict[str, Any]] = field(default_factory=dict)


def outcome_events(values: EndpointValues) -> Flags:
    """Return True for cases with the event, shape (n,)."""
    return np.asarray(values.event == 1)


def event_target(values: EndpointValues, patients: Positions) -> Floats:
    """Return events as 0 and 1, shape (n,)."""
    return np.asarray(values.event == 1, dtype=np.float64)


def nothing_before(endpoint: Endpoint) -> None:
    """Accept every endpoint of the kind."""


def no_extras(collected: Collected) -> Extras:
    """Return nothing beside the rows."""
    return Extras()


def no_findings(collected: Collected, rows: pd.DataFrame, frames: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Return no findings of the task's own."""
    return []


def no_reason(data: AnalysisData, inside: Positions) -> str:
    """Return no reason against judging models in these cases."""
    return ""


NAMELESS = lazy_("")


@dataclass(frozen=True, kw_only=True)
class Task:
    """One kind of endpoint; tests put spies in place of the tools.

    Attributes
    ----------
    metric : Metric
    scale : PredictionScale
        How scores are recalibrated, and their deviance.
    models : Registry of ModelFamily
    plain_model : str
        Unpenalised model for inputs with few columns and for stacking.
    quick_models, quick_selectors : tuple of str
        The quick look's pipelines; ``"auto"`` where there is a ``rule``.
    rule : function (data, settings, inputs) -> str, or None
        Picks the model of some inputs from their number of columns and events.
    target : function (values, patient numbers) -> array
        What models are fitted to, shape (n,) or (n, k).
    events : function (values) -> array of bool, shape (n,)
        What folds are stratified by and what is counted.
    events_per_fold : int
        Fewer folds are made rather than folds with fewer patients with the event; 0: as many folds as asked for.
    one_case_per_patient : bool
        Metrics take the first outcome and the mean score of a patient; otherwise every case counts.
    threshold : function (target, score) -> float, or None
        Learnt from inner out-of-fold scores; None where nothing is decided.
    probability : function (linear predictor) -> array, or None
    shuffles_all : bool
        Shuffles move every input with all its columns; otherwise the headline and, for what radiomics adds, the
        combined inputs.
    images_too : bool
        Single images are compared when no inputs are named.
    p_of_rows : bool
        ``permutation_p`` of a row comes from ``extras``; otherwise the headline's is that of its value.
    check : function (endpoint)
        Raises NotApplicableError for an endpoint of the kind that cannot be analysed.
    cannot_judge : function (data, positions) -> str
        Code of the reason why a model cannot be judged in some cases, empty when it can.
    extras : function (collected) -> Extras
    extra_columns : tuple of str
        Columns of the table of rows that ``extras`` fills.
    findings : function (collected, rows, frames of the extras) -> list of Finding
    columns : tuple of three str
        What value, low and high are called in files.
    """

    name: str
    label: LazyText = NAMELESS
    metric: Metric
    scale: PredictionScale
    models: Registry[ModelFamily]
    plain_model: str
    quick_models: tuple[str, ...]
    quick_selectors: tuple[str, ...]
    rule: Callable[[AnalysisData, AnalysisSettings, str], str] | None = None
    target: Callable[[EndpointValues, Positions], Floats] = event_target
    events: Callable[[EndpointValues], Flags] = outcome_events
    events_per_fold: int = 0
    one_case_per_patient: bool = False
    threshold: Callable[[Floats, Floats], float] | None = None
    probability: Callable[[Floats], Floats] | None = None
    shuffles_all: bool = False
    images_too: bool = True
    p_of_rows: bool = False
    check: Callable[[Endpoint], None] = nothing_before
    cannot_judge: Callable[[AnalysisData, Positions], str] = no_reason
    extras: Callable[[Collected], Extras] = no_extras
    extra_columns: tuple[str, ...] = ()
    findings: Callable[[Collected, pd.DataFrame, Mapping[str, pd.DataFrame]], list[Finding]] = no_findings
    columns: tuple[str, str, str] = ("value", "low", "high")
    selectors: Registry[Ranker] = field(default_factory=lambda: SELECTORS)
    screens: Registry[Screen] = field(default_factory=lambda: SCREENS)
    make_preparer: Callable[[tuple[tuple[int, ...], ...]], Preparer] = MedianScaler
