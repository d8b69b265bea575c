"""GLRLM and GLSZM of the fast engine against the classes of pyradiomics 3.0.1, on arrays made here."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_core.extraction.engines.fast.classes.glrlm import Glrlm
from radiomics_core.extraction.engines.fast.classes.glszm import Glszm
from radiomics_core.extraction.engines.fast.region import Neighbourhoods, Options, Region
from radiomics_core.imaging.volume import Volume
from tests.golden.engine_arrays import SPACING, images, regions
from tests.golden.second_source import Values, like, second_source

CLASSES = {"glrlm": Glrlm, "glszm": Glszm}


REGIONS = regions()
MADE = ("P", "ivector", "jvector")


def reference(name: str, image: np.ndarray, mask: np.ndarray, **settings) -> tuple[Values, Values]:
    """Return matrix and coefficients of a class of pyradiomics, and its features."""
    both = second_source("glrlm_glszm", calculate, name, image, mask, settings, thin="voxelBased" in settings)
    made = {key: value for key, value in both.items() if key in MADE}
    return made, {key: value for key, value in both.items() if key not in MADE}


def calculate(name: str, image: np.ndarray, mask: np.ndarray, settings) -> Values:
    import radiomics.glrlm
    import radiomics.glszm

    from radiomics_core.extraction.engines.pyradiomics_session import pyradiomics_session

    kinds = {"glrlm": radiomics.glrlm.RadiomicsGLRLM, "glszm": radiomics.glszm.RadiomicsGLSZM}
    with pyradiomics_session():
        made = kinds[name](
            Volume(image, SPACING).to_sitk(), Volume(mask.astype(np.uint8), SPACING).to_sitk(), **settings
        )
        values = made.execute()
    if settings.get("voxelBased"):
        return {key: sitk.GetArrayFromImage(value)[mask] for key, value in values.items()}
    matrix = made.P_glrlm[0] if name == "glrlm" else made.P_glszm[0]
    return {"P": matrix, **{key: made.coefficients[key] for key in ("ivector", "jvector")}, **values}


def assert_equal_to_pyradiomics(name: str, image: np.ndarray, mask: np.ndarray, ours_set: dict, theirs_set: dict):
    made, theirs = reference(name, image, mask, **{"binWidth": 25, **theirs_set})
    ours = CLASSES[name].of_region(Region(image, mask, SPACING, Options(**ours_set)))
    i, j = made["ivector"], made["jvector"]
    if name == "glrlm":
        with_runs = [m for m in dense(ours.runs, i, j) if m.any()]
        expected = [m for m in np.moveaxis(made["P"], 2, 0) if m.any()]
        assert len(with_runs) == len(expected)
        # weighted sums are rounded; counts are not
        rounding = 0 if ours_set.get("weighting_norm") in {None, "no_weighting"} else 1e-13
        np.testing.assert_allclose(with_runs, expected, rtol=rounding)
    else:
        assert np.array_equal(dense(ours.zones, i, j)[0], made["P"])
    values = ours.compute(ours.formulas)
    assert values.keys() == theirs.keys()
    for feature, value in values.items():
        assert value.shape == (1,)
        assert value[0] == pytest.approx(float(theirs[feature]), rel=1e-9, abs=1e-9, nan_ok=True), feature


def dense(sparse, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Return matrices with a row per level and a column per length or size; fails on one that is not among these."""
    matrices = np.zeros((sparse.matrices, len(i), len(j)))
    row, column = np.searchsorted(i, sparse.i), np.searchsorted(j, sparse.j)
    assert np.array_equal(i[row], sparse.i)
    assert np.array_equal(j[column], sparse.j)
    matrices[sparse.matrix, row, column] = sparse.count
    return matrices


@pytest.mark.covering
@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("image", images((1, 1, 1)))
def test_a_region(name, region, image):
    mask = REGIONS[region]
    assert_equal_to_pyradiomics(name, images(mask.shape)[image], mask, {}, {})


SETTINGS = [
    ({"binWidth": 3.5}, {"bin_width": 3.5}),
    ({"binWidth": 100}, {"bin_width": 100}),
    ({"binCount": 7}, {"bin_count": 7}),
    ({"force2D": True, "force2Ddimension": 0}, {"force_2d_axis": 0}),
    ({"force2D": True, "force2Ddimension": 1}, {"force_2d_axis": 1}),
    ({"force2D": True, "force2Ddimension": 2}, {"force_2d_axis": 2}),
    ({"distances": [2, 3]}, {"distances": (2, 3)}),  # not for these classes
    *(({"weightingNorm": norm}, {"weighting_norm": norm})
      for norm in ("manhattan", "euclidean", "infinity", "no_weighting")),
    ({"weightingNorm": "euclidean", "force2D": True, "force2Ddimension": 1},
     {"weighting_norm": "euclidean", "force_2d_axis": 1}),
]  # fmt: skip


