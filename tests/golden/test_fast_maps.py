"""Feature maps of the fast engine equal those of pyradiomics, voxel by voxel.

Second source: pyradiomics 3.0.1 ``RadiomicsFeatureExtractor.execute(..., voxelBased=True)``. Its MCC fails for maps
(the map stays at ``initValue``), and its JointAverage is NaN where one direction of a neighbourhood holds no pair.
"""

from __future__ import annotations

import numpy as np
import pytest

from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.derived_names import derived_image_names
from radiomics_core.extraction.feature_maps import MAP_FAMILIES, MappableCase, feature_map
from radiomics_core.imaging.reading import read_mask, read_volume
from radiomics_core.imaging.volume import Volume
from tests.golden.second_source import Values, like, needs_pyradiomics, second_source

RELATIVE, ABSOLUTE = 1e-6, 1e-9

VOXEL_SETTINGS = {
    "radius 1": {},
    "radius 2": {"kernelRadius": 2},
    "unmasked": {"maskedKernel": False},
    "unmasked radius 2": {"maskedKernel": False, "kernelRadius": 2, "initValue": -5.0},
}
SETTINGS = {
    "default": {},
    "2-D": {"force2D": True},
    "2-D sagittal, two distances": {"force2D": True, "force2Ddimension": 2, "binWidth": 10, "distances": [1, 2]},
    "weighted, one way": {"weightingNorm": "euclidean", "symmetricalGLCM": False, "gldm_a": 1},
    "bin count, shifted": {"binCount": 6, "voxelArrayShift": 300},
    "limited": {"resegmentRange": [-40, 90]},
}


