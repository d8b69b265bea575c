"""Two folders of numbers written by ``benchmarks.identity``: which tables are identical, and how far the others are.

Both sides are first brought to today's names by the tables below, so that a version that renames a column, or writes
three columns where another wrote one joined text, can still be compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ALLOWED = 1e-12
"""A value counts as another one when its difference is above this, both as such and relative to the larger value."""

RENAMED_TABLES = {
    r"^results/(comparison|survival)_": "results/analysis_",
    r"^(results/analysis_[^/]*)/summary\.": r"\1/rows.",
    r"^(results/analysis_[^/]*)/survival\.json": r"\1/evaluation.json",
}
"""Pattern in a table's path inside a cohort's folder -> what stands there today; one after the other."""

SEPARATIONS = "separation_z"
"""A table of shuffles that has this column is called ``separations`` today."""

RENAMED = {
    "classifier": "model", "c_index": "value", "c_low": "low", "c_high": "high", "auc": "value", "auc_low": "low",
    "auc_high": "high", "logrank_p": "permutation_p", "c_within_centre": "within_centre",
    "log_hazard": "linear_predictor", "n_folds_dropped": "folds_without_value", "number": "shuffle",
}  # fmt: skip
"""Name of a column, or of a value in a JSON file -> its name today."""

RENAMED_OF_ROWS = {"p": "permutation_p"}
"""The same, in tables of rows alone (those that say what an estimate stands for)."""

VALUES = {"chosen inside": "chosen_inside", "leave one centre out": "leave_one_centre_out"}
"""Text of a cell -> its text today."""

NO_NUMBER = {"headline_row", "headline", "not_applicable", "centres_missing", "models", "extras", "unit", "primary"}
"""Values of JSON files that name rows, or say in words why there is none."""

JOINED = {
    "row": ("inputs", "selector", "model"),
    "reference": ("reference_inputs", "reference_selector", "reference_model"),
}
"""Column whose text joins several with ``|`` -> the columns it stands for; not touched where they are there."""

WORDS = {"note", "interval", "estimate", "verdict", "recipe", "candidate"}
"""Columns that hold words or codes of a version; differences are named, but are no difference of a number."""

OF_THE_STORE = {"meta.json", "study_findings.json"}
"""Files of a result that name what it was made from, or say in codes and words what was found."""

OF_ONE_RUN = {
    "created", "order", "app_version", "digest", "inputs_digest", "data_digest", "source", "versions", "libraries",
    "method_version", "findings", "kind", "seconds", "settings", "about",
}  # fmt: skip
"""Values of JSON files that belong to one run or version, with all that is below them."""

KEYS = (
    "inputs", "selector", "model", "name", "first", "second", "endpoint", "centre", "group", "shuffle", "repeat",
    "fold", "other", "case_id", "patient_id", "feature", "time",
)  # fmt: skip
"""Columns by which rows find each other when their order differs."""


@dataclass(frozen=True)
class Compared:
    """One table: how many values, the largest difference, and what else is to be said."""

    table: str
    n: int = 0
    absolute: float = 0.0
    relative: float = 0.0
    where: str = ""
    failures: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the line of the report."""
        said = f"{self.n:,} values identical"
        if self.absolute:
            said = f"{self.n:,} values, largest difference {self.absolute:.1e} ({self.relative:.1e} of it) {self.where}"
        return "; ".join([f"{self.table}: {said}", *(f"FAILED {one}" for one in self.failures), *self.remarks])


def compare(before: Path, after: Path, *, every: bool = False) -> int:
    """Print what differs and the sum of it; return 1 when a table, row or column is missing or a value another."""
    old, new = tables(before), tables(after)
    made = [compare_tables(name, old[name], new[name]) for name in old if name in new]
    for one in made:
        if every or one.absolute or one.failures or one.remarks:
            print(one.text)
    missing = [name for name in old if name not in new]
    for name in missing:
        print(f"{name}: FAILED missing in {after}")
    added = [name for name in new if name not in old]
    if added:
        print(f"only in {after}: {', '.join(added)}")
    failed = len(missing) + sum(bool(one.failures) for one in made)
    identical = sum(not one.absolute and not one.failures for one in made)
    worst = max((one.absolute for one in made), default=0.0)
    print(
        f"{len(made)} tables, {sum(one.n for one in made):,} values: {identical} tables identical to the last digit, "
        f"largest difference {worst:.1e}, {failed} failed"
    )
    return 1 if failed or not made else 0


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Return every table of a folder under today's names, by its path without ending."""
    if not folder.is_dir():
        raise SystemExit(f"there is no folder {folder}")
    found = {}
    for file in sorted(folder.rglob("*")):
        if file.suffix in {".parquet", ".csv", ".json"} and file.name not in OF_THE_STORE:
            cohort, _slash, place = str(file.relative_to(folder).as_posix()).partition("/")
            stem = place.removesuffix(file.suffix)
            table, path = read(file), f"{stem}{file.suffix}"
            for pattern, now in RENAMED_TABLES.items():
                path = re.sub(pattern, now, path)
            if SEPARATIONS in table and stem.endswith("/shuffles"):
                path = path.replace("/shuffles.", "/separations.")
            found[f"{cohort}/{path}"] = today(table)
    return found


