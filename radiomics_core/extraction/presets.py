"""Starting settings by modality; each value has its reason and where the reason comes from."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from radiomics_core.extraction.settings import ExtractionSettings, FeatureClasses
from radiomics_core.i18n import LazyText, lazy_


@dataclass(frozen=True)
class Reason:
    """Why a preset holds a value: ``key`` is ``setting``, ``ImageType.setting`` or ``featureClass``."""

    key: str
    why: LazyText
    source: str


@dataclass(frozen=True)
class Preset:
    """Settings for a modality with the reason of each value.

    Attributes
    ----------
    settings : ExtractionSettings
    reasons : tuple of Reason
        One for every value in the settings.
    modalities : tuple of str
        DICOM modality codes it is meant for.
    """

    settings: ExtractionSettings
    reasons: tuple[Reason, ...]
    modalities: tuple[str, ...]

    def reason(self, key: str) -> Reason | None:
        """Return the reason of one value, None for a value that was not set here."""
        return next((reason for reason in self.reasons if reason.key == key), None)

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per value: key, value, why, source (for the page and for the methods text)."""
        values = flat_values(self.settings)
        return [{"key": r.key, "value": values[r.key], "why": str(r.why), "source": r.source} for r in self.reasons]


def flat_values(settings: ExtractionSettings) -> dict[str, Any]:
    """Return every value that is set, by ``setting``, ``ImageType.setting``, ``ImageType`` or ``featureClass``."""
    flat: dict[str, Any] = dict(settings.setting or {})
    for image_type, own in settings.image_types().items():
        flat[image_type] = True
        flat.update({f"{image_type}.{name}": value for name, value in own.items()})
    if settings.feature_class:
        flat["featureClass"] = list(settings.feature_class)
    return flat


IBSI = "IBSI reference manual, Zwanenburg et al., Radiology 295 (2020) 328-338"
IBSI2 = "IBSI chapter 2 (filters), Whybra et al., Radiology 310 (2024) e231319"
PYRADIOMICS = "pyradiomics 3.0.1 documentation, van Griethuysen et al., Cancer Research 77 (2017) e104-e107"
EANM = "EANM/SNMMI guideline on radiomics in nuclear medicine, Hatt et al., EJNMMI 50 (2023) 352-375"
ORLHAC = "Orlhac et al., PLoS ONE 10 (2015) e0145063; " + EANM
MEASURED = "Grey levels counted on 51 soft-tissue sarcoma cases (Vallieres et al. 2015)"

_TEXTURE = ("firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm")
_VOLUME_CLASSES: FeatureClasses = {name: [] for name in ("shape", *_TEXTURE)}
_SLICE_CLASSES: FeatureClasses = {name: [] for name in ("shape2D", *_TEXTURE)}

_ORIGINAL = Reason("Original", lazy_("The plain image: its features are the ones others can check most easily."), IBSI)
_LOG = Reason("LoG", lazy_("Brings out structure of a chosen size, which plain texture mixes together."), IBSI2)
_WAVELET = Reason("Wavelet", lazy_("Separates fine from coarse texture along each axis."), PYRADIOMICS)
_CLASSES = Reason("featureClass", lazy_("Every class; outcome-free filtering removes what repeats itself."), IBSI)
_BSPLINE = Reason(
    "interpolator", lazy_("Cubic interpolation keeps texture that linear interpolation blurs."), PYRADIOMICS
)


def _settings(image_type: dict[str, Any], setting: dict[str, Any], classes: dict[str, Any]) -> ExtractionSettings:
    return ExtractionSettings(image_type=image_type, feature_class=copy.deepcopy(classes), setting=setting)


def ct() -> Preset:
    """Return the settings for CT."""
    settings = _settings(
        {"Original": {}, "LoG": {"sigma": [2.0, 3.0, 4.0]}, "Wavelet": {}},
        {
            "binWidth": 10,
            "resampledPixelSpacing": [2, 2, 2],
            "interpolator": "sitkBSpline",
            "padDistance": 10,
            "voxelArrayShift": 1000,
        },
        _VOLUME_CLASSES,
    )
    reasons = (
        Reason(
            "binWidth",
            lazy_("CT has a calibrated unit (HU), so a fixed width means the same in every patient. 10 HU put 42 of 51 "
                  "soft-tissue sarcomas between 16 and 128 grey levels, the customary 25 HU only 22; lesions with air "
                  "in them may need 25. Look at the bin-count preview."),
            f"{IBSI}; {MEASURED}",
        ),
        Reason(
            "resampledPixelSpacing",
            lazy_("Equal cubic voxels make texture independent of direction and of the scanner. 2 mm lies between "
                  "in-plane (under 1 mm) and slice spacing (often 3 to 5 mm): finer would invent slices. IBSI used "
                  "it for its CT reference values."),
            f"{IBSI}, configurations C to E",
        ),
        _BSPLINE,
        Reason(
            "padDistance",
            lazy_("20 mm around the region, so that the widest filter (4 mm) sees real tissue up to its rim."),
            PYRADIOMICS,
        ),
        Reason(
            "voxelArrayShift",
            lazy_("Lifts air (-1000 HU) to zero, so that Energy is not high where the image is dark."),
            PYRADIOMICS,
        ),
        _ORIGINAL,
        _LOG,
        Reason("LoG.sigma", lazy_("From one voxel (2 mm) to two: a filter narrower than a voxel sees nothing."), IBSI2),
        _WAVELET,
        _CLASSES,
    )  # fmt: skip
    return Preset(settings, reasons, ("CT",))


