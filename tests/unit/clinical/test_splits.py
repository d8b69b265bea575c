"""Rules for external cases."""

from __future__ import annotations

import pandas as pd
import pytest

from radiomics_core.clinical.splits import apply_rule, assign_roles, parse_rule, refuse_divided_patients
from radiomics_core.cohort.model import Case, Cohort
from radiomics_core.errors import TableError

CLINICAL = pd.DataFrame(
    {
        "Centre": ["A", "A", "B", "b", pd.NA],
        "scanned": ["31.12.2014", "01.01.2015", "15.06.2015", "01.02.2013", "20.03.2016"],
        "age": ["60", "61,5", "62", "70", "71"],
    },
    index=["P1", "P2", "P3", "P4", "P5"],
    dtype=object,
)
COHORT = Cohort(tuple(Case(f"P{i}", f"P{i}", centre="X" if i < 3 else "Y") for i in range(1, 6)))


def external(rule, cohort=COHORT, clinical=CLINICAL):
    return [c.case_id for c in assign_roles(cohort, clinical, rule).cases if c.role == "external"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("centre=B", ["P3", "P4"]),
        ("Centre = B", ["P3", "P4"]),
        ("Centre!=A", ["P3", "P4"]),
        ("Centre in b, C", ["P3", "P4"]),
        ("scanned>=2015-01-01", ["P2", "P3", "P5"]),
        ("scanned >= 2015", ["P2", "P3", "P5"]),
        ("scanned<1.1.2015", ["P1", "P4"]),
        ("age>=61.5", ["P2", "P3", "P4", "P5"]),
        ("age=60.0", ["P1"]),
    ],
)
def test_rules_select_the_cases_they_name(rule, expected):
    assert external(rule) == expected


def test_the_centre_of_the_cases_is_used_when_the_table_has_none():
    assert external("centre=Y", clinical=CLINICAL.drop(columns="Centre")) == ["P3", "P4", "P5"]


def test_cases_without_a_value_stay_in_development_and_are_reported():
    result = apply_rule(COHORT, CLINICAL, "centre=B")
    assert (result.n_development, result.n_external, result.unknown) == (3, 2, ("P5",))
    assert [f.code for f in result.findings] == ["RX250"]


def test_a_new_rule_replaces_the_old_one():
    assert external("age=60", cohort=assign_roles(COHORT, CLINICAL, "centre=B")) == ["P1"]


def test_a_patient_is_never_divided():
    cohort = Cohort((Case("P1", "Ann"), Case("P3", "Ann"), Case("P4", "Bob")))
    with pytest.raises(TableError, match=r"divides 1 patients between development and external: Ann. Choose a rule"):
        assign_roles(cohort, CLINICAL, "centre=B")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("centre=C", "no case meets the rule 'centre=C'. Column 'centre' holds: A, B, b"),
        ("age>=1", "makes every case external"),
        ("hospital=C", "names column 'hospital', which the table does not have. Available: Centre"),
        ("centre", "'centre' is no rule"),
        ("age>=old", "'old' is neither a number nor a date"),
        ("Centre>=3", "holds no numbers to compare"),
        ("scanned>=soon", "'soon' is no date"),
    ],
)
def test_rules_that_cannot_be_followed_say_why(rule, words):
    with pytest.raises(TableError) as error:
        assign_roles(COHORT, CLINICAL, rule)
    assert words in str(error.value)


def test_a_rule_reads_back_as_written():
    assert str(parse_rule("centre in A, B")) == "centre in A,B"
    assert str(parse_rule("date >= 2015-01-01")) == "date>=2015-01-01"


def test_cases_of_a_patient_on_both_sides_are_refused_and_the_first_ten_named():
    sides = [(f"P{i:02d}", role) for i in range(11) for role in ("development", "external")]
    cases = tuple(Case(f"{patient} {role}", patient, role=role) for patient, role in sides)
    with pytest.raises(TableError, match=r"11 patients would have cases .*: P00, .*P09 [^P]*Name the patients"):
        refuse_divided_patients(Cohort(cases))
    refuse_divided_patients(Cohort(cases[::2]))
