import numpy as np
import pytest

from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.engines.fast import resampling
from radiomics_core.extraction.engines.fast.preparation import prepare
from radiomics_core.extraction.engines.fast.splines import Grid, interpolate
from radiomics_core.imaging.volume import IDENTITY, Volume

OBLIQUE = (0.96, -0.28, 0.0, 0.28, 0.96, 0.0, 0.0, 0.0, 1.0)


def noise(shape, dtype="float64", direction=OBLIQUE):
    array = np.random.default_rng(0).normal(100, 30, shape)
    return Volume(array.astype(dtype), (1.0, 1.5, 2.0), (-10.3, 5.7, 30.1), direction)


def by_itk(image, grid):
    import SimpleITK as sitk

    resampler = sitk.ResampleImageFilter()
    resampler.SetOutputSpacing(grid.spacing_mm)
    resampler.SetOutputDirection(grid.direction)
    resampler.SetSize(grid.size)
    resampler.SetOutputOrigin(grid.origin_mm)
    resampler.SetInterpolator(sitk.sitkBSpline)
    return sitk.GetArrayFromImage(resampler.Execute(image.to_sitk()))


@pytest.fixture
def needs_itks_rounding():
    if not resampling.same_digits_as_itk():
        pytest.skip("ITK may be compiled to round otherwise on this processor")


@pytest.mark.usefixtures("needs_itks_rounding")
@pytest.mark.parametrize("dtype", ["int16", "uint8", "float32", "float64"])
@pytest.mark.parametrize("direction", [IDENTITY, OBLIQUE], ids=["straight", "oblique"])
@pytest.mark.parametrize("spacing", [(2.0, 2.0, 2.0), (0.7, 0.9, 1.1), (1.0, 1.5, 4.0)])
@pytest.mark.parametrize("shape", [(20, 25, 30), (5, 17, 19), (1, 18, 40), (3, 4, 100)])
def test_equal_to_itk_to_the_last_digit(dtype, direction, spacing, shape):
    image = noise(shape, dtype, direction)
    x, y, z = image.size_xyz
    # a part that begins inside the image and reaches beyond its far border
    grid = Grid((12, 9, 7), spacing, image.position_mm((x * 0.6, y * 0.4 + 0.1, z * 0.2)), direction)
    np.testing.assert_array_equal(interpolate(image, grid), by_itk(image, grid))


@pytest.mark.usefixtures("needs_itks_rounding")
def test_a_small_part_of_a_large_image_is_equal_too():
    # the coefficients are made from 64 voxels around the part, ITK makes them from all
    image = noise((150, 160, 170))
    grid = Grid((9, 8, 7), (1.3, 1.3, 1.3), image.position_mm((80.3, 75.1, 70.7)), OBLIQUE)
    np.testing.assert_array_equal(interpolate(image, grid), by_itk(image, grid))


def test_a_spline_goes_through_the_voxels():
    image = noise((6, 7, 8))
    grid = Grid(image.size_xyz, image.spacing_mm, image.origin_mm, image.direction)
    np.testing.assert_allclose(interpolate(image, grid), image.array, rtol=1e-9)


def test_outside_the_image_the_value_is_0():
    image = noise((6, 7, 8), direction=IDENTITY)
    grid = Grid((3, 1, 1), (1.0, 1.5, 2.0), image.position_mm((6.4, 2, 2)), IDENTITY)
    assert [value != 0 for value in interpolate(image, grid).ravel()] == [True, True, False]


def test_two_voxels_are_mirrored_where_itk_reads_outside_of_them():
    # values 0 and 6 along x, mirrored for ever: 0 6 0 6; the spline swings between them as a cosine does
    image = Volume(np.broadcast_to(np.array([0.0, 6.0]), (4, 4, 2)).copy())
    grid = Grid((4, 1, 1), (0.25, 1.0, 1.0), (0.5, 1.0, 1.0), IDENTITY)
    at_half, _, at_one, beyond = interpolate(image, grid).ravel()
    assert (at_half, at_one) == (pytest.approx(3), pytest.approx(6))
    before_one = interpolate(image, Grid((1, 1, 1), (1.0, 1.0, 1.0), (0.75, 1.0, 1.0), IDENTITY)).item()
    assert beyond == pytest.approx(before_one)


def test_elsewhere_itk_itself_resamples(monkeypatch):
    image = noise((12, 14, 16), "int16")
    mask = np.zeros(image.array.shape, bool)
    mask[3:9, 3:9, 3:9] = True
    settings = ExtractionSettings(setting={"resampledPixelSpacing": [1.4, 1.4, 1.4]})
    ours = prepare(image, image.with_array(mask), settings).image
    monkeypatch.setattr(resampling, "same_digits_as_itk", lambda: False)
    itks = prepare(image, image.with_array(mask), settings).image
    assert itks.array.shape == ours.array.shape
    assert np.abs(itks.array.astype(int) - ours.array).max() <= 1
