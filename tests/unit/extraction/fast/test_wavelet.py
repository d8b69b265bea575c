"""Stationary wavelets: against hand counts, and against PyWavelets' transform of the whole image."""

from __future__ import annotations

import platform

import numpy as np
import pytest
import pywt

from radiomics_core.extraction.engines.fast.region import Prepared
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.filters.wavelet import WAVELETS
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.imaging.volume import Volume

DETAILS = ["LLH", "LHL", "LHH", "HLL", "HLH", "HHL", "HHH"]
ROOT = np.sqrt(2)


def made(array: np.ndarray, box=None, setting=None, **own) -> dict[str, np.ndarray]:
    region = np.zeros(array.shape, bool)
    box = box or tuple(slice(0, size) for size in array.shape)
    region[box] = True
    settings = ExtractionSettings(setting=setting or {}, image_type={"Wavelet": own})
    prepared = Prepared(Volume(array), region, region, box)
    results = list(FILTERS.build("Wavelet").derive(prepared, lambda name: settings.value(name, "Wavelet")))
    assert len({one.name for one in results}) == len(results)
    return {one.name: one.array for one in results}


def pywavelets(array: np.ndarray, family: str, levels: int, axes=(2, 1, 0)) -> list[dict[str, np.ndarray]]:
    """Transform the whole image as pyradiomics does: odd axes get their first voxel again at the end."""
    values = np.pad(array, [(0, size % 2) for size in array.shape], "wrap")
    found = []
    for _ in range(levels):
        bands = pywt.swtn(values, family, level=1, axes=axes)[0]
        values = bands["a" * len(axes)]
        cut = tuple(slice(0, size) for size in array.shape)
        found.append({name.replace("a", "L").replace("d", "H"): band[cut] for name, band in bands.items()})
    return found


def assert_same(result: np.ndarray, expected: np.ndarray) -> None:
    assert result.dtype == expected.dtype
    assert result.flags.c_contiguous
    if platform.machine().lower() in {"x86_64", "amd64"}:
        np.testing.assert_array_equal(result, expected)
    else:  # other processors may fuse multiplication and addition in PyWavelets
        np.testing.assert_allclose(result, expected, rtol=0, atol=8 * np.spacing(np.abs(expected).max()))


def noise(shape=(10, 13, 16), dtype="float64") -> np.ndarray:
    return np.random.default_rng(4).normal(40, 60, shape).round(1).clip(0, 250).astype(dtype)


BOXES = {
    "middle": (slice(4, 6), slice(5, 9), slice(6, 11)),
    "first corner": (slice(0, 3), slice(0, 1), slice(0, 9)),
    "last corner": (slice(9, 10), slice(8, 13), slice(12, 16)),
    "whole": (slice(0, 10), slice(0, 13), slice(0, 16)),
}


def test_a_constant_has_no_detail():
    bands = made(np.full((6, 7, 8), 10.0))
    for name in DETAILS:
        assert np.abs(bands[f"wavelet-{name}"]).max() < 1e-10
    assert bands["wavelet-LLL"] == pytest.approx(10 * ROOT**3, rel=1e-12)


def test_haar_is_sum_and_difference_with_the_next_voxel():
    # along x: low (a + b) / sqrt(2), high (a - b) / sqrt(2) of voxel a and the next, b, after the last the first;
    # along y and z nothing changes: low is sqrt(2) times the voxel, high is 0
    line = np.array([1.0, 4.0, 9.0, 2.0])
    bands = made(np.broadcast_to(line, (2, 2, 4)), wavelet="haar")
    following = np.roll(line, -1)
    for name, expected in (("LLL", line + following), ("HLL", line - following)):
        assert bands[f"wavelet-{name}"][0, 0] == pytest.approx(expected / ROOT * ROOT * ROOT, rel=1e-12)
    for name in ("LLH", "LHL", "LHH", "HLH", "HHL", "HHH"):
        assert np.abs(bands[f"wavelet-{name}"]).max() < 1e-12


