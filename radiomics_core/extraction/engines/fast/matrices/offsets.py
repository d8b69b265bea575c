"""Directions: the steps from a voxel to the neighbours that texture matrices compare it with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


def offsets(
    box_shape: Sequence[int], distances: Iterable[int], force_2d_axis: int | None, bidirectional: bool = False
) -> NDArray[np.int64]:
    """Return the steps (z, y, x) to neighbours at the given distances, in the order of pyradiomics.

    Parameters
    ----------
    box_shape : three of int
        Shape of the array the steps are taken in; a step as long as the array along an axis is left out.
    distances : iterable of int
        Chebyshev distances, at least 1. A distance given twice counts twice, as in pyradiomics.
    force_2d_axis : int or None
        Axis without steps.
    bidirectional : bool
        Return each direction and its opposite instead of one of both.

    Returns
    -------
    array of int64, shape (n, 3)
        No rows when the array has one voxel.

    References
    ----------
    pyradiomics 3.0.1, ``cmatrices.c``, ``build_angles``.
    """
    wanted = [int(distance) for distance in distances]
    if not wanted or min(wanted) < 1:
        raise ValueError(f"distances must be at least 1, got {wanted}")
    reach = tuple(
        0 if axis == force_2d_axis else min(max(wanted), int(size) - 1) for axis, size in enumerate(box_shape)
    )
    return _steps(reach, tuple(wanted), bidirectional).copy()


@lru_cache
def _steps(reach: tuple[int, ...], wanted: tuple[int, ...], bidirectional: bool) -> NDArray[np.int64]:
    steps = np.stack(np.meshgrid(*(np.arange(r, -r - 1, -1) for r in reach), indexing="ij"), axis=-1).reshape(-1, 3)
    length = np.abs(steps).max(axis=1)
    steps = steps[np.isin(length, wanted)]
    count = sum(int(np.count_nonzero(length == distance)) for distance in wanted)
    return steps[np.arange(count if bidirectional else count // 2) % max(len(steps), 1)].astype(np.int64)
