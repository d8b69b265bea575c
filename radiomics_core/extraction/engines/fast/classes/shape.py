"""Size and form of a region in three dimensions."""

from __future__ import annotations

from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.classes.principal_axes import axis_lengths
from radiomics_core.extraction.engines.fast.formulas import FeatureClass, Values, feature
from radiomics_core.extraction.engines.fast.matrices.diameter import longest_distances
from radiomics_core.extraction.engines.fast.matrices.mesh import Surface, find_surface, mesh_area, mesh_volume
from radiomics_core.extraction.engines.fast.region import Region


class Shape(FeatureClass):
    """Volume V and area A of the mesh around a region, its diameters and the ellipsoid that spreads like its voxels.

    Parameters
    ----------
    surface : Surface
    spacing_mm : array, shape (z, y, x)

    References
    ----------
    Zwanenburg et al., Radiology 295 (2020) 328-338, family HCUG; pyradiomics 3.0.1, ``shape.py`` and ``cshape.c``.
    """

    def __init__(self, surface: Surface, spacing_mm: NDArray[np.float64]) -> None:
        self.surface = surface
        self.spacing_mm = spacing_mm

    @classmethod
    def of_region(cls, region: Region) -> Self:
        """Look at one region."""
        return cls(find_surface(region.mask), np.array(region.spacing_mm[::-1], np.float64))

    @cached_property
    def volume(self) -> Values:
        """Volume V inside the mesh, in cubic millimetres."""
        return np.array([mesh_volume(self.surface, self.spacing_mm)])

    @cached_property
    def area(self) -> Values:
        """Area A of the mesh, in square millimetres."""
        return np.array([mesh_area(self.surface, self.spacing_mm)])

    @cached_property
    def diameters(self) -> Values:
        """Longest distances within slices, columns and rows, and of all vertices; shape (4, 1), in millimetres."""
        return np.array([longest_distances(self.surface, self.spacing_mm)]).T

    @cached_property
    def axes(self) -> Values:
        """Lengths of the principal axes, shortest first; shape (3, 1), in millimetres."""
        return axis_lengths(self.surface.moments, self.spacing_mm)[:, None]

    @feature("MeshVolume")
    def mesh_volume(self) -> Values:
        """V (IBSI RNU0)."""
        return self.volume

    @feature("VoxelVolume")
    def voxel_volume(self) -> Values:
        """Number of voxels times the volume of one (IBSI YEKZ)."""
        return np.array([self.surface.moments[0] * np.prod(self.spacing_mm)])

    @feature("SurfaceArea")
    def surface_area(self) -> Values:
        """A (IBSI C0JK)."""
        return self.area

    @feature("SurfaceVolumeRatio")
    def surface_volume_ratio(self) -> Values:
        """A over V (IBSI 2PR5)."""
        return self.area / self.volume

    @feature("Sphericity")
    def sphericity(self) -> Values:
        """Area of the ball with volume V, over A (IBSI QCFX)."""
        return (36 * np.pi * self.volume**2) ** (1 / 3) / self.area

    @feature("Maximum3DDiameter")
    def maximum_3d_diameter(self) -> Values:
        """Longest distance between two vertices of the mesh (IBSI L0JK)."""
        return self.diameters[3]

    @feature("Maximum2DDiameterSlice")
    def maximum_2d_diameter_slice(self) -> Values:
        """Longest distance between two vertices with the same z."""
        return self.diameters[0]

    @feature("Maximum2DDiameterColumn")
    def maximum_2d_diameter_column(self) -> Values:
        """Longest distance between two vertices with the same y."""
        return self.diameters[1]

    @feature("Maximum2DDiameterRow")
    def maximum_2d_diameter_row(self) -> Values:
        """Longest distance between two vertices with the same x."""
        return self.diameters[2]

    @feature("MajorAxisLength")
    def major_axis_length(self) -> Values:
        """Four times the root of the largest variance of the voxel centres along an axis (IBSI TDIC)."""
        return self.axes[2]

    @feature("MinorAxisLength")
    def minor_axis_length(self) -> Values:
        """Four times the root of the middle variance (IBSI P9VJ)."""
        return self.axes[1]

    @feature("LeastAxisLength")
    def least_axis_length(self) -> Values:
        """Four times the root of the smallest variance; 0 for a region in a plane (IBSI 7J51)."""
        return self.axes[0]

    @feature("Elongation")
    def elongation(self) -> Values:
        """Middle axis over longest; 0 for a straight region (IBSI Q3CK)."""
        return self.axes[1] / self.axes[2]

    @feature("Flatness")
    def flatness(self) -> Values:
        """Shortest axis over longest; 0 for a region in a plane (IBSI N17B)."""
        return self.axes[0] / self.axes[2]
