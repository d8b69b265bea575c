"""Feature maps: hand-counted neighbourhoods, slices as parts of the whole, grids, errors in words."""

from __future__ import annotations

import math

import numpy as np
import pytest

from radiomics_core.errors import ExtractionError, SettingsError
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.catalogue import FEATURE_NAMES
from radiomics_core.extraction.derived_names import derived_image_names
from radiomics_core.extraction.engines.fast.classes import CLASSES
from radiomics_core.extraction.engines.fast.derived import derived_regions
from radiomics_core.extraction.engines.fast.preparation import prepare
from radiomics_core.extraction.feature_maps import (
    MAP_FAMILIES,
    MappableCase,
    SliceOf,
    feature_map,
    feature_maps,
    on_grid,
)
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.imaging.volume import Volume

EVERY = {family: FEATURE_NAMES[family] for family in MAP_FAMILIES}


def ramp() -> tuple[Volume, Volume]:
    """Values 0, 10, 20 ... along x, a box of 3 x 4 x 5 voxels in the middle; z spacing 2 mm."""
    _, _, x = np.indices((7, 8, 9))
    image = Volume((10 * x).astype(np.int16), (1.0, 1.0, 2.0), (5.0, 6.0, 7.0))
    region = np.zeros(image.array.shape, bool)
    region[2:5, 2:6, 2:7] = True
    return image, image.with_array(region)


def noise(seed: int = 0, dtype: str = "int16") -> tuple[Volume, Volume]:
    rng = np.random.default_rng(seed)
    image = Volume(rng.normal(40, 60, (9, 10, 11)).astype(dtype), (1.0, 1.5, 2.0), (5.0, 6.0, 7.0))
    region = np.zeros(image.array.shape, bool)
    region[2:7, 2:8, 2:9] = rng.random((5, 6, 7)) > 0.3
    return image, image.with_array(region)


def test_mean_of_a_neighbourhood_inside_the_region_only():
    image, mask = ramp()
    one = feature_map(image, mask, ExtractionSettings(), "original_firstorder_Mean", modality="CT")
    line = one.volume.array[3, 3]
    # at the ends of the region the neighbour outside (10, 70) does not count
    assert line.tolist() == [0, 0, 25, 30, 40, 50, 55, 0, 0]
    assert (one.minimum, one.maximum, one.unit) == (25, 55, "HU")
    np.testing.assert_array_equal(one.computed, mask.array)


def test_neighbours_outside_the_region_count_when_asked_for():
    image, mask = ramp()
    settings = ExtractionSettings(voxel_setting={"maskedKernel": False, "initValue": -1, "kernelRadius": 2})
    line = feature_map(image, mask, settings, "original_firstorder_Maximum").volume.array[3, 3]
    assert line.tolist() == [-1, -1, 40, 50, 60, 70, 80, -1, -1]


def test_2d_neighbourhoods_lie_in_the_slice():
    image, mask = ramp()
    image.array[3] += 100
    settings = ExtractionSettings(setting={"force2D": True, "force2Ddimension": 0})
    levels = feature_map(image, mask, settings, "original_firstorder_Range").volume.array
    assert levels[2, 3, 4] == levels[3, 3, 4] == 20  # 40 +- 10, without the slices beside


@pytest.mark.parametrize("family", MAP_FAMILIES)
def test_a_neighbourhood_as_large_as_the_region_gives_the_feature_of_the_region(family):
    """With a cube around the middle that holds the whole region, the map there is the feature itself."""
    image, mask = noise()
    region = np.zeros_like(mask.array)
    region[3:6, 3:6, 3:6] = True
    region[3, 3, 3] = False
    mask = mask.with_array(region)
    prepared = prepare(image, mask, ExtractionSettings())
    [(_name, whole)] = derived_regions(prepared, ExtractionSettings())  # type: ignore[misc]
    expected = CLASSES[family].of_region(whole).compute(FEATURE_NAMES[family])
    case = MappableCase(image, mask, ExtractionSettings())
    for one in case.derived("original").maps({family: FEATURE_NAMES[family]}):
        value = case.on_grid(one).volume.array[4, 4, 4]
        assert value == pytest.approx(expected[one.feature_name.split("_")[2]][0], rel=1e-9, abs=1e-9), one.feature_name


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("setting", [{}, {"resampledPixelSpacing": [1.3, 1.3, 1.3]}], ids=["as it is", "resampled"])
def test_a_slice_has_the_values_of_the_whole_map(axis, setting):
    image, mask = noise(dtype="float32")
    case = MappableCase(image, mask, ExtractionSettings(setting=setting))
    source = case.derived("original")
    whole = on_grid(source.map("glcm", "Contrast"), image)
    for index in (3, 4, 5):
        only = SliceOf(axis, index)
        part = source.map("glcm", "Contrast", only)
        assert 0 < part.computed.sum() == source.count(only) < source.count()
        shown = on_grid(part, only.of(image))
        cut = [slice(None)] * 3
        cut[axis] = slice(index, index + 1)
        np.testing.assert_allclose(shown.volume.array, whole.volume.array[tuple(cut)], rtol=1e-12)
        np.testing.assert_array_equal(shown.computed, whole.computed[tuple(cut)])


