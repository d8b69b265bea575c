"""A volume: voxels and where they lie in the patient; and whether two volumes lie on one grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.files.digests import voxel_digest
from radiomics_core.imaging.geometry import check_grid

Vector = tuple[float, float, float]

IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Volume:
    """Voxels on a grid.

    Attributes
    ----------
    array : array, shape (z, y, x)
        Values as stored in the file (masks: bool).
    spacing_mm, origin_mm : (x, y, z)
        Distance between voxel centres; position of the first voxel's centre in patient (LPS) space.
    direction : 9 floats
        Row-major 3 x 3 matrix; column i is the patient direction of grid axis i (x, y, z).

    Raises
    ------
    ImageError
        When the numbers cannot be a grid: not finite, not positive, axes not at right angles.
    """

    array: NDArray[Any]
    spacing_mm: Vector = (1.0, 1.0, 1.0)
    origin_mm: Vector = (0.0, 0.0, 0.0)
    direction: tuple[float, ...] = IDENTITY

    def __post_init__(self) -> None:
        if self.array.ndim != 3:
            raise ValueError(f"a volume has three axes (z, y, x), got shape {self.array.shape}")
        check_grid("volume", self.spacing_mm, self.origin_mm, self.direction)

    @property
    def size_xyz(self) -> tuple[int, int, int]:
        """Number of voxels along x, y, z."""
        z, y, x = self.array.shape
        return x, y, z

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel in millilitres."""
        return float(np.prod(self.spacing_mm)) / 1000.0

    def position_mm(self, index_xyz: tuple[float, float, float]) -> Vector:
        """Return the patient position (LPS, mm) of a voxel's centre."""
        matrix = np.asarray(self.direction, float).reshape(3, 3)
        x, y, z = np.asarray(self.origin_mm) + matrix @ (np.asarray(self.spacing_mm) * np.asarray(index_xyz))
        return float(x), float(y), float(z)

    def with_array(self, array: NDArray[Any]) -> Volume:
        """Return other voxels on this grid."""
        return Volume(array, self.spacing_mm, self.origin_mm, self.direction)

    def digest(self) -> str:
        """Return a digest of the voxels and their shape (not of where they lie)."""
        voxels = np.ascontiguousarray(self.array).view(np.uint8).data
        return voxel_digest(f"{self.array.dtype.str}{self.array.shape}", voxels)

    def to_sitk(self) -> Any:
        """Return a SimpleITK image (bool voxels become unsigned 8-bit)."""
        import SimpleITK as sitk

        image = sitk.GetImageFromArray(native(self.array))
        image.SetSpacing(self.spacing_mm)
        image.SetOrigin(self.origin_mm)
        image.SetDirection(self.direction)
        return image

    @classmethod
    def from_sitk(cls, image: Any) -> Volume:
        """Make a volume from a one-component 2-D or 3-D SimpleITK image; 2-D becomes one slice."""
        import SimpleITK as sitk

        array = sitk.GetArrayFromImage(image)
        if image.GetDimension() == 3:
            return cls(array, image.GetSpacing(), image.GetOrigin(), image.GetDirection())
        (sx, sy), (ox, oy), d = image.GetSpacing(), image.GetOrigin(), image.GetDirection()
        return cls(array[None], (sx, sy, 1.0), (ox, oy, 0.0), (d[0], d[1], 0.0, d[2], d[3], 0.0, 0.0, 0.0, 1.0))


def native(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array in a type that ITK and compiled loops take, copied only if it has to be.

    Bool becomes unsigned 8-bit, half precision single, extended precision double; foreign byte order is turned.
    """
    replaced: dict[str, Any] = {"?": np.uint8, "e": np.float32, "g": np.float64}
    return np.ascontiguousarray(array, replaced.get(array.dtype.char, array.dtype.newbyteorder("=")))


@dataclass(frozen=True)
class GridMatch:
    """Whether two volumes lie on one grid, and what differs (codes: size, spacing, origin, direction)."""

    matches: bool
    reasons: tuple[str, ...] = ()


def same_grid(a: Volume, b: Volume, tolerance_mm: float = 1e-3) -> GridMatch:
    """Compare two grids.

    A grid is judged by where its corner voxels lie: two grids match when they have the same size and no corner is
    further apart than ``tolerance_mm``. The reasons name the parts that differ.
    """
    if a.size_xyz != b.size_xyz:
        return GridMatch(False, ("size",))
    if (a.spacing_mm, a.origin_mm, a.direction) == (b.spacing_mm, b.origin_mm, b.direction):
        return GridMatch(True)
    if _corner_distance_mm(a, b) <= tolerance_mm:
        return GridMatch(True)
    parts = {
        "spacing": _differs(a.spacing_mm, b.spacing_mm, tolerance_mm / max(a.size_xyz)),
        "origin": _differs(a.origin_mm, b.origin_mm, tolerance_mm),
        "direction": _differs(a.direction, b.direction, 1e-6),
    }
    return GridMatch(False, tuple(name for name, differs in parts.items() if differs) or ("origin",))


def _corner_distance_mm(a: Volume, b: Volume) -> float:
    x, y, z = (n - 1 for n in a.size_xyz)
    corners = [(i * x, j * y, k * z) for i in (0, 1) for j in (0, 1) for k in (0, 1)]
    apart = [np.subtract(a.position_mm(c), b.position_mm(c)) for c in corners]
    return float(np.max(np.linalg.norm(apart, axis=1)))


def _differs(a: tuple[float, ...], b: tuple[float, ...], tolerance: float) -> bool:
    return bool(np.max(np.abs(np.subtract(a, b))) > tolerance)
