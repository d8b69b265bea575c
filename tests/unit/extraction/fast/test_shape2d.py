"""Shape of one slice: figures whose area, perimeter, diameter and axes are known."""

from __future__ import annotations

import numpy as np
import pytest

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction.engines.fast.classes.shape2d import Shape2D
from radiomics_core.extraction.engines.fast.region import Options, Region


def shape(figure, spacing_xy=(1.0, 1.0)) -> dict[str, float]:
    mask = np.array(figure, bool)[None]
    region = Region(np.zeros(mask.shape), mask, (*spacing_xy, 7.0), Options(force_2d_axis=0))
    made = Shape2D.of_region(region)
    return {name: value[0] for name, value in made.compute(made.formulas).items()}


def test_one_pixel_is_a_rhombus():
    found = shape([[1]], (2.0, 3.0))
    assert found["MeshSurface"] == pytest.approx(3)
    assert found["PixelSurface"] == pytest.approx(6)
    assert found["Perimeter"] == pytest.approx(4 * np.sqrt(1 + 1.5**2))
    assert found["MaximumDiameter"] == pytest.approx(3)
    assert found["MajorAxisLength"] == 0
    assert np.isnan(found["Elongation"])


def test_a_rectangle_loses_its_corners():
    found = shape(np.ones((4, 6)), (0.5, 2.0))
    area = (4 * 6 - 4 / 8) * 0.5 * 2
    perimeter = 2 * 5 * 0.5 + 2 * 3 * 2 + 4 * np.sqrt(0.25**2 + 1)
    assert found["MeshSurface"] == pytest.approx(area)
    assert found["Perimeter"] == pytest.approx(perimeter)
    assert found["PerimeterSurfaceRatio"] == pytest.approx(perimeter / area)
    assert found["Sphericity"] == pytest.approx(2 * np.sqrt(np.pi * area) / perimeter)
    # from the middle of the lowest row's border to that of the highest, half a pixel inside along x
    assert found["MaximumDiameter"] == pytest.approx(np.sqrt(8**2 + 2.5**2))
    long, short = 4 * 2 * np.sqrt((4**2 - 1) / 12), 4 * 0.5 * np.sqrt((6**2 - 1) / 12)
    assert found["MajorAxisLength"] == pytest.approx(long)
    assert found["MinorAxisLength"] == pytest.approx(short)
    assert found["Elongation"] == pytest.approx(short / long)


def test_three_pixels_in_a_corner():
    found = shape([[1, 1], [1, 0]])
    # squares around: three corners alone, two pairs along x, two along y, one of three: 5/8 + 4/2 ... by hand 2.5
    assert found["MeshSurface"] == pytest.approx(2.5)
    assert found["Perimeter"] == pytest.approx(6 * np.sqrt(1 / 2) + 2)


def test_pixels_that_touch_at_a_corner_stay_apart():
    found = shape([[1, 0], [0, 1]])
    assert found["MeshSurface"] == pytest.approx(1)
    assert found["Perimeter"] == pytest.approx(8 * np.sqrt(1 / 2))
    assert found["MaximumDiameter"] == pytest.approx(np.sqrt(5))
    assert found["MinorAxisLength"] == 0


def test_a_disc():
    axis = np.arange(-40, 41)
    found = shape(axis[:, None] ** 2 + axis**2 <= 40**2)
    assert found["MeshSurface"] == pytest.approx(np.pi * 40**2, rel=0.01)
    assert found["Sphericity"] == pytest.approx(0.95, abs=0.04)
    assert found["MaximumDiameter"] == pytest.approx(81, rel=0.001)
    assert found["MajorAxisLength"] == pytest.approx(80, rel=0.01)  # variance of a disc: a quarter of r squared


@pytest.mark.parametrize("across", [0, 1, 2])
def test_the_slice_may_lie_across_any_axis(across):
    figure = np.random.default_rng(5).random((6, 9)) < 0.6
    mask = np.expand_dims(figure, across)
    spacing = list(np.insert([2.0, 0.5], across, 9.0))  # z, y, x
    region = Region(np.zeros(mask.shape), mask, tuple(spacing[::-1]), Options(force_2d_axis=across))
    made = Shape2D.of_region(region)
    found = {name: value[0] for name, value in made.compute(made.formulas).items()}
    assert found == pytest.approx(shape(figure, (0.5, 2.0)))


def test_several_slices_are_refused():
    mask = np.ones((2, 3, 3), bool)
    region = Region(np.zeros(mask.shape), mask, (1.0, 1.0, 1.0), Options(force_2d_axis=0))
    with pytest.raises(ExtractionError, match="single slice"):
        Shape2D.of_region(region)


def test_the_axis_across_has_to_be_given():
    mask = np.ones((1, 3, 3), bool)
    with pytest.raises(ValueError, match="force_2d_axis None"):
        Shape2D.of_region(Region(np.zeros(mask.shape), mask, (1.0, 1.0, 1.0), Options()))
