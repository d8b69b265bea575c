"""What must hold for every volume: padding, moving and turning change nothing that they should not."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from radiomics_core.imaging.quality import check_pair
from radiomics_core.imaging.render import PLANES, Window, mask_contour, slice_image
from radiomics_core.imaging.resampling import resample_mask_to
from radiomics_core.imaging.volume import Volume, same_grid

SHAPES = array_shapes(min_dims=3, max_dims=3, min_side=2, max_side=6)
MASKS = SHAPES.flatmap(lambda shape: arrays(bool, shape))
PADDING = st.tuples(*[st.tuples(st.integers(1, 3), st.integers(1, 3))] * 3)


@settings(max_examples=60, deadline=None)
@given(MASKS, PADDING, st.integers(0, 2**32 - 1))
def test_padding_and_moving_the_origin_change_no_roi_number(mask, padding, seed):
    image = np.random.default_rng(seed).normal(size=mask.shape)
    before = check_pair(Volume(image), Volume(mask))
    padded = [np.pad(a, padding, constant_values=0) for a in (image, mask)]
    after = check_pair(*(Volume(a, origin_mm=(5.0, -3.0, 100.0)) for a in padded))
    for name in ("voxels", "volume_ml", "components", "largest_component", "constant"):
        assert getattr(before, name) == getattr(after, name)
    for name in ("roi_mean", "roi_sd", "roi_min", "roi_max"):
        np.testing.assert_allclose(getattr(before, name), getattr(after, name), rtol=1e-12, atol=1e-12)
    assert not after.touches_border


@settings(max_examples=60, deadline=None)
@given(MASKS)
def test_resampling_onto_its_own_grid_changes_nothing(mask):
    volume = Volume(mask, (0.7, 1.3, 2.9), (-4.0, 8.0, 15.0))
    np.testing.assert_array_equal(resample_mask_to(volume, volume).array, mask)


@settings(max_examples=60, deadline=None)
@given(MASKS)
def test_contour_lies_inside_the_mask_and_is_there_when_the_mask_is(mask):
    shown = Volume(mask)
    for plane in PLANES:
        inside = slice_image(shown.with_array(mask.astype(np.uint8) * 255), plane, 0, Window(0, 255))[..., 0] > 0
        contour = mask_contour(shown, plane, 0)
        assert not (contour & ~inside).any()
        assert contour.any() == inside.any()


@settings(max_examples=60, deadline=None)
@given(SHAPES, st.floats(0.01, 5.0))
def test_grid_comparison_is_symmetric_and_notices_a_shift(shape, shift):
    a = Volume(np.zeros(shape))
    b = Volume(np.zeros(shape), origin_mm=(shift, 0.0, 0.0))
    assert same_grid(a, a).matches
    assert not same_grid(a, b).matches
    assert same_grid(a, b) == same_grid(b, a)
