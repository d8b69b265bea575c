"""Every setting of a pyradiomics 3.0.1 parameter file: type, default, unit, limits and what it does.

The extraction page makes its form from this table; reading a parameter file checks against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from radiomics_core.i18n import LazyText, lazy_

FieldType = Literal["int", "float", "bool", "choice", "text", "floats", "ints"]
Section = Literal["setting", "voxelSetting"]

INTERPOLATORS = (
    "sitkNearestNeighbor", "sitkLinear", "sitkBSpline", "sitkGaussian", "sitkLabelGaussian",
    "sitkHammingWindowedSinc", "sitkCosineWindowedSinc", "sitkWelchWindowedSinc", "sitkLanczosWindowedSinc",
    "sitkBlackmanWindowedSinc",
)  # fmt: skip


def interpolator_name(interpolator: str | int) -> str:
    """Return the name of an interpolator that a parameter file may also give by its old number, counted from 1."""
    return interpolator if isinstance(interpolator, str) else INTERPOLATORS[interpolator - 1]


_BIORTHOGONAL = (1.1, 1.3, 1.5, 2.2, 2.4, 2.6, 2.8, 3.1, 3.3, 3.5, 3.7, 3.9, 4.4, 5.5, 6.8)
WAVELETS = (
    *(f"coif{order}" for order in range(1, 18)),
    "haar",
    "dmey",
    *(f"sym{order}" for order in range(2, 21)),
    *(f"db{order}" for order in range(1, 39)),
    *(f"{kind}{order}" for kind in ("bior", "rbio") for order in _BIORTHOGONAL),
)


@dataclass(frozen=True, kw_only=True)
class SettingField:
    """One setting.

    Attributes
    ----------
    name : str
        Key in the parameter file.
    type : str
        ``int``, ``float``, ``bool``, ``choice``, ``text``, ``floats`` or ``ints`` (lists of numbers).
    default : any
        What pyradiomics does when the key is absent; None is "off".
    unit : str
        Unit of the value, empty when it has none; ``intensity`` is the unit of the image.
    choices : tuple
        Allowed values of a ``choice``.
    minimum, maximum : float or None
        Limits; the minimum itself is allowed unless ``above_minimum``.
    sizes : tuple of int
        Allowed lengths of a list; empty for any.
    group : str
        Heading in the form: a key of ``GROUPS``.
    image_types : tuple of str
        Image types the setting belongs to; empty for settings of the whole extraction.
    section : str
        Part of the file it stands in when it holds for the whole extraction.
    """

    name: str
    type: FieldType
    default: Any
    group: str
    help: LazyText
    unit: str = ""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    above_minimum: bool = False
    sizes: tuple[int, ...] = ()
    image_types: tuple[str, ...] = ()
    section: Section = "setting"


GROUPS: dict[str, LazyText] = {
    "discretisation": lazy_("Grey levels"),
    "resampling": lazy_("Voxel size"),
    "normalisation": lazy_("Intensity normalisation"),
    "resegmentation": lazy_("Intensity limits of the region"),
    "region": lazy_("Region checks"),
    "dimensions": lazy_("2-D or 3-D"),
    "texture": lazy_("Texture"),
    "firstorder": lazy_("Intensity statistics"),
    "filters": lazy_("Image filters"),
    "maps": lazy_("Feature maps"),
}
"""Headings of the form, in order."""

_FIELDS = (
    SettingField(
        name="binWidth", type="float", default=25.0, unit="intensity", minimum=0, above_minimum=True,
        group="discretisation",
        help=lazy_("Width of one grey level in image units: HU for CT, g/ml for PET. 16 to 128 levels in a region "
                   "are usual."),
    ),
    SettingField(
        name="binCount", type="int", default=None, minimum=0, above_minimum=True, group="discretisation",
        help=lazy_("Fixed number of grey levels in every region; overrides the bin width. For images without a unit, "
                   "such as MR."),
    ),
    SettingField(
        name="resampledPixelSpacing", type="floats", default=None, unit="mm", minimum=0, sizes=(2, 3),
        group="resampling",
        help=lazy_("Voxel size (x, y, z) to which image and mask are resampled, so that patients with different "
                   "slice thickness can be compared. 0 keeps the size along that axis; empty means no resampling."),
    ),
    SettingField(
        name="interpolator", type="choice", default="sitkBSpline", choices=INTERPOLATORS, group="resampling",
        help=lazy_("How intensities between voxels are estimated. Masks always use nearest neighbour."),
    ),
    SettingField(
        name="padDistance", type="int", default=5, unit="voxel", minimum=0, group="resampling",
        help=lazy_("Margin kept around the region when cropping, so that filters see its surroundings."),
    ),
    SettingField(
        name="preCrop", type="bool", default=False, group="resampling",
        help=lazy_("Crop to the region plus margin before filtering: faster and smaller in memory; wavelet and LoG "
                   "values near the margin change slightly. Has no effect when resampling, which always crops."),
    ),
    SettingField(
        name="normalize", type="bool", default=False, group="normalisation",
        help=lazy_("Centre the whole image at its mean and divide by its standard deviation. For MR and ultrasound; "
                   "not for CT or SUV, whose units have a meaning."),
    ),
    SettingField(
        name="normalizeScale", type="float", default=1.0, minimum=0, above_minimum=True, group="normalisation",
        help=lazy_("Factor after normalisation; with 100, one standard deviation is 100 units."),
    ),
    SettingField(
        name="removeOutliers", type="float", default=None, unit="SD", minimum=0, above_minimum=True,
        group="normalisation",
        help=lazy_("Limit normalised values to this many standard deviations; empty keeps all."),
    ),
    SettingField(
        name="resegmentRange", type="floats", default=None, sizes=(1, 2), group="resegmentation",
        help=lazy_("Keep only voxels of the region between these intensities (one number: at or above it)."),
    ),
    SettingField(
        name="resegmentMode", type="choice", default="absolute", choices=("absolute", "relative", "sigma"),
        group="resegmentation",
        help=lazy_("What the limits mean: image units, parts of the maximum, or standard deviations from the mean."),
    ),
    SettingField(
        name="resegmentShape", type="bool", default=False, group="resegmentation",
        help=lazy_("Use the limited region for shape features too."),
    ),
    SettingField(
        name="label", type="int", default=1, minimum=0, above_minimum=True, group="region",
        help=lazy_("Value in the mask that marks the region."),
    ),
    SettingField(
        name="label_channel", type="int", default=0, minimum=0, group="region",
        help=lazy_("Channel of a mask file with several overlapping masks."),
    ),
    SettingField(
        name="minimumROIDimensions", type="int", default=2, minimum=1, maximum=3, group="region",
        help=lazy_("Along how many axes a region must be longer than one voxel."),
    ),
    SettingField(
        name="minimumROISize", type="int", default=None, unit="voxel", minimum=0, above_minimum=True, group="region",
        help=lazy_("Refuse regions with this many voxels or fewer; empty refuses none."),
    ),
    SettingField(
        name="geometryTolerance", type="float", default=None, minimum=0, above_minimum=True, group="region",
        help=lazy_("How far the grids of image and mask may differ before they count as different."),
    ),
    SettingField(
        name="correctMask", type="bool", default=False, group="region",
        help=lazy_("Resample a mask that is on another grid onto the image instead of refusing it."),
    ),
    SettingField(
        name="additionalInfo", type="bool", default=True, group="region",
        help=lazy_("Keep diagnostic information (versions, sizes, checksums) with each result."),
    ),
    SettingField(
        name="force2D", type="bool", default=False, group="dimensions",
        help=lazy_("Compute texture slice by slice. For single slices, ultrasound, and very thick slices."),
    ),
    SettingField(
        name="force2Ddimension", type="int", default=0, minimum=0, maximum=2, group="dimensions",
        help=lazy_("Axis across the slices: 0 axial, 1 coronal, 2 sagittal."),
    ),
    SettingField(
        name="distances", type="ints", default=[1], unit="voxel", minimum=0, above_minimum=True, group="texture",
        help=lazy_("Distances between compared voxels in GLCM, GLDM and NGTDM."),
    ),
    SettingField(
        name="symmetricalGLCM", type="bool", default=True, group="texture",
        help=lazy_("Count each pair of voxels in both directions."),
    ),
    SettingField(
        name="weightingNorm", type="choice", default=None,
        choices=("euclidean", "manhattan", "infinity", "no_weighting"), group="texture",
        help=lazy_("Merge the directions of GLCM and GLRLM weighted by distance; empty averages the features over "
                   "directions."),
    ),
    SettingField(
        name="gldm_a", type="int", default=0, unit="grey level", minimum=0, group="texture",
        help=lazy_("How many grey levels apart two voxels may be and still count as dependent in GLDM."),
    ),
    SettingField(
        name="voxelArrayShift", type="int", default=0, unit="intensity", group="firstorder",
        help=lazy_("Added to every intensity before Energy, Total Energy and Root Mean Squared, so that negative "
                   "values do not count as high ones."),
    ),
    SettingField(
        name="sigma", type="floats", default=None, unit="mm", minimum=0, above_minimum=True, group="filters",
        image_types=("LoG",),
        help=lazy_("Width of the Laplacian of Gaussian: small finds fine texture, large coarse texture. Not smaller "
                   "than a voxel."),
    ),
    SettingField(
        name="wavelet", type="choice", default="coif1", choices=WAVELETS, group="filters", image_types=("Wavelet",),
        help=lazy_("Family of the wavelet."),
    ),
    SettingField(
        name="level", type="int", default=1, minimum=0, above_minimum=True, group="filters", image_types=("Wavelet",),
        help=lazy_("Number of wavelet levels; each adds coarser images."),
    ),
    SettingField(
        name="start_level", type="int", default=0, minimum=0, group="filters", image_types=("Wavelet",),
        help=lazy_("First wavelet level to use, counted from 0."),
    ),
    SettingField(
        name="gradientUseSpacing", type="bool", default=True, group="filters", image_types=("Gradient",),
        help=lazy_("Measure the gradient per mm instead of per voxel."),
    ),
    SettingField(
        name="lbp2DRadius", type="float", default=1.0, unit="voxel", minimum=0, above_minimum=True, group="filters",
        image_types=("LBP2D",), help=lazy_("Radius of the circle of neighbours."),
    ),
    SettingField(
        name="lbp2DSamples", type="int", default=8, minimum=1, group="filters", image_types=("LBP2D",),
        help=lazy_("Number of neighbours on the circle."),
    ),
    SettingField(
        name="lbp2DMethod", type="choice", default="uniform", choices=("default", "ror", "uniform", "var"),
        group="filters", image_types=("LBP2D",), help=lazy_("How the pattern of neighbours becomes a number."),
    ),
    SettingField(
        name="lbp3DLevels", type="int", default=2, minimum=1, group="filters", image_types=("LBP3D",),
        help=lazy_("Number of spherical-harmonic levels."),
    ),
    SettingField(
        name="lbp3DIcosphereRadius", type="float", default=1.0, unit="voxel", minimum=0, above_minimum=True,
        group="filters", image_types=("LBP3D",), help=lazy_("Radius of the sphere of neighbours."),
    ),
    SettingField(
        name="lbp3DIcosphereSubdivision", type="int", default=1, minimum=0, group="filters", image_types=("LBP3D",),
        help=lazy_("How finely the sphere is sampled."),
    ),
    SettingField(
        name="kernelRadius", type="int", default=1, unit="voxel", minimum=0, above_minimum=True, group="maps",
        section="voxelSetting", help=lazy_("Radius of the neighbourhood of each voxel of a feature map."),
    ),
    SettingField(
        name="maskedKernel", type="bool", default=True, group="maps", section="voxelSetting",
        help=lazy_("Use only voxels inside the region."),
    ),
    SettingField(
        name="initValue", type="float", default=0.0, group="maps", section="voxelSetting",
        help=lazy_("Value of a feature map outside the region."),
    ),
    SettingField(
        name="voxelBatch", type="int", default=None, minimum=0, above_minimum=True, group="maps",
        section="voxelSetting",
        help=lazy_("Number of voxels computed at once: smaller needs less memory; empty means all."),
    ),
)  # fmt: skip

SETTING_FIELDS: dict[str, SettingField] = {field.name: field for field in _FIELDS}
"""Every setting by name, in the order of the form."""


def fields_of(image_type: str) -> tuple[SettingField, ...]:
    """Return the settings that belong to one image type only (``sigma`` for LoG ...)."""
    return tuple(field for field in _FIELDS if image_type in field.image_types)


def general_fields() -> tuple[SettingField, ...]:
    """Return the settings of the whole extraction."""
    return tuple(field for field in _FIELDS if not field.image_types)
