import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction.engines.fast.levels import bin_edges, highest_level
from radiomics_core.extraction.engines.fast.region import Options, Region

TYPES = ("float32", "float64", "int16", "int32", "uint8", "uint16", "int64")


def row(values, **options):
    """Return a region of one row, with one voxel before and after it that does not belong to it."""
    values = np.asarray(values)
    image = np.zeros((1, 3, len(values) + 2), values.dtype)
    mask = np.zeros(image.shape, bool)
    image[0, 1, 1:-1], mask[0, 1, 1:-1] = values, True
    return Region(image, mask, (1.0, 1.0, 1.0), Options(**options))


def levels_of(values, **options):
    return row(values, **options).levels.array[0, 1, 1:-1].tolist()


def test_levels_counted_by_hand():
    # multiples of 25: [-50, -25) is level 1, [75, 100) level 6; an intensity on an edge belongs to the bin above
    assert levels_of([-30, -25, 0, 24, 25, 76], bin_width=25) == [1, 2, 3, 3, 4, 6]
    assert levels_of([7.0, 7.0], bin_width=25) == [1, 1]
    assert levels_of([50, 50], bin_width=25) == [1, 1]
    assert levels_of([0, 50], bin_width=25) == [1, 3]


def test_fixed_number_of_levels_counted_by_hand():
    # 0 to 8 in four bins of 2; the highest intensity belongs to the last bin
    assert levels_of([0, 1.9, 2, 4, 7, 8], bin_count=4) == [1, 1, 2, 3, 4, 4]


def test_flat_region_with_a_fixed_number_lies_in_the_middle():
    # numpy makes four bins from 4.5 to 5.5; pyradiomics does the same
    assert levels_of([5, 5, 5], bin_count=4) == [3, 3, 3]
    assert highest_level(np.array([5, 5, 5]), Options(bin_count=4)) == 1


def test_levels_lie_where_the_region_is():
    levels = row([10, 40, 110]).levels
    assert levels.array.dtype == np.int32
    assert levels.array.sum() == 1 + 2 + 5
    assert levels.present.tolist() == [1, 2, 5]
    assert levels.highest == 5
    np.testing.assert_array_equal(levels.padded[1:-1, 1:-1, 1:-1], levels.array)
    assert levels.padded.sum() == levels.array.sum()


def reference_edges(intensities, width):
    """Return pyradiomics' edges as its source has them (``imageoperations.getBinEdges``)."""
    minimum, maximum = min(intensities), max(intensities)
    edges = np.arange(minimum - (minimum % width), maximum + 2 * width, width)
    return [edges[0] - 0.5, edges[0] + 0.5] if len(edges) == 1 else edges


@st.composite
def binned(draw):
    """Intensities of any type and a width; many of them exactly on an edge, or one step of the type beside it."""
    dtype = np.dtype(draw(st.sampled_from(TYPES)))
    width = draw(st.sampled_from([25.0, 5.0, 0.25, 0.1, 0.3, 1 / 3, 7.5, 1e-3]))
    multiples = np.array(draw(st.lists(st.integers(-60, 60), min_size=2, max_size=30)), float)
    shift = draw(st.sampled_from([0.0, 0.5, 1000.0, 1e5]))
    values = (multiples + shift) * width
    if dtype.kind == "f":
        values = values.astype(dtype)
        beside = draw(st.lists(st.integers(-1, 1), min_size=len(values), max_size=len(values)))
        neighbours = [values, np.nextafter(values, dtype.type(np.inf)), np.nextafter(values, dtype.type(-np.inf))]
        return np.choose(np.array(beside) % 3, neighbours), width
    limits = np.iinfo(dtype)
    # pyradiomics' own sum of a small integer and twice the width has to stay in range for the comparison
    return np.clip(values, max(limits.min, -(2**40)), min(limits.max, 2**40)).astype(dtype), width


@given(binned())
def test_levels_are_those_of_numpys_digitize(drawn):
    values, width = drawn
    edges = reference_edges(values, width)
    assert levels_of(values, bin_width=width) == np.digitize(values, edges).tolist()


@given(binned(), st.integers(1, 200))
def test_a_fixed_number_of_levels_is_that_of_numpys_histogram(drawn, count):
    values, _ = drawn
    if highest_level(values, Options(bin_width=0.05)) < 2 * count:  # numpy refuses bins finer than the numbers
        values = np.array([0, 50, 100, 101], values.dtype)
    edges = np.histogram(values, count)[1]
    edges[-1] += 1
    assert levels_of(values, bin_count=count) == np.digitize(values, edges).tolist()
    assert highest_level(values, Options(bin_count=count)) == count


@given(binned())
def test_highest_level_needs_no_levels(drawn):
    values, width = drawn
    levels = row(values, bin_width=width).levels
    assert highest_level(values, Options(bin_width=width)) == (levels.highest if np.ptp(values) else 1)


def test_flat_region_may_lie_in_the_second_bin():
    # 100 % 0.1 is 0.09999999999999445 in binary, so the first edge is 99.9: pyradiomics' Ng is 2
    assert levels_of([100, 100], bin_width=0.1) == [2, 2]


def test_whole_widths_do_not_overflow_small_integers():
    # pyradiomics adds 2 x 25 to 255 in 8 bits, gets 49, and puts every intensity above into one level
    assert levels_of(np.array([0, 60, 130, 255], np.uint8), bin_width=25) == [1, 3, 6, 11]
    assert levels_of(np.array([-32768, 32767], np.int16), bin_width=25) == [1, 2622]


def test_integers_with_more_digits_than_a_double_are_exact():
    big = np.array([2**60, 2**60 + 1, 2**60 + 2], np.int64)
    assert levels_of(big, bin_width=1) == [1, 2, 3]


def test_more_bins_than_the_numbers_can_tell_apart_are_refused():
    with pytest.raises(ExtractionError, match="cannot tell so many grey levels apart"):
        _ = row(np.array([1e8, 1e8 + 8], np.float32), bin_count=32).levels


def test_too_many_levels_are_refused_before_memory_is_taken():
    region = row(np.array([-1000.0, 3000.0], np.float32), bin_width=1e-6)
    tracemalloc.start()
    with pytest.raises(ExtractionError) as caught:
        _ = region.levels
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10**6
    assert "a bin width of 1e-06 makes 4000000001 grey levels in this region, at most 65536 are possible" in str(
        caught.value
    )
    assert "Use a bin width of 50, or a fixed number" in str(caught.value)
    assert row(np.array([-1000.0, 3000.0], np.float32), bin_width=50).levels.highest == 81


def test_as_many_levels_as_allowed_are_made_and_one_more_is_not():
    assert row(np.arange(0.0, 2**16), bin_width=1).levels.highest == 2**16
    with pytest.raises(ExtractionError, match="65537 grey levels"):
        _ = row(np.arange(0.0, 2**16 + 1), bin_width=1).levels
    with pytest.raises(ExtractionError, match="100000 grey levels are asked for"):
        _ = row(np.arange(0.0, 9), bin_count=100_000).levels


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_what_is_not_a_number_has_no_level(broken):
    with pytest.raises(ExtractionError, match="are not numbers"):
        _ = row(np.array([1.0, broken, 3.0])).levels


def test_edges_finer_than_the_type_can_hold_still_give_levels():
    values = np.array([1e6, 1e6 + 1], np.float32)
    edges = bin_edges(values, Options(bin_width=0.001))
    assert levels_of(values, bin_width=0.001) == np.digitize(values, edges).tolist()
