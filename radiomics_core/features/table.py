"""A feature table: cases by features, what each column is, and how the numbers were made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from radiomics_core.errors import TableError
from radiomics_core.i18n import lazy_

KEY_COLUMNS = ["patient_id", "case_id", "timepoint", "acquisition", "reader", "perturbation"]
COLUMN_FIELDS = ["column", "image", "roi", "filter", "family", "feature", "unit", "kind", "block"]


@dataclass(frozen=True)
class FeatureTable:
    """Numbers of every case, with their meaning and provenance.

    Attributes
    ----------
    values : DataFrame, shape (n_rows, n_features), float64
        Indexed by ``case_id`` (unique in tables of one timepoint); NaN where a feature is missing.
    keys : DataFrame, shape (n_rows, 6)
        The row key, columns ``KEY_COLUMNS``, in the order of ``values``.
    columns : DataFrame, shape (n_features, 9)
        One row per column of ``values`` in order: ``column`` (its name), ``image``, ``roi``, ``filter``
        (``original``, ``log-sigma-1-0-mm-3D``, ``wavelet-LLH`` ...), ``family`` (``firstorder``, ``glcm`` ...),
        ``feature``, ``unit``, ``kind`` (``radiomics`` | ``volume`` | ``other``), ``block``.
    engine, engine_version, settings_digest, inputs_digest : str
        How the numbers were made; ``engine`` is ``"imported"`` for a table from a file.
    settings : dict
        The extraction settings as plain data, per image name.
    sources : dict
        ``"image|roi"`` to the digests of its settings and files, so that tables put together from several images have
        the same provenance however often one of them was extracted again.
    """

    values: pd.DataFrame
    keys: pd.DataFrame
    columns: pd.DataFrame
    engine: str = "imported"
    engine_version: str = ""
    settings_digest: str = ""
    inputs_digest: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if list(self.values.columns) != list(self.columns["column"]):
            raise TableError(lazy_("feature names and column descriptions differ"))
        if list(self.columns.columns) != COLUMN_FIELDS or list(self.keys.columns) != KEY_COLUMNS:
            raise TableError(lazy_("feature table lacks its standard key or description columns"))
        if list(self.values.index) != list(self.keys["case_id"]):
            raise TableError(lazy_("rows of values and keys differ"))

    @property
    def case_ids(self) -> list[str]:
        """Case of each row."""
        return list(self.keys["case_id"])

    def names(self, **where: str) -> list[str]:
        """Return names of the columns whose description matches, e.g. ``names(image="CT", family="glcm")``."""
        chosen = self.columns
        for key, value in where.items():
            chosen = chosen[chosen[key] == value]
        return list(chosen["column"])

    def volume_column(self) -> str | None:
        """Return the column that holds the volume (kind ``volume``), None when there is none."""
        names = self.names(kind="volume")
        return names[0] if names else None

    def frame(self) -> pd.DataFrame:
        """Return the export form: ``case_id`` first, then the features."""
        return self.values.rename_axis("case_id").reset_index()


def make_keys(case_ids: list[str], patient_ids: list[str] | None = None) -> pd.DataFrame:
    """Return a key frame with defaults for everything but case and patient."""
    n = len(case_ids)
    blank = [""] * n
    parts = [patient_ids or case_ids, case_ids, blank, blank, blank, blank]
    return pd.DataFrame(dict(zip(KEY_COLUMNS, parts, strict=True)))
