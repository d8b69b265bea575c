"""First-order statistics of a region and of neighbourhoods, by hand counts and against sorting everything."""

from __future__ import annotations

import numpy as np
import pytest

from radiomics_core.extraction.engines.fast.classes import firstorder
from radiomics_core.extraction.engines.fast.classes.firstorder import FirstOrder
from radiomics_core.extraction.engines.fast.region import Neighbourhoods, Options, Region

# 1, 2, ..., 11: mean 6, distances from it 0 to 5 on both sides
HAND = {
    "Energy": 506,
    "TotalEnergy": 506 * 6,
    "Entropy": np.log2(11),
    "Minimum": 1,
    "10Percentile": 2,
    "90Percentile": 10,
    "Maximum": 11,
    "Mean": 6,
    "Median": 6,
    "InterquartileRange": 8.5 - 3.5,
    "Range": 10,
    "MeanAbsoluteDeviation": 30 / 11,
    "RobustMeanAbsoluteDeviation": 20 / 9,  # of 2 to 10
    "RootMeanSquared": np.sqrt(46),
    "Skewness": 0,
    "Kurtosis": 178 / 10**2,
    "Variance": 10,
    "Uniformity": 1 / 11,
}


def region_of(values: object, dtype: type = np.float32, **options: object) -> Region:
    image = np.atleast_3d(np.array(values, dtype)).reshape(1, 1, -1)
    return Region(image, np.ones(image.shape, bool), (1.0, 2.0, 3.0), Options(**{"bin_width": 1.0, **options}))


def compute(region: Region) -> dict[str, float]:
    return {name: value[0] for name, value in FirstOrder.of_region(region).compute(FirstOrder.formulas).items()}


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16, np.uint8])
def test_all_eighteen_features_of_one_to_eleven(dtype):
    assert compute(region_of(range(1, 12), dtype)) == pytest.approx(HAND)


def test_the_shift_is_added_before_squaring_only():
    shifted = compute(region_of(range(-3, 8), voxel_array_shift=4))
    assert shifted["Energy"] == pytest.approx(HAND["Energy"])
    assert shifted["RootMeanSquared"] == pytest.approx(HAND["RootMeanSquared"])
    assert shifted["Mean"] == pytest.approx(2)


def test_skewness_and_kurtosis_of_one_high_value_in_four():
    # 0, 0, 0, 4: mean 1, moments 3, 6 and 21
    values = compute(region_of([0, 0, 0, 4]))
    assert values["Skewness"] == pytest.approx(6 / 3**1.5)
    assert values["Kurtosis"] == pytest.approx(21 / 9)


@pytest.mark.parametrize("value", [0.0, 0.1, -1000.0])
def test_a_flat_region_has_no_shape_of_distribution(value):
    values = compute(region_of([value] * 7, np.float64))
    assert (values["Variance"], values["Skewness"], values["Kurtosis"]) == (0, 0, 0)
    assert values["Uniformity"] == 1
    assert values["Entropy"] == pytest.approx(0, abs=1e-12)


def test_nothing_lies_between_the_percentiles_of_two_voxels():
    assert np.isnan(compute(region_of([1, 2]))["RobustMeanAbsoluteDeviation"])


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(0).normal(size=9001),
        np.exp(np.random.default_rng(1).normal(0, 8, 9001)),
        np.random.default_rng(2).integers(0, 5, 9001).astype(float),
        np.full(9001, 3.5),
        np.append(np.zeros(9000), 5e-324),
        np.append(np.arange(9000.0), np.inf),
    ],
    ids=["normal", "long tail", "ties", "flat", "tiny range", "infinite"],
)
def test_few_in_order_are_those_of_a_sorted_array(values):
    ranks = np.array([900, 901, 2250, 2251, 4500, 4501, 6750, 6751, 8100, 8101])
    assert np.array_equal(firstorder._few_in_order(values, ranks), np.sort(values)[ranks])


def test_percentiles_of_many_voxels_are_numpys():
    values = np.random.default_rng(3).normal(size=firstorder.SORT_ALL + 17)
    computed = compute(region_of(values, np.float64, bin_width=0.5))
    assert computed["10Percentile"] == np.percentile(values, 10)
    assert computed["90Percentile"] == np.percentile(values, 90)
    assert computed["InterquartileRange"] == np.subtract(*np.percentile(values, [75, 25]))


def test_adding_a_bin_width_changes_position_only():
    values = np.random.default_rng(4).normal(100, 40, 500)
    plain, moved = compute(region_of(values, np.float64)), compute(region_of(values + 1, np.float64))
    for name in ("Entropy", "Uniformity", "Variance", "Skewness", "Kurtosis", "InterquartileRange", "Range"):
        assert moved[name] == pytest.approx(plain[name])
    for name in ("Mean", "Median", "10Percentile", "90Percentile", "Minimum", "Maximum"):
        assert moved[name] == pytest.approx(plain[name] + 1)


def test_a_cube_that_holds_the_region_has_its_statistics():
    rng = np.random.default_rng(5)
    image, mask = rng.normal(0, 50, (4, 5, 3)), rng.random((4, 5, 3)) < 0.6
    region = Region(image, mask, (1.0, 1.0, 2.0), Options(bin_width=20.0))
    whole = compute(region)
    [(where, maps)] = FirstOrder.of_neighbourhoods(Neighbourhoods(region, np.argwhere(mask), 4))
    assert where.tolist() == list(range(mask.sum()))
    for name, values in maps.compute(FirstOrder.formulas).items():
        assert values == pytest.approx(np.full(len(values), whole[name])), name


def test_a_cube_ends_at_its_radius_and_at_the_mask():
    image = np.arange(27.0).reshape(3, 3, 3)
    mask = np.ones(image.shape, bool)
    mask[0, 0, 1] = False
    region = Region(image, mask, (1.0, 1.0, 1.0), Options(bin_width=1.0))
    [(_, maps)] = FirstOrder.of_neighbourhoods(Neighbourhoods(region, np.array([[0, 0, 0]]), 1))
    assert maps.compute(["Mean"])["Mean"] == pytest.approx(np.mean([0, 3, 4, 9, 10, 12, 13]))
    assert maps.compute(["Uniformity"])["Uniformity"] == pytest.approx(1 / 7)


def test_a_cube_is_a_square_across_the_flat_axis():
    image = np.arange(27.0).reshape(3, 3, 3)
    region = Region(image, np.ones(image.shape, bool), (1.0, 1.0, 1.0), Options(bin_width=1.0, force_2d_axis=0))
    [(_, maps)] = FirstOrder.of_neighbourhoods(Neighbourhoods(region, np.array([[1, 1, 1]]), 1))
    assert maps.compute(["Minimum", "Maximum"]) == {"Minimum": np.array([9.0]), "Maximum": np.array([17.0])}


def test_batches_do_not_change_maps(monkeypatch):
    image = np.random.default_rng(6).normal(size=(4, 4, 4))
    region = Region(image, np.ones(image.shape, bool), (1.0, 1.0, 1.0), Options(bin_width=0.5))
    cubes = Neighbourhoods(region, np.argwhere(region.mask), 1)
    [(_, together)] = FirstOrder.of_neighbourhoods(cubes)
    monkeypatch.setattr(firstorder, "BATCH_VALUES", 100)
    apart = [maps.compute(["Median"])["Median"] for _, maps in FirstOrder.of_neighbourhoods(cubes)]
    assert len(apart) > 1
    assert np.array_equal(np.concatenate(apart), together.compute(["Median"])["Median"])
