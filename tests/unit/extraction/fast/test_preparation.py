import numpy as np
import pytest

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.engines.fast.boxes import bounding_box
from radiomics_core.extraction.engines.fast.preparation import prepare
from radiomics_core.imaging.volume import Volume

SPACING = (1.0, 1.0, 2.0)


def with_setting(**setting):
    return ExtractionSettings(setting=setting)


def block(array, *parts):
    """Return the image and a region that is a block of it."""
    image = Volume(np.asarray(array), SPACING, (-10.0, 5.0, 30.0))
    region = np.zeros(image.array.shape, bool)
    region[parts] = True
    return image, image.with_array(region)


def ramp(shape=(6, 8, 10), dtype=np.int16):
    """Return an image whose value is 10 x + y."""
    _, y, x = np.indices(shape)
    return (10 * x + y).astype(dtype)


INNER = (slice(1, 4), slice(2, 5), slice(3, 7))


def test_without_settings_the_image_is_neither_changed_nor_copied():
    image, mask = block(ramp(), *INNER)
    prepared = prepare(image, mask, ExtractionSettings())
    assert np.shares_memory(prepared.image.array, image.array)
    assert np.shares_memory(prepared.region, mask.array)
    assert prepared.shape_region is prepared.region
    np.testing.assert_array_equal(prepared.image.array, ramp())
    assert prepared.box == INNER


def test_box_grows_by_the_margin_up_to_the_border():
    region = block(ramp(), *INNER)[1].array
    assert bounding_box(region, 2) == (slice(0, 6), slice(0, 7), slice(1, 9))
    image, mask = block(ramp(), *INNER)
    assert prepare(image, mask, ExtractionSettings(), margin=2).box == bounding_box(region, 2)


def test_normalised_image_has_mean_0_and_deviation_1_over_the_whole_image():
    image, mask = block(ramp(), *INNER)
    array = prepare(image, mask, with_setting(normalize=True)).image.array
    assert array.dtype == np.float64
    assert array.mean() == pytest.approx(0, abs=1e-12)
    assert array.std(ddof=1) == pytest.approx(1)
    scaled = prepare(image, mask, with_setting(normalize=True, normalizeScale=100)).image.array
    np.testing.assert_array_equal(scaled, array * 100)


def test_outliers_are_cut_before_the_scale_is_applied():
    image, mask = block(ramp(), *INNER)
    array = prepare(image, mask, with_setting(normalize=True, removeOutliers=1, normalizeScale=10)).image.array
    assert (array.min(), array.max()) == (-10, 10)
    assert np.count_nonzero(np.abs(array) < 10) > 0


def test_an_image_with_one_intensity_cannot_be_normalised():
    image, mask = block(np.full((6, 8, 10), 7, np.int16), *INNER)
    with pytest.raises(ExtractionError, match=r"same intensity everywhere \(7\).*Look at the image"):
        prepare(image, mask, with_setting(normalize=True))


@pytest.mark.parametrize("spacing", [[2, 2, 2], [1, 1, 2]])
def test_normalising_looks_at_the_whole_image_even_when_a_part_is_resampled(spacing):
    image, mask = block(ramp((40, 40, 40)), *INNER)
    whole = prepare(image, mask, with_setting(normalize=True)).image
    part = prepare(image, mask, with_setting(normalize=True, resampledPixelSpacing=spacing)).image
    after = prepare(whole, mask, with_setting(resampledPixelSpacing=spacing)).image
    np.testing.assert_array_equal(part.array, after.array)


def test_hand_computed_resampling():
    # voxels of 2 mm from voxels of 1 mm along x and y: the new voxel 0 has its centre at 0.5 and its corner at -0.5, as
    # the old one; z is kept. The region is x 3-6, y 2-4: x 2.5..6.5 in new voxels is 1.25..3.25, so all 5 of x are used
    image, mask = block(ramp(), *INNER)
    settings = with_setting(resampledPixelSpacing=[2, 2, 0], interpolator="sitkLinear", padDistance=0)
    prepared = prepare(image, mask, settings)
    assert prepared.image.spacing_mm == (2, 2, 2)
    # x: floor(2.5 / 2) = 1 to ceil(6.5 / 2) = 4; y: floor(1.5 / 2) = 0 to min(ceil(4.5 / 2), 8 / 2 - 1) = 3; z: 0 to 4
    assert prepared.image.size_xyz == (4, 4, 5)
    assert prepared.image.origin_mm == (-10 + 0.5 + 2, 5 + 0.5, 30)
    assert prepared.image.array.dtype == np.int16
    # at x 2.5, y 0.5 of the old grid lies 25.5, at x 6.5, y 2.5 lies 67.5; ITK cuts what whole numbers cannot hold
    assert prepared.image.array[0, 0, 0] == 25
    assert prepared.image.array[0, 1, 2] == 67


