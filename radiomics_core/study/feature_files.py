"""A feature table as files: values, keys and column descriptions in Parquet, provenance in JSON."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from radiomics_core.features.table import FeatureTable
from radiomics_core.study.storage import read_json, write_frame, write_json

PROVENANCE = ("engine", "engine_version", "settings_digest", "inputs_digest", "settings")


def write_feature_table(folder: Path, table: FeatureTable) -> None:
    """Write a feature table into a folder."""
    write_frame(folder / "values.parquet", table.values)
    write_frame(folder / "keys.parquet", table.keys)
    write_frame(folder / "columns.parquet", table.columns)
    write_json(folder / "provenance.json", {name: getattr(table, name) for name in PROVENANCE})


def load_feature_table(folder: Path) -> FeatureTable:
    """Read a feature table from its folder."""
    values, keys, columns = (pd.read_parquet(folder / f"{part}.parquet") for part in ("values", "keys", "columns"))
    return FeatureTable(values, keys, columns, **read_json(folder / "provenance.json"))