def read(file: Path) -> pd.DataFrame:
    """Return a file as a table; the leaves of a JSON file are its columns, in one row."""
    if file.suffix == ".parquet":
        table = pd.read_parquet(file)
        return table if isinstance(table.index, pd.RangeIndex) else table.reset_index()
    if file.suffix == ".csv":
        return pd.read_csv(file, float_precision="round_trip")
    return pd.DataFrame([dict(leaves(json.loads(file.read_text("utf-8"))))], index=[0])


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of nested JSON with their paths, without what belongs to one run."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        yield path, value
        return
    for name, below in inner:
        if str(name) not in OF_ONE_RUN | NO_NUMBER:
            yield from leaves(below, f"{path}.{RENAMED.get(str(name), name)}".lstrip("."))


def today(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table under today's names of its columns, joined texts taken apart, without rows that hold no number."""
    table = table.rename(columns=str).rename(columns=RENAMED)
    if "estimate" in table:
        table = table.rename(columns=RENAMED_OF_ROWS)
    for joined, names in JOINED.items():
        if joined in table and table[joined].map(lambda cell: isinstance(cell, str)).all():
            parts = (
                table.pop(joined)
                .astype(str)
                .str.split("|", n=len(names) - 1, expand=True)
                .reindex(columns=range(len(names)))
            )
            parts = parts.set_axis(list(names), axis=1)
            table = pd.concat([parts[[name for name in parts if name not in table]], table], axis=1)
    table = table.assign(**{str(name): of.replace(VALUES) for name, of in table.items() if not is_number(of)})
    return _of_one_centre_left_out(table) if "interval" in table and "inputs" in table else table


def _of_one_centre_left_out(table: pd.DataFrame) -> pd.DataFrame:
    """Return rows of an analysis as today: one centre left out is named as such, what cannot be made has no row."""
    rows = table[~table["interval"].isin(["not applicable", "not_applicable"])].reset_index(drop=True)
    left_out = rows["interval"] == "leave_one_centre_out"
    rows.loc[left_out, [name for name in ("selector", "model") if name in rows]] = ""
    rows.loc[left_out, "inputs"] = "leave_one_centre_out"
    return rows


def compare_tables(name: str, old: pd.DataFrame, new: pd.DataFrame) -> Compared:
    """Compare one table: its rows, its columns, every value."""
    lost = [str(column) for column in old if column not in new]
    failures = [f"without {', '.join(lost)}"] if lost else []
    remarks = (
        [f"new columns {', '.join(more)}"] if (more := [str(column) for column in new if column not in old]) else []
    )
    if len(old) != len(new):
        return Compared(name, failures=(*failures, f"{len(new)} rows instead of {len(old)}"))
    shared = [column for column in old if column in new]
    keys = [column for column in KEYS if column in shared]
    if keys and not old[keys].astype(str).equals(new[keys].astype(str)):
        remarks.append("rows in another order")
        old, new = (table.sort_values(keys, key=lambda of: of.astype(str), ignore_index=True) for table in (old, new))
    absolute = relative = 0.0
    where = ""
    for column in shared:
        far, ratio = difference(old[column], new[column])
        if not np.isfinite(far) and column in WORDS:
            remarks.append(f"other words in {column}")
        elif not np.isfinite(far) or min(far, ratio) > ALLOWED:
            failures.append(f"{column} differs" + (f" by {far:.1e}" if np.isfinite(far) else ""))
        if np.isfinite(far) and far > absolute:
            absolute, relative, where = far, ratio, f"in {column}"
    return Compared(name, len(old) * len(shared), absolute, relative, where, tuple(failures), tuple(remarks))


def difference(old: pd.Series[Any], new: pd.Series[Any]) -> tuple[float, float]:
    """Return the largest difference of two columns, absolute and relative; infinity when texts or gaps differ."""
    if not (is_number(old) and is_number(new)):
        same = old.astype(str).to_numpy() == new.astype(str).to_numpy()
        return (0.0, 0.0) if same.all() else (np.inf, np.inf)
    first, second = old.to_numpy(float, na_value=np.nan), new.to_numpy(float, na_value=np.nan)
    odd = ~(np.isfinite(first) & np.isfinite(second))
    if not np.array_equal(first[odd], second[odd], equal_nan=True):
        return np.inf, np.inf
    far = np.abs(first[~odd] - second[~odd])
    larger = np.maximum(np.abs(first[~odd]), np.abs(second[~odd]))
    ratio = np.divide(far, larger, out=np.zeros_like(far), where=larger > 0)
    if not far.size:
        return 0.0, 0.0
    # the value that counts is the one whose smaller measure is largest
    worst = int(np.argmax(np.minimum(far, ratio)))
    return float(far[worst]), float(ratio[worst])


def is_number(column: pd.Series[Any]) -> bool:
    """Return whether a column holds numbers (truth values are words: True is not 1.0)."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
