"""Whether numbers can be a grid at all, and whether they can be one of a patient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from radiomics_core.errors import ImageError
from radiomics_core.i18n import LazyText, lazy_

SMALLEST_MM, LARGEST_MM = 1e-6, 1e6
"""A voxel edge of a nanometre, of a kilometre: what lies beyond is a damaged number."""
FARTHEST_MM = 1e7
"""Ten kilometres from the scanner; single-precision headers hold no millimetres beyond."""
ORTHONORMAL_TOLERANCE = 1e-3
"""Direction cosines are written with as few as four digits; a shear of 1e-3 moves 400 mm by 0.4 mm."""
PLAUSIBLE_SPACING_MM = (0.04, 30.0)
"""From the pixels of mammography (0.05 mm) to thick slices; micro-CT and microscopy lie below."""
PLAUSIBLE_EXTENT_MM = 2500.0
"""A whole body on its table."""
PLAUSIBLE_POSITION_MM = 5000.0
"""No scanner counts its table farther than this from its isocentre."""


def grid_problem(spacing: Sequence[float], origin: Sequence[float], direction: Sequence[float]) -> LazyText | None:
    """Return why three numbers cannot be a grid (its fields: spacing, origin, direction), None when they can.

    Parameters
    ----------
    spacing, origin : (x, y, z), mm
    direction : 9 floats, row-major
    """
    matrix = np.asarray(direction, float).reshape(3, 3)
    if not np.isfinite([*spacing, *origin]).all() or not np.isfinite(matrix).all():
        return lazy_("a voxel size, position or direction is not a number ({spacing}; {origin}; {direction})")
    if min(spacing) <= 0:
        return lazy_("a voxel size is not positive ({spacing} mm)")
    if min(spacing) < SMALLEST_MM or max(spacing) > LARGEST_MM:
        return lazy_("a voxel size is no length of anything imaged ({spacing} mm)")
    if max(map(abs, origin)) > FARTHEST_MM:
        return lazy_("it lies farther than 10 km from the scanner ({origin} mm)")
    if np.abs(matrix.T @ matrix - np.eye(3)).max() > ORTHONORMAL_TOLERANCE:
        return lazy_("its axes are not at right angles ({direction})")
    return None


def check_grid(name: str, spacing: Sequence[float], origin: Sequence[float], direction: Sequence[float]) -> None:
    """Refuse numbers that cannot be a grid.

    Raises
    ------
    ImageError
        With the file's name and the numbers.
    """
    problem = grid_problem(spacing, origin, direction)
    if problem is None:
        return
    raise ImageError(
        lazy_("'{name}' cannot be used: {why}"),
        remedy=lazy_("Export it again from its source, or resample it onto a regular grid; no size is made up"),
        name=name,
        why=problem.format(spacing=numbers(spacing), origin=numbers(origin), direction=numbers(direction)),
    )


def is_implausible(spacing: Sequence[float], size: Sequence[int], origin: Sequence[float]) -> bool:
    """Say whether a grid is unlike any of a patient: voxels, field of view or position out of bounds."""
    low, high = PLAUSIBLE_SPACING_MM
    extent = max(n * s for n, s in zip(size, spacing, strict=True))
    far = max(map(abs, origin)) > PLAUSIBLE_POSITION_MM
    return min(spacing) < low or max(spacing) > high or extent > PLAUSIBLE_EXTENT_MM or far


def numbers(values: Sequence[float], sign: str = " x ") -> str:
    """Return numbers with three digits, for example ``0.98 x 0.98 x 3.27``."""
    return sign.join(f"{v:.3g}" for v in values)
