"""Run lengths: hand counts, and what must hold for any region."""

from __future__ import annotations

import math

import numpy as np
import pytest

from radiomics_core.extraction.engines.fast.classes.glrlm import Glrlm
from radiomics_core.extraction.engines.fast.matrices.glrlm import count_runs
from radiomics_core.extraction.engines.fast.matrices.offsets import offsets
from radiomics_core.extraction.engines.fast.region import Levels, Neighbourhoods, Options, Region

PYRADIOMICS_EXAMPLE = [  # the array in the documentation of pyradiomics' glrlm module, and its runs along x
    [5, 2, 5, 4, 4],
    [3, 3, 3, 1, 3],
    [2, 1, 1, 1, 3],
    [4, 2, 2, 2, 3],
    [3, 5, 3, 3, 2],
]
RUNS_ALONG_X = [
    [1, 0, 1, 0, 0],
    [3, 0, 1, 0, 0],
    [4, 1, 1, 0, 0],
    [1, 1, 0, 0, 0],
    [3, 0, 0, 0, 0],
]
ROW = [[[1, 1, 2, 2, 2, 0, 2]]]
"""Runs of (level, length): (1, 2), (2, 3), (2, 1); 0 is outside."""

SRE, LRE = (1 / 4 + 1 / 9 + 1) / 3, (4 + 9 + 1) / 3
VALUES_OF_ROW = {
    "ShortRunEmphasis": SRE,
    "LongRunEmphasis": LRE,
    "GrayLevelNonUniformity": (1 + 4) / 3,
    "GrayLevelNonUniformityNormalized": (1 + 4) / 9,
    "RunLengthNonUniformity": 3 / 3,
    "RunLengthNonUniformityNormalized": 3 / 9,
    "RunPercentage": 3 / 6,
    "GrayLevelVariance": 2 / 9,  # levels 1, 2, 2
    "RunVariance": 2 / 3,  # lengths 2, 3, 1
    "RunEntropy": math.log2(3),
    "LowGrayLevelRunEmphasis": (1 + 1 / 4 + 1 / 4) / 3,
    "HighGrayLevelRunEmphasis": (1 + 4 + 4) / 3,
    "ShortRunLowGrayLevelEmphasis": (1 / 4 + 1 / 36 + 1 / 4) / 3,
    "ShortRunHighGrayLevelEmphasis": (1 / 4 + 4 / 9 + 4) / 3,
    "LongRunLowGrayLevelEmphasis": (4 + 9 / 4 + 1 / 4) / 3,
    "LongRunHighGrayLevelEmphasis": (4 + 36 + 4) / 3,
}


def region(levels, spacing_mm=(1.0, 1.0, 1.0), **options) -> Region:
    """Return a region of which the grey levels are given."""
    array = np.array(levels, np.int32)
    made = Region(array.astype(float), array > 0, spacing_mm, Options(**options))
    vars(made)["levels"] = Levels(array, np.unique(array[array > 0]).astype(np.int64))
    return made


def dense(made: Glrlm) -> list[dict[tuple[int, int], float]]:
    """Return the matrix of each direction as {(level, length): runs}."""
    runs = made.runs
    matrices: list[dict[tuple[int, int], float]] = [{} for _ in range(runs.matrices)]
    for matrix, i, j, count in zip(runs.matrix, runs.i, runs.j, runs.count, strict=True):
        matrices[matrix][int(i), int(j)] = count
    return matrices


def maps(made: Region, centres: np.ndarray, radius: int) -> dict[str, np.ndarray]:
    values = {name: np.full(len(centres), -1.0) for name in Glrlm.formulas}
    for positions, batch in Glrlm.of_neighbourhoods(Neighbourhoods(made, centres, radius)):
        for name, found in batch.compute(values).items():
            values[name][positions] = found
    return values


def random_levels(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 9, 3)
    levels = rng.integers(1, rng.integers(2, 6), shape)
    return np.where(rng.random(shape) < rng.uniform(0.1, 1.1), levels, 0).astype(np.int32)


