"""What a file's bytes and cells say about it, where it just does and just does not."""

from __future__ import annotations

import pytest

from radiomics_core.clinical.sniffing import (
    Guess,
    guess_decimal,
    guess_header,
    guess_missing_codes,
    guess_number_codes,
    guess_separator,
    usual_width,
)


def rows(text):
    return [line.split(",") for line in text.split("/")]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("id,age/P1,60/P2,61/P3,70", (0, 1)),
        ("id,age/text,years/P1,60/P2,61/P3,70", (0, 2)),  # a row of units above numbers
        ("id,age/text,years/P1,60", (0, 1)),  # one row below says too little
        ("age,size/years,cm/60,1/61,2", (0, 2)),
        ("age,size/years,4/60,1/61,2", (0, 1)),  # half of the verdicts
        ("age,size/na,?/60,1/61,2", (0, 1)),
        ("a,b,c/na,years,cm/1,2,3/4,5,6", (0, 2)),  # one code among three words
        ("a,b/na,cm/1,2/4,5", (0, 1)),  # one among two is half
        ("1,2/3,4/5,6", (-1, 1)),
        ("P1,60,3/P2,61,4/P3,62,5", (-1, 1)),
        ("id,2019,2020/P1,60,3/P2,61,4", (-1, 1)),
        ("report of 2020/id,age,sex/P1,60,m/P2,61,f", (1, 1)),
        ("first,,second,/x,y,x,y/1,2,3,4/5,6,7,8", (0, 2)),
        ("only,,,/x,y,x,y/1,2,3,4/5,6,7,8", (1, 1)),
        ("sep=,/id,age/P1,60/P2,61", (1, 1)),
        (",,/,,", (0, 1)),
    ],
)
def test_the_rows_of_names(text, header):
    assert guess_header(rows(text)) == header


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (["1", "2", "3", "4", "5", "999"], ("999",)),
        (["1", "2", "3", "4", "999"], ()),  # five others are needed
        (["300", "250", "200", "100", "1", "999"], ()),  # not beyond three times the range
        (["10", "2", "3", "4", "5", "99"], ("99",)),
        (["25", "2", "3", "4", "5", "99"], ()),
        (["24", "20", "3", "4", "5", "99"], ("99",)),  # 24 + 3 x 24 < 99
        (["0", "2", "3", "4", "5", "-9"], ("-9",)),
        (["0.5", "2", "3", "4", "5", "-9"], ("-9",)),
        (["0.5", "2", "3", "4", "5", "-1"], ()),  # -1 among sizes is one of them
        (["0", "2", "3", "4", "5", "-1"], ("-1",)),
        (["-3", "2", "3", "4", "5", "-9"], ()),
        (["1", "2", "3", "4", "5", " 999.0 ", "x"], ("999.0",)),
    ],
)
def test_number_codes_lie_far_outside_of_five_other_values(values, codes):
    assert guess_number_codes(values) == codes


@pytest.mark.parametrize(
    ("text", "separator", "is_sure"),
    [("a;b\n1;2\n", ";", True), ("a,b\n1,2\n", ",", True), ("a\tb\n1\t2\n", "\t", True), ("a\n1\n", ",", False),
     ("a;b,c\n1;2,3\n", ";", False), ("a,b;c\n1,2\n3,4\n5;6,7\n", ",", True), ("junk\na|b\n1|2\n3|4\n", "|", True)],
)  # fmt: skip
def test_the_separator_cuts_most_lines_alike(text, separator, is_sure):
    guess = guess_separator(text)
    assert (guess.value, guess.is_sure) == (separator, is_sure)
    assert separator not in guess.others


@pytest.mark.parametrize(
    ("cells", "guess"),
    [(["1,5", "2"], Guess(",", (".",))), (["1.5", "2,5"], Guess(".", (",",), is_sure=False)), (["1", "2"], Guess(".", (",",))),
     (["1,5", "2,5", "3.5"], Guess(",", (".",), is_sure=False)), (["a.b", "1,5"], Guess(",", (".",)))],
)  # fmt: skip
def test_a_comma_is_decimal_where_more_cells_are_written_so(cells, guess):
    assert guess_decimal([cells]) == guess


def test_of_equally_frequent_widths_the_larger_is_usual_and_codes_are_whole_short_cells():
    assert (usual_width([2, 3, 2, 3]), usual_width([2, 2, 3]), usual_width([])) == (3, 2, 0)
    codes = guess_missing_codes([[" NA ", "nan value", "x"], ["Unknown"]])
    assert {code.casefold() for code in codes} == {"", "na", "unknown"}
