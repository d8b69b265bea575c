"""Image, region and grey levels the fast engine works on are pyradiomics' own, to the last bit, under every setting.

Second source: pyradiomics 3.0.1, ``RadiomicsFeatureExtractor.loadImage``, ``imageoperations.checkMask``,
``resegmentMask`` and ``binImage``.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction import ENGINES
from radiomics_core.extraction.bin_counts import bin_count_preview
from radiomics_core.extraction.engines.fast.derived import derived_regions
from radiomics_core.extraction.engines.fast.preparation import prepare
from radiomics_core.extraction.engines.inputs import check_inputs
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.imaging.reading import read_mask, read_volume
from radiomics_core.imaging.volume import IDENTITY, Volume
from tests.golden.second_source import Values, assert_to_the_last_bit, like, needs_pyradiomics, second_source

OBLIQUE = (0.96, -0.28, 0.0, 0.28, 0.96, 0.0, 0.0, 0.0, 1.0)

SETTINGS = {
    "none": {},
    "normalize": {"normalize": True},
    "normalizeScale": {"normalize": True, "normalizeScale": 100},
    "removeOutliers": {"normalize": True, "normalizeScale": 3, "removeOutliers": 1.5},
    "resampledPixelSpacing": {"resampledPixelSpacing": [2, 2, 2]},
    "resampled finer": {"resampledPixelSpacing": [0.7, 0.9, 1.1]},
    "resampled in plane": {"resampledPixelSpacing": [1.7, 1.7, 0]},
    "resampled to its own": {"resampledPixelSpacing": [1, 1.5, 2], "padDistance": 2},
    "resampled, normalised": {"resampledPixelSpacing": [2, 2, 0], "normalize": True, "normalizeScale": 100},
    "padDistance": {"resampledPixelSpacing": [2, 2, 2], "padDistance": 0},
    "padDistance, large": {"resampledPixelSpacing": [2, 2, 2], "padDistance": 50},
    "preCrop": {"preCrop": True},
    "preCrop, padDistance": {"preCrop": True, "padDistance": 0},
    "resegmentRange": {"resegmentRange": [0, 100]},
    "resegmentRange, one": {"resegmentRange": [10.3]},
    "resegmentMode relative": {"resegmentRange": [0.1, 0.7], "resegmentMode": "relative"},
    "resegmentMode relative, whole": {"resegmentRange": [0, 1], "resegmentMode": "relative"},
    "resegmentMode sigma": {"resegmentRange": [-1, 1.5], "resegmentMode": "sigma"},
    "resegmentShape": {"resegmentRange": [0, 100], "resegmentShape": True},
    "resampled, sigma": {"resampledPixelSpacing": [2, 2, 2], "resegmentRange": [-2, 2], "resegmentMode": "sigma"},
    **{
        name: {"resampledPixelSpacing": [1.3, 1.3, 1.3], "interpolator": name}
        for name in ("sitkNearestNeighbor", "sitkLinear", "sitkGaussian", "sitkLanczosWindowedSinc", 3)
    },
}

WORDS = {
    "minimumROISize": {"minimumROISize": 10**6},
    "minimumROIDimensions": {"minimumROIDimensions": 3},
    "nothing left": {"resegmentRange": [5000, 6000]},
    "two numbers": {"resampledPixelSpacing": [2, 2]},
}


def lesion(dtype: str = "int16", direction: tuple[float, ...] = OBLIQUE) -> tuple[Volume, Volume]:
    """Noise and a ball on an oblique grid with three different spacings."""
    shape = (17, 23, 21)
    array = np.round(np.random.default_rng(3).normal(40, 60, shape))
    array = np.abs(array) if dtype.startswith("u") else array / (1 if dtype.startswith("i") else 7)
    image = Volume(array.astype(dtype), (1.0, 1.5, 2.0), (-10.3, 5.7, 30.1), direction)
    z, y, x = np.indices(shape)
    return image, image.with_array((z - 8) ** 2 + (y - 9) ** 2 + (x - 12) ** 2 <= 49)


def prepared_by_pyradiomics(image: Volume, mask: Volume, asked: ExtractionSettings) -> Values:
    """Return image, regions, box and grid as pyradiomics prepares them."""
    import SimpleITK as sitk
    from radiomics import imageoperations

    from radiomics_core.extraction.engines.pyradiomics_engine import sitk_pair
    from radiomics_core.extraction.engines.pyradiomics_session import make_extractor, pyradiomics_session

    moved = check_inputs(image, mask, asked)
    with pyradiomics_session():
        extractor = make_extractor(asked)
        used = extractor.settings
        expected, whole = extractor.loadImage(*sitk_pair(image, mask, moved), None, **used)
        box, corrected = imageoperations.checkMask(expected, whole, **used)
        whole = region = corrected if corrected is not None else whole
        if used.get("resegmentRange") is not None:
            region = imageoperations.resegmentMask(expected, whole, **used)
            box, _ = imageoperations.checkMask(expected, region, **used)
        shape_region = region if used.get("resegmentShape") else whole
    return {
        "image": sitk.GetArrayFromImage(expected),
        "region": sitk.GetArrayFromImage(region) == 1,
        "shape_region": sitk.GetArrayFromImage(shape_region) == 1,
        "size": np.array(expected.GetSize()),
        "box": np.asarray(box),
        "spacing_mm": np.array(expected.GetSpacing()),
        "direction": np.array(expected.GetDirection()),
        "origin_mm": np.array(expected.GetOrigin()),
    }


def stored_or_living(image: Volume, mask: Volume, asked: ExtractionSettings) -> Values:
    return second_source("preparation", prepared_by_pyradiomics, image, mask, asked, thin=True)


def assert_prepared_alike(image: Volume, mask: Volume, asked: ExtractionSettings, source=stored_or_living) -> None:
    made, expected = prepare(image, mask, asked), source(image, mask, asked)
    assert made.image.size_xyz == tuple(expected["size"])
    assert_to_the_last_bit(made.image.array, expected["image"])
    np.testing.assert_array_equal(like(made.region, expected["region"]), expected["region"])
    np.testing.assert_array_equal(like(made.shape_region, expected["shape_region"]), expected["shape_region"])
    box = expected["box"]
    assert [(part.start, part.stop - 1) for part in made.box[::-1]] == [tuple(box[i : i + 2]) for i in (0, 2, 4)]
    assert made.image.spacing_mm == tuple(expected["spacing_mm"])
    assert made.image.direction == tuple(expected["direction"])
    np.testing.assert_allclose(made.image.origin_mm, expected["origin_mm"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_prepared_image_and_region_are_those_of_pyradiomics(setting):
    for dtype in ("int16", "uint8", "uint16", "int64", "float32", "float64"):
        assert_prepared_alike(*lesion(dtype), ExtractionSettings(setting=setting))


@pytest.mark.parametrize("setting", ["none", "preCrop", "resampledPixelSpacing", "resampled to its own"])
@pytest.mark.parametrize("voxels", [(1.0, 1.5, 2.0), (0.8, 1.9, 3.1)], ids=["shifted", "coarser"])
def test_a_mask_on_another_grid_is_moved_as_pyradiomics_moves_it(setting, voxels):
    image, _ = lesion()
    inside = np.zeros((7, 9, 11), bool)
    inside[2:5, 2:7, 3:8] = True
    other = Volume(inside, voxels, (-7.4, 12.3, 36.7), OBLIQUE)
    assert_prepared_alike(image, other, ExtractionSettings(setting={**SETTINGS[setting], "correctMask": True}))


def words(engine: str, image: Volume, mask: Volume, asked: ExtractionSettings) -> str:
    with pytest.raises(ExtractionError) as caught:
        ENGINES.build(engine).extract(image, mask, asked)
    return str(caught.value)


def words_of_pyradiomics(image: Volume, mask: Volume, asked: ExtractionSettings) -> Values:
    return {"words": np.array(words("pyradiomics", image, mask, asked))}


@pytest.mark.parametrize("setting", WORDS.values(), ids=WORDS)
def test_what_pyradiomics_refuses_is_refused_in_the_same_words(setting):
    settings = ExtractionSettings(setting=setting, feature_class={"firstorder": None})
    image, mask = lesion()
    if "minimumROIDimensions" in setting:
        mask = mask.with_array(mask.array & (np.indices(mask.array.shape)[0] == 8))
    theirs = second_source("preparation", words_of_pyradiomics, image, mask, settings)["words"]
    assert words("fast", image, mask, settings) == str(theirs)


@st.composite
def any_case(draw):
    """Return an image, a mask and settings: voxel sizes, orientation, border and padding of any kind."""
    shape = tuple(draw(st.integers(1, 14)) for _ in range(3))
    low = [draw(st.integers(0, size - 1)) for size in shape]
    part = tuple(slice(a, draw(st.integers(a + 1, size))) for a, size in zip(low, shape, strict=True))
    sizes = st.sampled_from([0.5, 0.9765625, 1.0, 1.25, 2.0, 3.0, 3.27])
    image = Volume(
        np.random.default_rng(draw(st.integers(0, 99)))
        .integers(-100, 200, shape)
        .astype(draw(st.sampled_from(["int16", "float32"]))),
        (draw(sizes), draw(sizes), draw(sizes)),
        draw(st.sampled_from([(0.0, 0.0, 0.0), (-123.4, 56.7, 890.1)])),
        draw(st.sampled_from([IDENTITY, OBLIQUE])),
    )
    inside = np.zeros(shape, bool)
    inside[part] = True
    setting = {
        "resampledPixelSpacing": [draw(st.sampled_from([0, 0.7, 1, 1.25, 2, 3])) for _ in range(3)],
        "padDistance": draw(st.integers(0, 6)),
        "interpolator": draw(st.sampled_from(["sitkBSpline", "sitkLinear"])),
        "minimumROIDimensions": 1,
    }
    return image, image.with_array(inside), ExtractionSettings(setting=setting)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(case=any_case())
def test_any_region_is_resampled_as_pyradiomics_resamples_it(case):
    needs_pyradiomics()
    image, mask, asked = case
    assume(2 not in image.array.shape)  # of two voxels ITK's B-splines read outside of the image
    try:
        prepare(image, mask, asked)
    except ExtractionError:
        assume(False)
    assume(not mask.array.all())
    assert_prepared_alike(image, mask, asked, prepared_by_pyradiomics)


@pytest.mark.parametrize("modality", ["CT", "PET", "MR_T1"])
@pytest.mark.parametrize(
    "setting",
    [{"resampledPixelSpacing": [2, 2, 2]}, {"normalize": True, "resegmentRange": [-1, 3]}],
    ids=["resampled", "normalised"],
)
def test_prepared_sarcomas_are_those_of_pyradiomics(modality, setting, shared_data):
    needs_pyradiomics()
    folder = shared_data / "sts" / "images" / "STS_019"
    pair = read_volume(folder / f"{modality}.nii.gz"), read_mask(folder / f"{modality}_mask.nii.gz")
    assert_prepared_alike(*pair, ExtractionSettings(setting=setting), prepared_by_pyradiomics)


def levels_of_pyradiomics(image: np.ndarray, mask: np.ndarray, bins: dict[str, float]) -> Values:
    from radiomics import imageoperations

    levels, _edges = imageoperations.binImage(image, mask, **bins)
    return {"levels": levels, "present": np.unique(levels[mask])}


def edges_of_pyradiomics(intensities: np.ndarray, bin_width: float) -> Values:
    from radiomics import imageoperations

    with np.errstate(over="ignore"):
        return {"edges": imageoperations.getBinEdges(intensities, binWidth=bin_width)}


@pytest.mark.covering
@pytest.mark.parametrize(
    "bins", [{}, {"binWidth": 25}, {"binWidth": 0.3}, {"binWidth": 7}, {"binCount": 16}, {"binCount": 7}]
)
@pytest.mark.parametrize("dtype", ["int16", "uint16", "float32", "float64"])
def test_levels_are_those_of_pyradiomics(bins, dtype):
    settings = ExtractionSettings(setting=bins)
    ((_, region),) = derived_regions(prepare(*lesion(dtype), settings), settings)
    expected = second_source("preparation", levels_of_pyradiomics, region.image, region.mask, bins)
    np.testing.assert_array_equal(region.levels.array, expected["levels"])
    np.testing.assert_array_equal(region.levels.present, expected["present"])


PIPELINES = [
    {"setting": {"binWidth": 7}},
    {"setting": {"binWidth": 0.3, "normalize": True, "removeOutliers": 2}},
    {"setting": {"binWidth": 10, "resampledPixelSpacing": [1.5, 1.5, 1.5]}},
    {"setting": {"binWidth": 10, "resegmentRange": [-50, 100]}},
    {"setting": {"binWidth": 25, "preCrop": True}, "imageType": {"Wavelet": {"binWidth": 5}, "LoG": {"sigma": [2.0]}}},
    {"setting": {"binCount": 16}, "imageType": {"Original": {}, "LoG": {"sigma": [2.0], "binCount": 24}}},
]


@pytest.mark.parametrize("parameters", PIPELINES)
def test_levels_are_those_texture_matrices_are_made_with(parameters, monkeypatch):
    needs_pyradiomics()
    from radiomics import base

    used = []
    binned = base.RadiomicsFeaturesBase._applyBinning

    def spy(self, matrix):
        result = binned(self, matrix)
        used.append(self.coefficients["Ng"])
        return result

    monkeypatch.setattr(base.RadiomicsFeaturesBase, "_applyBinning", spy)
    settings = ExtractionSettings.from_parameters({**parameters, "featureClass": {"glcm": ["Contrast"]}})
    vector = ENGINES.build("pyradiomics").extract(*lesion(), settings)
    counts = bin_count_preview(*lesion(), settings, filters=True).frame()
    assert list(counts["levels"]) == used
    assert [f"{name}_glcm_Contrast" for name in counts["filter"]] == list(vector.values)


def test_pyradiomics_overflows_on_8_bit_images_with_whole_widths():
    """Documented difference: it adds two widths to the highest intensity in 8 bits, so that bins end far too low."""
    intensities = np.array([0, 60, 130, 255], np.uint8)
    edges = second_source("preparation", edges_of_pyradiomics, intensities, 25)["edges"]
    assert np.digitize(intensities, edges).tolist() == [1, 2, 2, 2]
    image = Volume(np.pad(intensities[None, None], 1))
    settings = ExtractionSettings(setting={"binWidth": 25, "minimumROIDimensions": 1})
    mask = np.pad(np.ones((1, 1, 4), bool), 1)
    ((_, region),) = derived_regions(prepare(image, image.with_array(mask), settings), settings)
    assert region.levels.array[region.mask].tolist() == [1, 3, 6, 11]