def test_runs_along_x_of_the_example_of_pyradiomics_documentation():
    made = Glrlm.of_region(region([PYRADIOMICS_EXAMPLE]))
    along_x = [tuple(step) for step in offsets((1, 5, 5), (1,), None)].index((0, 0, 1))
    expected = np.array(RUNS_ALONG_X)
    assert dense(made)[along_x] == {(i + 1, j + 1): expected[i, j] for i, j in np.argwhere(expected)}


def test_every_formula_on_a_row_with_three_runs():
    values = Glrlm.of_region(region(ROW)).compute(Glrlm.formulas)
    assert values.keys() == VALUES_OF_ROW.keys()
    for name, value in values.items():
        assert value == pytest.approx([VALUES_OF_ROW[name]], rel=1e-12), name


def test_features_are_means_over_the_directions():
    square = Glrlm.of_region(region([[[1, 1], [1, 2]]]))
    # along x, y and one diagonal two 1s follow each other and the third is alone; along the other diagonal all are alone
    found = dense(square)
    assert found.count({(1, 2): 1, (1, 1): 1, (2, 1): 1}) == 3
    assert found.count({(1, 1): 3, (2, 1): 1}) == 1
    short_run_emphasis = (3 * (1 / 4 + 1 + 1) / 3 + 1) / 4
    assert square.compute(["ShortRunEmphasis"])["ShortRunEmphasis"] == pytest.approx([short_run_emphasis], rel=1e-12)


def test_a_direction_without_two_voxels_on_a_line_is_left_out_even_if_it_has_voxels():
    with_gap = region([[[1, 0, 1], [0, 0, 0]]])  # the two voxels share a row, no column and no diagonal
    steps = [tuple(step) for step in offsets((1, 2, 3), (1,), None)]
    assert [step for step, matrix in zip(steps, dense(Glrlm.of_region(with_gap)), strict=True) if matrix] == [(0, 0, 1)]
    assert Glrlm.of_region(with_gap).compute(["RunPercentage"])["RunPercentage"] == [1.0]


def test_one_voxel_has_no_runs_and_no_values():
    for options in ({}, {"weighting_norm": "euclidean"}):
        values = Glrlm.of_region(region([[[3]]], **options)).compute(Glrlm.formulas)
        assert all(np.isnan(value).all() and value.shape == (1,) for value in values.values())


@pytest.mark.parametrize(
    ("norm", "along_x", "along_y", "diagonal"),
    [("manhattan", 2, 3, 5), ("euclidean", 2, 3, math.sqrt(13)), ("infinity", 2, 3, 3), ("no_weighting", 1, 1, 1)],
)
def test_weighted_directions_are_added_up_by_the_length_of_their_step(norm, along_x, along_y, diagonal):
    made = Glrlm.of_region(region([[[1, 1], [1, 2]]], (2.0, 3.0, 5.0), weighting_norm=norm))
    twos = along_x + along_y + diagonal  # in x, in y and in one diagonal one run is of length 2
    (matrix,) = dense(made)
    assert matrix[1, 2] == pytest.approx(twos)
    assert matrix[1, 1] == pytest.approx(along_x + along_y + (1 + 3) * diagonal)
    assert matrix[2, 1] == pytest.approx(along_x + along_y + 2 * diagonal)


@pytest.mark.parametrize(("axis", "steps"), [(0, 4), (1, 4), (2, 4), (None, 13)])
def test_in_two_dimensions_no_run_crosses_slices(axis, steps):
    levels = np.ones((3, 4, 5), np.int32)
    made = Glrlm.of_region(region(levels, force_2d_axis=axis))
    assert made.directions == steps
    if axis is not None:
        assert max(made.runs.j) == max(np.delete(levels.shape, axis))


