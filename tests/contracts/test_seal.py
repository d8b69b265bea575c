"""Outcomes leave a study through one door: nothing else reads outcome columns."""

from __future__ import annotations

import ast
from pathlib import Path

import pandas as pd
import pytest

from radiomics_core.cohort.endpoints import BinaryEndpoint, TimeToEventEndpoint
from radiomics_core.cohort.model import Case, Cohort, ColumnSpec
from radiomics_core.errors import SealedError
from radiomics_core.study import Study

ROOT = Path(__file__).resolve().parents[2]
SEAL = ROOT / "radiomics_core" / "study" / "seal.py"
# The raw table, as a file or through the seal's inner functions, and what turns columns into outcomes.
RAW_TABLE = {"CLINICAL_TABLE", "SOURCE_TABLE"}
DOOR = {"compute_endpoint_values", "arithmetic_examples"}
# Who may touch the raw table beside the seal, and why.
WRITERS = {
    "radiomics_core/study/storage/tables.py": "knows which file it is",
    "radiomics_core/study/study.py": "writes the table",
    "radiomics_core/study/actions/clinical.py": "matches the imported table with the cases again",
}
WHOLE_TABLE = {
    "radiomics_core/study/actions/clinical.py": "types, roles and the check of predictors against each endpoint",
}


def sources() -> list[Path]:
    return sorted([*(ROOT / "radiomics_core").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"])


def relative(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def test_only_the_seal_computes_endpoint_values():
    own = {"radiomics_core/clinical/endpoint_values.py", relative(SEAL)}
    users = {
        relative(file)
        for file in sources()
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if (isinstance(node, ast.Name) and node.id in DOOR)
        or (isinstance(node, ast.ImportFrom) and DOOR & {a.name for a in node.names})
    }
    assert users - own == set()


def test_only_the_seal_and_the_writers_name_the_raw_table():
    users = {
        relative(file)
        for file in sources()
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if (isinstance(node, ast.Name) and node.id in RAW_TABLE)
        or (isinstance(node, ast.Attribute) and node.attr in RAW_TABLE)
    }
    assert users - {relative(SEAL)} == set(WRITERS)


def test_only_named_steps_look_over_the_whole_table():
    users = {
        relative(file)
        for file in sources()
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("over_table", "_read")
    }
    assert users - {relative(SEAL)} == set(WHOLE_TABLE)


def test_every_clinical_text_that_is_asked_for_leaves_out_the_outcomes():
    for file in sources():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "clinical_text"
            ):
                assert ast.unparse(node.args[0]).endswith("outcome_columns"), f"{relative(file)}:{node.lineno}"


@pytest.fixture
def study(tmp_path):
    made = Study.create(tmp_path / "study")
    made.save_cohort(Cohort((Case("A", "A"), Case("B", "B"), Case("X", "X", role="external"))))
    columns = {"age": ["50", "60", "70"], "status": ["1", "0", "1"], "died": ["1", "0", "1"], "days": ["5", "6", "7"]}
    made.save_clinical(pd.DataFrame(columns, index=pd.Index(["A", "B", "X"], name="case_id")))
    roles = {"age": "predictor", "status": "outcome", "died": "predictor", "days": "ignore"}
    made.save_column_specs([ColumnSpec(name, "number", role) for name, role in roles.items()])
    made.save_endpoints(
        [
            BinaryEndpoint(name="death", column="died", positive="1"),
            TimeToEventEndpoint(name="survival", time_column="days", event_column="died"),
        ]
    )
    yield made
    made.close()


def test_the_clinical_table_never_holds_outcomes_even_when_a_role_says_predictor(study):
    assert list(study.clinical().columns) == ["age"]
    for column in ("status", "died", "days"):
        with pytest.raises(SealedError, match=f"{column} holds outcomes"):
            study.clinical(["age", column])


def test_analysis_data_hold_no_outcome_among_the_predictors(study):
    from radiomics_core.study.jobs.kinds.analysis import analysis_data

    made = analysis_data(study, "death")
    assert list(made.clinical.columns) == ["age"]
    assert made.case_ids == ("A", "B")


def test_nothing_shows_external_outcomes_before_the_vault_is_opened(study):
    from radiomics_core.study.actions import clinical, endpoints

    assert study.endpoint_values("death").case_ids == ("A", "B")
    assert endpoints.value_counts(study, "died") == {"1": 1, "0": 1}
    assert set(endpoints.check(study, study.endpoint("survival")).examples.astype(str).to_numpy().ravel()).isdisjoint(
        {"X"}
    )
    assert {name: facts.examples for name, facts in clinical.describe_columns(study).items() if facts.examples} == {
        "age": "50, 60, 70"
    }
    with pytest.raises(SealedError):
        study.endpoint_values("death", "external")


def test_opening_the_vault_is_recorded(study):
    study.open_vault("locked analysis")
    assert study.endpoint_values("death", "external").case_ids == ("X",)
    assert [entry.event for entry in study.ledger.entries()] == ["vault opened"]
