"""Two short filters along one axis of an image, summed tap by tap in PyWavelets' order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.compiled import compiled

CHUNK = 1024
"""Voxels that all taps pass over before the next ones: sums and values stay in the first cache."""


def convolve_pair(
    values: NDArray[Any], axis: int, filters: tuple[NDArray[Any], NDArray[Any]], reversed_taps: NDArray[np.int64]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return an image convolved along one axis with two filters of one even length, where they lie wholly inside.

    Parameters
    ----------
    values : array of float32 or float64, shape (z, y, x), C order
    axis : int
    filters : pair of arrays of the same type, shape (taps,)
    reversed_taps : array, shape (n,)
        For each place along the axis of the result: how many of the first taps are summed in reverse order.
    """
    taps = len(filters[0])
    shape = list(values.shape)
    shape[axis] -= taps - 1
    first, second = np.empty(shape, values.dtype), np.empty(shape, values.dtype)
    outer, inner = int(np.prod(shape[:axis])), int(np.prod(shape[axis + 1 :]))
    ends = np.append(np.flatnonzero(np.diff(reversed_taps)) + 1, len(reversed_taps))
    runs = np.stack([np.append(0, ends[:-1]), ends, reversed_taps[ends - 1]], axis=1)
    _convolve(values.reshape(outer, -1), filters[0], filters[1], inner, runs, first.reshape(-1), second.reshape(-1))
    return first, second


@compiled
def _convolve(
    values: NDArray[Any],
    low: NDArray[Any],
    high: NDArray[Any],
    inner: int,
    runs: NDArray[np.int64],
    first: NDArray[Any],
    second: NDArray[Any],
) -> None:
    """Sum tap by tap over stretches of memory: places along the axis lie ``inner`` elements apart."""
    taps = len(low)
    zero = values.dtype.type(0)
    length = runs[-1, 1] * inner
    for line in range(values.shape[0]):
        source = values[line]
        for run in range(len(runs)):
            backwards = runs[run, 2]
            for begin in range(runs[run, 0] * inner, runs[run, 1] * inner, CHUNK):
                n = min(CHUNK, runs[run, 1] * inner - begin)
                at = line * length + begin
                one, two = first[at : at + n], second[at : at + n]
                one[:] = zero
                two[:] = zero
                for t in range(0, taps, 2):
                    j = backwards - 1 - t if t < backwards else t
                    k = backwards - 2 - t if t + 1 < backwards else t + 1
                    from_j, from_k = begin + (taps - 1 - j) * inner, begin + (taps - 1 - k) * inner
                    a, b = source[from_j : from_j + n], source[from_k : from_k + n]
                    low_j, low_k, high_j, high_k = low[j], low[k], high[j], high[k]
                    for p in range(n):
                        one[p] = (one[p] + low_j * a[p]) + low_k * b[p]
                        two[p] = (two[p] + high_j * a[p]) + high_k * b[p]
