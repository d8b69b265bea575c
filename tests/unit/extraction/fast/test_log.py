"""Laplacian of Gaussian: against analysis, and against ITK's filter (SimpleITK), which pyradiomics calls."""

from __future__ import annotations

import platform

import numpy as np
import pytest

from radiomics_core.extraction.engines.fast.region import Filtered, LeftOut, Prepared
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.filters import log as module
from radiomics_core.imaging.volume import Volume

OBLIQUE = (0.8, -0.6, 0.0, 0.6, 0.8, 0.0, 0.0, 0.0, 1.0)
LAST_DIGIT = platform.machine().lower() in {"x86_64", "amd64"}
"""Other processors may fuse multiplication and addition in ITK, which moves the last digit."""


def made(array: np.ndarray, box=None, spacing_mm=(1.0, 1.0, 1.0), sigma=(2.0,), direction=None) -> list:
    region = np.zeros(array.shape, bool)
    box = box or tuple(slice(0, size) for size in array.shape)
    region[box] = True
    image = Volume(array, spacing_mm, (3.0, 4.0, 5.0), *([direction] if direction else []))
    return list(FILTERS.build("LoG").derive(Prepared(image, region, region, box), {"sigma": sigma}.get))


def filtered(array: np.ndarray, box=None, spacing_mm=(1.0, 1.0, 1.0), sigma=2.0) -> np.ndarray:
    [result] = made(array, box, spacing_mm, [sigma])
    return result.array


def itk(array: np.ndarray, spacing_mm=(1.0, 1.0, 1.0), sigma=2.0, direction=None) -> np.ndarray:
    import SimpleITK as sitk

    laplacian = sitk.LaplacianRecursiveGaussianImageFilter()
    laplacian.SetNormalizeAcrossScale(True)
    laplacian.SetSigma(sigma)
    image = Volume(array, spacing_mm, (3.0, 4.0, 5.0), *([direction] if direction else []))
    return sitk.GetArrayFromImage(laplacian.Execute(image.to_sitk()))


def assert_same(result: np.ndarray, expected: np.ndarray, box=...) -> None:
    unit = np.spacing(np.abs(expected).max())
    expected = expected[box]
    assert result.shape == expected.shape
    assert result.dtype == expected.dtype == np.float32
    assert result.flags.c_contiguous
    difference = np.abs(result.astype(float) - expected.astype(float)).max()
    assert difference <= (0.0 if LAST_DIGIT else 2 * unit)


def noise(shape=(14, 17, 21), dtype="float32") -> np.ndarray:
    rng = np.random.default_rng(3)
    values = np.round(rng.normal(60, 40, shape)) if np.dtype(dtype).kind in "iu" else rng.normal(60, 40, shape)
    return (values.clip(0, 250) if np.dtype(dtype).kind == "u" else values).astype(dtype)


BOXES = {
    "middle": (slice(5, 9), slice(6, 13), slice(7, 12)),
    "first corner": (slice(0, 4), slice(0, 1), slice(0, 9)),
    "last corner": (slice(13, 14), slice(9, 17), slice(11, 21)),
    "whole": (slice(0, 14), slice(0, 17), slice(0, 21)),
    "one voxel": (slice(6, 7), slice(8, 9), slice(10, 11)),
}


