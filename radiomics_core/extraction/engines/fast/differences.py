"""Magnitude of central differences, in ITK's order of operations."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.compiled import compiled

Array = NDArray[np.float64]


@compiled
def gradient_magnitude(array: Array, first: NDArray[np.int64], halves: Array, magnitude: Array) -> None:
    """Fill the magnitude of the gradient of a part of an array.

    At the border of the array the last voxel is repeated (``itk::ZeroFluxNeumannBoundaryCondition``).

    Parameters
    ----------
    array : array of float64, shape (z, y, x)
    first : array of int64, shape (3,)
        First voxel of the part.
    halves : array of float64, shape (3,)
        Half a step over its length, along z, y, x.
    magnitude : array of float64, shape of the part
        Filled.
    """
    depth, height, width = array.shape
    for z in range(magnitude.shape[0]):
        here_z = z + first[0]
        before_z, after_z = max(here_z - 1, 0), min(here_z + 1, depth - 1)
        for y in range(magnitude.shape[1]):
            here_y = y + first[1]
            before_y, after_y = max(here_y - 1, 0), min(here_y + 1, height - 1)
            for x in range(magnitude.shape[2]):
                here_x = x + first[2]
                before_x, after_x = max(here_x - 1, 0), min(here_x + 1, width - 1)
                along_x = halves[2] * array[here_z, here_y, after_x] - halves[2] * array[here_z, here_y, before_x]
                along_y = halves[1] * array[here_z, after_y, here_x] - halves[1] * array[here_z, before_y, here_x]
                along_z = halves[0] * array[after_z, here_y, here_x] - halves[0] * array[before_z, here_y, here_x]
                magnitude[z, y, x] = math.sqrt(along_x * along_x + along_y * along_y + along_z * along_z)
