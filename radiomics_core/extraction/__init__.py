"""From image and mask to a feature table: settings, presets, engines, runner."""

from __future__ import annotations

from radiomics_core.extraction import kinds as kinds
from radiomics_core.extraction.engine import Engine, FeatureVector
from radiomics_core.extraction.presets import PYRADIOMICS, Preset, ct, mr, pet, us
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice, Registry

__all__ = [
    "DEFAULT_ENGINE",
    "ENGINES",
    "PRESETS",
    "Engine",
    "ExtractionSettings",
    "FeatureVector",
    "Preset",
    "preset_for",
]


def _pyradiomics() -> Engine:
    from radiomics_core.extraction.engines.pyradiomics_engine import PyradiomicsEngine

    return PyradiomicsEngine()


def _fast() -> Engine:
    from radiomics_core.extraction.engines.fast.engine import FastEngine

    return FastEngine()


ENGINES: Registry[Engine] = Registry(
    "engine",
    Choice(
        name="fast",
        label=lazy_("fast (values of pyradiomics)"),
        build=_fast,
        reference=PYRADIOMICS,
        help=lazy_("The names and values of pyradiomics 3.0.1, ten times sooner; needs no compiler."),
        libraries=("numba", "SimpleITK", "PyWavelets", "scipy", "numpy"),
    ),
    Choice(
        name="pyradiomics",
        label=lazy_("pyradiomics (reference)"),
        build=_pyradiomics,
        reference=PYRADIOMICS,
        help=lazy_("The reference implementation; slower on large regions."),
        libraries=("pyradiomics", "SimpleITK", "PyWavelets", "numpy"),
    ),
)

DEFAULT_ENGINE = "fast"
"""Engine that is used when none is named."""

PRESETS: Registry[Preset] = Registry(
    "preset",
    Choice(
        name="ct",
        label=lazy_("CT"),
        build=ct,
        help=lazy_("2 mm voxels, 10 HU bins; image, LoG and wavelet."),
    ),
    Choice(
        name="mr",
        label=lazy_("MR"),
        build=mr,
        help=lazy_("Normalised intensities, 2 mm voxels, 32 grey levels; image, LoG and wavelet."),
    ),
    Choice(
        name="pet",
        label=lazy_("PET (SUV)"),
        build=pet,
        help=lazy_("4 mm voxels, 0.25 SUV bins; image, LoG and wavelet."),
    ),
    Choice(
        name="us",
        label=lazy_("Ultrasound (2-D)"),
        build=us,
        help=lazy_("One slice: normalised intensities, 32 grey levels; image and wavelet."),
    ),
)


def preset_for(modality: str) -> str:
    """Return the name of the preset meant for a DICOM modality; ``ct`` for an unknown one."""
    return next((row.name for row in PRESETS if modality in row.build().modalities), "ct")
