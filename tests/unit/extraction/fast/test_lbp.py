"""Local binary patterns in 2-D and 3-D: hand counts, and the libraries pyradiomics calls for them."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction.engines.fast import spheres
from radiomics_core.extraction.engines.fast.icosphere import icosphere
from radiomics_core.extraction.engines.fast.region import Prepared
from radiomics_core.extraction.filters import FILTERS, lbp3d
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.imaging.volume import Volume


def filtered(image_type: str, array: np.ndarray, box, setting=None, **own) -> dict[str, np.ndarray]:
    region = np.zeros(array.shape, bool)
    region[box] = True
    settings = ExtractionSettings(setting=setting, image_type={image_type: own})
    given = Prepared(Volume(array), region, region, box)
    results = FILTERS.build(image_type).derive(given, lambda name: settings.value(name, image_type))
    return {one.name: one.array for one in results}


def pattern_of_middle(plane: list[list[int]], **own) -> float:
    array = np.array([plane], np.float64)
    middle = (slice(0, 1), slice(1, 2), slice(1, 2))
    return float(filtered("LBP2D", array, middle, **own)["lbp-2D"][0, 0, 0])


@pytest.mark.parametrize(
    ("plane", "method", "expected"),
    [
        # four neighbours, counted from the right against the clock: right 1, up 2, left 4, down 8
        ([[0, 9, 0], [0, 5, 9], [0, 0, 0]], "default", 1 + 2),
        ([[0, 0, 0], [9, 5, 0], [0, 9, 0]], "default", 4 + 8),
        ([[0, 0, 0], [9, 5, 0], [0, 9, 0]], "ror", 3),  # turned until smallest
        ([[0, 0, 0], [9, 5, 0], [0, 9, 0]], "uniform", 2),  # 0011: one change, two bright
        ([[0, 9, 0], [0, 5, 0], [0, 9, 0]], "uniform", 5),  # 0101: three changes, so samples + 1
        ([[0, 5, 0], [5, 5, 5], [0, 5, 0]], "default", 15),  # equal counts as bright
        ([[0, 8, 0], [2, 5, 6], [0, 4, 0]], "var", (64 + 4 + 36 + 16) / 4 - 25),
    ],
)
def test_pattern_of_four_neighbours(plane, method, expected):
    assert pattern_of_middle(plane, lbp2DMethod=method, lbp2DSamples=4) == pytest.approx(expected)


def test_variance_of_a_flat_circle_is_not_a_number():
    assert math.isnan(pattern_of_middle([[7] * 3] * 3, lbp2DMethod="var", lbp2DSamples=4))


def test_too_many_neighbours_for_a_pattern_number():
    with pytest.raises(ExtractionError, match="at most 30 neighbours, got 31"):
        pattern_of_middle([[7] * 3] * 3, lbp2DMethod="ror", lbp2DSamples=31)


@pytest.mark.parametrize("method", ["default", "ror", "uniform", "var"])
@pytest.mark.parametrize("across", [0, 1, 2])
def test_2d_patterns_equal_scikit_image_on_whole_slices(method, across):
    """Second source: ``skimage.feature.local_binary_pattern`` (0.26), with flat patches where rounding decides."""
    texture = pytest.importorskip("skimage.feature")
    rng = np.random.default_rng(5)
    array = np.round(rng.normal(0, 30, (5, 17, 23))) * 0.3
    array[:, 4:10, 5:15] = 0.3
    box = (slice(1, 4), slice(2, 16), slice(0, 20))
    own = {"lbp2DRadius": 1.7, "lbp2DSamples": 9, "lbp2DMethod": method}
    expected = np.empty_like(array).swapaxes(0, across)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # floating-point images
        for number, plane in enumerate(array.swapaxes(0, across)):
            expected[number] = texture.local_binary_pattern(plane, P=9, R=1.7, method=method)
    result = filtered("LBP2D", array, box, {"force2Ddimension": across}, **own)["lbp-2D"]
    np.testing.assert_array_equal(result, expected.swapaxes(0, across)[box])


def test_2d_patterns_are_stored_in_the_data_type_of_the_image():
    array = np.array([[[0, 8, 0], [2, 5, 6], [0, 5, 0]]], np.int16)
    box = (slice(0, 1), slice(1, 2), slice(1, 2))
    result = filtered("LBP2D", array, box, lbp2DMethod="var", lbp2DSamples=4)["lbp-2D"]
    assert result.dtype == np.int16
    assert result[0, 0, 0] == 4  # 4.6875, cut off as in pyradiomics


@pytest.mark.parametrize(("subdivisions", "n"), [(0, 12), (1, 42), (2, 162)])
def test_icosphere_has_its_points_on_the_sphere_and_its_middle_at_the_origin(subdivisions, n):
    points = icosphere(subdivisions, 1.5)
    assert points.shape == (n, 3)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1.5, rtol=1e-14)
    np.testing.assert_allclose(points.sum(axis=0), 0, atol=1e-12)
    assert len(np.unique(np.round(points, 9), axis=0)) == n


@pytest.mark.parametrize("subdivisions", [0, 1, 2, 3])
@pytest.mark.parametrize("radius", [0.7, 1.0, 2.5])
def test_icosphere_equals_trimesh(subdivisions, radius):
    creation = pytest.importorskip("trimesh.creation", reason="trimesh is a development requirement")
    np.testing.assert_array_equal(icosphere(subdivisions, radius), creation.icosphere(subdivisions, radius).vertices)


def test_spline_coefficients_of_a_part_are_those_of_the_whole_image():
    from scipy.ndimage import spline_filter

    image = np.random.default_rng(0).normal(0, 9, (8, 9, 10)).astype(np.float32)
    box = (slice(2, 5), slice(0, 4), slice(6, 10))
    np.testing.assert_array_equal(spheres.spline_coefficients(image, box), spline_filter(image, 3, np.float64)[box])


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int64", "float32", "float64"])
@pytest.mark.parametrize(("radius", "subdivisions"), [(1.0, 1), (1.5, 0), (2.5, 2)])
@pytest.mark.parametrize("shape", [(14, 16, 18), (1, 20, 30), (5, 7, 25)])
def test_intensities_on_spheres_equal_scipy(dtype, radius, subdivisions, shape):
    """Second source: ``scipy.ndimage.map_coordinates`` (1.16) on the whole image, also beyond its border."""
    from scipy.ndimage import map_coordinates

    rng = np.random.default_rng(8)
    array = np.clip(np.round(rng.normal(90, 60, shape)), 0, 255) * (0.3 if dtype[0] == "f" else 1)
    array[:, :5, :9] = array[0, 0, 0]
    image = array.astype(dtype)
    region = rng.random(shape) > 0.5
    region[: shape[0] // 3] = False
    voxels, points = np.argwhere(region), icosphere(subdivisions, radius)
    box = tuple(slice(int(axis.min()), int(axis.max()) + 1) for axis in voxels.T)
    found = spheres.Spheres(image, box, points).intensities(voxels)
    expected = map_coordinates(image, (voxels[None] + points[:, None]).T, order=3)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


def test_3d_pattern_of_the_brightest_and_of_the_darkest_voxel():
    middle = (slice(4, 5), slice(4, 5), slice(4, 5))
    array = np.random.default_rng(1).normal(0, 1, (9, 9, 9))
    array[4, 4, 4] = 1e6
    brightest = filtered("LBP3D", array, middle)
    assert brightest["lbp-3D-m1"][0, 0, 0] == brightest["lbp-3D-m2"][0, 0, 0] == 0  # no point is as bright
    array[4, 4, 4] = -1e6
    darkest = filtered("LBP3D", array, middle)
    # all 42 points are brighter: each value is 42 / (4 pi), and there are 42 of them
    assert darkest["lbp-3D-m1"][0, 0, 0] == pytest.approx(math.sqrt(42) * 42 / (4 * math.pi))


def test_3d_norms_are_those_of_numpys_arithmetic_to_the_last_bit():
    # as few norms occur, one bit moves voxels over a percentile: it changed a RobustMeanAbsoluteDeviation by 0.7 %
    harmonics, degrees = lbp3d.spherical_harmonics(icosphere(1, 1.0), 1.0, 3)
    brighter = np.random.default_rng(6).random((500, 42)) < 0.5
    coefficients = np.multiply(brighter.astype(int)[:, :, None], harmonics[None]).sum(axis=1)
    of_degrees = [
        np.multiply(coefficients[:, None, degrees == n], harmonics[None, :, degrees == n]).sum(axis=2, keepdims=True)
        for n in range(3)
    ]
    expected = np.real(np.sqrt((np.concatenate(of_degrees, axis=2) ** 2).sum(axis=1)))
    np.testing.assert_array_equal(lbp3d._norms(brighter, harmonics, degrees), expected)


def test_3d_kurtosis_equals_scipy():
    from scipy.stats import kurtosis

    samples = np.random.default_rng(2).normal(50, 9, (30, 42))
    for values in (samples, samples.astype(np.float32), samples.astype(np.int16)):
        np.testing.assert_array_equal(lbp3d._kurtosis(values), kurtosis(values, axis=1))
    assert math.isnan(lbp3d._kurtosis(np.full((1, 42), 5.0))[0])


def test_3d_values_do_not_depend_on_how_many_voxels_are_computed_at_once(monkeypatch):
    array = np.random.default_rng(4).normal(0, 100, (7, 8, 9))
    box = (slice(1, 6), slice(1, 7), slice(0, 9))
    at_once = filtered("LBP3D", array, box)
    monkeypatch.setattr(lbp3d, "VALUES_AT_ONCE", 42 * 4 * 7)
    for name, values in filtered("LBP3D", array, box).items():
        np.testing.assert_array_equal(values, at_once[name])


def test_3d_patterns_at_the_poles_of_a_small_sphere_are_numbers():
    """With radius 0.2 a point lies a last bit beyond the pole; pyradiomics gets NaN for the whole image."""
    array = np.random.default_rng(4).normal(0, 100, (7, 8, 9))
    box = (slice(1, 6), slice(1, 7), slice(1, 8))
    assert all(np.isfinite(v).all() for v in filtered("LBP3D", array, box, lbp3DIcosphereRadius=0.2).values())


def test_3d_patterns_of_one_level():
    """pyradiomics fails with one level (its harmonics lose an axis); the first level does not depend on the others."""
    array = np.random.default_rng(4).normal(0, 100, (7, 8, 9))
    box = (slice(1, 6), slice(1, 7), slice(1, 8))
    one, two = filtered("LBP3D", array, box, lbp3DLevels=1), filtered("LBP3D", array, box)
    np.testing.assert_allclose(one["lbp-3D-m1"], two["lbp-3D-m1"], rtol=1e-14)
    assert set(one) == {"lbp-3D-m1", "lbp-3D-k"}
