"""What is set aside stays aside: no later step brings an external case, its patient or its outcome back."""

from __future__ import annotations

import pandas as pd
import pytest

from radiomics_core.cohort.model import Case
from radiomics_core.errors import EndpointError, RadiomicsError, SealedError, StudyError
from radiomics_core.study.actions import clinical, endpoints, split


def test_no_case_is_set_aside_after_a_comparison_has_seen_its_outcome(filled):
    filled.ledger.record("comparison started", endpoint="death", settings={})
    with pytest.raises(StudyError, match="already looked at"):
        split.set_external(filled, "centre=B")


def test_external_cases_do_not_come_back_into_development_after_an_analysis(filled):
    split.set_external(filled, "centre=B")
    filled.ledger.record("survival started", endpoint="death", settings={})
    with pytest.raises(StudyError, match="already looked at"):
        split.set_external(filled, "")


def test_defining_an_endpoint_freezes_the_split_even_when_it_is_removed_again(filled):
    endpoints.add(filled, endpoints.make_binary("again", "died", "1"))
    endpoints.remove(filled, "again")
    with pytest.raises(StudyError, match="endpoint defined"):
        split.set_external(filled, "centre=B")


@pytest.mark.parametrize("count", [lambda s: endpoints.value_counts(s, "died"), lambda s: endpoints.check(s, DRAFT)])
def test_outcomes_are_not_told_one_by_one_by_dividing_and_counting_again(filled, count):
    count(filled)  # of everybody, nobody set aside: not yet a way to single somebody out
    split.set_external(filled, "centre=B")
    count(filled)
    with pytest.raises(StudyError, match="already looked at"):
        split.set_external(filled, "age>60")


@pytest.mark.parametrize("count", [lambda s: endpoints.value_counts(s, "died"), lambda s: endpoints.check(s, DRAFT)])
def test_counts_of_everybody_are_noted_and_what_is_set_aside_later_says_so(filled, count):
    split.set_external(filled, "centre=B")
    assert filled.findings("split") == []
    split.set_external(filled, "")
    for _again in range(2):
        count(filled)
    assert filled.ledger.count("outcomes of all cases counted") == 1
    split.set_external(filled, "centre=B")
    assert [f.code for f in filled.findings("split")] == ["RX809"]


DRAFT = endpoints.make_binary("draft", "died", "1")


@pytest.mark.parametrize("role", ["centre", "patient"])
def test_an_outcome_is_not_copied_into_the_cases_as_centre_or_patient(filled, role):
    split.set_external(filled, "centre=B")
    with pytest.raises(SealedError, match="died holds outcomes"):
        clinical.set_roles(filled, **{role: "died"})
    assert {case.centre for case in filled.cohort.cases} == {"A", "B"}


def test_patients_named_after_the_split_do_not_stand_on_both_sides(filled):
    split.set_external(filled, "centre=B")
    table = filled.seal.over_table(lambda whole: whole.assign(person=["a", "b", "c", "d", "d", "e"]))
    filled.save_clinical(table)
    filled.save_column_specs([*filled.column_specs, clinical.ColumnSpec("person")])
    with pytest.raises(RadiomicsError, match="both"):
        clinical.set_roles(filled, patient="person")
    assert filled.cohort.case("C3").patient_id == "PC3"


def test_cases_that_come_later_and_meet_the_rule_are_external(filled):
    from radiomics_core.study.actions.images import _store

    split.set_external(filled, "centre=B")
    table = filled.seal.over_table(lambda whole: whole)
    filled.save_clinical(pd.concat([table, table.loc[["C5"]].rename(index={"C5": "C9"})]))
    _store(filled, (*filled.cohort.cases, Case("C9", "PC9")), [])
    assert filled.cohort.case("C9").role == "external"
    assert filled.cohort.case("C0").role == "development"


def test_removing_an_endpoint_does_not_open_its_column(filled):
    split.set_external(filled, "centre=B")
    endpoints.remove(filled, "death")
    with pytest.raises(SealedError, match="died holds outcomes"):
        filled.clinical(["died"])
    assert "died" not in filled.clinical().columns


@pytest.mark.parametrize("role", ["centre", "patient"])
def test_an_endpoint_is_not_made_from_a_column_that_cases_carry_openly(filled, role):
    endpoints.remove(filled, "death")
    clinical.set_roles(filled, **{role: "died"})
    with pytest.raises(EndpointError, match=f"column 'died' is the {role} of the cases"):
        endpoints.add(filled, endpoints.make_binary("death", "died", "1"))
    assert "death" not in filled.endpoints


@pytest.fixture
def with_twin(filled):
    table = filled.seal.over_table(lambda whole: whole.assign(os_status=whole["died"], note=["x"] * 6))
    filled.save_clinical(table)
    filled.save_column_specs([*filled.column_specs, clinical.ColumnSpec("os_status"), clinical.ColumnSpec("note")])
    return filled


def test_a_twin_of_an_outcome_is_empty_in_external_cases_and_whole_in_development(with_twin):
    split.set_external(with_twin, "centre=B")
    shown = with_twin.clinical(["os_status", "note"])
    assert shown["os_status"].isna().tolist() == [False] * 4 + [True] * 2
    assert shown["note"].notna().all()
    assert with_twin.clinical()["os_status"].isna().sum() == 2


def test_a_twin_under_an_innocent_name_is_found_by_its_values(filled):
    many = [f"C{i}" for i in range(24)]
    died = pd.Series([str(i % 2) for i in range(24)], index=pd.Index(many, name="case_id"))
    filled.save_cohort(filled.cohort.replace(cases=tuple(Case(c, c, role=_role(c)) for c in many)))
    table = pd.DataFrame({"died": died, "days": "5", "x7": died.map({"1": "poor", "0": "fine"})})
    filled.save_clinical(table)
    filled.save_column_specs([clinical.ColumnSpec(name) for name in table.columns])
    assert filled.outcome_twins == {"x7"}
    assert filled.clinical(["x7"])["x7"].isna().sum() == 4


def _role(case_id):
    return "external" if case_id >= "C6" else "development"


def test_a_twin_with_a_role_stays_readable_and_the_open_vault_shows_all(with_twin):
    split.set_external(with_twin, "centre=B")
    clinical.set_roles(with_twin, predictor=["age", "os_status"])
    assert with_twin.clinical(["os_status"])["os_status"].notna().all()
    clinical.set_roles(with_twin, predictor=["age"])
    assert with_twin.clinical(["os_status"])["os_status"].isna().sum() == 2
    with_twin.open_vault("analysis is final")
    assert with_twin.clinical(["os_status"])["os_status"].notna().all()


@pytest.mark.parametrize("column", ["os_status", "OS_Status", "died"])
def test_cases_are_not_set_aside_by_their_outcome_or_its_twin(with_twin, column):
    assert column not in {one.name for one in split.columns(with_twin)}
    with pytest.raises(SealedError, match="cannot be set aside by it"):
        split.set_external(with_twin, f"{column}=1")
