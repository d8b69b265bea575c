"""Wavelet and LoG images of the fast engine equal pyradiomics' own to the last bit, and no voxel changes its bin.

Second source: pyradiomics 3.0.1 ``imageoperations.getWaveletImage`` and ``getLoGImage`` with PyWavelets and SimpleITK.
"""

from __future__ import annotations

import platform
from typing import Any

import numpy as np
import pytest

from radiomics_core.extraction.engines.fast.preparation import bounding_box
from radiomics_core.extraction.engines.fast.region import Filtered, Prepared
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.imaging.reading import read_mask, read_volume
from radiomics_core.imaging.volume import Volume
from tests.golden.second_source import Values, assert_to_the_last_bit, available, needs_pyradiomics, second_source

OBLIQUE = (0.8, -0.6, 0.0, 0.6, 0.8, 0.0, 0.0, 0.0, 1.0)
LAST_DIGIT = platform.machine().lower() in {"x86_64", "amd64"}
"""Other processors may fuse multiplication and addition in ITK and PyWavelets, which moves the last digit."""

MOVED_AT_MOST = 1e-5
"""Share of voxels that rounding may move into another bin."""

SARCOMAS = [
    (f"STS_{number:03}", modality)
    for number in (8, 19, 25, 35, 42, 44)
    for modality in ("CT", "PET", "MR_T1")
]  # fmt: skip


def of_pyradiomics(image: Volume, region: np.ndarray, image_type: str, setting: dict[str, Any]) -> Values:
    import SimpleITK as sitk
    from radiomics import imageoperations

    from radiomics_core.extraction.engines.pyradiomics_session import pyradiomics_session

    with pyradiomics_session():
        made = getattr(imageoperations, f"get{image_type}Image")(image.to_sitk(), None, **setting)
        return {name: sitk.GetArrayFromImage(array)[region] for array, name, _ in made}


def of_fast(image: Volume, region: np.ndarray, image_type: str, setting: dict[str, Any]) -> dict[str, np.ndarray]:
    settings = ExtractionSettings(setting=setting, image_type={image_type: {}})
    prepared = Prepared(image, region, region, bounding_box(region))
    results = FILTERS.build(image_type).derive(prepared, lambda name: settings.value(name, image_type))
    inside = region[prepared.box]
    return {one.name: one.array[inside] for one in results if isinstance(one, Filtered)}


def stored_or_living(image: Volume, region: np.ndarray, image_type: str, setting: dict[str, Any]) -> Values:
    return second_source("wavelet_log", of_pyradiomics, image, region, image_type, setting, thin=True)


def assert_equal(
    image: Volume, region: np.ndarray, image_type: str, setting: dict[str, Any], source=stored_or_living
) -> tuple[int, int]:
    """Compare the images inside a region; return how many voxels were compared, and how many are in another bin."""
    expected, results = source(image, region, image_type, setting), of_fast(image, region, image_type, setting)
    assert list(results) == list(expected)
    compared = moved = 0
    for name, values in expected.items():
        if LAST_DIGIT or not available:
            assert_to_the_last_bit(results[name], values, name)
        else:
            assert results[name].dtype == values.dtype
            unit = np.spacing(np.float32(np.abs(values).max()))
            assert np.abs(results[name].astype(float) - values).max() <= 2 * unit, name
        compared += values.size
        if available:
            moved += int(np.count_nonzero(levels(results[name]) != levels(values)))
    return compared, moved


def levels(values: np.ndarray) -> np.ndarray:
    from radiomics import imageoperations

    return np.digitize(values, imageoperations.getBinEdges(values, binWidth=max(float(np.ptp(values)) / 64, 1e-6)))


def noise(shape=(11, 20, 25), dtype="float32", spacing_mm=(0.9, 1.2, 2.5), **grid) -> Volume:
    values = np.random.default_rng(6).normal(60, 80, shape).round(0 if np.dtype(dtype).kind == "i" else 3)
    return Volume(values.astype(dtype), spacing_mm, **grid)


