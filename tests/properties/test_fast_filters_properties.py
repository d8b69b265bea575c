"""A derived image inside a box is the derived image of the whole, whatever shape, spacing, box and filter.

Second sources: SimpleITK's ``LaplacianRecursiveGaussianImageFilter`` and PyWavelets' ``swtn``, on the whole image.
"""

from __future__ import annotations

import platform

import numpy as np
import pywt
from hypothesis import given, settings
from hypothesis import strategies as st

from radiomics_core.extraction.engines.fast.region import LeftOut, Prepared
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.filters.wavelet import WAVELETS
from radiomics_core.imaging.volume import Volume

MANY = settings(max_examples=60, deadline=None)
LAST_DIGIT = platform.machine().lower() in {"x86_64", "amd64"}
"""Other processors may fuse multiplication and addition in ITK and PyWavelets."""

seeds = st.integers(0, 2**32 - 1)
dtypes = st.sampled_from(["uint8", "int16", "int32", "float32", "float64"])
spacings = st.tuples(*[st.floats(0.3, 6.0)] * 3)


@st.composite
def shapes_with_box(draw, fewest: int, longest: int = 90) -> tuple[tuple[int, ...], tuple[slice, ...]]:
    """Make a shape that has one long axis at most, and a box inside it."""
    shape = [draw(st.integers(fewest, 12)) for _ in range(3)]
    shape[draw(st.integers(0, 2))] = draw(st.integers(fewest, longest))
    starts = [draw(st.integers(0, size - 1)) for size in shape]
    stops = [draw(st.integers(start + 1, size)) for start, size in zip(starts, shape, strict=True)]
    return tuple(shape), tuple(slice(*ends) for ends in zip(starts, stops, strict=True))


def values(seed: int, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    low, high = (0, 255) if dtype == "uint8" else (-1000, 1000)
    drawn = np.random.default_rng(seed).uniform(low, high, shape)
    return (drawn.round() if dtype[0] in "iu" else drawn).astype(dtype)


def prepared(array: np.ndarray, box: tuple[slice, ...], spacing_mm=(1.0, 1.0, 1.0)) -> Prepared:
    region = np.zeros(array.shape, bool)
    region[box] = True
    return Prepared(Volume(array, spacing_mm), region, region, box)


def assert_same(result: np.ndarray, whole: np.ndarray, box: tuple[slice, ...]) -> None:
    apart = np.abs(result.astype(float) - whole[box]).max()
    assert apart <= (0.0 if LAST_DIGIT else 2 * np.spacing(np.float32(np.abs(whole).max())))


@MANY
@given(seed=seeds, where=shapes_with_box(4), dtype=dtypes, spacing=spacings, sigma=st.floats(0.2, 12.0))
def test_log_inside_a_box_is_itks_of_the_whole_image(seed, where, dtype, spacing, sigma):
    import SimpleITK as sitk

    shape, box = where
    array = values(seed, shape, dtype)
    [result] = FILTERS.build("LoG").derive(prepared(array, box, spacing), {"sigma": [sigma]}.get)
    too_small = np.any(np.array(shape[::-1]) < np.ceil(sigma / np.array(spacing)) + 1)
    assert isinstance(result, LeftOut) == too_small
    if not too_small:
        laplacian = sitk.LaplacianRecursiveGaussianImageFilter()
        laplacian.SetNormalizeAcrossScale(True)
        laplacian.SetSigma(sigma)
        whole = sitk.GetArrayFromImage(laplacian.Execute(Volume(array, spacing).to_sitk()))
        assert_same(result.array, whole, box)


@MANY
@given(seed=seeds, where=shapes_with_box(1), dtype=dtypes, family=st.sampled_from(WAVELETS), steps=st.integers(1, 3))
def test_wavelets_inside_a_box_are_pywavelets_of_the_whole_image(seed, where, dtype, family, steps):
    shape, box = where
    array = values(seed, shape, dtype)
    asked = {"wavelet": family, "level": 1, "start_level": steps - 1, "force2D": False}
    results = {one.name: one.array for one in FILTERS.build("Wavelet").derive(prepared(array, box), asked.get)}
    whole = np.pad(array, [(0, size % 2) for size in shape], "wrap")
    for _ in range(steps):
        bands = pywt.swtn(whole, family, level=1, axes=(2, 1, 0))[0]
        whole = bands["aaa"]
    for name, band in bands.items():
        result = results[f"wavelet-{name.replace('a', 'L').replace('d', 'H')}"]
        assert result.dtype == band.dtype
        assert_same(result, band, box)
