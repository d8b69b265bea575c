"""The best of k pipelines, corrected for having been picked: bootstrap bias-corrected cross-validation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from radiomics_core.stats.concordance import Pairs, pair_values

Floats = NDArray[np.float64]


def bbc_cv(
    scores: Sequence[Floats],
    pairs: Sequence[Pairs],
    patient_of: NDArray[np.intp],
    seed: np.random.SeedSequence,
    *,
    n_bootstrap: int = 500,
) -> float:
    """Return the expected value of the winner of a comparison, corrected for the choice.

    Patients are drawn with replacement, with all their cases; the pipeline that is best on those drawn is judged on
    those left out.

    Parameters
    ----------
    scores : one array per repeat, shape (n_pipelines, n_cases)
        Held-out scores.
    pairs : one per repeat
        Comparable pairs within the folds of that repeat.
    patient_of : array of int, shape (n_cases,)
        Number of the patient of each case, from 0.
    seed : SeedSequence
    n_bootstrap : int

    References
    ----------
    Tsamardinos, Greasidou & Borboudakis, Machine Learning 107 (2018) 1895-1922.
    """
    right = np.concatenate([pair_values(s, p) for s, p in zip(scores, pairs, strict=True)], axis=1)
    first = np.concatenate([p.first for p in pairs])
    second = np.concatenate([p.second for p in pairs])
    n_patients = int(patient_of.max()) + 1
    generator = np.random.default_rng(seed)
    winners = []
    for _draw in range(n_bootstrap):
        drawn_patients = generator.integers(0, n_patients, n_patients)
        weight = np.bincount(drawn_patients, minlength=n_patients).astype(float)[patient_of]
        drawn = weight[first] * weight[second]
        left_out = (weight[first] == 0) & (weight[second] == 0)
        if drawn.any() and left_out.any():
            best = int(np.argmax(right @ drawn))
            winners.append(float(right[best, left_out].mean()))
    return float(np.mean(winners)) if winners else float("nan")