def lesion(
    dtype: str = "int16", shape: tuple[int, int, int] = (7, 9, 10), flat: float | None = 20
) -> tuple[Volume, Volume]:
    """Noise with a flat corner; a region with holes, torn in two, that touches the border of the image."""
    rng = np.random.default_rng(0)
    array = np.round(rng.normal(40, 60, shape))
    if flat is not None:
        array[: shape[0] // 2, 1:4, :3] = flat
    if dtype == "uint8":
        array = np.clip(array, 0, 200)  # nearer to 255 pyradiomics' bin edges overflow the type
    region = np.zeros(shape, bool)
    depth = slice(1, 5) if shape[0] > 1 else slice(0, 1)
    region[depth, 1:6, 0:5] = rng.random(region[depth, 1:6, 0:5].shape) > 0.25
    region[-1, -1, -1] = True  # alone in its neighbourhood
    image = Volume((array * (0.7 if dtype[0] == "f" else 1)).astype(dtype), (1.0, 1.5, 2.0), (3.0, 2.0, 1.0))
    return image, image.with_array(region)


def reference_maps(image: Volume, mask: Volume, settings: ExtractionSettings) -> dict[str, Volume]:
    """Return the maps of pyradiomics, cut to the region and its rim."""
    import SimpleITK as sitk

    from radiomics_core.extraction.engines.pyradiomics_session import make_extractor, pyradiomics_session

    with pyradiomics_session():
        made = make_extractor(settings).execute(image.to_sitk(), mask.to_sitk(), label=1, voxelBased=True)
    return {name: Volume.from_sitk(one) for name, one in made.items() if isinstance(one, sitk.Image)}


def plain_maps(image: Volume, mask: Volume, settings: ExtractionSettings) -> Values:
    made = reference_maps(image, mask, settings)
    return {**{name: one.array for name, one in made.items()}, "origin_mm": next(iter(made.values())).origin_mm}


def stored_or_living(image: Volume, mask: Volume, settings: ExtractionSettings) -> Values:
    return second_source("maps", plain_maps, image, mask, settings, thin=True)


def assert_maps_equal(image: Volume, mask: Volume, settings: ExtractionSettings, source=stored_or_living) -> int:
    """Compare every feature of every class of every derived image; returns how many maps were compared."""
    wanted = {name: features for name, features in settings.features().items() if name in MAP_FAMILIES}
    expected = source(image, mask, settings.with_feature_classes({n: list(f) for n, f in wanted.items()}))
    case, compared = MappableCase(image, mask, settings), 0
    for image_name in derived_image_names(settings):
        for one in case.derived(image_name).maps(wanted):
            theirs = expected[one.feature_name]
            ours, computed = like(one.volume.array, theirs), like(one.computed, theirs)
            assert ours.shape == theirs.shape
            assert one.volume.origin_mm == pytest.approx(tuple(expected["origin_mm"]))
            np.testing.assert_array_equal(ours[~computed], theirs[~computed])
            if one.feature_name.endswith("_MCC"):
                continue
            here = computed & (np.isfinite(theirs) if one.feature_name.endswith("_JointAverage") else True)
            np.testing.assert_allclose(ours[here], theirs[here], RELATIVE, ABSOLUTE, err_msg=one.feature_name)
            compared += 1
    return compared


@pytest.mark.covering
@pytest.mark.parametrize("voxel_setting", VOXEL_SETTINGS.values(), ids=VOXEL_SETTINGS)
@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_every_feature(setting, voxel_setting):
    settings = ExtractionSettings(setting=setting, voxel_setting=voxel_setting)
    assert assert_maps_equal(*lesion(), settings) == 18 + 23 + 16 + 16 + 14 + 5


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
def test_data_types(dtype):
    assert assert_maps_equal(*lesion(dtype), ExtractionSettings(setting={"binWidth": 10}))


def test_a_small_sarcoma_on_pet(shared_data):
    needs_pyradiomics()
    folder = shared_data / "sts" / "images" / "STS_019"
    image, mask = read_volume(folder / "PET.nii.gz"), read_mask(folder / "PET_mask.nii.gz")
    assert assert_maps_equal(image, mask, ExtractionSettings(setting={"binWidth": 0.25}), plain_maps)


def test_a_single_slice():
    assert assert_maps_equal(*lesion(shape=(1, 9, 10)), ExtractionSettings(setting={"force2D": True}))


def test_derived_images():
    types = {"Wavelet": {}, "LoG": {"sigma": [2.0]}, "Square": {}, "Gradient": {}, "LBP2D": {"binWidth": 1}}
    settings = ExtractionSettings(
        setting={"binWidth": 10}, image_type=types, feature_class={"firstorder": [], "gldm": [], "glcm": ["Contrast"]}
    )
    # without a flat corner: where the rounded mean of equal values differs from them, pyradiomics' kurtosis is 1, not 0
    image, mask = lesion(shape=(9, 12, 14), flat=None)
    assert assert_maps_equal(image, mask, settings) == (8 + 1 + 1 + 1 + 1) * (18 + 14 + 1)


def test_resampled_and_normalised():
    setting = {"resampledPixelSpacing": [1.4, 1.4, 1.4], "normalize": True, "normalizeScale": 100}
    settings = ExtractionSettings(setting=setting, feature_class={"firstorder": [], "ngtdm": []})
    assert assert_maps_equal(*lesion(shape=(9, 12, 14)), settings) == 18 + 5


def test_a_batch_of_voxels_at_a_time():
    settings = ExtractionSettings(voxel_setting={"voxelBatch": 7}, feature_class={"glrlm": [], "glszm": []})
    assert assert_maps_equal(*lesion(), settings) == 16 + 16


def one_map(image: Volume, mask: Volume, settings: ExtractionSettings) -> Values:
    made = reference_maps(image, mask, settings)["original_glcm_Contrast"]
    return {"array": made.array, "origin_mm": np.array(made.origin_mm)}


def test_one_map_lies_on_the_grid_of_the_image():
    image, mask = lesion()
    expected = second_source("maps", one_map, image, mask, ExtractionSettings(feature_class={"glcm": ["Contrast"]}))
    one = feature_map(image, mask, ExtractionSettings(), "original_glcm_Contrast")
    start = np.subtract(expected["origin_mm"], image.origin_mm) / image.spacing_mm
    x, y, z = np.round(start).astype(int)
    depth, height, width = expected["array"].shape
    box = (slice(z, z + depth), slice(y, y + height), slice(x, x + width))
    np.testing.assert_allclose(one.volume.array[box], expected["array"], RELATIVE, ABSOLUTE)
    outside = np.ones(mask.array.shape, bool)
    outside[box] = False
    assert not one.volume.array[outside].any()