def test_every_wanted_map_is_made_on_the_grid_of_the_case():
    image, mask = noise()
    settings = ExtractionSettings(
        image_type={"Original": {}, "Square": {}}, feature_class={"shape": [], "firstorder": ["Mean"], "ngtdm": []}
    )
    maps = list(feature_maps(image, mask, settings, modality="CT"))
    assert [one.feature_name for one in maps][:2] == ["original_firstorder_Mean", "original_ngtdm_Busyness"]
    assert len(maps) == 2 * (1 + 5)
    assert {one.volume.array.shape for one in maps} == {image.array.shape}
    assert [one.unit for one in maps if one.feature_name.endswith("Mean")] == ["HU", "a.u."]


def test_a_resampled_map_stays_on_the_voxels_it_was_computed_on():
    image, mask = noise(dtype="float32")
    settings = ExtractionSettings(setting={"resampledPixelSpacing": [1.3, 1.3, 1.3]})
    one = feature_map(image, mask, settings, "original_firstorder_Mean")
    assert one.volume.spacing_mm == (1.3, 1.3, 1.3)
    back = on_grid(one, image)
    assert back.volume.array.shape == image.array.shape
    assert set(back.volume.array[back.computed]) <= set(one.volume.array[one.computed])  # moved, never mixed


def test_a_cropped_map_is_put_back_where_it_belongs():
    image, mask = noise()
    whole = feature_map(image, mask, ExtractionSettings(), "original_ngtdm_Contrast").volume
    cropped = feature_map(image, mask, ExtractionSettings(setting={"preCrop": True}), "original_ngtdm_Contrast").volume
    np.testing.assert_array_equal(cropped.array, whole.array)


def test_the_number_of_voxels_at_once_changes_nothing_and_progress_is_told():
    image, mask = noise()
    few = ExtractionSettings(voxel_setting={"voxelBatch": 17})
    at_once = list(MappableCase(image, mask, ExtractionSettings()).derived("original").maps(EVERY))
    told: list[tuple[int, int]] = []
    batched = MappableCase(image, mask, few).derived("original").maps(EVERY, report=lambda *now: told.append(now))
    for one, other in zip(at_once, batched, strict=True):
        np.testing.assert_allclose(one.volume.array, other.volume.array, rtol=1e-12, err_msg=one.feature_name)
    n = int(mask.array.sum())
    assert told[0] == (17, n)
    assert told[-1] == (n, n)


def test_display_range_holds_the_middle_98_percent():
    image, mask = noise()
    source = MappableCase(image, mask, ExtractionSettings()).derived("original")
    one = source.map("firstorder", "Mean")
    low, high = source.display_range("firstorder", "Mean")
    values = one.volume.array[one.computed]
    assert (low, high) == pytest.approx(tuple(np.percentile(values, (1, 99))))


def test_extremes_leave_out_what_is_not_defined():
    image, mask = ramp()
    one = feature_map(image, mask, ExtractionSettings(), "original_firstorder_Mean")
    one.volume.array[one.computed] = math.nan
    assert math.isnan(one.minimum)
    assert math.isnan(one.maximum)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("contrast", "'contrast' is not the name of a feature"),
        ("original_glcm_Contrst", "no map of 'Contrst' with these settings. Choose one of: Autocorrelation"),
        ("original_shape_MeshVolume", "no map of 'shape' with these settings. Choose one of: firstorder, glcm"),
        ("square_glcm_Contrast", "no map of 'square' with these settings. Choose one of: original"),
    ],
)
def test_a_name_that_cannot_be_mapped(name, words):
    with pytest.raises(SettingsError, match=words):
        feature_map(*noise(), ExtractionSettings(), name)


def test_an_empty_region_is_refused_as_in_extraction():
    image, mask = noise()
    with pytest.raises(ExtractionError, match="the mask holds no voxel"):
        feature_map(image, mask.with_array(np.zeros_like(mask.array)), ExtractionSettings(), "original_glcm_Contrast")


def test_a_derived_image_that_cannot_be_computed_says_why_and_leaves_the_others():
    settings = ExtractionSettings(image_type={"LoG": {"sigma": [80.0, 2.0]}})
    case = MappableCase(*noise(dtype="float32"), settings)
    assert case.derived("log-sigma-2-0-mm-3D").map("firstorder", "Mean").computed.any()
    with pytest.raises(
        ExtractionError, match="the image 'log-sigma-80-0-mm-3D' cannot be computed: the image is too small"
    ):
        case.derived("log-sigma-80-0-mm-3D")


@pytest.mark.parametrize("force_2d", [False, True])
def test_names_of_derived_images_are_those_the_filters_give(force_2d):
    image, mask = noise(dtype="float32")
    own = {"LoG": {"sigma": [2.0, 2.5]}, "Wavelet": {"level": 2}, "LBP3D": {"lbp3DLevels": 3}}
    settings = ExtractionSettings(
        setting={"force2D": force_2d}, image_type={name: own.get(name, {}) for name in FILTERS.names()}
    )
    derived = derived_regions(prepare(image, mask, settings), settings)
    assert sorted(name for name, _region in derived) == sorted(derived_image_names(settings))  # type: ignore[misc]
