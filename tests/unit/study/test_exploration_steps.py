"""What exploration may show without a line in the ledger, and what it notes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from radiomics_core.cohort.endpoints import BinaryEndpoint
from radiomics_core.cohort.model import Case, Cohort, ColumnSpec
from radiomics_core.study import Study
from radiomics_core.study.actions import exploration


def test_a_look_at_an_endpoint_is_noted_unless_the_session_may_only_read(filled):
    with Study.open(filled.folder, read_only=True) as reader:
        assert not exploration.note_view(reader, "death", "univariate")
    assert not filled.ledger.exploration_opened()
    assert exploration.note_view(filled, "death", "univariate")
    assert filled.ledger.exploration_opened("death")


def test_an_outcome_left_without_a_role_cannot_colour_cases(study):
    ids = [f"C{i:02d}" for i in range(30)]
    died = np.tile(["0", "1", "0"], 10)
    columns = {
        "age": np.arange(30).astype(str),
        "died": died,
        "answer": np.where(died == "1", "x", "y"),
        "survival_months": np.arange(30)[::-1].astype(str),
        "hospital": np.repeat(["X", "Y"], 15),
    }
    study.save_cohort(Cohort(tuple(Case(case_id, case_id) for case_id in ids)))
    study.save_clinical(pd.DataFrame(columns, index=pd.Index(ids, name="case_id")))
    numbers = ("age", "survival_months")
    study.save_column_specs([ColumnSpec(name, "number" if name in numbers else "category") for name in columns])
    study.save_endpoints([BinaryEndpoint(name="death", column="died", positive="1")])
    # died is the endpoint's, answer copies it, survival_months is named like an outcome
    assert exploration.colour_columns(study) == ["age", "hospital"]
