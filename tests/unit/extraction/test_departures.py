"""A difference on purpose is recognised, and a wrong value is not taken for one."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from radiomics_core.extraction.departures import DEPARTURES
from radiomics_core.extraction.verification import Verification, compare

NAN = math.nan


def departures(family: str, reference: dict[str, float], fast: dict[str, float]) -> dict[str, str]:
    named = [{f"original_{family}_{name}": value for name, value in one.items()} for one in (reference, fast)]
    made = Verification(compare(*named)).features
    return {name.rsplit("_", 1)[1]: why for name, why in zip(made["feature"], made["departure"], strict=True) if why}


@pytest.mark.parametrize(
    ("family", "reference", "fast", "expected"),
    [
        ("glcm", {"MCC": 1.0, "Contrast": NAN}, {"MCC": NAN, "Contrast": NAN}, {"MCC": "nothing_counted"}),
        ("glcm", {"MCC": 1.0, "Contrast": 2.0}, {"MCC": NAN, "Contrast": 2.0}, {}),
        ("glcm", {"MCC": 1.0, "Contrast": 2.0}, {"MCC": NAN, "Contrast": NAN}, {}),
        ("firstorder", {"Range": 0, "Skewness": -1.0}, {"Range": 0, "Skewness": 0.0}, {"Skewness": "flat"}),
        ("firstorder", {"Range": 3, "Skewness": -1.0}, {"Range": 3, "Skewness": 0.0}, {}),
        ("shape", {"MajorAxisLength": 9.0, "Flatness": 2e-9}, {"MajorAxisLength": 9.0, "Flatness": 0.0}, {"Flatness": "thin"}),
        ("shape", {"MajorAxisLength": 9.0, "Flatness": NAN}, {"MajorAxisLength": 9.0, "Flatness": 0.0}, {"Flatness": "thin"}),
        ("shape", {"MajorAxisLength": 9.0, "Flatness": 2e-4}, {"MajorAxisLength": 9.0, "Flatness": 0.0}, {}),
        ("shape", {"MajorAxisLength": 9.0, "Flatness": NAN}, {"MajorAxisLength": 9.0, "Flatness": 0.5}, {}),
        ("glcm", {"Correlation": 0.5}, {"Correlation": 0.5 + 2 / 13}, {"Correlation": "one_level_in_a_direction"}),
        ("glcm", {"Correlation": 0.5}, {"Correlation": 0.5 + 1e-3}, {}),
        ("glcm", {"Correlation": 0.5}, {"Correlation": 0.5 - 1 / 13}, {}),
        ("glcm", {"MCC": NAN}, {"MCC": 0.0}, {"MCC": "no_correlation_in_a_direction"}),
        ("glcm", {"MCC": NAN}, {"MCC": 0.1}, {}),
        ("glcm", {"MCC": 0.6}, {"MCC": 0.6 * 10 / 13}, {"MCC": "no_correlation_in_a_direction"}),
        ("glcm", {"MCC": 0.6}, {"MCC": 0.61}, {}),
        ("glcm", {"MCC": 0.6}, {"MCC": 0.6 * 48 / 49}, {"MCC": "no_correlation_in_a_direction"}),
        ("glcm", {"Correlation": 0.5}, {"Correlation": 0.5 + 2 / 122}, {"Correlation": "one_level_in_a_direction"}),
        ("glcm", {"Imc2": 1.5e-8}, {"Imc2": 0.0}, {"Imc2": "no_information"}),
        ("glcm", {"Imc2": 1.5e-4}, {"Imc2": 0.0}, {}),
    ],
)  # fmt: skip
def test_a_case_is_recognised_narrowly(family, reference, fast, expected):
    assert departures(family, reference, fast) == expected


def test_differences_on_purpose_are_counted_apart():
    made = Verification(
        compare({"a_glcm_MCC": NAN, "a_glcm_Contrast": 1.0}, {"a_glcm_MCC": 0.0, "a_glcm_Contrast": 1.0})
    )
    assert (made.agrees, made.n_features, len(made.departing), made.worst) == (True, 1, 1, 0.0)


def test_the_guide_names_every_departure():
    text = " ".join(Path(__file__).parents[3].joinpath("docs", "engine.md").read_text("utf-8").split())
    assert len({row.name for row in DEPARTURES}) == len(DEPARTURES)
    for row in DEPARTURES:
        for words in (row.case, row.reference, row.fast):
            assert str(words) in text, words
