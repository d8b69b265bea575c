"""Grey level dependence matrix: hand counts, and neighbourhoods as regions of their own."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from radiomics_core.extraction.engines.fast.classes.gldm import Gldm
from radiomics_core.extraction.engines.fast.matrices import neighbours
from radiomics_core.extraction.engines.fast.matrices.neighbours import count_in_cubes, count_neighbours
from radiomics_core.extraction.engines.fast.region import Levels, Neighbourhoods, Options, Region

ONE_WIDE = Options(bin_width=1.0)


def region(image, options: Options = ONE_WIDE, mask=None) -> Region:
    """Return a region whose grey levels are the numbers given, which begin at 1."""
    array = np.asarray(image, np.float64)
    return Region(array, np.ones(array.shape, bool) if mask is None else mask, (1.0, 1.0, 1.0), options)


def levels_of(array: np.ndarray) -> Levels:
    return Levels(array.astype(np.int32), np.unique(array[array > 0]).astype(np.int64))


def values(made: Gldm) -> dict[str, float]:
    return {name: value[0] for name, value in made.compute(made.formulas).items()}


def test_matrix_of_the_example_in_the_pyradiomics_documentation():
    image = [[[5, 2, 5, 4, 4], [3, 3, 3, 1, 3], [2, 1, 1, 1, 3], [4, 2, 2, 2, 3], [3, 5, 3, 3, 2]]]
    matrix = [[0, 1, 2, 1], [1, 2, 3, 0], [1, 4, 4, 0], [1, 2, 0, 0], [3, 0, 0, 0]]
    made = Gldm.of_region(region(image))
    assert made.levels[0].tolist() == [1, 2, 3, 4, 5]
    assert made.matrix[0].tolist() == matrix


def test_features_of_four_voxels_by_hand():
    # 1 1 2 2 in a row: each voxel has one neighbour like it, so two voxels of each level have dependence 2
    assert values(Gldm.of_region(region([[[1, 1, 2, 2]]]))) == pytest.approx(
        {
            "SmallDependenceEmphasis": 1 / 4,
            "LargeDependenceEmphasis": 4,
            "GrayLevelNonUniformity": (2**2 + 2**2) / 4,
            "DependenceNonUniformity": 4**2 / 4,
            "DependenceNonUniformityNormalized": 1,
            "GrayLevelVariance": 1 / 4,
            "DependenceVariance": 0,
            "DependenceEntropy": 1,
            "LowGrayLevelEmphasis": (2 + 2 / 4) / 4,
            "HighGrayLevelEmphasis": (2 + 2 * 4) / 4,
            "SmallDependenceLowGrayLevelEmphasis": (2 + 2 / 4) / 4 / 4,
            "SmallDependenceHighGrayLevelEmphasis": (2 + 2 * 4) / 4 / 4,
            "LargeDependenceLowGrayLevelEmphasis": (2 + 2 / 4) / 4 * 4,
            "LargeDependenceHighGrayLevelEmphasis": (2 + 2 * 4) / 4 * 4,
        }
    )


def test_voxels_that_differ_by_gldm_a_depend_on_each_other():
    made = Gldm.of_region(region([[[1, 2, 4]]], Options(bin_width=1.0, gldm_a=1)))
    assert made.matrix[0].tolist() == [[0, 1], [0, 1], [1, 0]]


def test_distance_two_skips_the_next_voxel():
    made = Gldm.of_region(region([[[1, 2, 1, 2]]], Options(bin_width=1.0, distances=(2,))))
    assert made.matrix[0].tolist() == [[0, 2], [0, 2]]


def test_voxels_outside_the_region_do_not_count():
    mask = np.array([[[True, False, True, True]]])
    made = Gldm.of_region(region([[[1, 1, 1, 1]]], mask=mask))
    assert made.matrix[0].tolist() == [[1, 2]]


def test_a_voxel_alone_has_dependence_one():
    assert Gldm.of_region(region([[[3]]])).matrix[0].tolist() == [[1]]


def test_2d_leaves_out_neighbours_in_other_slices():
    made = Gldm.of_region(region(np.ones((3, 2, 2)), Options(bin_width=1.0, force_2d_axis=0)))
    assert made.matrix[0].tolist() == [[0, 0, 0, 12]]


def test_entropy_of_a_flat_region_follows_its_dependences():
    # row of three: two ends with one neighbour, the middle with two
    entropy = values(Gldm.of_region(region([[[7, 7, 7]]])))["DependenceEntropy"]
    assert entropy == pytest.approx(-(2 / 3) * np.log2(2 / 3) - (1 / 3) * np.log2(1 / 3))


def counted_one_by_one(array: np.ndarray, steps, tolerance: int) -> np.ndarray:
    present = np.unique(array[array > 0])
    counts = np.zeros((len(present), len(steps) + 1), np.int64)
    for place in np.argwhere(array > 0):
        alike = 0
        for step in steps:
            there = place + step
            if (there >= 0).all() and (there < array.shape).all() and array[tuple(there)] > 0:
                alike += abs(int(array[tuple(there)]) - int(array[tuple(place)])) <= tolerance
        counts[np.searchsorted(present, array[tuple(place)]), alike] += 1
    return counts


@pytest.mark.parametrize("chunk", [7, 64, 2048])
@pytest.mark.parametrize("distances", [(1,), (1, 2), (3,)])
def test_counts_do_not_depend_on_how_the_array_is_cut_into_chunks(chunk, distances, monkeypatch):
    rng = np.random.default_rng(3)
    array = rng.integers(1, 5, (5, 6, 9)) * (rng.random((5, 6, 9)) < 0.6)
    loop = neighbours._count.py_func
    monkeypatch.setattr(neighbours, "CHUNK", chunk)
    monkeypatch.setattr(neighbours, "_count", loop)
    counted = count_neighbours(levels_of(array), Options(distances=distances, gldm_a=1))
    reach = range(-max(distances), max(distances) + 1)
    steps = [step for step in product(reach, repeat=3) if max(np.abs(step)) in distances]
    assert np.array_equal(counted.dependence, counted_one_by_one(array, steps, 1))


@pytest.mark.parametrize("options", [Options(bin_width=1.0), Options(bin_width=1.0, force_2d_axis=1, distances=(1, 2))])
@pytest.mark.parametrize("radius", [1, 2])
def test_a_neighbourhood_is_counted_like_a_region_of_its_own(options, radius):
    rng = np.random.default_rng(8)
    array = rng.integers(1, 9, (5, 6, 7)).astype(float)
    array.flat[0] = 1
    mask = rng.random(array.shape) < 0.7
    mask.flat[0] = True
    whole = region(array, options, mask)
    centres = np.argwhere(mask)
    seen = []
    for counts in count_in_cubes(Neighbourhoods(whole, centres, radius)):
        for position, levels, matrix, difference in zip(
            counts.positions, counts.levels, counts.dependence, counts.difference, strict=True
        ):
            thin = [0 if axis == options.force_2d_axis else radius for axis in range(3)]
            box = tuple(slice(max(c - r, 0), c + r + 1) for c, r in zip(centres[position], thin, strict=True))
            alone = levels_of(whole.levels.array[box])
            expected = count_neighbours(alone, options)
            known = matrix.any(axis=1)
            assert np.array_equal(levels[known], alone.present)
            columns = min(matrix.shape[1], expected.dependence.shape[1])
            assert np.array_equal(matrix[known, :columns], expected.dependence[:, :columns])
            assert matrix.sum() == expected.dependence[:, :columns].sum()
            assert np.array_equal(difference[known], expected.difference)
            assert not difference[~known].any()
            seen.append(int(position))
    assert sorted(seen) == list(range(len(centres)))


def test_levels_without_voxels_change_no_value_of_a_neighbourhood():
    made = Gldm.of_region(region([[[1, 2, 2, 5, 5, 4]]]))
    filled = Gldm(np.append(made.levels, [[1.0]], axis=1), np.pad(made.matrix, [(0, 0), (0, 1), (0, 3)]))
    assert values(filled) == pytest.approx(values(made), rel=1e-15)


def test_memory_for_maps_is_bounded_by_working_in_batches(monkeypatch):
    array = np.random.default_rng(1).integers(1, 6, (4, 5, 6)).astype(float)
    cubes = Neighbourhoods(region(array), np.argwhere(array > 0), 1)
    monkeypatch.setattr(neighbours, "CUBE_NUMBERS", 27 * 27 * 10)
    sizes = [len(positions) for positions, _ in Gldm.of_neighbourhoods(cubes)]
    assert max(sizes) <= 10
    assert sum(sizes) == array.size
