"""Which grid axis is left-right, front-back, head-foot, and how a slice is turned for radiological viewing.

Patient space is LPS (DICOM, ITK): +x towards the patient's left, +y posterior, +z superior. Axial: patient right on
the image's left, anterior up. Coronal: right on the left, superior up. Sagittal: anterior on the left, superior up.
An oblique grid is shown along its own axes, named by the patient direction each is closest to.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from radiomics_core.imaging.volume import Volume

Plane = Literal["axial", "coronal", "sagittal"]
PLANES: tuple[Plane, ...] = ("axial", "coronal", "sagittal")

_TOWARDS = (("R", "L"), ("A", "P"), ("I", "S"))
# plane: (patient axis through the slices, shown left to right, shown top to bottom); -1: towards decreasing values
_VIEWS: dict[str, tuple[int, tuple[int, int], tuple[int, int]]] = {
    "axial": (2, (0, 1), (1, 1)),
    "coronal": (1, (0, 1), (2, -1)),
    "sagittal": (0, (1, 1), (2, -1)),
}


class Letters(NamedTuple):
    """Patient directions at the four sides of a shown slice."""

    left: str
    right: str
    top: str
    bottom: str


@dataclass(frozen=True)
class View:
    """How a plane is cut out of an array (z, y, x).

    Attributes
    ----------
    through, across, down : int
        Array axes: counted by the slice index, shown left to right, shown top to bottom.
    flip_across, flip_down : bool
        Whether the array runs against the direction shown.
    """

    through: int
    across: int
    down: int
    flip_across: bool
    flip_down: bool

    def cut(self, array: NDArray[Any], index: int) -> NDArray[Any]:
        """Return one slice, rows from top to bottom, columns from left to right."""
        shown = array[(slice(None),) * self.through + (index,)]
        shown = shown if self.down < self.across else shown.T
        shown = shown[::-1] if self.flip_down else shown
        return shown[:, ::-1] if self.flip_across else shown


def patient_axes(direction: tuple[float, ...]) -> tuple[tuple[int, int], ...]:
    """Return for each patient axis (x, y, z) the grid axis (x=0, y=1, z=2) closest to it and its sign."""
    matrix = np.asarray(direction, float).reshape(3, 3)
    best = max(permutations(range(3)), key=lambda p: sum(abs(matrix[i, p[i]]) for i in range(3)))
    return tuple((grid, 1 if matrix[patient, grid] >= 0 else -1) for patient, grid in enumerate(best))


def view_of(direction: tuple[float, ...], plane: Plane) -> View:
    """Return how a plane is cut from a volume with this direction matrix."""
    axes = patient_axes(direction)
    through, (across, across_sign), (down, down_sign) = _VIEWS[plane]
    return View(
        through=2 - axes[through][0],
        across=2 - axes[across][0],
        down=2 - axes[down][0],
        flip_across=axes[across][1] != across_sign,
        flip_down=axes[down][1] != down_sign,
    )


def orientation_letters(direction: tuple[float, ...], plane: Plane) -> Letters:
    """Return the letters at the sides of a shown slice; for an oblique grid the closest direction of each."""
    _through, (across, across_sign), (down, down_sign) = _VIEWS[plane]
    left, right = _TOWARDS[across][::across_sign]
    top, bottom = _TOWARDS[down][::down_sign]
    return Letters(left, right, top, bottom)


def n_slices(volume: Volume, plane: Plane) -> int:
    """Return how many slices a plane has."""
    return int(volume.array.shape[view_of(volume.direction, plane).through])


def pixel_spacing_mm(volume: Volume, plane: Plane) -> tuple[float, float]:
    """Return the distance between rows and between columns of a shown slice."""
    view = view_of(volume.direction, plane)
    return volume.spacing_mm[2 - view.down], volume.spacing_mm[2 - view.across]


def slice_position_mm(volume: Volume, plane: Plane, index: int) -> float:
    """Return where a slice's centre lies along the patient axis of its plane (LPS, mm)."""
    view = view_of(volume.direction, plane)
    at = [(n - 1) / 2 for n in volume.size_xyz]
    at[2 - view.through] = index
    return volume.position_mm((at[0], at[1], at[2]))[_VIEWS[plane][0]]


def position_text(plane: Plane, position_mm: float) -> str:
    """Return a position as on a scanner console, for example ``S 34.2 mm``."""
    away, towards = _TOWARDS[_VIEWS[plane][0]]
    return f"{towards if position_mm >= 0 else away} {abs(position_mm):.1f} mm"