def test_padding_is_counted_in_new_voxels_and_ends_at_the_border():
    image, mask = block(ramp((30, 30, 30)), slice(10, 20), slice(10, 20), slice(0, 10))
    sizes = {
        pad: prepare(image, mask, with_setting(resampledPixelSpacing=[2, 2, 4], padDistance=pad)).image.size_xyz
        for pad in (0, 3)
    }
    # x: 0 to ceil(9.5 / 2) = 5 has 6 voxels, 3 more on one side; y and z: floor(9.5 / 2) = 4 to ceil(19.5 / 2) = 10
    assert sizes == {0: (6, 7, 7), 3: (9, 13, 13)}


def test_an_axis_along_which_the_region_has_one_voxel_is_not_resampled():
    image, mask = block(ramp(), slice(2, 3), slice(1, 7), slice(1, 9))
    prepared = prepare(image, mask, with_setting(resampledPixelSpacing=[2, 2, 1]))
    assert prepared.image.spacing_mm == (2, 2, 2)
    assert bounding_box(prepared.region)[0].stop - bounding_box(prepared.region)[0].start == 1


def test_the_spacing_the_image_has_only_crops():
    image, mask = block(ramp(), *INNER)
    prepared = prepare(image, mask, with_setting(resampledPixelSpacing=[1, 1, 2], padDistance=1))
    np.testing.assert_array_equal(prepared.image.array, image.array[0:5, 1:6, 2:8])
    assert prepared.image.origin_mm == (-8, 6, 30)


def test_pre_crop_keeps_the_padding():
    image, mask = block(ramp(), *INNER)
    for pad, part in ((1, np.s_[0:5, 1:6, 2:8]), (20, np.s_[:, :, :])):
        prepared = prepare(image, mask, with_setting(preCrop=True, padDistance=pad))
        np.testing.assert_array_equal(prepared.image.array, image.array[part])
        np.testing.assert_array_equal(prepared.image.array[prepared.region], image.array[mask.array])


def test_without_interpolator_nothing_is_resampled():
    image, mask = block(ramp(), *INNER)
    prepared = prepare(image, mask, with_setting(resampledPixelSpacing=[2, 2, 2], interpolator=None))
    assert np.shares_memory(prepared.image.array, image.array)


@pytest.mark.parametrize(
    ("setting", "kept"),
    [
        # 10 x + y with x 3-6 and y 2-4: 32, 33, 34, 42 ... 64, on three slices
        ({"resegmentRange": [34, 52]}, {34, 42, 43, 44, 52}),
        ({"resegmentRange": [52, 34]}, {34, 42, 43, 44, 52}),
        ({"resegmentRange": [60]}, {62, 63, 64}),
        ({"resegmentRange": [0.9, 1], "resegmentMode": "relative"}, {62, 63, 64}),  # from 57.6
        # mean 48, deviation sqrt(125 + 2 / 3) = 11.21: 36.79 to 59.21
        ({"resegmentRange": [-1, 1], "resegmentMode": "sigma"}, {42, 43, 44, 52, 53, 54}),
    ],
)
def test_limits_keep_the_voxels_in_range(setting, kept):
    image, mask = block(ramp(), *INNER)
    prepared = prepare(image, mask, with_setting(**setting))
    assert set(image.array[prepared.region].tolist()) == kept
    assert np.count_nonzero(prepared.region) == 3 * len(kept)
    np.testing.assert_array_equal(prepared.shape_region, mask.array)
    whole = prepare(image, mask, with_setting(**setting, resegmentShape=True))
    np.testing.assert_array_equal(whole.shape_region, prepared.region)


def test_box_is_that_of_the_limited_region():
    image, mask = block(ramp(), *INNER)
    assert prepare(image, mask, with_setting(resegmentRange=[60])).box == (slice(1, 4), slice(2, 5), slice(6, 7))


def test_relative_limits_above_one_do_not_overflow_small_integers():
    image, mask = block(ramp().astype(np.int16) * 300, *INNER)
    prepared = prepare(image, mask, with_setting(resegmentRange=[0, 3], resegmentMode="relative"))
    np.testing.assert_array_equal(prepared.region, mask.array)


