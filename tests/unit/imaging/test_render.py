"""A phantom whose corner is at the patient's right, front and head must be drawn top left, whatever its grid."""

from __future__ import annotations

import io
from itertools import permutations, product

import numpy as np
import pytest
from PIL import Image

from radiomics_core.errors import ImageError
from radiomics_core.imaging.orientation import (
    PLANES,
    n_slices,
    orientation_letters,
    position_text,
    slice_position_mm,
)
from radiomics_core.imaging.render import (
    OKABE_ITO,
    contact_tile,
    largest_slice,
    mask_contour,
    slice_image,
    slice_png,
    slice_with_contours,
)
from radiomics_core.imaging.volume import Volume
from radiomics_core.imaging.windows import WINDOWS, Window, window_of, windows_for

SIZE = 9
GREY = Window(0.0, 255.0)
SIGNED_AXES = [(p, s) for p in permutations(range(3)) for s in product((1, -1), repeat=3)]


def _phantom(axes, signs, tilt_degrees=0.0):
    """Bright (255) at the patient's right-anterior-superior, grey (100) at left-anterior-superior corner, else 0."""
    matrix = np.zeros((3, 3))
    for grid, (patient, sign) in enumerate(zip(axes, signs, strict=True)):
        matrix[patient, grid] = sign
    t = np.deg2rad(tilt_degrees)
    turned = np.array([[1, 0, 0], [0, np.cos(t), -np.sin(t)], [0, np.sin(t), np.cos(t)]]) @ matrix
    ix = np.indices((SIZE,) * 3)[::-1] - (SIZE - 1) / 2  # grid x, y, z
    x, y, z = np.tensordot(matrix, ix, axes=1)  # patient L, P, S
    front_head = (y < -1) & (z > 1)
    array = np.where(front_head & (x < -1), 255, np.where(front_head & (x > 1), 100, 0)).astype(np.int16)
    return Volume(array, (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), tuple(turned.ravel()))


def _corners(picture):
    return picture[0, 0, 0], picture[0, -1, 0], picture[-1, 0, 0], picture[-1, -1, 0]


def _index(volume, plane, towards):
    """Index of the slice furthest along L, P or S (towards=1) or away (-1)."""
    ends = [slice_position_mm(volume, plane, i) for i in (0, n_slices(volume, plane) - 1)]
    return 0 if (ends[0] > ends[1]) == (towards > 0) else n_slices(volume, plane) - 1


@pytest.mark.parametrize(("axes", "signs"), SIGNED_AXES)
def test_radiological_convention_for_all_48_axis_orders(axes, signs):
    volume = _phantom(axes, signs)
    axial = slice_image(volume, "axial", _index(volume, "axial", 1), GREY)
    assert _corners(axial) == (255, 100, 0, 0)  # right on the left, anterior up, at the head end
    coronal = slice_image(volume, "coronal", _index(volume, "coronal", -1), GREY)
    assert _corners(coronal) == (255, 100, 0, 0)  # right on the left, superior up, at the front
    right = slice_image(volume, "sagittal", _index(volume, "sagittal", -1), GREY)
    assert _corners(right) == (255, 0, 0, 0)  # anterior on the left, superior up, at the right side
    assert orientation_letters(volume.direction, "axial") == ("R", "L", "A", "P")
    assert orientation_letters(volume.direction, "coronal") == ("R", "L", "S", "I")
    assert orientation_letters(volume.direction, "sagittal") == ("A", "P", "S", "I")


def test_an_oblique_grid_is_drawn_like_its_closest_straight_one():
    for axes, signs in SIGNED_AXES[::5]:
        straight, tilted = _phantom(axes, signs), _phantom(axes, signs, tilt_degrees=20)
        for plane in PLANES:
            index = _index(straight, plane, 1)
            np.testing.assert_array_equal(
                slice_image(tilted, plane, index, GREY), slice_image(straight, plane, index, GREY)
            )


def test_pixels_are_square():
    volume = Volume(np.zeros((10, 20, 40)), (1.0, 2.0, 5.0))
    assert slice_image(volume, "axial", 0, GREY).shape == (40, 40, 3)  # 40 x 1 mm by 20 x 2 mm
    assert slice_image(volume, "coronal", 0, GREY).shape == (50, 40, 3)
    assert slice_image(volume, "sagittal", 0, GREY, size_px=100).shape == (100, 80, 3)


