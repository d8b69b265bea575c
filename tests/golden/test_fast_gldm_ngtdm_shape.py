"""GLDM, NGTDM, shape and shape2D of the fast engine against the classes of pyradiomics 3.0.1, on arrays made here."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_core.extraction.engines.fast.classes.gldm import Gldm
from radiomics_core.extraction.engines.fast.classes.ngtdm import Ngtdm
from radiomics_core.extraction.engines.fast.classes.shape import Shape
from radiomics_core.extraction.engines.fast.classes.shape2d import Shape2D
from radiomics_core.extraction.engines.fast.matrices.mesh import find_surface, mesh_area, mesh_volume
from radiomics_core.extraction.engines.fast.region import Neighbourhoods, Options, Region
from radiomics_core.imaging.volume import Volume
from tests.golden.engine_arrays import SPACING, images, regions
from tests.golden.second_source import Values, like, second_source

TEXTURE = {"gldm": Gldm, "ngtdm": Ngtdm}


REGIONS = regions()
MADE = ("P_gldm", "P_ngtdm", "ivector", "jvector")


def reference(name: str, image: np.ndarray, mask: np.ndarray, spacing=SPACING, **settings) -> tuple[Values, Values]:
    """Return matrices and coefficients of a class of pyradiomics, and its features."""
    both = second_source(
        "gldm_ngtdm_shape", calculate, name, image, mask, spacing, settings, thin="voxelBased" in settings
    )
    made = {key: value for key, value in both.items() if key in MADE}
    return made, {key: value for key, value in both.items() if key not in MADE}


def calculate(name: str, image: np.ndarray, mask: np.ndarray, spacing, settings) -> Values:
    import radiomics.gldm
    import radiomics.ngtdm
    import radiomics.shape
    import radiomics.shape2D

    from radiomics_core.extraction.engines.pyradiomics_session import pyradiomics_session

    kinds = {
        "gldm": radiomics.gldm.RadiomicsGLDM,
        "ngtdm": radiomics.ngtdm.RadiomicsNGTDM,
        "shape": radiomics.shape.RadiomicsShape,
        "shape2D": radiomics.shape2D.RadiomicsShape2D,
    }
    with pyradiomics_session():
        made = kinds[name](
            Volume(image, spacing).to_sitk(), Volume(mask.astype(np.uint8), spacing).to_sitk(), **settings
        )
        values = made.execute()
    if settings.get("voxelBased"):
        return {key: sitk.GetArrayFromImage(value)[mask] for key, value in values.items()}
    matrices = {key: getattr(made, key)[0] for key in ("P_gldm", "P_ngtdm") if hasattr(made, key)}
    axes = {key: made.coefficients[key] for key in ("ivector", "jvector") if name == "gldm"}
    return {**matrices, **axes, **values}


def assert_equal_values(ours: dict[str, np.ndarray], theirs: dict) -> None:
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        assert value.shape == (1,)
        assert value[0] == pytest.approx(float(theirs[name]), rel=1e-9, abs=1e-9, nan_ok=True), name


def fast(name: str, image: np.ndarray, mask: np.ndarray, options: Options):
    return TEXTURE[name].of_region(Region(image, mask, SPACING, options))


@pytest.mark.covering
@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("image", images((1, 1, 1)))
def test_texture_of_a_region(region, image):
    mask = REGIONS[region]
    array = images(mask.shape)[image]
    made, theirs = reference("gldm", array, mask, binWidth=25)
    ours = fast("gldm", array, mask, Options())
    seen = ours.of_dependence[0] > 0
    assert np.array_equal(ours.matrix[0][:, seen], made["P_gldm"])
    assert np.array_equal(ours.dependences[seen], made["jvector"])
    assert np.array_equal(ours.levels[0], made["ivector"])
    assert_equal_values(ours.compute(Gldm.formulas), theirs)

    made, theirs = reference("ngtdm", array, mask, binWidth=25)
    ours = fast("ngtdm", array, mask, Options())
    assert np.array_equal(ours.counts[0], made["P_ngtdm"][:, 0])
    assert np.array_equal(ours.differences[0], made["P_ngtdm"][:, 1])
    assert np.array_equal(ours.levels[0], made["P_ngtdm"][:, 2])
    assert_equal_values(ours.compute(Ngtdm.formulas), theirs)


SETTINGS = [
    ({"distances": [2]}, {"distances": (2,)}),
    ({"distances": [1, 3]}, {"distances": (1, 3)}),
    ({"gldm_a": 1}, {"gldm_a": 1}),
    ({"gldm_a": 4, "distances": [1, 2]}, {"gldm_a": 4, "distances": (1, 2)}),
    ({"binWidth": 3.5}, {"bin_width": 3.5}),
    ({"binCount": 7}, {"bin_count": 7}),
    ({"force2D": True, "force2Ddimension": 0}, {"force_2d_axis": 0}),
    ({"force2D": True, "force2Ddimension": 1, "distances": [1, 2]}, {"force_2d_axis": 1, "distances": (1, 2)}),
    ({"force2D": True, "force2Ddimension": 2}, {"force_2d_axis": 2}),
]


@pytest.mark.covering
@pytest.mark.parametrize(("theirs_set", "ours_set"), SETTINGS, ids=str)
@pytest.mark.parametrize("region", ["ball", "scattered", "apart", "full box"])
@pytest.mark.parametrize("name", TEXTURE)
def test_each_setting(name, region, theirs_set, ours_set):
    mask = REGIONS[region]
    array = images(mask.shape)["noise"]
    made, theirs = reference(name, array, mask, **{"binWidth": 25, **theirs_set})
    ours = fast(name, array, mask, Options(**ours_set))
    if name == "gldm":
        assert np.array_equal(ours.matrix[0][:, ours.of_dependence[0] > 0], made["P_gldm"])
    else:
        assert np.array_equal(ours.counts[0], made["P_ngtdm"][:, 0])
        assert np.array_equal(ours.differences[0], made["P_ngtdm"][:, 1])
    assert_equal_values(ours.compute(ours.formulas), theirs)


MAPS = [
    ({}, {}, 1, True),
    ({}, {}, 2, True),
    ({}, {}, 1, False),
    ({"gldm_a": 2, "distances": [1, 2]}, {"gldm_a": 2, "distances": (1, 2)}, 2, True),
    ({"force2D": True, "force2Ddimension": 0}, {"force_2d_axis": 0}, 1, True),
    ({"force2D": True, "force2Ddimension": 2}, {"force_2d_axis": 2}, 2, False),
]


@pytest.mark.covering
@pytest.mark.parametrize(("theirs_set", "ours_set", "radius", "masked"), MAPS, ids=str)
@pytest.mark.parametrize("region", ["ball", "scattered", "apart", "slice"])
@pytest.mark.parametrize("name", TEXTURE)
def test_feature_maps(name, region, theirs_set, ours_set, radius, masked):
    mask = np.pad(REGIONS[region], [(0, 0), (1, 0), (2, 1)])
    array = images(mask.shape)["noise"]
    settings = {"binWidth": 25, "kernelRadius": radius, "maskedKernel": masked, "voxelBased": True, **theirs_set}
    _made, theirs = reference(name, array, mask, **settings)
    counting = mask if masked else np.ones(mask.shape, bool)
    centres = np.argwhere(mask)
    around = Neighbourhoods(Region(array, counting, SPACING, Options(**ours_set)), centres, radius)
    maps = {feature: np.full(len(centres), math.nan) for feature in TEXTURE[name].formulas}
    for positions, batch in TEXTURE[name].of_neighbourhoods(around):
        for feature, values in batch.compute(maps).items():
            maps[feature][positions] = values
    assert maps.keys() == theirs.keys()
    for feature, values in maps.items():
        np.testing.assert_allclose(
            like(values, theirs[feature]), theirs[feature], rtol=1e-9, atol=1e-9, err_msg=feature
        )


@pytest.mark.covering
@pytest.mark.parametrize("spacing", [SPACING, (1.0, 1.0, 1.0), (3.3, 0.4, 0.9)], ids=str)
@pytest.mark.parametrize("region", [name for name in REGIONS if name != "slant"])  # its axes: see docs/engine.md
def test_shape(region, spacing):
    mask = REGIONS[region]
    image = np.zeros(mask.shape)
    _made, theirs = reference("shape", image, mask, spacing)
    assert_equal_values(Shape.of_region(Region(image, mask, spacing, Options())).compute(Shape.formulas), theirs)


@pytest.mark.covering(most=12)
@pytest.mark.parametrize("seed", range(40))
def test_shape_of_any_region(seed):
    rng = np.random.default_rng(seed)
    mask = rng.random(rng.integers(1, 10, 3)) < rng.uniform(0.05, 1)
    mask[0, 0, 0] = True
    spacing = tuple(rng.uniform(0.3, 5, 3))
    _made, theirs = reference("shape", np.zeros(mask.shape), mask, spacing)
    ours = Shape.of_region(Region(np.zeros(mask.shape), mask, spacing, Options())).compute(Shape.formulas)
    assert_equal_values(ours, theirs)


def coefficients(corners: np.ndarray, spacing: np.ndarray) -> Values:
    from radiomics import cShape

    area, volume, _diameters = cShape.calculate_coefficients(corners, spacing)
    return {"area": area, "volume": volume}


@pytest.mark.covering(most=24)
@pytest.mark.parametrize("cube", range(1, 256))
def test_every_way_to_fill_a_cube_has_the_area_and_volume_of_pyradiomics(cube):
    """pyradiomics is given the eight corners without a border, so that it sees one cube only."""
    corners = np.array([cube >> corner & 1 for corner in range(8)], bool).reshape(2, 2, 2).T.copy()
    spacing = np.array([1.3, 0.6, 2.2])
    theirs = second_source("cubes", coefficients, corners, spacing)
    cubes = np.zeros((256, 4), np.int64)
    cubes[cube, 0] = 1
    alone = replace(find_surface(corners), cubes=cubes)
    assert mesh_area(alone, spacing) == pytest.approx(float(theirs["area"]), rel=1e-12, abs=1e-12)
    assert mesh_volume(alone, spacing) == pytest.approx(float(theirs["volume"]), rel=1e-12, abs=1e-12)


def test_axes_of_slanting_lines_and_planes_where_pyradiomics_takes_the_root_of_a_rounding_error():
    steps = np.arange(20)
    line = np.zeros((20, 20, 20), bool)
    line[steps, steps, steps] = True
    plane = np.zeros((20, 20, 20), bool)
    plane[steps, :, steps] = True
    for mask, flat in ((line, ("MinorAxisLength", "LeastAxisLength")), (plane, ("LeastAxisLength",))):
        _made, theirs = reference("shape", np.zeros(mask.shape), mask)
        ours = Shape.of_region(Region(np.zeros(mask.shape), mask, SPACING, Options())).compute(Shape.formulas)
        assert [ours[name][0] for name in flat] == [0] * len(flat)
        assert [float(theirs[name]) for name in flat] == pytest.approx([0] * len(flat), abs=1e-6, nan_ok=True)
        assert ours["MajorAxisLength"][0] == pytest.approx(float(theirs["MajorAxisLength"]), rel=1e-9)


@pytest.mark.covering(most=15)
@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("across", [0, 1, 2])
def test_shape_2d(seed, across):
    rng = np.random.default_rng(seed)
    flat = rng.random(rng.integers(2, 14, 2)) < rng.uniform(0.1, 1)
    flat[0, 0] = flat[-1, -1] = True
    mask = np.expand_dims(flat, across)
    _made, theirs = reference("shape2D", np.zeros(mask.shape), mask, force2D=True, force2Ddimension=across)
    ours = Shape2D.of_region(Region(np.zeros(mask.shape), mask, SPACING, Options(force_2d_axis=across)))
    assert_equal_values(ours.compute(Shape2D.formulas), theirs)
