"""Points spread evenly over a sphere: the corners of an icosahedron whose edges are halved again and again.

Order and rounding of the points are those of ``trimesh.creation.icosphere`` (trimesh 5.2.0), which pyradiomics calls; a
test compares them. The points are constants, so the library is not needed to run.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_A, _B = 0.5257311121191336, 0.85065080835204
_CORNERS = np.array([
    [-_A, _B, 0], [_A, _B, 0], [-_A, -_B, 0], [_A, -_B, 0], [0, -_A, _B], [0, _A, _B],
    [0, -_A, -_B], [0, _A, -_B], [_B, 0, -_A], [_B, 0, _A], [-_B, 0, -_A], [-_B, 0, _A],
])  # fmt: skip
_FACES = np.array([
    [0, 11, 5], [0, 5, 1], [0, 1, 7], [0, 7, 10], [0, 10, 11], [1, 5, 9], [5, 11, 4], [11, 10, 2], [10, 7, 6],
    [7, 1, 8], [3, 9, 4], [3, 4, 2], [3, 2, 6], [3, 6, 8], [3, 8, 9], [4, 9, 5], [2, 4, 11], [6, 2, 10], [8, 6, 7],
    [9, 8, 1],
])  # fmt: skip


def icosphere(subdivisions: int, radius: float) -> Array:
    """Return points on a sphere around the origin, shape (12, 42, 162 ... points, 3)."""
    points, faces = _CORNERS.copy(), _FACES
    for _ in range(subdivisions):
        points, faces = _halve_edges(points, faces)
        points = _onto_sphere(points, radius)
    return points if subdivisions > 0 else _onto_sphere(points, radius)


def _onto_sphere(points: Array, radius: float) -> Array:
    length = np.sqrt(np.dot(points**2, [1, 1, 1]))
    return np.asarray(points + points / length.reshape(-1, 1) * (radius - length).reshape(-1, 1))


def _halve_edges(points: Array, faces: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64]]:
    """Split each triangle in four; the points in the middle of edges follow the others, by higher, then lower end."""
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    unique, number = np.unique(edges[:, ::-1], axis=0, return_inverse=True)
    middle = number.reshape(-1, 3) + len(points)
    a, b, c = faces.T
    ab, bc, ca = middle.T
    split = np.column_stack([a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca]).reshape(-1, 3)
    return np.vstack((points, points[unique[:, ::-1]].mean(axis=1))), split