@pytest.mark.parametrize("sigma", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
def test_the_box_holds_the_values_of_the_whole_image(box, sigma):
    array, spacing = noise(), (0.9, 1.3, 2.5)
    assert_same(filtered(array, box, spacing, sigma), itk(array, spacing, sigma), box)


@pytest.mark.parametrize(
    "dtype", ["uint8", "int8", "int16", "uint16", "int32", "int64", "float32", "float64", ">i2", ">f8"]
)
def test_data_types(dtype):
    array = noise(dtype=dtype)
    native = array.astype(array.dtype.newbyteorder("="))
    assert_same(filtered(array, BOXES["middle"]), itk(native), BOXES["middle"])


def test_large_whole_numbers_are_not_rounded_to_single_precision_first():
    array = noise(dtype="int32") + 2**30 + 1
    assert_same(filtered(array), itk(array))


@pytest.mark.parametrize("lines", [31, 32, 33, 65])
def test_any_number_of_lines_side_by_side(lines):
    array = noise((5, 7, lines))
    assert_same(filtered(array), itk(array))
    array = noise((lines, 4, 5))
    assert_same(filtered(array), itk(array))


def test_the_direction_of_the_image_does_not_matter():
    array = noise()
    [result] = made(array, direction=OBLIQUE)
    assert_same(result.array, itk(array, direction=OBLIQUE))
    np.testing.assert_array_equal(result.array, filtered(array))


def test_an_image_that_is_not_in_c_order_gives_the_same():
    array = noise((21, 17, 14))
    assert_same(filtered(array.T), itk(np.ascontiguousarray(array.T)))


def test_far_voxels_are_not_looked_at_and_do_not_matter():
    sigma, box = 1.0, (slice(2, 4), slice(2, 5), slice(190, 205))
    array = noise((6, 7, 400), "int16")
    assert_same(filtered(array, box, sigma=sigma), itk(array, sigma=sigma), box)
    far = array.copy()
    far[:, :, : 190 - int(module.REACH) - 4] = 30000
    np.testing.assert_array_equal(filtered(far, box, sigma=sigma), filtered(array, box, sigma=sigma))
    assert_same(filtered(far, box, sigma=sigma), itk(far, sigma=sigma), box)


def test_a_gaussian_blob_has_the_laplacian_of_a_wider_blob():
    # a blob of width s smoothed with sigma has variance v = s^2 + sigma^2 and height (s^2 / v)^(3/2);
    # its Laplacian in the middle is -3 / v times the height, here times sigma^2; Deriche's fit is good to 1 %
    s, sigma, spacing = 4.0, 3.0, (1.0, 0.8, 1.25)
    z, y, x = (np.arange(n) * step for n, step in zip((65, 101, 81), spacing[::-1], strict=True))
    distance = (z[:, None, None] - z[32]) ** 2 + (y[None, :, None] - y[50]) ** 2 + (x - x[40]) ** 2
    blob = np.exp(-distance / (2 * s**2)).astype(np.float32)
    v = s**2 + sigma**2
    middle = filtered(blob, (slice(32, 33), slice(50, 51), slice(40, 41)), spacing, sigma)
    assert middle.item() == pytest.approx(-3 / v * (s**2 / v) ** 1.5 * sigma**2, rel=1e-2)


def test_a_constant_and_a_ramp_have_no_curvature():
    assert np.abs(filtered(np.full((9, 9, 9), 100.0, np.float32))).max() < 1e-3
    ramp = np.broadcast_to(np.arange(80, dtype=np.float32), (8, 8, 80))
    assert np.abs(filtered(ramp, (slice(3, 5), slice(3, 5), slice(38, 42)), sigma=1.5)).max() < 1e-3


def test_a_parabola_has_its_curvature():
    parabola = np.broadcast_to((np.arange(120, dtype=np.float64) * 0.5 - 30) ** 2, (8, 8, 120))
    inside = filtered(parabola, (slice(3, 5), slice(3, 5), slice(55, 65)), (0.5, 1.0, 1.0), 1.5)
    assert inside == pytest.approx(2 * 1.5**2, rel=2e-3)


def test_names_hold_sigma_as_it_was_written():
    names = [one.name for one in made(noise(), sigma=[1, 2.0, 0.75])]
    assert names == ["log-sigma-1-mm-3D", "log-sigma-2-0-mm-3D", "log-sigma-0-75-mm-3D"]


def test_several_sigmas_do_not_change_each_other():
    together = made(noise(), BOXES["middle"], sigma=[3.0, 0.5])
    for one, sigma in zip(together, [3.0, 0.5], strict=True):
        np.testing.assert_array_equal(one.array, filtered(noise(), BOXES["middle"], sigma=sigma))


def test_an_image_below_four_voxels_is_left_out():
    [left_out] = made(noise((3, 20, 20)), sigma=[1.0, 2.0])
    assert (left_out.filter, str(left_out.cause)) == ("LoG", "the image is too small")


def test_a_sigma_wider_than_the_image_is_left_out_and_the_others_stay():
    # 14 slices of 1 mm: sigma 13 needs 14, sigma 13.5 needs 15
    results = made(noise(), sigma=[13.5, 13.0, 1.0])
    assert [type(one) for one in results] == [LeftOut, Filtered, Filtered]
    assert results[0].filter == "LoG 13.5"


def test_a_sigma_far_below_a_voxel_is_left_out():
    # along z, 5 mm: exp(-1.3732 / (0.009 / 5)) is 0 in double precision, and ITK gives NaN
    left_out, result = made(noise(), spacing_mm=(1.0, 1.0, 5.0), sigma=[0.009, 0.011])
    assert (left_out.filter, str(left_out.cause)) == ("LoG 0.009", "sigma is far below the size of a voxel")
    assert np.isfinite(result.array).all()
    assert_same(result.array, itk(noise(), (1.0, 1.0, 5.0), 0.011))
    assert not np.isfinite(itk(noise(), (1.0, 1.0, 5.0), 0.009)).all()


def test_no_sigma_is_said():
    [left_out] = made(noise(), sigma=None)
    assert str(left_out.cause) == "no sigma is set"
