"""One plain sentence and the IBSI identifier for every feature.

Identifiers are those of the IBSI reference manual (Zwanenburg et al., Radiology 295 (2020) 328-338); a feature
without one is not defined there. ``agrees`` is False where pyradiomics 3.0.1 differs from the IBSI value on the
digital phantom.
"""

from __future__ import annotations

from dataclasses import dataclass

from radiomics_core.i18n import LazyText, lazy_


@dataclass(frozen=True)
class Term:
    """What a feature says.

    Attributes
    ----------
    family, feature : str
    meaning : LazyText
        One plain sentence.
    ibsi_id : str
        Four-letter identifier, empty when IBSI does not define the feature.
    agrees : bool
        Whether pyradiomics gives the IBSI value on the digital phantom.
    """

    family: str
    feature: str
    meaning: LazyText
    ibsi_id: str = ""
    agrees: bool = True


_SHAPE = (
    ("MeshVolume", "RNU0", lazy_("Volume enclosed by a smooth surface around the region.")),
    ("VoxelVolume", "YEKZ", lazy_("Number of voxels times the volume of one.")),
    ("SurfaceArea", "C0JK", lazy_("Area of the surface around the region.")),
    (
        "SurfaceVolumeRatio",
        "2PR5",
        lazy_("Surface area per volume: low for compact, high for small or ragged regions."),
    ),
    ("Sphericity", "QCFX", lazy_("How much the region is like a ball: 1 for a ball, lower for anything else.")),
    ("Maximum3DDiameter", "L0JK", lazy_("Longest distance between two points of the surface.")),
    ("Maximum2DDiameterSlice", "", lazy_("Longest diameter within an axial slice.")),
    ("Maximum2DDiameterColumn", "", lazy_("Longest diameter within a coronal plane of the image grid.")),
    ("Maximum2DDiameterRow", "", lazy_("Longest diameter within a sagittal plane of the image grid.")),
    ("MajorAxisLength", "TDIC", lazy_("Length of the longest axis of an ellipsoid fitted to the region.")),
    ("MinorAxisLength", "P9VJ", lazy_("Length of the second axis of an ellipsoid fitted to the region.")),
    ("LeastAxisLength", "7J51", lazy_("Length of the shortest axis of an ellipsoid fitted to the region.")),
    ("Elongation", "Q3CK", lazy_("Second axis over longest axis: 1 is round, towards 0 is stretched.")),
    ("Flatness", "N17B", lazy_("Shortest axis over longest axis: 1 is a ball, towards 0 is flat.")),
)
_SHAPE_2D = (
    ("MeshSurface", "", lazy_("Area enclosed by a smooth contour around the region.")),
    ("PixelSurface", "", lazy_("Number of pixels times the area of one.")),
    ("Perimeter", "", lazy_("Length of the contour.")),
    ("PerimeterSurfaceRatio", "", lazy_("Contour length per area: low for compact, high for small or ragged regions.")),
    ("Sphericity", "", lazy_("How much the region is like a disc: 1 for a disc, lower for anything else.")),
    ("MaximumDiameter", "", lazy_("Longest distance between two points of the contour.")),
    ("MajorAxisLength", "", lazy_("Length of the long axis of an ellipse fitted to the region.")),
    ("MinorAxisLength", "", lazy_("Length of the short axis of an ellipse fitted to the region.")),
    ("Elongation", "", lazy_("Short axis over long axis: 1 is round, towards 0 is stretched.")),
)
_FIRST_ORDER = (
    ("Mean", "Q4LE", lazy_("Average intensity.")),
    ("Median", "Y12H", lazy_("Middle intensity: half of the voxels are below.")),
    ("Minimum", "1GSF", lazy_("Lowest intensity.")),
    ("Maximum", "84IY", lazy_("Highest intensity.")),
    ("Range", "2OJQ", lazy_("Highest minus lowest intensity.")),
    ("10Percentile", "QG58", lazy_("Intensity below which a tenth of the voxels lie.")),
    ("90Percentile", "8DWT", lazy_("Intensity below which nine tenths of the voxels lie.")),
    ("InterquartileRange", "SALO", lazy_("Width of the middle half of the intensities.")),
    ("Variance", "ECT3", lazy_("Mean squared distance of intensities from their average.")),
    ("Skewness", "KE2A", lazy_("Asymmetry: positive with a tail towards high intensities.")),
    ("Kurtosis", "IPH6", lazy_("Weight of the tails; 3 for a normal distribution (IBSI counts from 0 instead).")),
    ("MeanAbsoluteDeviation", "4FUA", lazy_("Mean distance of intensities from their average.")),
    (
        "RobustMeanAbsoluteDeviation",
        "1128",
        lazy_("Mean distance from the average among intensities between the 10th and 90th percentile."),
    ),
    ("Energy", "N8CA", lazy_("Sum of squared intensities; grows with the number of voxels.")),
    ("TotalEnergy", "", lazy_("Energy times the volume of a voxel; grows with the size of the region.")),
    ("RootMeanSquared", "5ZWQ", lazy_("Square root of the mean squared intensity.")),
    ("Entropy", "TLU2", lazy_("Disorder of grey levels: 0 when all are equal, high when all occur equally often.")),
    ("Uniformity", "BJ5W", lazy_("Order of grey levels: 1 when all are equal.")),
)
_GLCM = (
    ("Autocorrelation", "QWB0", lazy_("Mean product of neighbouring grey levels: high when bright meets bright.")),
    ("ClusterProminence", "AE86", lazy_("How peaked and asymmetric neighbouring pairs lie about their mean.")),
    ("ClusterShade", "7NFM", lazy_("Skew of neighbouring pairs about their mean.")),
    ("ClusterTendency", "DG8W", lazy_("Spread of the sums of neighbours: high when similar levels group together.")),
    ("Contrast", "ACUI", lazy_("Mean squared difference between neighbours: high for rough local change.")),
    ("Correlation", "NI2N", lazy_("How linearly a voxel's grey level follows that of its neighbour.")),
    ("DifferenceAverage", "TF7R", lazy_("Mean difference between neighbours.")),
    ("DifferenceEntropy", "NTRS", lazy_("Disorder of the differences between neighbours.")),
    ("DifferenceVariance", "D3YU", lazy_("Spread of the differences between neighbours.")),
    ("Id", "IB1Z", lazy_("Inverse difference: high when neighbours are alike.")),
    ("Idm", "WF0Z", lazy_("Inverse difference moment: high when neighbours are alike; large differences count less.")),
    ("Idmn", "1QCO", lazy_("Inverse difference moment, adjusted for the number of grey levels.")),
    ("Idn", "NDRX", lazy_("Inverse difference, adjusted for the number of grey levels.")),
    ("Imc1", "R8DG", lazy_("How much a voxel tells about its neighbour (first measure); 0 is nothing, -1 is all.")),
    ("Imc2", "JN9H", lazy_("How much a voxel tells about its neighbour (second measure); 0 is nothing, 1 is all.")),
    ("InverseVariance", "E8JP", lazy_("Inverse squared difference of unequal neighbours: high for gentle change.")),
    ("JointAverage", "60VM", lazy_("Mean grey level among neighbouring pairs.")),
    ("JointEnergy", "8ZQL", lazy_("Order of neighbouring pairs: high when few pairs dominate.")),
    ("JointEntropy", "TU9B", lazy_("Disorder of neighbouring pairs: high when many different pairs occur.")),
    ("MCC", "", lazy_("Maximal correlation coefficient: complexity of the texture, from 0 to 1.")),
    ("MaximumProbability", "GYBY", lazy_("Share of the most frequent pair of neighbours.")),
    ("SumAverage", "ZGXS", lazy_("Mean sum of two neighbours.")),
    ("SumEntropy", "P6QZ", lazy_("Disorder of the sums of neighbours.")),
    ("SumSquares", "UR99", lazy_("Spread of grey levels among neighbouring pairs.")),
)
_GLRLM = (
    ("ShortRunEmphasis", "22OV", lazy_("High when lines of equal grey level are short: fine texture.")),
    ("LongRunEmphasis", "W4KF", lazy_("High when lines of equal grey level are long: coarse texture.")),
    ("LowGrayLevelRunEmphasis", "V3SW", lazy_("High when lines of low grey level dominate.")),
    ("HighGrayLevelRunEmphasis", "G3QZ", lazy_("High when lines of high grey level dominate.")),
    ("ShortRunLowGrayLevelEmphasis", "HTZT", lazy_("High when short lines of low grey level dominate.")),
    ("ShortRunHighGrayLevelEmphasis", "GD3A", lazy_("High when short lines of high grey level dominate.")),
    ("LongRunLowGrayLevelEmphasis", "IVPO", lazy_("High when long lines of low grey level dominate.")),
    ("LongRunHighGrayLevelEmphasis", "3KUM", lazy_("High when long lines of high grey level dominate.")),
    ("GrayLevelNonUniformity", "R5YN", lazy_("High when lines concentrate on few grey levels; grows with size.")),
    (
        "GrayLevelNonUniformityNormalized",
        "OVBL",
        lazy_("High when lines concentrate on few grey levels; independent of their number."),
    ),
    ("RunLengthNonUniformity", "W92Y", lazy_("High when lines concentrate on few lengths; grows with size.")),
    (
        "RunLengthNonUniformityNormalized",
        "IC23",
        lazy_("High when lines concentrate on few lengths; independent of their number."),
    ),
    ("RunPercentage", "9ZK5", lazy_("Number of lines over number of voxels: 1 when every line is one voxel.")),
    ("GrayLevelVariance", "8CE5", lazy_("Spread of grey levels among lines.")),
    ("RunVariance", "SXLW", lazy_("Spread of the lengths of lines.")),
    ("RunEntropy", "HJ9O", lazy_("Disorder of lengths and grey levels of lines.")),
)
_GLSZM = (
    ("SmallAreaEmphasis", "5QRC", lazy_("High when patches of equal grey level are small: fine texture.")),
    ("LargeAreaEmphasis", "48P8", lazy_("High when patches of equal grey level are large: coarse texture.")),
    ("LowGrayLevelZoneEmphasis", "XMSY", lazy_("High when patches of low grey level dominate.")),
    ("HighGrayLevelZoneEmphasis", "5GN9", lazy_("High when patches of high grey level dominate.")),
    ("SmallAreaLowGrayLevelEmphasis", "5RAI", lazy_("High when small patches of low grey level dominate.")),
    ("SmallAreaHighGrayLevelEmphasis", "HW1V", lazy_("High when small patches of high grey level dominate.")),
    ("LargeAreaLowGrayLevelEmphasis", "YH51", lazy_("High when large patches of low grey level dominate.")),
    ("LargeAreaHighGrayLevelEmphasis", "J17V", lazy_("High when large patches of high grey level dominate.")),
    ("GrayLevelNonUniformity", "JNSA", lazy_("High when patches concentrate on few grey levels; grows with size.")),
    (
        "GrayLevelNonUniformityNormalized",
        "Y1RO",
        lazy_("High when patches concentrate on few grey levels; independent of their number."),
    ),
    ("SizeZoneNonUniformity", "4JP3", lazy_("High when patches concentrate on few sizes; grows with size.")),
    (
        "SizeZoneNonUniformityNormalized",
        "VB3A",
        lazy_("High when patches concentrate on few sizes; independent of their number."),
    ),
    ("ZonePercentage", "P30P", lazy_("Number of patches over number of voxels: high for fine texture.")),
    ("GrayLevelVariance", "BYLV", lazy_("Spread of grey levels among patches.")),
    ("ZoneVariance", "3NSA", lazy_("Spread of the sizes of patches.")),
    ("ZoneEntropy", "GU8N", lazy_("Disorder of sizes and grey levels of patches.")),
)
_GLDM = (
    ("SmallDependenceEmphasis", "SODN", lazy_("High when voxels have few neighbours like them: fine texture.")),
    ("LargeDependenceEmphasis", "IMOQ", lazy_("High when voxels have many neighbours like them: even texture.")),
    ("LowGrayLevelEmphasis", "TL9H", lazy_("High when low grey levels dominate.")),
    ("HighGrayLevelEmphasis", "OAE7", lazy_("High when high grey levels dominate.")),
    ("SmallDependenceLowGrayLevelEmphasis", "EQ3F", lazy_("High for low grey levels with few neighbours like them.")),
    ("SmallDependenceHighGrayLevelEmphasis", "JA6D", lazy_("High for high grey levels with few neighbours like them.")),
    ("LargeDependenceLowGrayLevelEmphasis", "NBZI", lazy_("High for low grey levels with many neighbours like them.")),
    (
        "LargeDependenceHighGrayLevelEmphasis",
        "9QMG",
        lazy_("High for high grey levels with many neighbours like them."),
    ),
    ("GrayLevelNonUniformity", "FP8K", lazy_("High when voxels concentrate on few grey levels; grows with size.")),
    (
        "DependenceNonUniformity",
        "Z87G",
        lazy_("High when most voxels have equally many neighbours like them; grows with size."),
    ),
    (
        "DependenceNonUniformityNormalized",
        "OKJI",
        lazy_("High when most voxels have equally many neighbours like them; independent of size."),
    ),
    ("GrayLevelVariance", "1PFV", lazy_("Spread of grey levels.")),
    ("DependenceVariance", "DNX2", lazy_("Spread of how many neighbours are alike.")),
    ("DependenceEntropy", "FCBV", lazy_("Disorder of grey levels and of how many neighbours are alike.")),
)
_NGTDM = (
    ("Coarseness", "QCDE", lazy_("High when voxels are close to the mean of their neighbourhood; falls with size.")),
    ("Contrast", "65HE", lazy_("High when grey levels span a wide range and change over short distances.")),
    ("Busyness", "NQ30", lazy_("High when grey level changes rapidly from voxel to neighbourhood.")),
    ("Complexity", "HDEZ", lazy_("High when there are many rapid changes among different grey levels.")),
    (
        "Strength",
        "1X9X",
        lazy_("High when primitives are distinct: slow change with large differences between levels."),
    ),
)

_DIFFERING = {("shape", "MinorAxisLength"), ("shape", "LeastAxisLength")}

_TABLES = {
    "shape": _SHAPE,
    "shape2D": _SHAPE_2D,
    "firstorder": _FIRST_ORDER,
    "glcm": _GLCM,
    "glrlm": _GLRLM,
    "glszm": _GLSZM,
    "gldm": _GLDM,
    "ngtdm": _NGTDM,
}

GLOSSARY: dict[tuple[str, str], Term] = {
    (family, feature): Term(family, feature, meaning, ibsi_id, (family, feature) not in _DIFFERING)
    for family, table in _TABLES.items()
    for feature, ibsi_id, meaning in table
}
"""Terms by (family, feature)."""
