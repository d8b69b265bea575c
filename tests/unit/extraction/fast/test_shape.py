"""Shape: bodies whose volume, area, diameters and axes are known."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from radiomics_core.extraction.engines.fast.classes.principal_axes import axis_lengths
from radiomics_core.extraction.engines.fast.classes.shape import Shape
from radiomics_core.extraction.engines.fast.matrices.mesh import TRIANGLES, find_surface
from radiomics_core.extraction.engines.fast.region import Options, Region


def shape(mask: np.ndarray, spacing_xyz=(1.0, 1.0, 1.0)) -> dict[str, float]:
    region = Region(np.zeros(mask.shape), mask, spacing_xyz, Options())
    made = Shape.of_region(region)
    return {name: value[0] for name, value in made.compute(made.formulas).items()}


def box(*size: int) -> np.ndarray:
    return np.ones(size, bool)


def ball(radius: float, spacing_zyx=(1.0, 1.0, 1.0)) -> np.ndarray:
    half = [int(radius / step) + 1 for step in spacing_zyx]
    z, y, x = (np.arange(-n, n + 1) * step for n, step in zip(half, spacing_zyx, strict=True))
    return z[:, None, None] ** 2 + y[:, None] ** 2 + x**2 <= radius**2


def test_one_voxel_is_an_octahedron():
    found = shape(box(1, 1, 1), (2.0, 3.0, 4.0))
    assert found["MeshVolume"] == pytest.approx(2 * 3 * 4 / 6)
    assert found["VoxelVolume"] == pytest.approx(2 * 3 * 4)
    # eight triangles with corners at 1 on x, 1.5 on y, 2 on z
    assert found["SurfaceArea"] == pytest.approx(8 * np.sqrt((1.5 * 2) ** 2 + (1 * 2) ** 2 + (1 * 1.5) ** 2) / 2)
    assert found["SurfaceVolumeRatio"] == pytest.approx(found["SurfaceArea"] / 4)
    diameters = ("Maximum3DDiameter", "Maximum2DDiameterSlice", "Maximum2DDiameterColumn", "Maximum2DDiameterRow")
    assert [found[name] for name in diameters] == pytest.approx([4, 3, 4, 4])
    assert [found[name] for name in ("MajorAxisLength", "MinorAxisLength", "LeastAxisLength")] == [0, 0, 0]
    assert np.isnan(found["Elongation"])
    assert np.isnan(found["Flatness"])


def test_a_row_of_voxels_is_a_rod_with_pointed_ends():
    found = shape(box(1, 1, 5))
    assert found["MeshVolume"] == pytest.approx(1 / 6 + 4 / 2)
    assert found["SurfaceArea"] == pytest.approx(np.sqrt(3) + 4 * 4 * np.sqrt(1 / 2))
    assert found["Maximum3DDiameter"] == pytest.approx(5)
    assert found["Maximum2DDiameterRow"] == pytest.approx(1)
    assert found["MajorAxisLength"] == pytest.approx(4 * np.sqrt(2))
    assert (found["MinorAxisLength"], found["LeastAxisLength"], found["Elongation"], found["Flatness"]) == (0, 0, 0, 0)


def test_a_box_loses_its_edges_and_corners():
    found = shape(box(4, 5, 6), (1.0, 2.0, 3.0))
    # each of four edges along an axis loses a triangle of 1/8, each of eight corners 3/8 - 1/48 of a voxel's eighth
    edges = 4 * (3 + 4 + 5) / 8
    corner = 1 / 8 - 1 / 48
    assert found["MeshVolume"] == pytest.approx((4 * 5 * 6 - edges - 8 * corner) * 6)
    assert found["VoxelVolume"] == pytest.approx(4 * 5 * 6 * 6)
    # z: 4 of 3 mm, y: 5 of 2 mm, x: 6 of 1 mm; the ends of a diameter lie on two faces, half a voxel inside the others
    assert found["Maximum3DDiameter"] == pytest.approx(np.sqrt(12**2 + 8**2 + 5**2))
    assert found["Maximum2DDiameterSlice"] == pytest.approx(np.sqrt(10**2 + 5**2))
    assert found["Maximum2DDiameterColumn"] == pytest.approx(np.sqrt(12**2 + 5**2))
    assert found["Maximum2DDiameterRow"] == pytest.approx(np.sqrt(12**2 + 8**2))
    lengths = sorted(4 * step * np.sqrt((n**2 - 1) / 12) for n, step in ((4, 3), (5, 2), (6, 1)))
    assert [found[f"{name}AxisLength"] for name in ("Least", "Minor", "Major")] == pytest.approx(lengths)
    assert found["Elongation"] == pytest.approx(lengths[1] / lengths[2])
    assert found["Flatness"] == pytest.approx(lengths[0] / lengths[2])


@pytest.mark.parametrize("spacing_zyx", [(1.0, 1.0, 1.0), (3.0, 0.7, 1.1)])
def test_a_ball(spacing_zyx):
    radius = 21.0
    found = shape(ball(radius, spacing_zyx), spacing_zyx[::-1])
    assert found["MeshVolume"] == pytest.approx(4 / 3 * np.pi * radius**3, rel=0.01)
    # a surface in half steps is larger than the smooth one
    assert 1.0 < found["SurfaceArea"] / (4 * np.pi * radius**2) < 1.2
    assert 0.8 < found["Sphericity"] < 1
    assert 2 * radius <= found["Maximum3DDiameter"] <= 2 * radius + max(spacing_zyx)
    # the variance of a ball along an axis is a fifth of its squared radius
    assert found["MajorAxisLength"] == pytest.approx(4 * radius / np.sqrt(5), rel=0.02)
    assert found["Flatness"] == pytest.approx(1, abs=0.02)


def test_every_cube_has_a_word_and_every_triangle_three_corners():
    words = TRIANGLES.split()
    assert len(words) == 127
    assert {len(word) % 3 for word in words} == {0}
    assert set("".join(words)) == set("abcdefghijkl")


def vertices(mask: np.ndarray) -> np.ndarray:
    padded = np.pad(mask, 1)
    found = []
    for axis in range(3):
        step = np.eye(3)[axis]
        found.append(np.argwhere(np.diff(padded.astype(int), axis=axis) != 0) + step / 2)
    return np.concatenate(found)


@pytest.mark.parametrize("seed", range(12))
def test_diameters_are_those_of_all_pairs_of_vertices(seed):
    rng = np.random.default_rng(seed)
    mask = rng.random(rng.integers(1, 9, 3)) < rng.uniform(0.05, 1)
    mask[0, 0, 0] = True
    spacing_zyx = rng.uniform(0.4, 3, 3)
    points = vertices(mask)
    longest = dict.fromkeys(("3D", "2DDiameterSlice", "2DDiameterColumn", "2DDiameterRow"), 0.0)
    for a, b in combinations(points, 2):
        distance = float(np.linalg.norm((a - b) * spacing_zyx))
        shared = [name for name, same in zip(list(longest)[1:], a == b, strict=True) if same]
        longest.update({name: max(longest[name], distance) for name in ["3D", *shared]})
    found = shape(mask, tuple(spacing_zyx[::-1]))
    assert found["Maximum3DDiameter"] == pytest.approx(longest.pop("3D"))
    assert {name: found[f"Maximum{name}"] for name in longest} == pytest.approx(longest)


def test_a_border_of_empty_voxels_changes_nothing():
    mask = np.random.default_rng(0).random((5, 6, 7)) < 0.95
    bare, framed = shape(mask, (1.0, 1.5, 2.0)), shape(np.pad(mask, [(2, 1), (0, 3), (4, 4)]), (1.0, 1.5, 2.0))
    closed = {name for name in bare if "Volume" not in name and "Sphericity" not in name}
    assert {name: bare[name] for name in closed} == pytest.approx({name: framed[name] for name in closed})


def test_values_grow_with_the_voxels():
    mask = ball(5)
    small, large = shape(mask, (1.0, 1.5, 2.0)), shape(mask, (3.0, 4.5, 6.0))
    powers = {"MeshVolume": 3, "VoxelVolume": 3, "SurfaceArea": 2, "SurfaceVolumeRatio": -1}
    powers |= dict.fromkeys(("Sphericity", "Elongation", "Flatness"), 0)
    assert large == pytest.approx({name: value * 3.0 ** powers.get(name, 1) for name, value in small.items()})


def test_the_pieces_of_a_region_add_up():
    one, two = ball(4), ball(6)
    both = np.zeros((20, 20, 40), bool)
    both[2:13, 2:13, 2:13] = one
    both[3:18, 3:18, 20:35] = two
    for name in ("MeshVolume", "VoxelVolume", "SurfaceArea"):
        assert shape(both)[name] == pytest.approx(shape(one)[name] + shape(two)[name])


def test_a_slanting_line_and_a_slanting_plane_are_exactly_flat():
    steps = np.arange(20)
    line = np.zeros((20, 20, 20), bool)
    line[steps, steps, steps] = True
    found = shape(line, (0.7, 1.1, 2.9))
    assert (found["MinorAxisLength"], found["LeastAxisLength"], found["Elongation"]) == (0, 0, 0)
    plane = np.indices((20, 20, 20)).sum(axis=0) == 28
    found = shape(plane, (0.7, 1.1, 2.9))
    assert (found["LeastAxisLength"], found["Flatness"]) == (0, 0)
    assert found["MinorAxisLength"] > 1


def test_axes_are_found_in_whole_numbers_however_far_the_region_lies():
    # a million voxels in a row at the far end of a long axis: squares of coordinates reach 1e24
    n, start = 10**6, 10**9
    places = start + np.arange(n, dtype=object)
    moments = np.array([n, sum(places), sum(place * place for place in places)], object)
    assert axis_lengths(moments, np.array([0.5]))[0] == pytest.approx(4 * 0.5 * np.sqrt((n**2 - 1) / 12), rel=1e-12)


def test_moments_are_those_of_the_voxels():
    mask = np.random.default_rng(3).random((4, 5, 6)) < 0.5
    z, y, x = np.argwhere(mask).T + 1
    expected = [len(z), *(part.sum() for part in (z, y, x, z * z, y * y, x * x, z * y, z * x, y * x))]
    assert find_surface(mask).moments.tolist() == expected
    assert find_surface(np.asfortranarray(mask)).moments.tolist() == expected