@pytest.mark.covering
@pytest.mark.parametrize(("theirs_set", "ours_set"), SETTINGS, ids=str)
@pytest.mark.parametrize("region", ["ball", "scattered", "few", "apart", "full box", "slice"])
@pytest.mark.parametrize("name", CLASSES)
def test_each_setting(name, region, theirs_set, ours_set):
    mask = REGIONS[region]
    assert_equal_to_pyradiomics(name, images(mask.shape)["noise"], mask, ours_set, theirs_set)


@pytest.mark.covering(most=24)
@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("name", CLASSES)
def test_any_region(name, seed):
    rng = np.random.default_rng(seed)
    mask = rng.random(rng.integers((1, 1, 2), 12)) < rng.uniform(0.05, 1.1)
    mask[0, 0, 0] = True
    image = rng.integers(0, rng.integers(1, 8), mask.shape).astype(float)
    assert_equal_to_pyradiomics(name, image, mask, {"bin_width": 1}, {"binWidth": 1})


@pytest.mark.parametrize("name", CLASSES)
def test_not_a_number_outside_the_region_changes_nothing(name):
    mask = REGIONS["ball"]
    image = np.where(mask, images(mask.shape)["noise"], np.nan)
    assert_equal_to_pyradiomics(name, image, mask, {}, {})


def test_without_two_voxels_on_any_line_nothing_is_defined_where_pyradiomics_gives_a_variance_and_entropy_of_0():
    mask = np.zeros((3, 4, 4), bool)
    mask[0, 0, 1] = mask[1, 2, 0] = mask[2, 1, 3] = mask[0, 3, 2] = True
    _made, theirs = reference("glrlm", mask * 1.0, mask, binWidth=1, weightingNorm="euclidean")
    assert {name for name, value in theirs.items() if value == 0} == {"RunVariance", "RunEntropy"}
    region = Region(mask * 1.0, mask, SPACING, Options(bin_width=1, weighting_norm="euclidean"))
    assert all(np.isnan(value) for value in Glrlm.of_region(region).compute(Glrlm.formulas).values())


MAPS = [
    ({}, {}, 1, True),
    ({}, {}, 2, True),
    ({}, {}, 1, False),
    ({"binCount": 30}, {"bin_count": 30}, 3, True),
    ({"weightingNorm": "manhattan"}, {"weighting_norm": "manhattan"}, 1, True),
    ({"force2D": True, "force2Ddimension": 0}, {"force_2d_axis": 0}, 1, True),
    ({"force2D": True, "force2Ddimension": 2}, {"force_2d_axis": 2}, 2, False),
]


@pytest.mark.covering
@pytest.mark.parametrize(("theirs_set", "ours_set", "radius", "masked"), MAPS, ids=str)
@pytest.mark.parametrize("region", ["ball", "scattered", "few", "slant", "slice"])
@pytest.mark.parametrize("name", CLASSES)
def test_feature_maps(name, region, theirs_set, ours_set, radius, masked):
    mask = np.pad(REGIONS[region], [(0, 0), (1, 0), (2, 1)])
    image = images(mask.shape)["noise"]
    settings = {"binWidth": 25, "kernelRadius": radius, "maskedKernel": masked, "voxelBased": True, **theirs_set}
    _made, theirs = reference(name, image, mask, **settings)
    counting = mask if masked else np.ones(mask.shape, bool)
    centres = np.argwhere(mask)
    around = Neighbourhoods(Region(image, counting, SPACING, Options(**ours_set)), centres, radius)
    maps = {feature: np.full(len(centres), -1.0) for feature in CLASSES[name].formulas}
    for positions, batch in CLASSES[name].of_neighbourhoods(around):
        for feature, values in batch.compute(maps).items():
            maps[feature][positions] = values
    assert maps.keys() == theirs.keys()
    # where no cube of the batch has runs, pyradiomics gives a RunVariance and RunEntropy of 0, and no other feature
    undefined = np.isnan(theirs["GrayLevelNonUniformity"])
    for feature, values in maps.items():
        expected = np.where(undefined, np.nan, theirs[feature])
        np.testing.assert_allclose(like(values, expected), expected, rtol=1e-9, atol=1e-9, err_msg=feature)
