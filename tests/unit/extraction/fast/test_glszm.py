"""Zones: hand counts, and what must hold for any region."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy import ndimage

from radiomics_core.extraction.engines.fast.classes.glszm import Glszm
from radiomics_core.extraction.engines.fast.matrices.glszm import count_zones, count_zones_around
from radiomics_core.extraction.engines.fast.region import Levels, Neighbourhoods, Options, Region

PYRADIOMICS_EXAMPLE = [  # the array in the documentation of pyradiomics' glszm module, and its zones
    [5, 2, 5, 4, 4],
    [3, 3, 3, 1, 3],
    [2, 1, 1, 1, 3],
    [4, 2, 2, 2, 3],
    [3, 5, 3, 3, 2],
]
ZONES_OF_EXAMPLE = [
    [0, 0, 0, 1, 0],
    [1, 0, 0, 0, 1],
    [1, 0, 1, 0, 1],
    [1, 1, 0, 0, 0],
    [3, 0, 0, 0, 0],
]
ROW = [[[1, 1, 2, 2, 2, 0, 2]]]
"""Zones of (level, size): (1, 2), (2, 3), (2, 1); 0 is outside."""

VALUES_OF_ROW = {
    "SmallAreaEmphasis": (1 / 4 + 1 / 9 + 1) / 3,
    "LargeAreaEmphasis": (4 + 9 + 1) / 3,
    "GrayLevelNonUniformity": (1 + 4) / 3,
    "GrayLevelNonUniformityNormalized": (1 + 4) / 9,
    "SizeZoneNonUniformity": 3 / 3,
    "SizeZoneNonUniformityNormalized": 3 / 9,
    "ZonePercentage": 3 / 6,
    "GrayLevelVariance": 2 / 9,  # levels 1, 2, 2
    "ZoneVariance": 2 / 3,  # sizes 2, 3, 1
    "ZoneEntropy": np.log2(3),
    "LowGrayLevelZoneEmphasis": (1 + 1 / 4 + 1 / 4) / 3,
    "HighGrayLevelZoneEmphasis": (1 + 4 + 4) / 3,
    "SmallAreaLowGrayLevelEmphasis": (1 / 4 + 1 / 36 + 1 / 4) / 3,
    "SmallAreaHighGrayLevelEmphasis": (1 / 4 + 4 / 9 + 4) / 3,
    "LargeAreaLowGrayLevelEmphasis": (4 + 9 / 4 + 1 / 4) / 3,
    "LargeAreaHighGrayLevelEmphasis": (4 + 36 + 4) / 3,
}


def region(levels, **options) -> Region:
    """Return a region of which the grey levels are given."""
    array = np.array(levels, np.int32)
    made = Region(array.astype(float), array > 0, (1.0, 1.0, 1.0), Options(**options))
    vars(made)["levels"] = Levels(array, np.unique(array[array > 0]).astype(np.int64))
    return made


def zones(levels: np.ndarray, *, slices_apart: bool = False) -> Counter:
    found = count_zones(np.pad(levels, 1), int(levels.max()), slices_apart)
    return Counter({(int(i), int(j)): int(n) for i, j, n in zip(*found, strict=True)})


def labelled(levels: np.ndarray, structure: np.ndarray) -> Counter:
    """Count the zones that scipy's labelling of each level finds."""
    expected: Counter = Counter()
    for level in np.unique(levels[levels > 0]):
        sizes = np.bincount(ndimage.label(levels == level, structure)[0].ravel())[1:]
        expected.update((int(level), int(size)) for size in sizes)
    return expected


def random_levels(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 12, 3)
    levels = rng.integers(1, rng.integers(2, 6), shape)
    levels[rng.random(shape) > rng.uniform(0.1, 1.1)] = 0
    levels.flat[0] = 1
    return levels.astype(np.int32)


def maps(made: Region, centres: np.ndarray, radius: int) -> dict[str, np.ndarray]:
    values = {name: np.full(len(centres), -1.0) for name in Glszm.formulas}
    for positions, batch in Glszm.of_neighbourhoods(Neighbourhoods(made, centres, radius)):
        for name, found in batch.compute(values).items():
            values[name][positions] = found
    return values


