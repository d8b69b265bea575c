"""Units of features: those of shape in mm, those of intensity in the image's unit, texture without one."""

from __future__ import annotations

from radiomics_core.extraction.settings import ExtractionSettings

INTENSITY_UNITS = {"CT": "HU", "PT": "g/ml", "NM": "counts"}
"""Unit of intensities by DICOM modality; others have none (a.u.). PET is taken to be in SUV."""

ARBITRARY = "a.u."

_LENGTHS = (
    "LeastAxisLength", "MajorAxisLength", "MinorAxisLength", "Maximum2DDiameterColumn", "Maximum2DDiameterRow",
    "Maximum2DDiameterSlice", "Maximum3DDiameter", "MaximumDiameter", "Perimeter",
)  # fmt: skip
_SHAPE_UNITS = {
    **dict.fromkeys(_LENGTHS, "mm"),
    "MeshVolume": "mm^3",
    "VoxelVolume": "mm^3",
    "SurfaceArea": "mm^2",
    "MeshSurface": "mm^2",
    "PixelSurface": "mm^2",
    "SurfaceVolumeRatio": "1/mm",
    "PerimeterSurfaceRatio": "1/mm",
}
_LINEAR = (
    "10Percentile", "90Percentile", "InterquartileRange", "Maximum", "MeanAbsoluteDeviation", "Mean", "Median",
    "Minimum", "Range", "RobustMeanAbsoluteDeviation", "RootMeanSquared",
)  # fmt: skip


def intensity_unit(modality: str, filter_name: str, settings: ExtractionSettings | None) -> str:
    """Return the unit of intensities after a filter: the image's unit only for the original, not normalised image."""
    normalised = settings is not None and bool(settings.value("normalize"))
    if filter_name != "original" or normalised:
        return ARBITRARY
    return INTENSITY_UNITS.get(modality, ARBITRARY)


def feature_unit(family: str, feature: str, intensity: str) -> str:
    """Return the unit of a feature, empty for a pure number.

    Parameters
    ----------
    family, feature : str
        Such as ``firstorder`` and ``Mean``.
    intensity : str
        Unit of the intensities the feature is computed from.
    """
    if family in ("shape", "shape2D"):
        return _SHAPE_UNITS.get(feature, "")
    if family != "firstorder":
        return ""
    if feature in _LINEAR:
        return intensity
    squared = {"Variance": f"{intensity}^2", "Energy": f"{intensity}^2", "TotalEnergy": f"{intensity}^2 mm^3"}
    return squared.get(feature, "")
