"""A small study with a clinical table: six cases, two centres, an outcome column, a time and an event."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from radiomics_core.cohort.endpoints import BinaryEndpoint
from radiomics_core.cohort.model import Case, Cohort, ColumnSpec
from radiomics_core.study import Study


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("RADIOMICS_EXPLORER_HOME", str(folder))
    return folder


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = Study.create(tmp_path / "study", "Sarcoma")
    yield made
    made.close()


CLINICAL = pd.DataFrame(
    {
        "age": ["60", "70", "55", "48", "66", "71"],
        "centre": ["A", "A", "A", "A", "B", "B"],
        "died": ["1", "0", "1", "0", "1", "0"],
        "days": ["10", "20", "30", "40", "50", "60"],
    },
    index=pd.Index([f"C{i}" for i in range(6)], name="case_id"),
)
SPECS = (
    ColumnSpec("age", "number", "predictor"),
    ColumnSpec("centre", "category", "centre"),
    ColumnSpec("died", "category", "ignore"),
    ColumnSpec("days", "number", "outcome"),
)


@pytest.fixture
def filled(study: Study) -> Study:
    study.save_cohort(Cohort(tuple(Case(c, f"P{c}", centre=CLINICAL.loc[c, "centre"]) for c in CLINICAL.index)))
    study.save_clinical(CLINICAL)
    study.save_column_specs(SPECS)
    study.save_endpoints([BinaryEndpoint(name="death", column="died", positive="1")])
    return study