@pytest.mark.parametrize("seed", range(60))
def test_runs_times_lengths_are_the_voxels_of_each_level_in_each_direction(seed):
    levels = random_levels(seed)
    if levels.max() == 0:
        return
    made = Glrlm.of_region(region(levels))
    for direction, matrix in enumerate(dense(made)):
        voxels = dict.fromkeys(range(1, 7), 0)
        for (level, length), count in matrix.items():
            voxels[level] += length * count
        if made.counted[0, direction]:
            assert voxels == {level: np.count_nonzero(levels == level) for level in voxels}


@pytest.mark.parametrize("seed", range(60))
def test_runs_are_those_of_a_walk_along_every_line(seed):
    levels = random_levels(seed)
    if levels.max() == 0:
        return
    steps = offsets(levels.shape, (1,), None)
    counts, level, length = count_runs(np.pad(levels, 1), steps, int(levels.max()))
    for step, row in zip(steps, counts, strict=True):
        expected: dict[tuple[int, int], int] = {}
        shared = False
        for line in lines(levels, step):
            shared |= np.count_nonzero(line) > 1
            ends = [k for k in range(1, len(line) + 1) if k == len(line) or line[k] != line[k - 1]]
            for start, end in zip([0, *ends], ends, strict=False):
                if line[start]:
                    expected[line[start], end - start] = expected.get((line[start], end - start), 0) + 1
        found = {(i, j): n for i, j, n in zip(level, length, row, strict=True) if n}
        assert found == (expected if shared else {})


def lines(levels: np.ndarray, step: np.ndarray) -> list[list[int]]:
    """Return the levels along every line in a direction."""
    found = []
    for start in np.argwhere(np.ones(levels.shape)):
        if not inside(levels, start - step):
            place, line = start, []
            while inside(levels, place):
                line.append(int(levels[tuple(place)]))
                place = place + step
            found.append(line)
    return found


def inside(levels: np.ndarray, place: np.ndarray) -> bool:
    return bool(np.all(place >= 0) and np.all(place < levels.shape))


@pytest.mark.parametrize("options", [{}, {"force_2d_axis": 1}, {"weighting_norm": "euclidean"}], ids=str)
@pytest.mark.parametrize("radius", [1, 2])
def test_a_neighbourhood_has_the_values_of_a_region_of_its_own(radius, options):
    rng = np.random.default_rng(3)
    levels = (rng.integers(1, 5, (5, 6, 7)) * (rng.random((5, 6, 7)) < 0.6)).astype(np.int32) * 100
    centres = np.argwhere(levels)
    spacing = (0.7, 1.2, 3.0)
    values = maps(region(levels, spacing, **options), centres, radius)
    for number, centre in enumerate(centres):
        reach = np.where(np.arange(3) == options.get("force_2d_axis"), 0, radius)
        low, high = np.maximum(centre - reach, 0), centre + reach + 1
        cut = levels[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
        alone = Glrlm.of_region(region(cut, spacing, **options)).compute(Glrlm.formulas)
        for name, value in alone.items():
            assert values[name][number] == pytest.approx(value[0], rel=1e-12, abs=1e-12, nan_ok=True), name


def test_neighbourhoods_in_batches_have_the_values_of_one_batch(monkeypatch):
    levels = np.random.default_rng(5).integers(1, 4, (4, 5, 6)).astype(np.int32)
    centres = np.argwhere(levels)
    whole = maps(region(levels), centres, 1)
    monkeypatch.setattr("radiomics_core.extraction.engines.fast.classes.glrlm.BATCH_ENTRIES", 3000)
    for name, values in maps(region(levels), centres, 1).items():
        assert np.array_equal(values, whole[name])


def test_more_levels_than_a_dense_matrix_could_hold():
    levels = np.arange(1, 30**3 + 1, dtype=np.int32).reshape(30, 30, 30)
    made = Glrlm.of_region(region(levels))
    assert len(made.runs.count) == 13 * 30**3
    assert made.compute(["RunPercentage"])["RunPercentage"] == [1.0]
