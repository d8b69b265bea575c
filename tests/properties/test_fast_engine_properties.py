"""On whatever array, and under whatever setting, the fast engine ends as pyradiomics does: same values or same refusal.

Second source of every value: pyradiomics 3.0.1, run beside the fast engine on the same image and mask.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from radiomics_core.cohort.model import Case, FileRef, ImageRef, MaskRef
from radiomics_core.errors import RadiomicsError
from radiomics_core.extraction import ENGINES, ExtractionSettings
from radiomics_core.extraction.catalogue import FEATURE_CLASSES
from radiomics_core.extraction.fields import INTERPOLATORS, SETTING_FIELDS, fields_of
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.runner import extract_case
from radiomics_core.extraction.verification import Verification, compare, left_out
from radiomics_core.imaging.volume import Volume

SOME = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
Pair = tuple[Volume, Volume]
TEXTURE = [name for name in FEATURE_CLASSES if not name.startswith("shape")]
TWO_TYPES = {"Original": {}, "Wavelet": {"wavelet": "haar"}, "LoG": {"sigma": [1.0]}, "Gradient": {}}

shapes = st.tuples(*[st.integers(1, 6)] * 3)
spacings = st.tuples(*[st.sampled_from([0.5, 1.0, 1.7, 3.0])] * 3)


@pytest.fixture(scope="session", autouse=True)
def _reference():
    engine = ENGINES.build("pyradiomics")
    if not engine.available():
        pytest.skip(f"the reference engine is not on this computer: {engine.available().why}")


def outcome(engine: str, pair: Pair, chosen: ExtractionSettings) -> Any:
    """Return what an engine gives, or the words with which it refuses."""
    try:
        return ENGINES.build(engine).extract(*pair, chosen)
    except RadiomicsError as error:
        return f"{error.code}: {error}"


CRASHED = "the engine stopped with"
"""How an error of pyradiomics begins that is none of its own refusals: docs/engine.md says what ``fast`` does then."""


def assert_same(pair: Pair, chosen: ExtractionSettings, *, crashes: str = "") -> Any:
    """Both engines give the same values, or refuse with the same words; returns what pyradiomics gives.

    ``crashes``: the error pyradiomics is known to stop with, where the fast engine goes on.
    """
    old, new = (outcome(engine, pair, chosen) for engine in ("pyradiomics", "fast"))
    if crashes:
        assert CRASHED in old
        assert crashes in old
        assert not isinstance(new, str)
    elif isinstance(old, str) or isinstance(new, str):
        shown = [one if isinstance(one, str) else f"{len(one.values)} features" for one in (new, old)]
        assert shown[0] == shown[1]
    else:
        made = Verification(compare(old.values, new.values, left_out=left_out(old, new)))
        assert made.agrees or made.n_features == 0, made.disagreeing.head(8).to_string()
    return old


# Arrays


def volume(array: np.ndarray, spacing: tuple[float, ...] = (1.0, 1.0, 1.0), mask: np.ndarray | None = None) -> Pair:
    image = Volume(array, spacing)
    inside = np.zeros(array.shape, bool)
    inside[tuple(slice(1, max(n - 1, 2)) for n in array.shape)] = True
    return image, image.with_array(inside if mask is None else mask)


def of(bin_width: float, *types: str, **setting: Any) -> ExtractionSettings:
    own = {name: TWO_TYPES.get(name, {}) for name in types or ("Original",)}
    return ExtractionSettings(setting={"binWidth": bin_width, **setting}, image_type=own)


@SOME
@given(st.data())
def test_arrays_of_few_grey_levels_with_any_region(data):
    # disconnected, touching the border, single slices, one voxel: whatever the mask draws
    shape = data.draw(shapes)
    array = data.draw(arrays(np.int16, shape, elements=st.integers(-3, 3)))
    mask = data.draw(arrays(np.bool_, shape))
    assert_same(volume(array, data.draw(spacings), mask), of(1))


@SOME
@given(st.data())
def test_two_grey_levels(data):
    array = data.draw(arrays(np.uint8, (4, 5, 6), elements=st.sampled_from([1, 7])))
    mask = data.draw(arrays(np.bool_, (4, 5, 6)))
    assert_same(volume(array, data.draw(spacings), mask), of(1, "Original", "Wavelet"))


@pytest.mark.parametrize("value", [-1000, 0, 40])
def test_a_flat_region(value):
    assert_same(volume(np.full((6, 7, 8), value, np.int16)), of(25, "Original", "Wavelet", "Gradient", "LoG"))
    surrounded = np.random.default_rng(0).integers(-100, 100, (6, 7, 8)).astype(np.int16)
    pair = volume(surrounded)
    surrounded[pair[1].array] = value
    assert_same(pair, of(25, "Original", "Wavelet", "Gradient", "LoG"))


@pytest.mark.parametrize("spread", ["every level once", "most levels", "gaps"])
def test_three_hundred_grey_levels(spread):
    rng = np.random.default_rng(3)
    n = 7 * 8 * 9
    values = {
        "every level once": rng.permutation(np.arange(n) % 300),
        "most levels": rng.integers(0, 300, n),
        "gaps": rng.choice([0, 1, 2, 150, 298, 299], n),
    }[spread]
    assert_same(volume(values.reshape(7, 8, 9).astype(np.int16) - 150), of(1, "Original", "Gradient"))


@SOME
@given(
    array=arrays(np.float32, (5, 6, 7), elements=st.floats(-2000, 3000, width=32)),
    width=st.sampled_from([5.0, 25.0, 700.0]),
    spacing=spacings,
)
def test_negative_and_fractional_intensities(array, width, spacing):
    assert_same(volume(array, spacing), of(width, *TWO_TYPES))


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("force_2d", [False, True])
def test_a_single_slice(axis, force_2d):
    rng = np.random.default_rng(axis)
    array = rng.integers(-50, 50, (9, 10, 11)).astype(np.int16)
    mask = np.zeros(array.shape, bool)
    mask[tuple(3 if a == axis else slice(2, 8) for a in range(3))] = True
    mask &= rng.random(mask.shape) > 0.1
    chosen = of(10, *TWO_TYPES, force2D=force_2d, force2Ddimension=axis)
    assert_same(volume(array, (1.0, 1.5, 2.0), mask), chosen)


def test_an_image_of_one_slice():
    array = np.random.default_rng(1).integers(-50, 50, (1, 12, 13)).astype(np.int16)
    mask = np.zeros(array.shape, bool)
    mask[0, 2:9, 3:10] = True
    for types in (("Original",), tuple(TWO_TYPES)):
        for force_2d in (False, True):
            assert_same(volume(array, (1.0, 1.0, 1.0), mask), of(10, *types, force2D=force_2d))


@pytest.mark.parametrize("voxels", [1, 2, 3, 4, 8])
def test_regions_of_few_voxels(voxels):
    array = np.random.default_rng(voxels).integers(0, 100, (5, 6, 7)).astype(np.int16)
    for places in (np.arange(voxels), np.arange(voxels) * 17, np.arange(voxels) * 7):
        mask = np.zeros(array.size, bool)
        mask[places] = True
        assert_same(volume(array, (1.0, 1.0, 2.0), mask.reshape(array.shape)), of(10, minimumROIDimensions=1))


@pytest.mark.parametrize("pattern", ["everything but a corner", "two parts", "checkerboard", "border only", "diagonal"])
def test_regions_of_any_form(pattern):
    array = np.random.default_rng(5).integers(-300, 300, (6, 7, 8)).astype(np.int16)
    z, y, x = np.indices(array.shape)
    mask = {
        "everything but a corner": z + y + x > 0,
        "two parts": (x < 3) | (x > 5),
        "checkerboard": (x + y + z) % 2 == 0,
        "border only": (z == 0) | (z == 5) | (y == 0) | (y == 6) | (x == 0) | (x == 7),
        "diagonal": (x == y) & (y == z),
    }[pattern]
    assert_same(volume(array, (0.9, 0.9, 3.0), mask), of(50, *TWO_TYPES))


def test_an_oblique_direction_and_an_origin_far_away():
    array = np.random.default_rng(6).integers(-300, 300, (7, 8, 9)).astype(np.int16)
    angle = 0.4
    turned = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    tilted = turned @ np.array([[1, 0, 0], [0, np.cos(0.3), -np.sin(0.3)], [0, np.sin(0.3), np.cos(0.3)]])
    image, mask = volume(array, (0.8, 1.1, 2.5))
    place = {"origin_mm": (-512.25, 87.5, 1033.0), "direction": tuple(float(v) for v in tilted.ravel())}
    pair = dataclasses.replace(image, **place), dataclasses.replace(mask, **place)
    assert_same(pair, of(50, *TWO_TYPES))
    assert_same(pair, of(50, *TWO_TYPES, resampledPixelSpacing=[1.5, 1.5, 1.5]))


def test_values_that_are_not_numbers_outside_the_region():
    array = np.random.default_rng(7).normal(0, 100, (7, 8, 9)).astype(np.float32)
    image, mask = volume(array)
    array[0, 0, 0], array[-1, 3, 2] = np.nan, np.inf
    assert not isinstance(assert_same((image, mask), of(25)), str)
    assert "not numbers" in assert_same((image, mask), of(25, "Original", "Wavelet"))
    array[3, 3, 3] = np.nan
    assert "not numbers" in assert_same((image, mask), of(25))


@pytest.mark.parametrize(
    "dtype", ["uint8", "int8", "uint16", ">i2", "int32", "int64", "uint32", "float32", "float64", ">f4"]
)
def test_every_kind_of_number(dtype):
    values = np.random.default_rng(8).integers(0, 100, (6, 7, 8))
    assert_same(volume(values.astype(dtype), (1.0, 1.0, 2.0)), of(10, *TWO_TYPES))


# Mask files


def extracted(folder: Path, mask: Any, **setting: Any) -> tuple[dict[str, float], dict[str, float]]:
    """Return the values of pyradiomics reading the files by itself, and of a case of a cohort by the fast engine."""
    import SimpleITK as sitk
    from radiomics.featureextractor import RadiomicsFeatureExtractor

    from radiomics_core.extraction.engines.pyradiomics_session import pyradiomics_session

    image, _ = lesion()
    files = [str(folder / "image.nrrd"), str(folder / "mask.nrrd")]
    sitk.WriteImage(image.to_sitk(), files[0])
    sitk.WriteImage(mask, files[1])
    with pyradiomics_session():
        own = RadiomicsFeatureExtractor(binWidth=20, additionalInfo=False, **setting).execute(*files)
    case = Case("A", "A", (ImageRef("CT", (FileRef(files[0]),), "CT"),), (MaskRef("roi", "CT", FileRef(files[1])),))
    given = ExtractionSettings(setting={"binWidth": 20, **setting})
    ours = extract_case(case, "CT", "roi", given, "fast")
    assert not ours.failed, ours.findings
    return {name: float(value) for name, value in own.items() if not name.startswith("diagnostics")}, ours.values


@pytest.mark.parametrize("label", [1, 2])
def test_a_label_is_read_from_the_mask_file_as_pyradiomics_reads_it(tmp_path, label):
    region = lesion()[1]
    halves = region.array.astype(np.uint8)
    halves[:, :, 8:] *= 2
    reference, ours = extracted(tmp_path, region.with_array(halves).to_sitk(), label=label)
    assert Verification(compare(reference, ours)).agrees


@pytest.mark.parametrize("channel", [0, 1])
def test_a_channel_is_read_from_the_mask_file_as_pyradiomics_reads_it(tmp_path, channel):
    import SimpleITK as sitk

    region = lesion()[1]
    smaller = region.array.copy()
    smaller[:, :, 8:] = False
    overlapping = sitk.Compose(*[region.with_array(one).to_sitk() for one in (region.array, smaller)])
    reference, ours = extracted(tmp_path, overlapping, label_channel=channel)
    assert Verification(compare(reference, ours)).agrees


# Settings


@dataclass(frozen=True)
class Varied:
    """One value of a setting, with what it needs to have an effect.

    Attributes
    ----------
    setting : dict
        General settings.
    types : dict
        Image types with their own settings.
    classes : list of str
    pair : callable
        Makes image and mask.
    matters : bool
        Whether the values differ from those without the setting.
    crashes : str
        The error pyradiomics stops with, where the fast engine goes on.
    """

    setting: dict[str, Any]
    types: dict[str, Any] = field(default_factory=lambda: {"Original": {}})
    classes: tuple[str, ...] = ("shape", *TEXTURE)
    pair: Callable[[], Pair] | None = None
    matters: bool = True
    crashes: str = ""

    def chosen(self, without: str = "") -> ExtractionSettings:
        general = {"binWidth": 20, **self.setting}
        types = {name: {k: v for k, v in own.items() if k != without} for name, own in self.types.items()}
        general = {name: value for name, value in general.items() if name != without}
        return ExtractionSettings(setting=general, image_type=types).with_feature_classes(list(self.classes))


def lesion() -> Pair:
    """Smooth noise with negative values, an ellipsoid of 400 voxels off the middle, uneven spacing."""
    rng = np.random.default_rng(11)
    z, y, x = np.indices((13, 16, 18))
    smooth = 60 * np.sin(x / 2.3) + 40 * np.cos(y / 1.9) + 30 * np.sin(z / 1.3)
    image = Volume(np.round(smooth + rng.normal(0, 25, z.shape)).astype(np.int16), (1.0, 1.2, 2.0), (5.0, -3.0, 12.0))
    inside = ((z - 6) / 4.2) ** 2 + ((y - 7) / 4.8) ** 2 + ((x - 8) / 5.1) ** 2 <= 1
    return image, image.with_array(inside)


def one_slice() -> Pair:
    image, mask = lesion()
    region = np.zeros_like(mask.array)
    region[6] = mask.array[6]
    return image, mask.with_array(region)


def shifted(by_mm: float) -> Callable[[], Pair]:
    def make() -> Pair:
        image, mask = lesion()
        return image, dataclasses.replace(mask, origin_mm=tuple(v + by_mm for v in mask.origin_mm))

    return make


LBP2D, LBP3D = {"binWidth": 1}, {"binWidth": 0.5}
COARSE = {"resampledPixelSpacing": [1.6, 1.6, 1.6]}
NEIGHBOURS_COUNT = {"Wavelet": {}, "LoG": {"sigma": [1.0]}}
LINES = {"classes": ("glcm", "glrlm", "gldm", "ngtdm")}

VARIED: dict[str, list[Varied]] = {
    "binWidth": [Varied({"binWidth": width}) for width in (7.5, 10, 1, 1000)],
    "binCount": [Varied({"binCount": n}) for n in (1, 2, 16, 128)],
    "resampledPixelSpacing": [
        Varied({"resampledPixelSpacing": spacing}) for spacing in ([2, 2, 2], [0, 0, 3], [0.7, 0.7, 0.7], [3.1, 0, 2])
    ],
    "interpolator": [
        Varied({**COARSE, "interpolator": name}, classes=("firstorder",), matters=name != "sitkBSpline")
        for name in INTERPOLATORS
    ],
    "padDistance": [Varied({**COARSE, "padDistance": n}, NEIGHBOURS_COUNT, ("firstorder",)) for n in (0, 1)],
    "preCrop": [Varied({"preCrop": True, "padDistance": 2}, NEIGHBOURS_COUNT, ("firstorder",))],
    "normalize": [Varied({"normalize": True, "binWidth": 0.3}), Varied({"normalize": True, **COARSE, "binCount": 16})],
    "normalizeScale": [Varied({"normalize": True, "normalizeScale": 100.0})],
    "removeOutliers": [Varied({"normalize": True, "normalizeScale": 50, "removeOutliers": 1.2})],
    "resegmentRange": [Varied({"resegmentRange": limits}) for limits in ([-50, 60], [0], [60, -50])],
    "resegmentMode": [
        Varied({"resegmentRange": [0.1, 0.8], "resegmentMode": "relative"}),
        Varied({"resegmentRange": [-1, 1.5], "resegmentMode": "sigma"}),
    ],
    "resegmentShape": [Varied({"resegmentRange": [-50, 60], "resegmentShape": True}, classes=("shape", "glszm"))],
    "minimumROIDimensions": [Varied({"minimumROIDimensions": 3}, pair=one_slice), Varied({"minimumROIDimensions": 1}, matters=False)],
    "minimumROISize": [Varied({"minimumROISize": 5000}), Varied({"minimumROISize": 5}, matters=False)],
    "geometryTolerance": [Varied({"geometryTolerance": 0.5}, pair=shifted(0.1))],
    "correctMask": [Varied({"correctMask": True}, pair=shifted(1.3))],
    "additionalInfo": [Varied({"additionalInfo": False}, matters=False)],
    "force2D": [Varied({"force2D": True}, TWO_TYPES), Varied({"force2D": True}, classes=("shape2D",), pair=one_slice)],
    "force2Ddimension": [Varied({"force2D": True, "force2Ddimension": axis}, TWO_TYPES) for axis in (1, 2)],
    "distances": [Varied({"distances": d}, **LINES) for d in ([2], [1, 2], [1, 3])],
    "symmetricalGLCM": [Varied({"symmetricalGLCM": False}, classes=("glcm",))],
    "weightingNorm": [
        Varied({"weightingNorm": norm, "distances": d}, **LINES)
        for norm in ("euclidean", "manhattan", "infinity", "no_weighting")
        for d in ([1], [1, 2])
    ],
    "gldm_a": [Varied({"gldm_a": a}, classes=("gldm",)) for a in (1, 3)],
    "voxelArrayShift": [Varied({"voxelArrayShift": shift}, classes=("firstorder",)) for shift in (1000, -30)],
    "sigma": [Varied({}, {"LoG": {"sigma": sigma}}) for sigma in ([0.8], [2, 4.5])],
    "wavelet": [Varied({}, {"Wavelet": {"wavelet": name}}) for name in ("haar", "db4", "sym5", "bior2.4", "rbio1.3", "dmey")],
    "level": [Varied({}, {"Wavelet": {"level": 2}})],
    "start_level": [Varied({}, {"Wavelet": {"level": 2, "start_level": 1}})],
    "gradientUseSpacing": [Varied({}, {"Gradient": {"gradientUseSpacing": False}})],
    "lbp2DRadius": [Varied({}, {"LBP2D": {**LBP2D, "lbp2DRadius": radius}}) for radius in (2.0, 1.5)],
    "lbp2DSamples": [Varied({}, {"LBP2D": {**LBP2D, "lbp2DSamples": n}}) for n in (5, 12)],
    "lbp2DMethod": [
        Varied({}, {"LBP2D": {"binWidth": width, "lbp2DMethod": method}})
        for method, width in (("default", 1), ("ror", 1), ("var", 200))
    ],
    "lbp3DLevels": [
        Varied({}, {"LBP3D": {**LBP3D, "lbp3DLevels": 1}}, crashes="IndexError"),
        Varied({}, {"LBP3D": {**LBP3D, "lbp3DLevels": 3}}),
    ],
    "lbp3DIcosphereRadius": [Varied({}, {"LBP3D": {**LBP3D, "lbp3DIcosphereRadius": 2.0}})],
    "lbp3DIcosphereSubdivision": [Varied({}, {"LBP3D": {**LBP3D, "lbp3DIcosphereSubdivision": n}}) for n in (0, 2)],
}  # fmt: skip
"""Every setting with the values it is given here."""

ELSEWHERE = {
    "label": "test_a_label_is_read_from_the_mask_file_as_pyradiomics_reads_it",
    "label_channel": "test_a_channel_is_read_from_the_mask_file_as_pyradiomics_reads_it",
    "kernelRadius": "test_feature_maps",
    "maskedKernel": "test_feature_maps",
    "initValue": "test_feature_maps",
    "voxelBatch": "test_feature_maps",
}
"""Settings of the mask file and of feature maps, and the test that varies them."""

ROWS = [pytest.param(name, row, id=f"{name}-{n}") for name, rows in VARIED.items() for n, row in enumerate(rows)]


def test_every_setting_is_varied():
    assert set(VARIED) | set(ELSEWHERE) == set(SETTING_FIELDS)
    sources = {file: file.read_text("utf-8") for file in Path(__file__).parents[1].rglob("test_*.py")}
    for name, test in ELSEWHERE.items():
        texts = [text for file, text in sources.items() if test in file.name or f"def {test}(" in text]
        assert any(f'"{name}"' in text or f"{name}=" in text for text in texts), f"{name} is not varied in {test}"


def test_every_image_type_is_filtered_with_its_own_settings_varied():
    named = {kind for rows in VARIED.values() for row in rows for kind in row.types}
    assert {kind for kind in FILTERS.names() if fields_of(kind)} <= named
    assert named <= set(FILTERS.names())


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_a_setting_has_the_effect_it_has_in_pyradiomics(name, row):
    pair = (row.pair or lesion)()
    old = assert_same(pair, row.chosen(), crashes=row.crashes)
    plain = outcome("pyradiomics", pair, row.chosen(without=name))
    assert (_words(old) != _words(plain)) == row.matters


def _words(given: Any) -> Any:
    return given if isinstance(given, str) else {name: str(value) for name, value in given.values.items()}
