"""Numbers as colours laid over a slice: viridis, from low (dark violet) to high (yellow)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

VIRIDIS = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725")
"""Nine evenly spaced colours of viridis (van der Walt & Smith 2015); those between are interpolated."""

_STEPS = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in VIRIDIS], np.float64)
_TABLE = np.stack(
    [np.interp(np.linspace(0, len(VIRIDIS) - 1, 256), np.arange(len(VIRIDIS)), channel) for channel in _STEPS.T], axis=1
)


@dataclass(frozen=True, eq=False)
class Layer:
    """Values to lay over one slice.

    Attributes
    ----------
    values : array, shape (rows, columns)
        As the slice is shown (see ``orientation.View.cut``); NaN lets the slice show through.
    low, high : float
        Values with the first and the last colour; those beyond have the same.
    opacity : float in [0, 1]
    """

    values: NDArray[np.float64]
    low: float
    high: float
    opacity: float = 0.7


def lay_over(picture: NDArray[np.uint8], layer: Layer) -> NDArray[np.uint8]:
    """Return an RGB picture with the layer over it; every voxel of the layer stays one patch of one colour."""
    from PIL import Image

    size = picture.shape[1], picture.shape[0]
    values = np.asarray(Image.fromarray(layer.values.astype(np.float32)).resize(size, Image.Resampling.NEAREST))
    shown = np.isfinite(values)
    blended = picture.astype(np.float64)
    blended[shown] += layer.opacity * (colours(values[shown], layer.low, layer.high) - blended[shown])
    return np.round(blended).astype(np.uint8)


def colours(values: NDArray[Any], low: float, high: float) -> NDArray[np.float64]:
    """Return the colour (0 to 255, three channels) of each value; one colour for all when low and high are equal."""
    part = (values.astype(np.float64) - low) / (high - low) if high > low else np.zeros(values.shape)
    table: NDArray[np.float64] = _TABLE[np.clip(np.round(part * 255), 0, 255).astype(np.int64)]
    return table
