"""Filtered images of the fast engine equal pyradiomics' own, to the last bit, inside the region.

Second source: pyradiomics 3.0.1 ``imageoperations.get<Type>Image`` with SimpleITK, scikit-image, scipy and trimesh.
"""

from __future__ import annotations

import numpy as np
import pytest

from radiomics_core.extraction.engines.fast.preparation import bounding_box
from radiomics_core.extraction.engines.fast.region import Prepared
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.imaging.reading import read_mask, read_volume
from radiomics_core.imaging.volume import Volume
from tests.golden.second_source import Values, assert_to_the_last_bit, needs_pyradiomics, second_source

CASES = {
    "Square": {},
    "SquareRoot": {},
    "Logarithm": {},
    "Exponential": {},
    "Gradient": {"gradientUseSpacing": False},
    "LBP2D": {"lbp2DMethod": "var", "lbp2DRadius": 1.7},
    "LBP3D": {"lbp3DLevels": 3, "lbp3DIcosphereRadius": 1.5},
}
"""Image types with settings that differ from the default."""

SMALLEST = "STS_019"
"""Sarcoma with the smallest regions: 5,564 voxels on CT, 3,856 on MR, 239 on PET."""


def lesion(dtype: str, shape: tuple[int, int, int], factor: float = 1.0) -> tuple[Volume, np.ndarray]:
    """Noise with a flat patch; a region with holes that touches the border of the image."""
    rng = np.random.default_rng(7)
    array = np.round(rng.normal(40, 60, shape)) * factor
    if dtype == "uint8":
        array = np.clip(array, 0, 255)
    array[:, :5, :9] = array[0, 0, 0]
    region = np.zeros(shape, bool)
    region[shape[0] // 3 : 2 * shape[0] // 3 + 1, 3:-3, 2:-4] = True
    region &= rng.random(shape) > 0.3
    region[shape[0] // 2, 0, :3] = True
    return Volume(array.astype(dtype), (1.0, 1.5, 2.0), (1.0, 2.0, 3.0)), region


def filtered(image: Volume, region: np.ndarray, image_type: str, settings: dict) -> Values:
    """Return the images of a filter of pyradiomics inside a region."""
    import SimpleITK as sitk
    from radiomics import imageoperations

    from radiomics_core.extraction.engines.pyradiomics_session import pyradiomics_session

    with pyradiomics_session():
        make = getattr(imageoperations, f"get{image_type}Image")
        made = make(image.to_sitk(), image.with_array(region).to_sitk(), **settings)
        return {name: sitk.GetArrayFromImage(array)[region] for array, name, _ in made}


def stored_or_living(image: Volume, region: np.ndarray, image_type: str, settings: dict) -> Values:
    return second_source("filters", filtered, image, region, image_type, settings, thin=True)


def assert_equal_to_pyradiomics(
    image: Volume, region: np.ndarray, image_type: str, own: dict, setting: dict, source=stored_or_living
) -> None:
    settings = ExtractionSettings(setting=setting, image_type={image_type: own})
    prepared = Prepared(image, region, region, bounding_box(region))
    expected = source(image, region, image_type, {**setting, **own})
    inside = region[prepared.box]
    ours = FILTERS.build(image_type).derive(prepared, lambda name: settings.value(name, image_type))
    results = {one.name: one.array[inside] for one in ours}
    assert list(results) == list(expected)
    for name, values in expected.items():
        assert_to_the_last_bit(results[name], values, name)


@pytest.mark.covering
@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64"])
@pytest.mark.parametrize("image_type", CASES)
def test_data_types(image_type, dtype):
    image, region = lesion(dtype, (9, 14, 25), 0.3 if dtype[0] == "f" else 1)
    assert_equal_to_pyradiomics(image, region, image_type, {}, {})


@pytest.mark.covering
@pytest.mark.parametrize("across", [0, 1, 2])
@pytest.mark.parametrize("image_type", CASES)
def test_own_settings_and_the_axis_across_slices(image_type, across):
    image, region = lesion("float64", (9, 14, 25), 0.3)
    assert_equal_to_pyradiomics(image, region, image_type, CASES[image_type], {"force2Ddimension": across})


@pytest.mark.parametrize("image_type", CASES)
def test_a_single_slice(image_type):
    image, region = lesion("int16", (1, 20, 30))
    assert_equal_to_pyradiomics(image, region, image_type, {}, {})


@pytest.mark.covering
@pytest.mark.parametrize("image_type", CASES)
@pytest.mark.parametrize("modality", ["CT", "PET", "MR_T1"])
def test_the_smallest_sarcoma_regions(image_type, modality, shared_data):
    needs_pyradiomics()
    folder = shared_data / "sts" / "images" / SMALLEST
    image = read_volume(folder / f"{modality}.nii.gz")
    region = np.asarray(read_mask(folder / f"{modality}_mask.nii.gz").array, bool)
    assert_equal_to_pyradiomics(image, region, image_type, {}, {}, filtered)
