"""Grey level run length matrix (GLRLM): how long voxels of one level follow each other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.classes.sparse_matrices import SparseMatrices
from radiomics_core.extraction.engines.fast.formulas import FeatureClass, Values, feature, summed
from radiomics_core.extraction.engines.fast.matrices.glrlm import count_runs, count_runs_around
from radiomics_core.extraction.engines.fast.matrices.offsets import offsets
from radiomics_core.extraction.engines.fast.region import Neighbourhoods, Region

BATCH_ENTRIES = 160_000
"""At most as many entries are counted at a time: few enough to stay near the processor."""


class Glrlm(FeatureClass):
    """Runs counted by grey level i and length j, per direction; features are means over directions with runs.

    A direction in which no line holds two voxels of the region has no runs. With ``weightingNorm`` the matrices of all
    directions are added up first, each times the length of its step. P(i, j) is a number of runs, p(i, j) its share.

    Parameters
    ----------
    runs : SparseMatrices
        P(i, j), direction by direction of each region or neighbourhood.
    directions : int
        Matrices per region or neighbourhood: 1 when they were added up.

    References
    ----------
    Galloway, Computer Graphics and Image Processing 4 (1975) 172-179; Chu, Sehgal and Greenleaf, Pattern Recognition
    Letters 11 (1990) 415-419; Xu, Kurani, Furst and Raicu, VIIP (2004) 452-458; IBSI family TP0I.
    """

    def __init__(self, runs: SparseMatrices, directions: int) -> None:
        self.runs = runs
        self.directions = directions

    @classmethod
    def of_region(cls, region: Region) -> Self:
        """Count the runs of one region."""
        steps = _directions(region)
        counts, level, length = count_runs(region.levels.padded, steps, region.levels.highest)
        weights = _weights(region, steps)
        matrices = counts if weights is None else (weights @ counts)[None]
        entry = np.flatnonzero(matrices)
        matrix, column = np.divmod(entry, len(level))
        i, j = level[column].astype(np.float64), length[column].astype(np.float64)
        directions = max(len(matrices), 1)
        return cls(SparseMatrices(directions, matrix, i, j, matrices.ravel()[entry].astype(np.float64)), directions)

    @classmethod
    def of_neighbourhoods(cls, cubes: Neighbourhoods) -> Iterator[tuple[NDArray[np.int64], Self]]:
        """Count the runs inside each cube."""
        steps = _directions(cubes.region)
        weights = _weights(cubes.region, steps)
        merged, of_step = weights is not None, np.ones(len(steps)) if weights is None else weights
        directions = 1 if merged else max(len(steps), 1)
        batch = max(1, BATCH_ENTRIES // (directions * int(np.prod(2 * cubes.reach + 1))))
        for start in range(0, len(cubes.centres), batch):
            centres = np.ascontiguousarray(cubes.centres[start : start + batch], np.int64)
            places, counts = count_runs_around(cubes.region.levels.array, centres, cubes.reach, steps, of_step, merged)
            matrix, i, j = places.T
            runs = SparseMatrices(
                len(centres) * directions, matrix.astype(np.int64), i.astype(float), j.astype(float), counts
            )
            yield np.arange(start, start + len(centres)), cls(runs, directions)

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        """Whether a direction has runs, shape (batch, directions)."""
        return self.runs.total.reshape(-1, self.directions) > 0

    def per_member(self, values: dict[str, Values]) -> dict[str, Values]:
        """Average over the directions that have runs; NaN where none has."""
        by_direction = np.array(list(values.values())).reshape(len(values), *self.counted.shape)
        means = summed(np.where(self.counted, by_direction, 0.0), axis=2) / summed(self.counted, axis=1)
        return dict(zip(values, means, strict=True))

    @feature("ShortRunEmphasis")
    def short_run_emphasis(self) -> Values:
        """Average of 1 / j^2 (IBSI 22OV)."""
        return self.runs.of_j.mean(1 / self.runs.of_j.j**2)

    @feature("LongRunEmphasis")
    def long_run_emphasis(self) -> Values:
        """Average of j^2 (IBSI W4KF)."""
        return self.runs.of_j.mean(self.runs.of_j.j**2)

    @feature("GrayLevelNonUniformity")
    def gray_level_non_uniformity(self) -> Values:
        """Sum over levels of squared numbers of runs, over the number of runs (IBSI R5YN)."""
        return self.runs.of_i.mean(self.runs.of_i.count)

    @feature("GrayLevelNonUniformityNormalized")
    def gray_level_non_uniformity_normalized(self) -> Values:
        """Sum over levels of squared shares of runs (IBSI OVBL)."""
        return self.runs.of_i.mean(self.runs.of_i.share)

    @feature("RunLengthNonUniformity")
    def run_length_non_uniformity(self) -> Values:
        """Sum over lengths of squared numbers of runs, over the number of runs (IBSI W92Y)."""
        return self.runs.of_j.mean(self.runs.of_j.count)

    @feature("RunLengthNonUniformityNormalized")
    def run_length_non_uniformity_normalized(self) -> Values:
        """Sum over lengths of squared shares of runs (IBSI IC23)."""
        return self.runs.of_j.mean(self.runs.of_j.share)

    @feature("RunPercentage")
    def run_percentage(self) -> Values:
        """Number of runs over the number of voxels in them (IBSI 9ZK5)."""
        return 1 / self.runs.of_j.mean(self.runs.of_j.j)

    @feature("GrayLevelVariance")
    def gray_level_variance(self) -> Values:
        """Variance of i over runs (IBSI 8CE5)."""
        return self.runs.of_i.variance(self.runs.of_i.i)

    @feature("RunVariance")
    def run_variance(self) -> Values:
        """Variance of j over runs (IBSI SXLW)."""
        return self.runs.of_j.variance(self.runs.of_j.j)

    @feature("RunEntropy")
    def run_entropy(self) -> Values:
        """Sum of - p(i, j) log2(p(i, j)) (IBSI HJ9O)."""
        return self.runs.entropy()

    @feature("LowGrayLevelRunEmphasis")
    def low_gray_level_run_emphasis(self) -> Values:
        """Average of 1 / i^2 (IBSI V3SW)."""
        return self.runs.of_i.mean(1 / self.runs.of_i.i**2)

    @feature("HighGrayLevelRunEmphasis")
    def high_gray_level_run_emphasis(self) -> Values:
        """Average of i^2 (IBSI G3QZ)."""
        return self.runs.of_i.mean(self.runs.of_i.i**2)

    @feature("ShortRunLowGrayLevelEmphasis")
    def short_run_low_gray_level_emphasis(self) -> Values:
        """Average of 1 / (i^2 j^2) (IBSI HTZT)."""
        return self.runs.mean(1 / (self.runs.i * self.runs.j) ** 2)

    @feature("ShortRunHighGrayLevelEmphasis")
    def short_run_high_gray_level_emphasis(self) -> Values:
        """Average of i^2 / j^2 (IBSI GD3A)."""
        return self.runs.mean((self.runs.i / self.runs.j) ** 2)

    @feature("LongRunLowGrayLevelEmphasis")
    def long_run_low_gray_level_emphasis(self) -> Values:
        """Average of j^2 / i^2 (IBSI IVPO)."""
        return self.runs.mean((self.runs.j / self.runs.i) ** 2)

    @feature("LongRunHighGrayLevelEmphasis")
    def long_run_high_gray_level_emphasis(self) -> Values:
        """Average of i^2 j^2 (IBSI 3KUM)."""
        return self.runs.mean((self.runs.i * self.runs.j) ** 2)


def _directions(region: Region) -> NDArray[np.int64]:
    return offsets(region.levels.array.shape, (1,), region.options.force_2d_axis)


def _weights(region: Region, steps: NDArray[np.int64]) -> Values | None:
    """Return the length of each step in the norm of ``weightingNorm``, in millimetres; None when it is not set.

    References
    ----------
    pyradiomics 3.0.1, ``glrlm.py``, ``_calculateMatrix``.
    """
    norm = region.options.weighting_norm
    if norm is None:
        return None
    extent = np.abs(steps) * np.asarray(region.spacing_mm, np.float64)[::-1]
    lengths: dict[str, Any] = {
        "infinity": extent.max(axis=1, initial=0.0),
        "euclidean": np.sqrt(summed(extent**2, axis=1)),
        "manhattan": summed(extent, axis=1),
        "no_weighting": np.ones(len(steps)),
    }
    return np.asarray(lengths[norm])
