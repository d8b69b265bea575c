"""The cases on which the fast engine must give pyradiomics' values; ``benchmarks/equality.py`` makes its table of them.

Small regions of every modality with every image type, the IBSI phantoms, and the demo cohort.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from radiomics_core.demo.clinical import draw_patients
from radiomics_core.demo.cohort import scan_case
from radiomics_core.demo.lesions import SCANNERS
from radiomics_core.extraction import PRESETS, ExtractionSettings
from radiomics_core.extraction.catalogue import FEATURE_CLASSES
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.verification import everything
from radiomics_core.imaging.reading import read_mask, read_volume
from radiomics_core.imaging.volume import Volume

Pair = tuple[Volume, Volume]
N_DEMO, SEED = 6, 20261121


@dataclass(frozen=True)
class GoldenCase:
    """One image and mask, and the settings under which both engines are compared on it.

    ``rarely`` cases take pyradiomics long, or are more of the same: a default run compares with its stored values.
    """

    name: str
    load: Callable[[Path], Pair]
    settings: ExtractionSettings
    needs_files: bool = True
    rarely: bool = False


def every_type(setting: dict[str, Any], **own: dict[str, Any]) -> ExtractionSettings:
    """Return settings with every image type; local binary patterns are small whole numbers and get narrow bins."""
    given = {"LoG": {"sigma": [1.0, 2.0, 3.0]}, "LBP2D": {"binWidth": 1}, "LBP3D": {"binWidth": 0.5}, **own}
    return ExtractionSettings(setting=setting, image_type={name: given.get(name, {}) for name in FILTERS.names()})


def by_slice(setting: dict[str, Any], shape: str) -> ExtractionSettings:
    """Return settings with every image type and texture slice by slice."""
    classes = [name for name in FEATURE_CLASSES if not name.startswith("shape")]
    return every_type({**setting, "force2D": True}).with_feature_classes([shape, *classes])


def preset(name: str) -> ExtractionSettings:
    """Return a preset with its image types."""
    return PRESETS.build(name).settings


def sarcoma(patient: str, image: str) -> Callable[[Path], Pair]:
    """Return how a sarcoma case is read."""

    def load(folder: Path) -> Pair:
        place = folder / "sts" / "images" / patient
        return read_volume(place / f"{image}.nii.gz"), read_mask(place / f"{image}_mask.nii.gz")

    return load


def one_slice(load_all: Callable[[Path], Pair]) -> Callable[[Path], Pair]:
    """Return how a case is read when only the largest slice of its region counts."""

    def load(folder: Path) -> Pair:
        image, mask = load_all(folder)
        largest = int(np.argmax(np.count_nonzero(mask.array, axis=(1, 2))))
        region = np.zeros_like(mask.array)
        region[largest] = mask.array[largest]
        return image, mask.with_array(region)

    return load


def ibsi(phantom: str) -> Callable[[Path], Pair]:
    """Return how an IBSI phantom is read."""

    def load(folder: Path) -> Pair:
        place = folder / "ibsi" / "phantoms" / phantom / "nifti"
        return read_volume(place / "image" / "phantom.nii.gz"), read_mask(place / "mask" / "mask.nii.gz")

    return load


def demo(number: int, image: str) -> Callable[[Path], Pair]:
    """Return how a case of the demo cohort is made."""

    def load(_folder: Path) -> Pair:
        patient = draw_patients(np.random.default_rng(SEED), N_DEMO).iloc[number]
        array, region = scan_case(SEED, number, patient.to_dict())[image]
        made = Volume(array, SCANNERS[image, str(patient["centre"])].spacing_mm)
        return made, made.with_array(region.astype(bool))

    return load


CT, PET, MR = {"binWidth": 25}, {"binWidth": 0.25}, {"binWidth": 25}
NORMALISED = {"normalize": True, "normalizeScale": 100, "removeOutliers": 3, "binCount": 32}
RESAMPLED = {"resampledPixelSpacing": [3, 3, 3], "interpolator": "sitkBSpline", "padDistance": 8, "binWidth": 20}

GOLDEN_CASES = (
    GoldenCase("IBSI digital phantom", ibsi("ibsi_1_digital_phantom"), every_type({"binWidth": 1})),
    GoldenCase("IBSI CT phantom", ibsi("ibsi_1_ct_radiomics_phantom"), everything(), rarely=True),
    GoldenCase("STS_019 CT", sarcoma("STS_019", "CT"), every_type(CT)),
    GoldenCase("STS_008 CT, preset", sarcoma("STS_008", "CT"), preset("ct")),
    GoldenCase("STS_025 CT, sym4", sarcoma("STS_025", "CT"), every_type(CT, Wavelet={"wavelet": "sym4", "level": 2})),
    GoldenCase("STS_042 CT, limited", sarcoma("STS_042", "CT"), every_type({**CT, "resegmentRange": [0, 200]})),
    GoldenCase("STS_019 PET, smallest", sarcoma("STS_019", "PET"), every_type(PET)),
    GoldenCase("STS_042 PET, preset", sarcoma("STS_042", "PET"), preset("pet")),
    GoldenCase("STS_035 PET, slices", sarcoma("STS_035", "PET"), by_slice(PET, "shape")),
    GoldenCase("STS_044 PET, two parts", sarcoma("STS_044", "PET"), every_type(PET)),
    GoldenCase("STS_019 MR", sarcoma("STS_019", "MR_T1"), every_type(MR)),
    GoldenCase("STS_008 MR, normalised", sarcoma("STS_008", "MR_T1"), every_type(NORMALISED)),
    GoldenCase("STS_035 MR, one slice", one_slice(sarcoma("STS_035", "MR_T1")), by_slice(MR, "shape2D")),
    GoldenCase("STS_025 MR, preset", sarcoma("STS_025", "MR_T1"), preset("mr")),
    GoldenCase("STS_042 MR, resampled", sarcoma("STS_042", "MR_T1"), every_type(RESAMPLED)),
    *(
        GoldenCase(
            f"demo {number} {image}", demo(number, image), preset(image.lower()), needs_files=False, rarely=number > 1
        )
        for number in range(N_DEMO)
        for image in ("CT", "MR")
    ),
)
"""Every case; the names are unique."""
