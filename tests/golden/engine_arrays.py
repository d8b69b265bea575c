"""Regions and images that texture and shape classes of both engines are compared on."""

from __future__ import annotations

import numpy as np

SPACING = (0.7, 1.1, 2.9)


def ball(size: int) -> np.ndarray:
    axis = np.arange(size) - (size - 1) / 2
    return axis[:, None, None] ** 2 + axis[:, None] ** 2 + axis**2 <= (size / 2) ** 2


def regions() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(4)
    apart = np.zeros((7, 9, 8), bool)
    apart[:2, :3, :3] = apart[5:, 6:, 4:] = apart[3, 4, 0] = True
    step = np.zeros((4, 5, 6), bool)
    step[0, 0, 0] = step[1:, 1:3, 1:] = step[3, 4, 5] = True
    slant = np.zeros((6, 6, 6), bool)
    slant[np.arange(6), np.arange(6), np.arange(6)] = True
    sparse = np.zeros((5, 4, 7), bool)
    sparse[0, 0, 0] = sparse[0, 0, 6] = sparse[4, 3, 2] = sparse[2, 2, 2] = True
    return {
        "ball": ball(11),
        "full box": np.ones((4, 6, 5), bool),
        "scattered": rng.random((6, 7, 9)) < 0.4,
        "nearly full": rng.random((7, 6, 5)) < 0.9,
        "few": sparse,
        "slant": slant,
        "apart": apart,
        "corner": step,
        "slice": rng.random((1, 8, 9)) < 0.8,
        "column plane": np.ones((6, 1, 7), bool),
        "row plane": rng.random((5, 9, 1)) < 0.7,
        "line": np.ones((1, 1, 9), bool),
        "thin plate": np.ones((2, 12, 12), bool),
    }


def images(shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(9)
    return {
        "noise": rng.normal(100, 60, shape),
        "flat": np.full(shape, 37.0),
        "two levels": rng.choice([10.0, 60.0], shape),
        "300 levels": rng.uniform(0, 300 * 25, shape),
        "one bright voxel": np.where(np.arange(np.prod(shape)).reshape(shape) == 3, 1e5, 0.0),
        "negative": rng.normal(-900, 80, shape).astype(np.float32),
        "integers": rng.integers(-100, 400, shape).astype(np.int16),
    }
