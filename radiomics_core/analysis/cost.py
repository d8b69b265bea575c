"""What an analysis will cost, from a short trial on the data themselves."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radiomics_core.analysis.data import AnalysisData
from radiomics_core.analysis.lattice import fit_candidates, fold_sets, make_candidates
from radiomics_core.analysis.matrix import EncodedBlock, encode_block
from radiomics_core.analysis.method_settings import configured
from radiomics_core.analysis.nested import Unit, recipes_of, units_of_work
from radiomics_core.analysis.recipe import Recipe
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.splits import assign_folds, usable_folds
from radiomics_core.analysis.task import Task

OVERHEAD = 1.25
"""Scoring, tuning and tables beside fitting, as a factor; measured on 114 cases x 1,000 features."""

WARM_UP_BELOW_S = 1.0


@dataclass(frozen=True)
class CostEstimate:
    """Expected cost of an analysis.

    Attributes
    ----------
    n_fits : int
        Model fits, tuning included.
    minutes : float
    memory_mb : float
        Of one worker, beyond the program itself.
    n_units : int
    """

    n_fits: int
    minutes: float
    memory_mb: float
    n_units: int


def estimate_cost(data: AnalysisData, settings: AnalysisSettings, n_jobs: int = 1) -> CostEstimate:
    """Fit each block's candidates on one training fold, and count how often that happens."""
    from sklearn import config_context
    from threadpoolctl import threadpool_limits

    n_folds = usable_folds(data, settings.folds)
    fold_of = assign_folds(data, n_folds, settings.seed, 0)
    units = units_of_work(data, settings)
    seconds, fits = 0.0, 0
    with threadpool_limits(1), config_context(assume_finite=True, skip_parameter_validation=True):
        trial = {name: _trial(data, settings, name, fold_of != 0) for name in _fitted_blocks(units)}
    for unit in units:
        depth = 3 if unit.kind == "real" and settings.interval and n_folds >= 4 else 2
        n_sets = len(fold_sets(n_folds, depth))
        if unit.kind == "centre":
            n_sets = n_folds + 1
        for name in _lattices(unit.inputs):
            n_candidates, once = trial[name]
            fits += n_sets * n_candidates
            seconds += n_sets * once
    memory = 4 * data.features.to_numpy().nbytes / 1e6 + 50
    return CostEstimate(fits, OVERHEAD * seconds / 60 / max(1, n_jobs), memory, len(units))


def _lattices(inputs: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys("radiomics" if name == "combined" else name for name in inputs))


def _fitted_blocks(units: list[Unit]) -> list[str]:
    return list(dict.fromkeys(name for unit in units for name in _lattices(unit.inputs)))


def _trial(data: AnalysisData, settings: AnalysisSettings, name: str, training: NDArray[np.bool_]) -> tuple[int, float]:
    """Return the number of candidates of a block and the seconds to fit them once."""
    block = encode_block(data, data.blocks[name])
    task = configured(data.task, settings)
    recipes = recipes_of(data, settings, name, task)
    seconds = _timed(data, block, recipes, task, training)
    if seconds < WARM_UP_BELOW_S:
        # the first call pays for imports; only a quick one is worth a second look
        seconds = min(seconds, _timed(data, block, recipes, task, training))
    return len(make_candidates(recipes, task)), seconds


def _timed(
    data: AnalysisData, block: EncodedBlock, recipes: list[Recipe], task: Task, training: NDArray[np.bool_]
) -> float:
    started = time.perf_counter()
    for _fitted in fit_candidates(block, data.target, training, recipes, task, seed=0, key=("trial",)):
        pass
    return time.perf_counter() - started