def test_letters_stand_for_x_y_z():
    z, y, x = np.indices((6, 6, 6))
    for name, axis in (("HLL", x), ("LHL", y), ("LLH", z)):
        bands = made(((axis % 2) * 2.0 - 1.0), wavelet="haar")
        loud = [band for band, values in bands.items() if np.abs(values).max() > 1e-12]
        assert loud == [f"wavelet-{name}"]


@pytest.mark.parametrize("family", ["haar", "coif1", "db4", "bior2.2", "sym5", "rbio3.1", "dmey"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "int16"])
@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
def test_the_box_holds_the_values_of_the_whole_image(box, dtype, family):
    array = noise(dtype=dtype)
    [expected] = pywavelets(array, family, 1)
    bands = made(array, box, wavelet=family)
    assert list(bands) == [f"wavelet-{name}" for name in (*DETAILS, "LLL")]
    for name, values in expected.items():
        assert_same(bands[f"wavelet-{name}"], values[box])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("family", WAVELETS)
def test_every_wavelet_of_the_settings(family, dtype):
    array, box = noise((6, 7, 70), dtype), (slice(1, 4), slice(3, 7), slice(2, 60))
    [expected] = pywavelets(array, family, 1)
    for name, values in made(array, box, wavelet=family).items():
        assert_same(values, expected[name.removeprefix("wavelet-")][box])


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", ">i2"])
def test_whole_numbers_are_computed_in_double_precision(dtype):
    [expected] = pywavelets(noise(dtype=dtype), "coif1", 1)
    for name, values in made(noise(dtype=dtype)).items():
        assert values.dtype == np.float64
        assert_same(values, expected[name.removeprefix("wavelet-")])


@pytest.mark.parametrize("start_level", [0, 1, 2])
@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
def test_levels(box, start_level):
    array = noise()
    bands = made(array, box, wavelet="db2", level=2, start_level=start_level)
    expected = pywavelets(array, "db2", start_level + 2)[start_level:]
    names = [f"wavelet-{name}" for name in DETAILS] + [f"wavelet2-{name}" for name in (*DETAILS, "LLL")]
    assert list(bands) == names
    for name, values in bands.items():
        head, letters = name.split("-")
        assert_same(values, expected[head == "wavelet2"][letters][box])


@pytest.mark.parametrize(("across", "axes"), [(0, (2, 1)), (1, (2, 0)), (2, (1, 0))])
def test_slice_by_slice_the_axis_across_is_not_transformed(across, axes):
    array, box = noise(), BOXES["middle"]
    bands = made(array, box, {"force2D": True, "force2Ddimension": across}, wavelet="sym3", level=2)
    first, second = pywavelets(array, "sym3", 2, axes)
    assert list(bands) == [f"wavelet{level}-{name}" for level in ("", "2") for name in ("LH", "HL", "HH")] + [
        "wavelet2-LL"
    ]
    for name, values in bands.items():
        head, letters = name.split("-")
        assert_same(values, (second if head == "wavelet2" else first)[letters][box])


@pytest.mark.parametrize("shape", [(1, 1, 2), (1, 9, 8), (2, 3, 4), (5, 5, 5)])
def test_filters_longer_than_the_image(shape):
    [expected] = pywavelets(noise(shape), "db10", 1)
    for name, values in made(noise(shape), wavelet="db10").items():
        assert_same(values, expected[name.removeprefix("wavelet-")])


def test_only_a_margin_around_the_box_is_looked_at():
    array, box = noise((40, 40, 40)), (slice(20, 22), slice(18, 21), slice(20, 23))
    far = np.full_like(array, 1e9)
    around = tuple(slice(part.start - 3, part.stop + 3) for part in box)  # 6 taps: 2 before, 3 behind
    far[around] = array[around]
    for name, values in made(far, box, wavelet="coif1").items():
        np.testing.assert_array_equal(values, made(array, box, wavelet="coif1")[name])


def test_a_large_block_is_summed_in_pieces():
    array = noise((4, 40, 50))
    [expected] = pywavelets(array, "coif1", 1)
    for name, values in made(array).items():
        assert_same(values, expected[name.removeprefix("wavelet-")])
