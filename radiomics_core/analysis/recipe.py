"""What one row of a comparison does, from columns to score, and the tools it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from radiomics_core.analysis.matrix import MedianScaler, Preparer
from radiomics_core.evaluation.discrimination import Metric
from radiomics_core.evaluation.recalibration import PredictionScale
from radiomics_core.features.screens import SCREENS, Screen
from radiomics_core.models.family import ModelFamily
from radiomics_core.registry import Registry
from radiomics_core.selection import SELECTORS
from radiomics_core.selection.ranking import Ranker
from radiomics_core.settings import Settings

Floats = NDArray[np.float64]
CHOSEN_INSIDE = "chosen inside"
STACKED = "stacked"


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