def mr() -> Preset:
    """Return the settings for MR."""
    settings = _settings(
        {"Original": {}, "LoG": {"sigma": [2.0, 3.0, 4.0]}, "Wavelet": {}},
        {
            "normalize": True,
            "normalizeScale": 100,
            "removeOutliers": 3,
            "binCount": 32,
            "resampledPixelSpacing": [2, 2, 2],
            "interpolator": "sitkBSpline",
            "padDistance": 10,
            "voxelArrayShift": 300,
        },
        _VOLUME_CLASSES,
    )
    reasons = (
        Reason(
            "normalize",
            lazy_("MR intensities have no unit: the same tissue differs between scanners and sequences."),
            PYRADIOMICS,
        ),
        Reason("normalizeScale", lazy_("One standard deviation becomes 100 units: easy to read."), PYRADIOMICS),
        Reason(
            "removeOutliers", lazy_("A few very bright voxels (vessels, fat) would set the whole scale."), PYRADIOMICS
        ),
        Reason(
            "binCount",
            lazy_("Without a calibrated unit IBSI advises a fixed number of levels per region. 32 suits regions of a "
                  "few hundred voxels too, where more levels would leave texture matrices nearly empty."),
            IBSI,
        ),
        Reason(
            "resampledPixelSpacing",
            lazy_("Equal cubic voxels; 2 mm lies between in-plane and slice spacing of common 3 mm protocols."),
            f"{PYRADIOMICS}, MR example for 3 mm slices",
        ),
        _BSPLINE,
        Reason("padDistance", lazy_("20 mm around the region for the widest filter (4 mm)."), PYRADIOMICS),
        Reason(
            "voxelArrayShift",
            lazy_("Three standard deviations: normalised values become positive before they are squared."),
            PYRADIOMICS,
        ),
        _ORIGINAL,
        _LOG,
        Reason("LoG.sigma", lazy_("From one voxel (2 mm) to two: a filter narrower than a voxel sees nothing."), IBSI2),
        _WAVELET,
        _CLASSES,
    )  # fmt: skip
    return Preset(settings, reasons, ("MR",))


def pet() -> Preset:
    """Return the settings for PET in SUV."""
    settings = _settings(
        {"Original": {}, "LoG": {"sigma": [4.0, 6.0], "binWidth": 0.1}, "Wavelet": {"binWidth": 0.1}},
        {
            "binWidth": 0.25,
            "resampledPixelSpacing": [4, 4, 4],
            "interpolator": "sitkBSpline",
            "padDistance": 6,
        },
        _VOLUME_CLASSES,
    )
    reasons = (
        Reason(
            "binWidth",
            lazy_("SUV (g/ml) is calibrated, so a fixed width compares patients. 0.25 gives 16 to 128 levels in "
                  "lesions whose uptake spans 4 to 32 SUV. The image must be in SUV, not in Bq/ml."),
            ORLHAC,
        ),
        Reason(
            "resampledPixelSpacing",
            lazy_("PET resolves about 5 to 7 mm; 4 mm is its usual voxel, finer ones repeat information."),
            EANM,
        ),
        _BSPLINE,
        Reason("padDistance", lazy_("24 mm around the region for the widest filter (6 mm)."), PYRADIOMICS),
        _ORIGINAL,
        _LOG,
        Reason("LoG.sigma", lazy_("From one voxel (4 mm) to about the resolution of the scanner (6 mm)."), IBSI2),
        Reason("LoG.binWidth", lazy_("Filtered images span less: 0.25 would leave 15 levels."), MEASURED),
        _WAVELET,
        Reason("Wavelet.binWidth", lazy_("Detail images span less: 0.25 would leave 4 to 20 levels."), MEASURED),
        _CLASSES,
    )  # fmt: skip
    return Preset(settings, reasons, ("PT", "NM"))


def us() -> Preset:
    """Return the settings for 2-D ultrasound."""
    settings = _settings(
        {"Original": {}, "Wavelet": {}},
        {
            "normalize": True,
            "normalizeScale": 100,
            "removeOutliers": 3,
            "binCount": 32,
            "force2D": True,
            "force2Ddimension": 0,
            "voxelArrayShift": 300,
        },
        _SLICE_CLASSES,
    )
    reasons = (
        Reason("normalize", lazy_("Grey values depend on gain and on the device: they have no unit."), PYRADIOMICS),
        Reason("normalizeScale", lazy_("One standard deviation becomes 100 units: easy to read."), PYRADIOMICS),
        Reason("removeOutliers", lazy_("Burnt-in text and markers would set the whole scale."), PYRADIOMICS),
        Reason("binCount", lazy_("Without a calibrated unit IBSI advises a fixed number of levels per region."), IBSI),
        Reason("force2D", lazy_("One slice has no third dimension."), IBSI),
        Reason("force2Ddimension", lazy_("Across the single slice."), PYRADIOMICS),
        Reason(
            "voxelArrayShift",
            lazy_("Three standard deviations: normalised values become positive before they are squared."),
            PYRADIOMICS,
        ),
        _ORIGINAL,
        Reason("Wavelet", lazy_("Separates fine from coarse speckle within the slice."), PYRADIOMICS),
        Reason("featureClass", lazy_("Every class; shape is measured on the slice (shape2D)."), IBSI),
    )  # fmt: skip
    return Preset(settings, reasons, ("US", "MG", "OPT"))