@pytest.mark.parametrize(
    ("parts", "setting", "words"),
    [
        (INNER, {"minimumROISize": 36}, "too few voxels for the smallest allowed size"),
        ((2, 3, slice(3, 7)), {}, "too thin: a line or a single slice where more is required"),
        ((2, *INNER[1:]), {"minimumROIDimensions": 3}, "too thin"),
        ((2, 3, 4), {"minimumROIDimensions": 1}, "one voxel or none left"),
        (INNER, {"resegmentRange": [1000, 2000]}, "one voxel or none left"),
        (INNER, {"resegmentRange": [64], "minimumROIDimensions": 2}, "too thin"),
        (INNER, {"resegmentRange": [60], "minimumROISize": 9}, "too few voxels"),
        (INNER, {"resampledPixelSpacing": [2, 2]}, "wrong number of axes"),
        (INNER, {"resampledPixelSpacing": [40, 40, 40]}, "one voxel or none left"),
        (INNER, {"preCrop": True, "minimumROISize": 36}, "too few voxels"),
    ],
)
def test_regions_that_cannot_be_used_are_refused(parts, setting, words):
    with pytest.raises(ExtractionError, match=words):
        prepare(*block(ramp(), *parts), with_setting(**setting))


def test_region_one_voxel_above_the_smallest_size_is_kept():
    image, mask = block(ramp(), *INNER)
    assert prepare(image, mask, with_setting(minimumROISize=35, minimumROIDimensions=3)).region.sum() == 36


def moved(mask, columns):
    """Return the same places on a grid that begins some columns later."""
    x, y, z = mask.origin_mm
    return Volume(mask.array[:, :, columns:], mask.spacing_mm, (x + columns * mask.spacing_mm[0], y, z))


@pytest.mark.parametrize("setting", [{}, {"preCrop": True}, {"resampledPixelSpacing": [2, 2, 0], "padDistance": 0}])
def test_mask_on_another_grid_is_moved_when_asked(setting):
    image, mask = block(ramp(), *INNER)
    other = moved(mask, 2)
    with pytest.raises(ExtractionError, match=r"different grids \(size differ\)"):
        prepare(image, other, with_setting(**setting))
    prepared = prepare(image, other, with_setting(**setting, correctMask=True))
    expected = prepare(image, mask, with_setting(**setting))
    np.testing.assert_array_equal(prepared.region, expected.region)
    np.testing.assert_array_equal(prepared.image.array, expected.image.array)


@pytest.mark.parametrize("setting", [{}, {"resampledPixelSpacing": [2, 2, 2]}])
def test_mask_that_reaches_outside_the_image_is_refused(setting):
    image, mask = block(ramp(), *INNER)
    far = Volume(mask.array, mask.spacing_mm, (-5.0, 5.0, 30.0))
    with pytest.raises(ExtractionError, match="reaches outside the image"):
        prepare(image, far, with_setting(**setting, correctMask=True))


def test_tolerance_decides_whether_a_mask_is_on_another_grid_and_stays_in_this_call():
    import SimpleITK as sitk

    image, mask = block(ramp(), *INNER)
    near = Volume(mask.array, mask.spacing_mm, (-10.02, 5.0, 30.0))
    before = state(sitk.ProcessObject)
    assert np.shares_memory(prepare(image, near, with_setting(geometryTolerance=0.1)).region, mask.array)
    with pytest.raises(ExtractionError, match=r"different grids \(origin differ\)"):
        prepare(image, near, ExtractionSettings())
    with pytest.raises(ExtractionError, match="one voxel or none left"):
        prepare(image, mask, with_setting(geometryTolerance=0.1, resegmentRange=[1000], normalize=False))
    assert state(sitk.ProcessObject) == before


def state(process):
    return (
        process.GetGlobalDefaultCoordinateTolerance(),
        process.GetGlobalDefaultDirectionTolerance(),
        process.GetGlobalDefaultNumberOfThreads(),
    )


@pytest.mark.parametrize("dtype", ["bool", "uint8", ">i2", "int64", "uint64", ">f4", "float16", "longdouble"])
def test_every_type_of_number_is_taken(dtype):
    image, mask = block((ramp() % 2).astype(dtype), *INNER)
    for setting in ({}, {"normalize": True}, {"resampledPixelSpacing": [2, 2, 2]}, {"resegmentRange": [1]}):
        prepared = prepare(image, mask, with_setting(**setting))
        array = prepared.image.array
        assert array.dtype.isnative
        if not setting:
            np.testing.assert_array_equal(array.astype(float), image.array.astype(float))


@pytest.mark.parametrize("order", ["F", "strided"])
def test_memory_layout_does_not_matter(order):
    image, mask = block(ramp(), *INNER)
    array = np.asfortranarray(image.array) if order == "F" else np.repeat(image.array, 2, axis=2)[:, :, ::2]
    other = prepare(image.with_array(array), mask.with_array(np.asfortranarray(mask.array)), ExtractionSettings())
    assert other.image.array.flags.c_contiguous
    assert other.region.flags.c_contiguous
    np.testing.assert_array_equal(other.image.array, image.array)
