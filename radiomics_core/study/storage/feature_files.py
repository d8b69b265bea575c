"""A feature table as files: values, keys and column descriptions in Parquet, provenance in JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from radiomics_core.features.table import FeatureTable
from radiomics_core.files.atomic import read_json, write_frame, write_json

FRAMES = ("values", "keys", "columns")
PROVENANCE_FILE = "provenance.json"
PROVENANCE = ("engine", "engine_version", "settings_digest", "inputs_digest", "settings", "sources")


def write_feature_table(folder: Path, table: FeatureTable) -> None:
    """Write a feature table into a folder."""
    for name in FRAMES:
        write_frame(folder / f"{name}.parquet", getattr(table, name))
    write_json(folder / PROVENANCE_FILE, provenance(table))


def provenance(table: FeatureTable) -> dict[str, Any]:
    """Return how a table was made, as JSON-like data."""
    return {name: getattr(table, name) for name in PROVENANCE}


def is_whole(folder: Path) -> bool:
    """Return whether every file of a feature table is there."""
    return all((folder / name).is_file() for name in (PROVENANCE_FILE, *(f"{name}.parquet" for name in FRAMES)))


def load_feature_table(folder: Path) -> FeatureTable:
    """Read a feature table from its folder."""
    values, keys, columns = (pd.read_parquet(folder / f"{part}.parquet") for part in FRAMES)
    return FeatureTable(values, keys, columns, **read_json(folder / PROVENANCE_FILE))
