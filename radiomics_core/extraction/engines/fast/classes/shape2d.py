"""Size and form of a region on a single slice."""

from __future__ import annotations

from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.classes.principal_axes import axis_lengths
from radiomics_core.extraction.engines.fast.formulas import FeatureClass, Values, feature
from radiomics_core.extraction.engines.fast.matrices.diameter import longest_distance_in_slice
from radiomics_core.extraction.engines.fast.matrices.mesh import Surface, contour, find_surface
from radiomics_core.extraction.engines.fast.region import Region
from radiomics_core.extraction.failures import failure

IN_PLANE = [0, 2, 3, 5, 6, 9]
"""The moments without z: voxels, y, x, yy, xx, yx."""


class Shape2D(FeatureClass):
    """Area A and perimeter P of the contour of a region, its diameter and the ellipse that spreads like its pixels.

    Parameters
    ----------
    surface : Surface
        Of a region one voxel thick along z.
    spacing_mm : array, shape (z, y, x)

    References
    ----------
    pyradiomics 3.0.1, ``shape2D.py`` and ``cshape.c``; the definitions are those of 3-D shape in two dimensions.
    """

    def __init__(self, surface: Surface, spacing_mm: NDArray[np.float64]) -> None:
        self.surface = surface
        self.spacing_mm = spacing_mm

    @classmethod
    def of_region(cls, region: Region) -> Self:
        """Look at one region across ``force2Ddimension``.

        Raises
        ------
        ExtractionError
            When the region has several slices across it.
        """
        across = region.options.force_2d_axis
        if across is None:
            raise ValueError("shape2D needs an axis across the slice, got force_2d_axis None")
        if region.mask.shape[across] > 1:
            raise failure("several slices")
        spacing = np.array(region.spacing_mm[::-1], np.float64)
        order = [across, *(axis for axis in range(3) if axis != across)]
        return cls(find_surface(region.mask.transpose(order)), spacing[order])

    @cached_property
    def area_and_perimeter(self) -> Values:
        """Area A inside the contour and its length P; shape (2, 1)."""
        return np.array([contour(self.surface, self.spacing_mm)]).T

    @cached_property
    def axes(self) -> Values:
        """Lengths of the principal axes, shortest first; shape (2, 1), in millimetres."""
        return axis_lengths(self.surface.moments[IN_PLANE], self.spacing_mm[1:])[:, None]

    @feature("MeshSurface")
    def mesh_surface(self) -> Values:
        """A."""
        return self.area_and_perimeter[0]

    @feature("PixelSurface")
    def pixel_surface(self) -> Values:
        """Number of pixels times the area of one."""
        return np.array([self.surface.moments[0] * np.prod(self.spacing_mm[1:])])

    @feature("Perimeter")
    def perimeter(self) -> Values:
        """P."""
        return self.area_and_perimeter[1]

    @feature("PerimeterSurfaceRatio")
    def perimeter_surface_ratio(self) -> Values:
        """P over A."""
        area, perimeter = self.area_and_perimeter
        return perimeter / area

    @feature("Sphericity")
    def sphericity(self) -> Values:
        """Perimeter of the disc with area A, over P."""
        area, perimeter = self.area_and_perimeter
        return 2 * np.sqrt(np.pi * area) / perimeter

    @feature("MaximumDiameter")
    def maximum_diameter(self) -> Values:
        """Longest distance between two vertices of the contour."""
        return np.array([longest_distance_in_slice(self.surface, self.spacing_mm)])

    @feature("MajorAxisLength")
    def major_axis_length(self) -> Values:
        """Four times the root of the larger variance of the pixel centres along an axis."""
        return self.axes[1]

    @feature("MinorAxisLength")
    def minor_axis_length(self) -> Values:
        """Four times the root of the smaller variance; 0 for a straight region."""
        return self.axes[0]

    @feature("Elongation")
    def elongation(self) -> Values:
        """Shorter axis over longer; 0 for a straight region."""
        return self.axes[0] / self.axes[1]
