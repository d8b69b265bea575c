"""Neighbourhood grey tone difference matrix: hand counts and conventions of flat regions."""

from __future__ import annotations

import numpy as np
import pytest

from radiomics_core.extraction.engines.fast.classes import ngtdm
from radiomics_core.extraction.engines.fast.classes.ngtdm import Ngtdm
from radiomics_core.extraction.engines.fast.region import Neighbourhoods, Options, Region


def region(image, mask=None, **options) -> Region:
    """Return a region whose grey levels are the numbers given, which begin at 1."""
    array = np.asarray(image, np.float64)
    shown = np.ones(array.shape, bool) if mask is None else mask
    return Region(array, shown, (1.0, 1.0, 1.0), Options(bin_width=1.0, **options))


def values(made: Ngtdm) -> dict[str, float]:
    return {name: value[0] for name, value in made.compute(made.formulas).items()}


def test_sums_of_the_example_in_the_pyradiomics_documentation():
    made = Ngtdm.of_region(region([[[1, 2, 5, 2], [3, 5, 1, 3], [1, 3, 5, 5], [3, 1, 1, 1]]]))
    assert made.levels[0].tolist() == [1, 2, 3, 5]
    assert made.counts[0].tolist() == [6, 2, 4, 4]
    s_3 = abs(3 - 12 / 5) + abs(3 - 18 / 5) + abs(3 - 20 / 8) + abs(3 - 5 / 3)
    assert made.differences[0] == pytest.approx([13.35, 2, s_3, 10.075])


def test_features_of_four_voxels_by_hand():
    # 1 1 2 2 in a row: means of neighbours 1, 1.5, 1.5, 2; so n = 2, s = 0.5 and p = 0.5 for both levels
    assert values(Ngtdm.of_region(region([[[1, 1, 2, 2]]]))) == pytest.approx(
        {
            "Coarseness": 1 / (0.5 * 0.5 + 0.5 * 0.5),
            "Contrast": (2 * 0.5 * 0.5) / 2 * (0.5 + 0.5) / 4,
            "Busyness": (0.5 * 0.5 + 0.5 * 0.5) / (2 * abs(0.5 - 1)),
            "Complexity": 2 * 1 * (0.25 + 0.25) / (0.5 + 0.5) / 4,
            "Strength": 2 * (0.5 + 0.5) / (0.5 + 0.5),
        }
    )


def test_conventions_of_a_flat_region():
    assert values(Ngtdm.of_region(region(np.full((3, 3, 3), 4)))) == {
        "Coarseness": 1e6,
        "Contrast": 0,
        "Busyness": 0,
        "Complexity": 0,
        "Strength": 0,
    }


def test_voxels_without_neighbours_count_with_a_difference_of_zero():
    mask = np.array([[[True, False, True, False, True]]])
    made = Ngtdm.of_region(region([[[1, 9, 3, 9, 3]]], mask))
    assert made.counts[0].tolist() == [1, 2]
    assert made.differences[0].tolist() == [0, 0]
    assert values(made)["Coarseness"] == 1e6
    assert values(made)["Strength"] == 0


def test_busyness_is_zero_when_levels_times_their_shares_are_equal():
    made = Ngtdm(np.array([[1.0, 2.0, 4.0]]), np.array([[4.0, 2.0, 1.0]]), np.ones((1, 3)))
    assert values(made)["Busyness"] == 0


def pairwise(made: Ngtdm) -> dict[str, float]:
    """Return the features as sums over all pairs of levels, as Amadasun and King define them."""
    i, n, s = made.levels[0], made.counts[0], made.differences[0]
    i, n, s = i[n > 0], n[n > 0], s[n > 0]
    p, pairs = n / n.sum(), [(a, b) for a in range(len(i)) for b in range(len(i))]
    return {
        "Coarseness": 1 / sum(p * s),
        "Contrast": sum(p[a] * p[b] * (i[a] - i[b]) ** 2 for a, b in pairs) / (len(i) * (len(i) - 1)) * sum(s) / sum(n),
        "Busyness": sum(p * s) / sum(abs(i[a] * p[a] - i[b] * p[b]) for a, b in pairs),
        "Complexity": sum(abs(i[a] - i[b]) * (p[a] * s[a] + p[b] * s[b]) / (p[a] + p[b]) for a, b in pairs) / sum(n),
        "Strength": sum((p[a] + p[b]) * (i[a] - i[b]) ** 2 for a, b in pairs) / sum(s),
    }


@pytest.mark.parametrize("length", [1, 10**9])
def test_closed_forms_equal_the_sums_over_pairs(length, monkeypatch):
    monkeypatch.setattr(ngtdm, "PAIR_NUMBERS", length)
    rng = np.random.default_rng(2)
    made = Ngtdm.of_region(region(rng.integers(1, 40, (5, 6, 7)) + rng.integers(0, 2) * 1000))
    assert values(made) == pytest.approx(pairwise(made), rel=1e-12)


def test_levels_without_voxels_change_nothing():
    made = Ngtdm(np.array([[2.0, 3.0, 7.0]]), np.array([[3.0, 1.0, 2.0]]), np.array([[0.5, 1.0, 4.0]]))
    filled = Ngtdm(np.array([[2.0, 3.0, 7.0, 1.0]]), np.array([[3.0, 1.0, 2.0, 0.0]]), np.array([[0.5, 1.0, 4.0, 0.0]]))
    assert values(filled) == pytest.approx(pairwise(made), rel=1e-12)


def test_many_levels_with_small_differences_keep_their_digits():
    i = 60000.0 + np.arange(5)[None]
    made = Ngtdm(i, np.array([[3.0, 1, 4, 1, 5]]), np.array([[0.5, 1, 2, 1, 0.25]]))
    assert values(made) == pytest.approx(pairwise(made), rel=1e-12)


def test_distances_and_2d_change_who_is_a_neighbour():
    image = np.arange(1, 28).reshape(3, 3, 3)
    far = Ngtdm.of_region(region(image, distances=(2,)))
    assert far.differences[0, 13] == 0  # the middle voxel has no neighbour at distance 2
    slices = Ngtdm.of_region(region(image, force_2d_axis=0))
    assert slices.differences[0].tolist() == pytest.approx(np.tile(slices.differences[0, :9], 3).tolist())


def test_a_map_of_a_flat_corner_has_its_conventions():
    image = np.ones((4, 4, 4))
    image[2:, 2:, 2:] = 5
    cubes = Neighbourhoods(region(image), np.array([[0, 0, 0], [2, 2, 2]]), 1)
    found = {}
    for positions, made in Ngtdm.of_neighbourhoods(cubes):
        found.update(zip(positions.tolist(), made.compute(["Coarseness"])["Coarseness"].tolist(), strict=True))
    assert found[0] == 1e6
    assert 0 < found[1] < 1e3
