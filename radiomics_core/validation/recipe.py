"""What one row of a comparison does, from columns to score, and the tools it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from radiomics_core.evaluation.discrimination import Metric
from radiomics_core.evaluation.recalibration import PredictionScale
from radiomics_core.features.screens import SCREENS, Screen
from radiomics_core.registry import Registry
from radiomics_core.selection import SELECTORS
from radiomics_core.selection.rankers import Ranker
from radiomics_core.settings import Settings
from radiomics_core.validation.matrix import MedianScaler, Preparer

Floats = NDArray[np.float64]
CHOSEN_INSIDE = "chosen inside"
STACKED = "stacked"
Criterion = Literal["metric", "deviance"]


@dataclass(frozen=True, kw_only=True)
class Recipe(Settings):
    """Screen, harmonise, impute and scale, select, model: refitted in every training fold.

    Attributes
    ----------
    inputs : str
        Name of the block.
    screen, selector, model : str
        Names in SCREENS, SELECTORS and the table of models.
    harmonise : str
        Reserved: ``"none"`` until a harmonisation that is learnt in fold exists.
    """

    inputs: str
    screen: str = "none"
    harmonise: str = "none"
    selector: str = "none"
    model: str = "logistic_ridge"

    @property
    def name(self) -> str:
        """Code that seeds and result rows are keyed on."""
        return f"{self.inputs}|{self.screen}|{self.selector}|{self.model}"


@dataclass(frozen=True)
class ModelCandidate:
    """One tuning value of a model: a label and how to make the unfitted estimator from a seed."""

    label: str
    make: Callable[[int], Any]


@dataclass(frozen=True)
class ModelFamily:
    """A model with the values its inner loop tries, simplest first.

    Attributes
    ----------
    candidates : tuple of ModelCandidate
    tuned_by : {"metric", "deviance"}
        What compares its tuning values on inner out-of-fold scores. The deviance, for scores that are log-odds or log
        hazards, also sees how far they spread; it is taken where it measured better (docs/benchmarks/probabilities.md).
    """

    candidates: tuple[ModelCandidate, ...]
    tuned_by: Criterion = "metric"


@dataclass(frozen=True)
class Toolbox:
    """Everything a unit of work builds from; tests put spies here.

    Attributes
    ----------
    models : Registry of ModelFamily
        CLASSIFIERS or SURVIVAL_MODELS.
    metric : Metric
    scale : PredictionScale
        How scores are recalibrated, and their deviance.
    plain_model : str
        Name of the unpenalised model for inputs with few columns and for stacking.
    quick_models, quick_selectors : tuple of str
        The quick look's pipelines.
    """

    models: Registry[ModelFamily]
    metric: Metric
    scale: PredictionScale
    plain_model: str
    quick_models: tuple[str, ...]
    quick_selectors: tuple[str, ...]
    selectors: Registry[Ranker] = field(default_factory=lambda: SELECTORS)
    screens: Registry[Screen] = field(default_factory=lambda: SCREENS)
    make_preparer: Callable[[tuple[tuple[int, ...], ...]], Preparer] = MedianScaler


def model_score(model: Any, features: Floats) -> Floats:
    """Return the score of each row: log-odds, decision value or log-hazard; higher means more risk."""
    weights = getattr(model, "coef_", None)
    if weights is not None and np.ndim(weights) == 2 and len(weights) == 1 and hasattr(model, "intercept_"):
        # what decision_function of a linear model does, without its checks: most of a unit's time otherwise
        return np.asarray(features @ weights[0] + model.intercept_[0])
    if hasattr(model, "decision_function"):
        return np.asarray(model.decision_function(features), float)
    if hasattr(model, "predict_proba"):
        probability = np.clip(model.predict_proba(features)[:, 1], 1e-6, 1 - 1e-6)
        return np.asarray(np.log(probability / (1 - probability)))
    return np.asarray(model.predict(features), float).ravel()
