"""Every setting of a parameter file: those of pyradiomics 3.0.1, and those that image filters bring.

The extraction page makes its form from this table; reading a parameter file checks against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.setting_field import SettingField
from radiomics_core.i18n import LazyText, lazy_

INTERPOLATORS = (
    "sitkNearestNeighbor", "sitkLinear", "sitkBSpline", "sitkGaussian", "sitkLabelGaussian",
    "sitkHammingWindowedSinc", "sitkCosineWindowedSinc", "sitkWelchWindowedSinc", "sitkLanczosWindowedSinc",
    "sitkBlackmanWindowedSinc",
)  # fmt: skip


def interpolator_name(interpolator: str | int) -> str:
    """Return the name of an interpolator that a parameter file may also give by its old number, counted from 1."""
    return interpolator if isinstance(interpolator, str) else INTERPOLATORS[interpolator - 1]


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

_GENERAL = {field.name: field for field in _FIELDS}


class _Fields(Mapping[str, SettingField]):
    """Settings of the whole extraction, then those of each image filter."""

    def __getitem__(self, name: str) -> SettingField:
        if name in _GENERAL:
            return _GENERAL[name]
        return {field.name: field for row in FILTERS for field in fields_of(row.name)}[name]

    def __iter__(self) -> Iterator[str]:
        return iter([*_GENERAL, *(field.name for row in FILTERS for field in fields_of(row.name))])

    def __len__(self) -> int:
        return sum(1 for _name in self)


SETTING_FIELDS: Mapping[str, SettingField] = _Fields()
"""Every setting by name."""


def fields_of(image_type: str) -> tuple[SettingField, ...]:
    """Return the settings that belong to one image type only (``sigma`` for LoG ...)."""
    return FILTERS.build(image_type).fields


def general_fields() -> tuple[SettingField, ...]:
    """Return the settings of the whole extraction."""
    return _FIELDS