def ball(shape: tuple[int, ...], centre: tuple[float, ...], radius: float) -> np.ndarray:
    places = np.indices(shape)
    return sum((place - middle) ** 2 for place, middle in zip(places, centre, strict=True)) <= radius**2


REGIONS = {
    "middle": ball((11, 20, 25), (5, 10, 12), 3.5),
    "at the border": ball((11, 20, 25), (9, 1, 22), 4),
    "two parts": ball((11, 20, 25), (2, 4, 4), 2) | ball((11, 20, 25), (8, 15, 20), 2),
}
WAVELETS: list[dict[str, Any]] = [
    {},
    {"wavelet": "haar", "level": 2},
    {"wavelet": "db4", "start_level": 1},
    {"wavelet": "bior2.2", "force2D": True},
    {"wavelet": "sym5", "force2D": True, "force2Ddimension": 2, "level": 2},
    {"wavelet": "coif1", "level": 3, "start_level": 1},
]
LOGS: list[dict[str, Any]] = [
    {"sigma": [1.0, 2.0, 3.0]},
    {"sigma": [0.5, 4]},
    {"sigma": [1.5, 30.0, 25.5]},  # 11 slices of 2.5 mm: too few for 30 and 25.5
    {"sigma": [2.0], "force2D": True},
    {},
]


@pytest.mark.covering
@pytest.mark.parametrize("dtype", ["int16", "float32", "float64"])
@pytest.mark.parametrize("setting", WAVELETS, ids=str)
@pytest.mark.parametrize("region", REGIONS.values(), ids=REGIONS)
def test_wavelet(region, setting, dtype):
    assert assert_equal(noise(dtype=dtype), region, "Wavelet", setting)[1] == 0


@pytest.mark.covering
@pytest.mark.parametrize("dtype", ["int16", "float32", "float64"])
@pytest.mark.parametrize("setting", LOGS, ids=str)
@pytest.mark.parametrize("region", REGIONS.values(), ids=REGIONS)
def test_log(region, setting, dtype):
    assert assert_equal(noise(dtype=dtype), region, "LoG", setting)[1] == 0


@pytest.mark.parametrize("image_type", ["Wavelet", "LoG"])
def test_an_oblique_image(image_type):
    image = noise(direction=OBLIQUE, origin_mm=(-100.0, 20.0, 7.5))
    assert assert_equal(image, REGIONS["middle"], image_type, {"sigma": [1.0, 2.0]})[1] == 0


def test_an_image_of_three_slices_has_no_log():
    image = noise((3, 20, 25))
    assert stored_or_living(image, np.ones((3, 20, 25), bool), "LoG", {"sigma": [1.0]}) == {}
    assert of_fast(image, np.ones((3, 20, 25), bool), "LoG", {"sigma": [1.0]}) == {}


@pytest.mark.covering(most=6)
@pytest.mark.parametrize(("patient", "modality"), SARCOMAS)
def test_sarcomas(patient, modality, shared_data):
    needs_pyradiomics()
    folder = shared_data / "sts" / "images" / patient
    image = read_volume(folder / f"{modality}.nii.gz")
    region = np.asarray(read_mask(folder / f"{modality}_mask.nii.gz").array, bool)
    for image_type in ("Wavelet", "LoG"):
        compared, moved = assert_equal(image, region, image_type, {"sigma": [1.0, 2.0, 3.0]}, of_pyradiomics)
        assert moved <= MOVED_AT_MOST * compared


def test_the_ibsi_ct_phantom(shared_data):
    needs_pyradiomics()
    folder = shared_data / "ibsi" / "phantoms" / "ibsi_1_ct_radiomics_phantom" / "nifti"
    image = read_volume(folder / "image" / "phantom.nii.gz")
    region = np.asarray(read_mask(folder / "mask" / "mask.nii.gz").array, bool)
    for image_type in ("Wavelet", "LoG"):
        compared, moved = assert_equal(image, region, image_type, {"sigma": [1.0, 2.0, 3.0]}, of_pyradiomics)
        assert moved <= MOVED_AT_MOST * compared
