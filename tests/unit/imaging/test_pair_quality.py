"""Quality numbers against hand counts."""

from __future__ import annotations

import numpy as np
import pytest

from radiomics_core.imaging.quality import check_pair
from radiomics_core.imaging.resampling import resample_mask_to
from radiomics_core.imaging.volume import Volume


def _pair():
    image = np.zeros((5, 6, 7), np.float32)
    mask = np.zeros(image.shape, bool)
    mask[1:3, 2:4, 3:5] = True
    image[mask] = np.arange(8)
    return image, mask


def test_numbers_of_a_small_box():
    image, mask = _pair()
    row = check_pair(Volume(image, (1.0, 2.0, 5.0)), Volume(mask, (1.0, 2.0, 5.0)))
    assert (row.voxels, row.components, row.largest_component) == (8, 1, 8)
    assert row.volume_ml == pytest.approx(8 * 10 / 1000)
    assert (row.roi_mean, row.roi_min, row.roi_max) == (3.5, 0, 7)
    assert row.roi_sd == pytest.approx(np.sqrt(5.25))  # population SD of 0..7
    assert (row.touches_border, row.constant, row.grid.matches) == (False, False, True)
    assert row.largest_slice == (2, 3, 4)


def test_pieces_count_by_corner_contact():
    image, mask = _pair()
    mask[3, 4, 5] = True  # touches the box by a corner: same piece
    mask[0, 0, 0] = True  # apart, and at the border
    row = check_pair(Volume(image), Volume(mask))
    assert (row.components, row.largest_component, row.touches_border) == (2, 9, True)


def test_nan_inside_and_outside_are_told_apart():
    image, mask = _pair()
    image[1, 2, 3], image[0, 0, 0], image[0, 0, 1] = np.nan, np.nan, np.inf
    row = check_pair(Volume(image), Volume(mask))
    assert (row.n_nan, row.n_nan_outside) == (1, 2)
    assert row.roi_mean == pytest.approx(4.0)  # 1..7


def test_empty_constant_and_mismatched_masks():
    image, mask = _pair()
    empty = check_pair(Volume(image), Volume(np.zeros_like(mask)))
    assert (empty.voxels, empty.components, empty.touches_border) == (0, 0, False)
    assert check_pair(Volume(np.full(image.shape, 3)), Volume(mask)).constant
    moved = check_pair(Volume(image), Volume(mask, origin_mm=(0, 0, 2.0)))
    assert moved.grid.reasons == ("origin",)
    assert np.isnan(moved.roi_mean)


def test_a_one_slice_image_does_not_count_as_touching_through_its_only_slice():
    mask = np.zeros((1, 6, 7), bool)
    mask[0, 2:4, 3:5] = True
    assert not check_pair(Volume(np.zeros(mask.shape)), Volume(mask)).touches_border


def test_resampled_mask_keeps_place_and_volume():
    mask = np.zeros((10, 10, 10), bool)
    mask[3:7, 3:7, 3:7] = True
    coarse = Volume(mask, (2.0, 2.0, 2.0))
    # fine voxels of 1 mm whose outer corner is that of the coarse grid: centres start 0.5 mm before
    fine = Volume(np.zeros((20, 20, 20)), (1.0, 1.0, 1.0), (-0.5, -0.5, -0.5))
    moved = resample_mask_to(coarse, fine)
    np.testing.assert_array_equal(moved.array, np.kron(mask, np.ones((2, 2, 2))).astype(bool))
    assert moved.array.sum() * moved.voxel_ml == pytest.approx(coarse.array.sum() * coarse.voxel_ml)