def test_zones_of_the_example_of_pyradiomics_documentation():
    expected = np.array(ZONES_OF_EXAMPLE)
    found = zones(np.array([PYRADIOMICS_EXAMPLE], np.int32))
    assert found == {(i + 1, j + 1): expected[i, j] for i, j in np.argwhere(expected)}


def test_every_formula_on_a_row_with_three_zones():
    values = Glszm.of_region(region(ROW)).compute(Glszm.formulas)
    assert values.keys() == VALUES_OF_ROW.keys()
    for name, value in values.items():
        assert value == pytest.approx([VALUES_OF_ROW[name]], rel=1e-12), name


def test_corners_connect_and_zones_that_meet_late_are_one():
    arms = np.zeros((3, 4, 7), np.int32)
    arms[0, 0, [0, 2, 4, 6]] = arms[1, 1, [1, 3, 5]] = 2  # four beginnings, joined by the slice behind
    arms[2, 3, 0] = 2
    assert zones(arms) == {(2, 7): 1, (2, 1): 1}


def test_one_voxel_is_one_zone():
    values = Glszm.of_region(region([[[3]]])).compute(["ZonePercentage", "HighGrayLevelZoneEmphasis", "ZoneVariance"])
    assert [value[0] for value in values.values()] == [1, 9, 0]


@pytest.mark.parametrize("seed", range(150))
def test_zones_are_those_of_scipys_labelling(seed):
    levels = random_levels(seed)
    found = zones(levels)
    assert found == labelled(levels, np.ones((3, 3, 3)))
    assert sum(size * count for (_, size), count in found.items()) == np.count_nonzero(levels)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("seed", range(20))
def test_in_two_dimensions_zones_do_not_cross_slices(seed, axis):
    levels = random_levels(seed)
    made = Glszm.of_region(region(levels, force_2d_axis=axis)).zones
    within = np.ones((3, 3, 3))
    within[(slice(None),) * axis + ([0, 2],)] = 0
    assert Counter(dict(zip(zip(made.i, made.j, strict=True), made.count, strict=True))) == labelled(levels, within)


def test_entries_are_sorted_by_level_then_size():
    level, size, _count = count_zones(np.pad(random_levels(8), 1), 5, False)
    assert list(zip(level, size, strict=True)) == sorted(zip(level, size, strict=True))
    levels = random_levels(9)
    places, counts = count_zones_around(levels, np.argwhere(levels).copy(), np.full(3, 1))
    assert [tuple(place) for place in places] == sorted({tuple(place) for place in places})
    assert counts.min() >= 1


@pytest.mark.parametrize("options", [{}, {"force_2d_axis": 2}], ids=str)
@pytest.mark.parametrize("radius", [1, 2])
def test_a_neighbourhood_has_the_values_of_a_region_of_its_own(radius, options):
    rng = np.random.default_rng(3)
    levels = (rng.integers(1, 5, (5, 6, 7)) * (rng.random((5, 6, 7)) < 0.6)).astype(np.int32) * 100
    centres = np.argwhere(levels)
    values = maps(region(levels, **options), centres, radius)
    for number, centre in enumerate(centres):
        reach = np.where(np.arange(3) == options.get("force_2d_axis"), 0, radius)
        low, high = np.maximum(centre - reach, 0), centre + reach + 1
        cut = levels[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
        alone = Glszm.of_region(region(cut, **options)).compute(Glszm.formulas)
        for name, value in alone.items():
            assert values[name][number] == pytest.approx(value[0], rel=1e-12, abs=1e-12), name


def test_neighbourhoods_in_batches_have_the_values_of_one_batch(monkeypatch):
    levels = np.random.default_rng(5).integers(1, 4, (4, 5, 6)).astype(np.int32)
    centres = np.argwhere(levels)
    whole = maps(region(levels), centres, 1)
    monkeypatch.setattr("radiomics_core.extraction.engines.fast.classes.glszm.BATCH_ENTRIES", 100)
    for name, values in maps(region(levels), centres, 1).items():
        assert np.array_equal(values, whole[name])
