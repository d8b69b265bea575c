"""Image filters of one voxel and of its neighbours, against hand counts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction.engines.fast.region import Prepared
from radiomics_core.extraction.engines.fast.surroundings import widened
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.imaging.volume import Volume

WHOLE = (slice(0, 3), slice(0, 4), slice(0, 5))
MIDDLE = (slice(1, 2), slice(1, 3), slice(2, 4))


def prepared(array: np.ndarray, box=WHOLE, spacing_mm=(1.0, 1.0, 1.0)) -> Prepared:
    region = np.zeros(array.shape, bool)
    region[box] = True
    return Prepared(Volume(array, spacing_mm), region, region, box)


def filtered(image_type: str, array: np.ndarray, box=WHOLE, spacing_mm=(1.0, 1.0, 1.0), **own) -> np.ndarray:
    settings = ExtractionSettings(image_type={image_type: own})
    [result] = FILTERS.build(image_type).derive(
        prepared(array, box, spacing_mm), lambda name: settings.value(name, image_type)
    )
    return result.array


@pytest.fixture
def image() -> np.ndarray:
    array = np.zeros((3, 4, 5), np.int16)
    array[1, 1, 2], array[1, 2, 3] = 4, -9
    array[0, 0, 0] = -16  # the largest magnitude, outside the middle box
    return array


@pytest.mark.parametrize(
    ("image_type", "four", "minus_nine"),
    [
        ("Square", 16 / 16, 81 / 16),
        ("SquareRoot", math.sqrt(4 * 16), -math.sqrt(9 * 16)),
        ("Logarithm", 16 * math.log(5) / math.log(17), -16 * math.log(10) / math.log(17)),
        ("Exponential", 16 ** (4 / 16), 16 ** (-9 / 16)),
    ],
)
def test_intensities_are_scaled_by_the_largest_of_the_whole_image(image, image_type, four, minus_nine):
    result = filtered(image_type, image, MIDDLE)
    assert result.shape == (1, 2, 2)
    assert result.dtype == np.float64
    assert [result[0, 0, 0], result[0, 1, 1]] == pytest.approx([four, minus_nine], rel=1e-14)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int64, np.float32, np.float64])
@pytest.mark.parametrize("image_type", ["Square", "SquareRoot", "Logarithm", "Exponential"])
def test_the_data_type_of_the_image_does_not_matter(image, image_type, dtype):
    image = np.abs(image)
    expected = filtered(image_type, image.astype(np.float64))
    np.testing.assert_array_equal(filtered(image_type, image.astype(dtype)), expected)


@pytest.mark.parametrize("image_type", ["Square", "Logarithm", "Exponential"])
def test_an_image_of_zeros_has_no_scale(image, image_type):
    with pytest.raises(ExtractionError, match=f"the {image_type} filter divides by the largest intensity"):
        filtered(image_type, np.zeros_like(image))


def test_the_square_root_of_zeros_is_zero(image):
    assert not filtered("SquareRoot", np.zeros_like(image)).any()


def test_gradient_is_half_the_difference_of_the_neighbours_per_mm():
    _, y, x = np.indices((3, 4, 5), dtype=np.float32)
    array = 10 * x + 6 * y
    # per voxel 10 along x and 6 along y; spacing 2 and 3 mm halve and third that
    inside = filtered("Gradient", array, MIDDLE, (2.0, 3.0, 1.0))
    assert inside == pytest.approx(math.hypot(10 / 2, 6 / 3))
    per_voxel = filtered("Gradient", array, MIDDLE, (2.0, 3.0, 1.0), gradientUseSpacing=False)
    assert per_voxel == pytest.approx(math.hypot(10, 6))


def test_gradient_repeats_the_last_voxel_at_the_border_of_the_image():
    array = np.zeros((3, 4, 5), np.float32) + np.array([0, 10, 20, 30, 40], np.float32)
    assert filtered("Gradient", array)[0, 0] == pytest.approx([5, 10, 10, 10, 5])


@pytest.mark.parametrize("image_type", [name for name in FILTERS.names() if name not in ("LoG", "Wavelet")])
def test_a_small_box_gives_the_values_of_the_whole_image(image_type):
    array = np.random.default_rng(3).normal(0, 100, (9, 10, 11))
    whole = filtered_all(image_type, array, (slice(0, 9), slice(0, 10), slice(0, 11)))
    box = (slice(3, 5), slice(4, 7), slice(5, 8))
    for (name, part), (other, full) in zip(filtered_all(image_type, array, box), whole, strict=True):
        assert name == other
        np.testing.assert_array_equal(part, full[box], err_msg=name)


def filtered_all(image_type: str, array: np.ndarray, box) -> list[tuple[str, np.ndarray]]:
    settings = ExtractionSettings(image_type={image_type: {}})
    results = FILTERS.build(image_type).derive(prepared(array, box), lambda name: settings.value(name, image_type))
    return [(one.name, one.array) for one in results]


def test_a_box_is_widened_up_to_the_border():
    around, inside = widened((slice(0, 2), slice(3, 4), slice(4, 5)), (3, 9, 5), 2)
    assert around == (slice(0, 3), slice(1, 6), slice(2, 5))
    assert inside == (slice(0, 2), slice(2, 3), slice(2, 3))
