"""What pyradiomics 3.0.1 can compute: feature classes and feature names, known without pyradiomics being installed.

A test compares these tables with the installed package, so they cannot drift.
"""

from __future__ import annotations

from radiomics_core.i18n import LazyText, lazy_

FEATURE_CLASSES: dict[str, LazyText] = {
    "shape": lazy_("Size and form of the region in 3-D; does not look at intensities."),
    "shape2D": lazy_("Size and form of a region on a single slice; needs 2-D extraction."),
    "firstorder": lazy_("How intensities inside the region are distributed, without regard to position."),
    "glcm": lazy_("Grey-level co-occurrence: how often two grey levels stand side by side."),
    "glrlm": lazy_("Grey-level run lengths: how long lines of equal grey level are."),
    "glszm": lazy_("Grey-level zone sizes: how large connected patches of equal grey level are."),
    "gldm": lazy_("Grey-level dependence: how many neighbours of a voxel have nearly its grey level."),
    "ngtdm": lazy_("Neighbourhood grey-tone difference: how a voxel differs from the mean of its neighbours."),
}
"""Feature classes by their name in a parameter file, in menu order."""

_GREY = ("GrayLevelNonUniformity", "GrayLevelNonUniformityNormalized", "GrayLevelVariance")

FEATURE_NAMES: dict[str, tuple[str, ...]] = {
    "shape": (
        "Elongation", "Flatness", "LeastAxisLength", "MajorAxisLength", "Maximum2DDiameterColumn",
        "Maximum2DDiameterRow", "Maximum2DDiameterSlice", "Maximum3DDiameter", "MeshVolume", "MinorAxisLength",
        "Sphericity", "SurfaceArea", "SurfaceVolumeRatio", "VoxelVolume",
    ),
    "shape2D": (
        "Elongation", "MajorAxisLength", "MaximumDiameter", "MeshSurface", "MinorAxisLength", "Perimeter",
        "PerimeterSurfaceRatio", "PixelSurface", "Sphericity",
    ),
    "firstorder": (
        "10Percentile", "90Percentile", "Energy", "Entropy", "InterquartileRange", "Kurtosis", "Maximum",
        "MeanAbsoluteDeviation", "Mean", "Median", "Minimum", "Range", "RobustMeanAbsoluteDeviation",
        "RootMeanSquared", "Skewness", "TotalEnergy", "Uniformity", "Variance",
    ),
    "glcm": (
        "Autocorrelation", "ClusterProminence", "ClusterShade", "ClusterTendency", "Contrast", "Correlation",
        "DifferenceAverage", "DifferenceEntropy", "DifferenceVariance", "Id", "Idm", "Idmn", "Idn", "Imc1", "Imc2",
        "InverseVariance", "JointAverage", "JointEnergy", "JointEntropy", "MCC", "MaximumProbability", "SumAverage",
        "SumEntropy", "SumSquares",
    ),
    "glrlm": (
        *_GREY, "HighGrayLevelRunEmphasis", "LongRunEmphasis", "LongRunHighGrayLevelEmphasis",
        "LongRunLowGrayLevelEmphasis", "LowGrayLevelRunEmphasis", "RunEntropy", "RunLengthNonUniformity",
        "RunLengthNonUniformityNormalized", "RunPercentage", "RunVariance", "ShortRunEmphasis",
        "ShortRunHighGrayLevelEmphasis", "ShortRunLowGrayLevelEmphasis",
    ),
    "glszm": (
        *_GREY, "HighGrayLevelZoneEmphasis", "LargeAreaEmphasis", "LargeAreaHighGrayLevelEmphasis",
        "LargeAreaLowGrayLevelEmphasis", "LowGrayLevelZoneEmphasis", "SizeZoneNonUniformity",
        "SizeZoneNonUniformityNormalized", "SmallAreaEmphasis", "SmallAreaHighGrayLevelEmphasis",
        "SmallAreaLowGrayLevelEmphasis", "ZoneEntropy", "ZonePercentage", "ZoneVariance",
    ),
    "gldm": (
        "DependenceEntropy", "DependenceNonUniformity", "DependenceNonUniformityNormalized", "DependenceVariance",
        "GrayLevelNonUniformity", "GrayLevelVariance", "HighGrayLevelEmphasis", "LargeDependenceEmphasis",
        "LargeDependenceHighGrayLevelEmphasis", "LargeDependenceLowGrayLevelEmphasis", "LowGrayLevelEmphasis",
        "SmallDependenceEmphasis", "SmallDependenceHighGrayLevelEmphasis", "SmallDependenceLowGrayLevelEmphasis",
    ),
    "ngtdm": ("Busyness", "Coarseness", "Complexity", "Contrast", "Strength"),
}  # fmt: skip
"""Features that are computed when a class is asked for as a whole."""

DEPRECATED_FEATURES: dict[str, tuple[str, ...]] = {
    "shape": ("Compactness1", "Compactness2", "SphericalDisproportion"),
    "shape2D": ("SphericalDisproportion",),
    "firstorder": ("StandardDeviation",),
    "glcm": ("Dissimilarity", "Homogeneity1", "Homogeneity2", "SumVariance"),
    "gldm": ("DependencePercentage", "GrayLevelNonUniformityNormalized"),
}
"""Features a parameter file may name, but that repeat others: never computed."""


def features_of(feature_class: str) -> tuple[str, ...]:
    """Return the features a parameter file may name in a class, the deprecated ones last."""
    return FEATURE_NAMES[feature_class] + DEPRECATED_FEATURES.get(feature_class, ())
