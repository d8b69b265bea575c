"""The part of a product of cases that the default run takes."""

from __future__ import annotations

from itertools import combinations, product

from tests.covering import chosen


def test_every_two_values_of_different_parameters_meet_and_most_cases_are_spared():
    cases = [dict(zip("abc", values, strict=True)) for values in product("123", "xyz", "+-")]
    kept = [cases[i] for i in chosen(cases)]
    assert len(kept) == 9  # 3 x 3 is the least that can hold every pair of the two longer lists
    for one, other in combinations("abc", 2):
        assert {(k[one], k[other]) for k in kept} == {(c[one], c[other]) for c in cases}


def test_a_long_row_is_thinned_evenly_with_both_ends():
    assert chosen([{"seed": i} for i in range(255)], most=3) == [0, 127, 254]
    assert chosen([{"seed": i} for i in range(2)], most=3) == [0, 1]
