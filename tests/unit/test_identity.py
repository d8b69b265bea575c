"""The identity proof sees a value that moved, a row or table that is gone, and no difference where only names changed."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from benchmarks import identity_compare
from benchmarks.identity_compare import compare, today

TABLE = pd.DataFrame({"inputs": ["radiomics", "clinical"], "value": [0.731, 0.64], "note": ["", "few events"]})


def folder(path, table, name="demo/results/comparison_response/rows.parquet"):
    file = path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    table.to_parquet(file)
    return path


@pytest.fixture
def before(tmp_path):
    return folder(tmp_path / "before", TABLE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": [0.731, 0.64 + 1e-9]}, "FAILED value differs by 1.0e-09"),
        ({"value": [0.731, np.nan]}, "FAILED value differs"),
        ({"inputs": ["radiomics", "volume"]}, "FAILED inputs differs"),
    ],
    ids=["a value", "a gap", "a text"],
)
def test_what_differs_is_named_and_fails(before, tmp_path, capsys, change, said):
    assert compare(before, folder(tmp_path / "after", TABLE.assign(**change))) == 1
    assert said in capsys.readouterr().out


def test_a_row_a_column_or_a_table_that_is_gone_fails(before, tmp_path, capsys):
    assert compare(before, folder(tmp_path / "row", TABLE.head(1))) == 1
    assert compare(before, folder(tmp_path / "column", TABLE.drop(columns="value"))) == 1
    folder(before, TABLE, "demo/other.parquet")
    assert compare(before, folder(tmp_path / "table", TABLE, "demo/other.parquet")) == 1
    said = capsys.readouterr().out
    assert "1 rows instead of 2" in said
    assert "without value" in said
    assert "FAILED missing" in said


def test_rounding_is_measured_and_passes_and_order_and_words_are_remarks(before, tmp_path, capsys):
    moved = TABLE.assign(value=TABLE["value"] * (1 + 4e-13), note=["", "few_events"]).iloc[::-1]
    assert compare(before, folder(tmp_path / "after", moved.reset_index(drop=True))) == 0
    said = capsys.readouterr().out
    assert "(4.0e-13 of it) in value; rows in another order; other words in note" in said
    assert "0 tables identical to the last digit" in said


def test_a_joined_key_is_compared_with_its_three_columns_and_a_renamed_column_with_its_old_name(tmp_path, monkeypatch):
    monkeypatch.setattr(identity_compare, "RENAMED", {"logrank_p": "permutation_p"})
    old = pd.DataFrame({"row": ["radiomics|anova|lda"], "logrank_p": [0.05]})
    new = pd.DataFrame({"inputs": ["radiomics"], "selector": ["anova"], "model": ["lda"], "permutation_p": [0.05]})
    assert today(old).equals(new)
    assert compare(folder(tmp_path / "old", old), folder(tmp_path / "new", new)) == 0


def test_json_values_are_compared_but_not_what_belongs_to_one_run(tmp_path, capsys):
    for name, created, n in (("a", 1, 80), ("b", 2, 80), ("c", 3, 81)):
        file = tmp_path / name / "demo" / "evaluation.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"created": created, "meta": {"n": n}}), "utf-8")
    assert compare(tmp_path / "a", tmp_path / "b") == 0
    assert compare(tmp_path / "a", tmp_path / "c") == 1
    assert "meta.n differs by 1.0e+00" in capsys.readouterr().out
