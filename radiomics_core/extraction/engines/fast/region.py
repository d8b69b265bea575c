"""What passes between the steps of the fast engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from radiomics_core.i18n import LazyText
from radiomics_core.imaging.volume import Vector, Volume

if TYPE_CHECKING:
    from radiomics_core.extraction.engines.fast.matrices.neighbours import NeighbourCounts

Box = tuple[slice, slice, slice]
"""Part of an array (z, y, x)."""

SettingValue = Callable[[str], Any]
"""Value in force of a setting by its pyradiomics name, for one image type."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """Image and region after normalising, resampling, cropping and limiting intensities (pyradiomics, steps 1 to 5).

    Attributes
    ----------
    image : Volume
        Intensities in the data type pyradiomics would work in, because rounding decides on which side of a bin edge a
        value falls.
    region : array of bool, shape (z, y, x)
        Region of every class but shape.
    shape_region : array of bool, shape (z, y, x)
        Region of shape and shape2D: before limiting intensities, unless ``resegmentShape``.
    box : Box
        Bounding box of ``region``, grown by the kernel radius for feature maps and cut at the image border.
    """

    image: Volume
    region: NDArray[np.bool_]
    shape_region: NDArray[np.bool_]
    box: Box

    @cached_property
    def largest_magnitude(self) -> np.float64:
        """The largest absolute intensity of the whole image, which several filters scale by."""
        array = self.image.array
        return np.float64(max(abs(float(array.min())), abs(float(array.max()))))


@dataclass(frozen=True)
class Filtered:
    """One derived image, cut to the box of the region: ``original``, ``log-sigma-2-0-mm-3D``, ``wavelet-LLH`` ..."""

    name: str
    array: NDArray[Any]


@dataclass(frozen=True)
class LeftOut:
    """An image filter yields this instead of an image it cannot compute; the engine makes a finding of it.

    Attributes
    ----------
    filter : str
        What is missing: ``LoG 3.0``, ``LBP 3D`` ...
    cause : LazyText
        Why.
    """

    filter: str
    cause: LazyText


@dataclass(frozen=True, kw_only=True)
class Options:
    """Settings the feature classes read, resolved for one image type; named after pyradiomics' settings."""

    bin_width: float = 25.0
    bin_count: int | None = None
    distances: tuple[int, ...] = (1,)
    force_2d_axis: int | None = None
    """Array axis (0 is z) across the slices, None for 3-D."""
    symmetrical_glcm: bool = True
    weighting_norm: str | None = None
    gldm_a: int = 0
    voxel_array_shift: int = 0

    @classmethod
    def resolve(cls, value: SettingValue) -> Self:
        """Read the options from settings."""
        return cls(
            bin_width=value("binWidth"),
            bin_count=value("binCount"),
            distances=tuple(value("distances")),
            force_2d_axis=value("force2Ddimension") if value("force2D") else None,
            symmetrical_glcm=value("symmetricalGLCM"),
            weighting_norm=value("weightingNorm"),
            gldm_a=value("gldm_a"),
            voxel_array_shift=value("voxelArrayShift"),
        )


@dataclass(frozen=True, eq=False)
class Levels:
    """Grey levels inside a region.

    Attributes
    ----------
    array : array of int32, shape (z, y, x)
        Levels from 1; 0 outside the region.
    present : array of int64, shape (n,)
        Levels that occur, ascending.
    """

    array: NDArray[np.int32]
    present: NDArray[np.int64]

    @property
    def highest(self) -> int:
        """The highest level, pyradiomics' ``Ng``."""
        return int(self.present[-1])

    @cached_property
    def padded(self) -> NDArray[np.int32]:
        """The levels with a border of zeros one voxel wide, so that loops need not look for the border."""
        padded = np.zeros([size + 2 for size in self.array.shape], np.int32)
        padded[1:-1, 1:-1, 1:-1] = self.array
        return padded


@dataclass(frozen=True, eq=False)
class Region:
    """What a feature class sees: one derived image inside the box, and which voxels count.

    Attributes
    ----------
    image : array, shape (z, y, x)
    mask : array of bool, shape (z, y, x)
    spacing_mm : (x, y, z)
    options : Options
    """

    image: NDArray[Any]
    mask: NDArray[np.bool_]
    spacing_mm: Vector
    options: Options

    @cached_property
    def voxels(self) -> NDArray[np.intp]:
        """Positions of the region's voxels in the flattened arrays, ascending."""
        return np.flatnonzero(self.mask)

    @cached_property
    def intensities(self) -> NDArray[Any]:
        """Values inside the region in array order, in the data type of the image."""
        return self.image.ravel().take(self.voxels)

    @cached_property
    def levels(self) -> Levels:
        """Grey levels inside the region."""
        from radiomics_core.extraction.engines.fast.levels import discretise

        return discretise(self)

    @cached_property
    def neighbour_counts(self) -> NeighbourCounts:
        """What GLDM and NGTDM count, found in one pass."""
        from radiomics_core.extraction.engines.fast.matrices.neighbours import count_neighbours

        return count_neighbours(self.levels, self.options)

    def on(self, image: NDArray[Any], options: Options) -> Region:
        """Return the same voxels on another derived image."""
        other = Region(np.ascontiguousarray(image), self.mask, self.spacing_mm, options)
        vars(other)["voxels"] = self.voxels
        return other


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """Cubes around voxels, for feature maps.

    Attributes
    ----------
    region : Region
        ``region.mask`` marks the voxels that count: the region with ``maskedKernel``, else every voxel of the box.
    centres : array of int64, shape (n, 3)
        Voxels (z, y, x) in ``region`` of which a value is wanted.
    radius : int
        ``kernelRadius``, in voxels.
    """

    region: Region
    centres: NDArray[np.int64]
    radius: int

    @cached_property
    def reach(self) -> NDArray[np.int64]:
        """How many voxels a cube extends from its centre along each axis (z, y, x): none across slices in 2-D."""
        reach = np.full(3, self.radius, np.int64)
        if self.region.options.force_2d_axis is not None:
            reach[self.region.options.force_2d_axis] = 0
        return reach