def test_window_maps_its_ends_to_black_and_white_and_nan_to_black():
    grey = Window.centred(40, 400).apply(np.array([-500.0, -160.0, 40.0, 240.0, 900.0, np.nan]))
    np.testing.assert_array_equal(grey, [0, 0, 127, 255, 255, 0])


def test_presets_follow_the_modality():
    assert windows_for("CT")[0] == "ct_soft_tissue"
    assert windows_for("PT")[0] == "pet_suv10"
    assert windows_for("MR")[0] == windows_for("")[0] == "percentile"
    assert WINDOWS.build("ct_lung").window(Volume(np.zeros((1, 1, 1)))) == Window(-1350, 150)
    values = np.arange(101.0).reshape(1, 1, 101)
    assert window_of(Volume(values), "MR") == Window(1.0, 99.0)


def test_contour_is_the_rim_of_the_mask():
    mask = np.zeros((1, 9, 9), bool)
    mask[0, 2:7, 2:7] = True
    rim = mask[0].copy()
    rim[3:6, 3:6] = False
    np.testing.assert_array_equal(mask_contour(Volume(mask), "axial", 0), rim)


def test_contours_have_their_colours_and_the_image_shows_between():
    image = Volume(np.full((1, 9, 9), 50, np.int16))
    masks = []
    for start in (0, 5):
        array = np.zeros((1, 9, 9), bool)
        array[0, start : start + 3, start : start + 3] = True
        masks.append(Volume(array))
    picture = slice_with_contours(image, masks, "axial", 0, GREY)
    assert tuple(picture[0, 0]) == OKABE_ITO[0]
    assert tuple(picture[5, 5]) == OKABE_ITO[1]
    assert tuple(picture[1, 1]) == tuple(picture[8, 0]) == (50, 50, 50)


def test_a_mask_on_another_grid_is_never_drawn():
    with pytest.raises(ImageError, match="another grid"):
        slice_with_contours(
            Volume(np.zeros((2, 3, 4))), [Volume(np.ones((2, 3, 4), bool), (2.0, 1.0, 1.0))], "axial", 0
        )


def test_slice_outside_the_image_is_an_error():
    with pytest.raises(ImageError, match="slice 2 is outside the image, which has slices 0 to 1"):
        slice_image(Volume(np.zeros((2, 3, 4))), "axial", 2)


def test_png_is_a_picture_of_the_asked_size():
    content = slice_png(Volume(np.zeros((2, 30, 40))), size_px=256)
    assert Image.open(io.BytesIO(content)).size == (256, 192)


def test_position_is_worded_as_on_a_console():
    volume = Volume(np.zeros((5, 3, 3)), (1.0, 1.0, 2.5), (0.0, 0.0, -30.0))
    assert slice_position_mm(volume, "axial", 2) == pytest.approx(-25.0)
    assert position_text("axial", -25.0) == "I 25.0 mm"
    assert position_text("coronal", 3.26) == "P 3.3 mm"


def test_contact_tile_is_cut_around_the_region_at_its_largest_slice():
    array = np.zeros((6, 100, 100), np.int16)
    mask = np.zeros(array.shape, bool)
    mask[3, 40:60, 10:30], mask[2, 45:55, 15:25] = True, True
    array[3], array[0] = 200, 90
    assert largest_slice(Volume(mask)) == 3
    tile = contact_tile(Volume(array), Volume(mask), 64, window=GREY)
    assert tile.shape == (64, 64, 3)
    assert tuple(tile[32, 32]) == (200, 200, 200)  # the region's middle is the tile's middle
    coloured = (tile == OKABE_ITO[0]).all(axis=2)
    assert coloured.any(axis=1).sum() == pytest.approx(64 * 20 / 36, abs=2)  # 20 mm of 20 + 2 x 8 mm


def test_contact_tile_of_an_empty_mask_is_the_middle_slice():
    array = np.zeros((5, 10, 10), np.int16)
    array[2] = 77
    tile = contact_tile(Volume(array), Volume(np.zeros(array.shape, bool)), 20, window=GREY)
    assert (tile == 77).all()
