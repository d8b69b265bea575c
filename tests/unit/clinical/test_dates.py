"""Dates in every spelling; what cannot be told is said."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from radiomics_core.clinical.dates import looks_like_dates, parse_date, parse_dates


@pytest.mark.parametrize(
    "text",
    ["2021-03-05", "2021/3/5", "5.3.2021", "05/03/2021", "5-3-21", "2021年3月5日", "20210305", "44260", "5 Mar 2021",
     "March 5, 2021", "2021-03-05 14:30:00"],
)  # fmt: skip
def test_spellings_of_the_fifth_of_march(text):
    # 44260 is what a spreadsheet stores for 2021-03-05
    assert parse_date(text) == date(2021, 3, 5)


def test_a_day_above_twelve_decides_the_order_for_the_column():
    month_first = parse_dates(pd.Series(["03/05/2021", "03/25/2021"]))
    assert list(month_first.dates) == [pd.Timestamp(2021, 3, 5), pd.Timestamp(2021, 3, 25)]
    assert month_first.findings == []
    day_first = parse_dates(pd.Series(["03/05/2021", "25/03/2021"]))
    assert day_first.dates.iloc[0] == pd.Timestamp(2021, 5, 3)


def test_dates_that_fit_both_ways_are_day_first_and_reported():
    parsed = parse_dates(pd.Series(["03/05/2021", "04/06/2021"]), "scan")
    assert parsed.is_ambiguous
    assert parsed.dates.iloc[0] == pd.Timestamp(2021, 5, 3)
    assert [(f.code, f.params["read"]) for f in parsed.findings] == [("RX220", "2021-05-03")]
    told = parse_dates(pd.Series(["03/05/2021", "04/06/2021"]), "scan", "month_first")
    assert told.dates.iloc[0] == pd.Timestamp(2021, 3, 5)
    assert told.findings == []


def test_a_column_that_mixes_orders_or_styles_is_reported():
    both = parse_dates(pd.Series(["25/03/2021", "03/25/2021"]), "scan")
    assert "RX221" in [f.code for f in both.findings]
    half_converted = parse_dates(pd.Series(["25/03/2021", "44260"]), "scan")
    assert [f.code for f in half_converted.findings] == ["RX221"]
    assert half_converted.styles == {"day_first": 1, "serial": 1}


def test_unreadable_cells_and_short_years_are_reported():
    parsed = parse_dates(pd.Series(["31.02.2021", "soon", "5.3.70", pd.NA]), "scan")
    assert [f.code for f in parsed.findings] == ["RX222", "RX223"]
    assert parsed.dates.iloc[2] == pd.Timestamp(1970, 3, 5)
    assert parsed.dates.isna().sum() == 3


def test_numbers_are_dates_only_under_a_date_name():
    serials = ["44260", "44261", "44300"]
    assert looks_like_dates(serials, "scan_date")
    assert not looks_like_dates(serials, "volume_mm3")
    assert not looks_like_dates(["1.5", "2.5"], "date")


@pytest.mark.parametrize(
    ("text", "order", "iso"),
    [("01/02/2015", "day_first", "2015-02-01"), ("01/02/2015", "month_first", "2015-01-02"), ("1.2.68", "day_first", "2068-02-01"),
     ("1.2.69", "day_first", "1969-02-01"), ("13/02/2015", "month_first", None), ("31.02.2015", "day_first", None),
     ("1699-12-31", "day_first", None), ("1700-01-01", "day_first", "1700-01-01"), ("2200-12-31", "day_first", "2200-12-31"),
     ("2201-01-01", "day_first", None), ("March 2015", "day_first", None), ("5 March", "day_first", None),
     ("5 March 2015", "month_first", "2015-03-05"), ("nothing", "day_first", None), ("", "day_first", None)],
)  # fmt: skip
def test_a_cell_is_a_day_of_the_calendar_or_none(text, order, iso):
    found = parse_date(text, order)
    assert (found.isoformat() if found else None) == iso


@pytest.mark.parametrize(
    ("cells", "order", "is_ambiguous", "is_mixed"),
    [(["01/02/2015", "03/04/2015"], "day_first", True, False), (["01/02/2015", "13/04/2015"], "day_first", False, False),
     (["01/02/2015", "04/13/2015"], "month_first", False, False), (["13/02/2015", "04/13/2015"], "day_first", False, True),
     (["04/13/2015", "05/14/2015", "13/02/2015"], "month_first", False, True), (["02/02/2015"], "day_first", False, False),
     (["12/12/2015", "01/12/2015"], "day_first", True, False), (["2015-01-02"], "day_first", False, False)],
)  # fmt: skip
def test_the_order_is_that_of_more_dates_which_fit_only_one(cells, order, is_ambiguous, is_mixed):
    parsed = parse_dates(pd.Series(cells, dtype=object), "seen")
    assert (parsed.order, parsed.is_ambiguous) == (order, is_ambiguous)
    said = {f.code: f.fields() for f in parsed.findings}
    assert ("RX221" in said) == is_mixed
    assert not is_ambiguous or [said["RX220"][name] for name in ("column", "n", "example")] == [
        "seen",
        len(cells),
        cells[0],
    ]
    given = parse_dates(pd.Series(cells, dtype=object), "seen", "month_first")
    assert not given.is_ambiguous
    assert "RX220" not in {f.code for f in given.findings}
