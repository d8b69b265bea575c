"""A feature table from any lab: which columns are features, which are clinical, which is the volume."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

import numpy as np
import pandas as pd

from radiomics_core.clinical import kinds
from radiomics_core.clinical.cells import cell_text, parse_numbers
from radiomics_core.clinical.column_types import name_tokens, outcome_word
from radiomics_core.errors import TableError
from radiomics_core.features.table import COLUMN_FIELDS, KEY_COLUMNS, FeatureTable
from radiomics_core.files.digests import content_digest
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_
from radiomics_core.naming import VOLUME_FEATURES, split_feature_name

OnText = Literal["error", "missing"]

_CLINICAL_NAME = re.compile(
    r"^(age|sex|gender|.*stage|.*grade|.*histolog.*|.*smok.*|ecog|karnofsky.*|bmi|height|weight|.*centre|.*center|"
    r".*hospital|.*site|.*dataset|year|time.?point|visit|scan|study|series|年龄|性别|.*分期|.*分级)$",
    re.IGNORECASE,
)
_REGION = re.compile(r"^(gtv|ctv|ptv|roi|tumou?r|lesion|node|mask|liver|lung|gland|zone)", re.IGNORECASE)
_MIN_SIBLINGS = 5


@dataclass(frozen=True)
class FeatureSplit:
    """How the columns of a feature table are divided; every list can be corrected by the user."""

    features: tuple[str, ...]
    clinical: tuple[str, ...]
    dropped: tuple[str, ...] = ()


def import_feature_table(
    frame: pd.DataFrame,
    id_column: str,
    *,
    patient_column: str = "",
    timepoint_column: str = "",
    clinical_columns: Sequence[str] = (),
    feature_columns: Sequence[str] = (),
    volume_column: str | None = None,
    on_text: OnText = "error",
) -> tuple[FeatureTable, pd.DataFrame, list[Finding]]:
    """Divide a table into features and clinical columns.

    Names from pyradiomics are features. Other columns of numbers are features (kind ``other``) unless their name or
    their values speak of a clinical column; in a table with pyradiomics names they must also share the beginning of
    their name with other columns. So an outcome or an age never becomes a feature unnoticed.

    Parameters
    ----------
    frame : DataFrame of text cells
        As ``read_table`` returns it.
    id_column : str
        Column with the case ids.
    patient_column : str
        Column with the patient ids, when a patient has several cases.
    timepoint_column : str
        Column that tells rows of one case apart (test and retest).
    clinical_columns, feature_columns : sequence of str
        The user's word for columns that would be guessed otherwise.
    volume_column : str, optional
        Feature that holds the volume; ``""`` for none; guessed when None.
    on_text : {"error", "missing"}
        What to do with feature cells that are no numbers.

    Returns
    -------
    table : FeatureTable
    clinical : DataFrame of text cells, indexed by case_id
        All other columns (the first row of each case when there are several timepoints).
    findings : list of Finding

    Raises
    ------
    TableError
        When the id column is absent or repeats ids, no column is a feature, or cells are no numbers.
    """
    for column in (id_column, patient_column, timepoint_column, volume_column, *clinical_columns, *feature_columns):
        _require(frame, column)
    special = [c for c in (id_column, patient_column, timepoint_column) if c]
    split = split_columns(frame.drop(columns=special), clinical_columns, feature_columns)
    if not split.features:
        raise TableError(
            lazy_("no column of the table is a feature"),
            remedy=lazy_("Name the feature columns, or import the table as a clinical table"),
        )
    case_ids = _case_ids(frame, id_column, timepoint_column)
    findings: list[Finding] = []
    values = _numbers(frame, list(split.features), case_ids, on_text, findings)
    columns, volume = _describe(list(split.features), volume_column)
    findings += _notes(frame, split, values, volume)
    keys = _keys(frame, case_ids, patient_column, timepoint_column)
    table = FeatureTable(values, keys, columns, "imported", inputs_digest=_digest_of_cells(frame))
    kept = [*([patient_column] if patient_column else []), *split.clinical]
    clinical = frame[kept].set_axis(pd.Index(case_ids, name="case_id"))
    return table, clinical[~clinical.index.duplicated()], findings


def _digest_of_cells(frame: pd.DataFrame) -> str:
    """Return a digest of every name and cell; ten million cells take seconds by pandas' own hash."""
    heading = "\x1f".join(map(str, frame.columns)).encode()
    rows = (
        b"\x1e" + "\x1f".join("\0" if cell is pd.NA else str(cell) for cell in row).encode()
        for row in frame.to_numpy(dtype=object)
    )
    return content_digest(chain([heading], rows))[:16]


def _require(frame: pd.DataFrame, column: str | None) -> None:
    if column and column not in frame.columns:
        names = [str(c) for c in frame.columns]
        raise TableError(
            lazy_("the table has no column '{column}'"),
            remedy=lazy_("Available: {available}"),
            column=column,
            available=", ".join(names[:10]) + (f" ... ({len(names)})" if len(names) > 10 else ""),
        )


def split_columns(
    frame: pd.DataFrame, clinical_columns: Sequence[str] = (), feature_columns: Sequence[str] = ()
) -> FeatureSplit:
    """Return which columns are features and which are clinical, in the order of the table."""
    names = [str(c) for c in frame.columns]
    dropped = {c for c in names if "diagnostics_" in c and c not in feature_columns}
    named_clinical = set(clinical_columns)
    candidates = [c for c in names if c not in dropped and c not in named_clinical]
    known = {c for c in candidates if split_feature_name(c) is not None}
    siblings = Counter(stem for c in candidates for stem in _stems(c))
    features = set(feature_columns)
    for column in candidates:
        if column in known or _is_other_feature(frame[column], column, bool(known), siblings):
            features.add(column)
    clinical = [c for c in names if c not in features and c not in dropped]
    return FeatureSplit(
        tuple(c for c in names if c in features), tuple(clinical), tuple(c for c in names if c in dropped)
    )


def _stems(name: str) -> set[str]:
    """Return the beginnings of a name up to its first separators, without digits at the end (``f12`` gives ``f``)."""
    parts = re.split(r"[_.\- ]+", name)
    return {re.sub(r"\d+$", "", parts[0]), "_".join(parts[:2])} - {""}


def _is_other_feature(column: pd.Series, name: str, has_known: bool, siblings: Counter[str]) -> bool:
    if _CLINICAL_NAME.match(name) or any(_CLINICAL_NAME.match(token) for token in name_tokens(name)[:2]):
        return False
    has_siblings = any(siblings[stem] > _MIN_SIBLINGS for stem in _stems(name))
    if has_known and not has_siblings:
        return False
    if outcome_word(name) and not has_siblings:
        return False
    numbers, is_text = parse_numbers(column)
    filled = int(np.isfinite(numbers).sum())
    if column.isna().all():
        return has_siblings
    if filled == 0 or is_text.sum() > 0.5 * (filled + is_text.sum()):
        return False
    few = len(np.unique(numbers[np.isfinite(numbers)])) <= 3
    return has_siblings or not few


def _case_ids(frame: pd.DataFrame, id_column: str, timepoint_column: str) -> list[str]:
    ids = [cell_text(v) for v in frame[id_column]]
    blank = [i for i, value in enumerate(ids) if not value]
    if blank:
        raise TableError(
            lazy_("{n} rows have no id in column '{column}', first row {row}"),
            remedy=lazy_("Fill in the ids, or choose another id column"),
            n=len(blank),
            column=id_column,
            row=blank[0] + 1,
        )
    times = [cell_text(v) for v in frame[timepoint_column]] if timepoint_column else [""] * len(ids)
    repeated = [key for key, n in Counter(zip(ids, times, strict=True)).items() if n > 1]
    if repeated:
        examples = ", ".join(f"{i} / {t}" if t else i for i, t in repeated[:3])
        raise TableError(
            lazy_("{n} ids occur in more than one row of column '{column}', e.g. {examples}"),
            remedy=_remedy_for_repeats(frame, id_column, timepoint_column),
            n=len(repeated),
            column=id_column,
            examples=examples,
            helpers=", ".join(f"'{c}'" for c in _telling_columns(frame, id_column, timepoint_column)),
        )
    return ids


def _remedy_for_repeats(frame: pd.DataFrame, id_column: str, timepoint_column: str) -> Any:
    if _telling_columns(frame, id_column, timepoint_column):
        return lazy_("Name the column that tells the rows apart as timepoint, or keep one value of {helpers}")
    return lazy_("Keep one row per case, or choose another id column")


def _telling_columns(frame: pd.DataFrame, id_column: str, timepoint_column: str) -> list[str]:
    """Return the columns with few values that, together with the id, tell some repeated rows apart."""
    keys = [id_column, *([timepoint_column] if timepoint_column else [])]
    before = frame.duplicated(keys, keep=False).sum()
    telling = []
    for column in map(str, frame.columns):
        if column in keys or split_feature_name(column) or not 2 <= frame[column].nunique() <= 20:
            continue
        if frame.duplicated([*keys, column], keep=False).sum() < 0.5 * before:
            telling.append(column)
    return telling[:5]


def _numbers(
    frame: pd.DataFrame, names: list[str], case_ids: list[str], on_text: OnText, findings: list[Finding]
) -> pd.DataFrame:
    cells = frame[names].to_numpy(dtype=object)
    values = np.empty(cells.shape)
    bad, infinite = [], []
    for at, name in enumerate(names):
        numbers, is_text = parse_numbers(cells[:, at].tolist())
        bad += [(name, case_ids[i], cell_text(cells[i, at])) for i in np.flatnonzero(is_text)]
        if np.isinf(numbers).any():
            infinite += [name] * int(np.isinf(numbers).sum())
            numbers = np.where(np.isinf(numbers), np.nan, numbers)
        values[:, at] = numbers
    if bad and on_text == "error":
        raise TableError(
            lazy_("{n} feature cells are no numbers: {cells}"),
            remedy=lazy_("Correct them, name the column as clinical, or accept these cells as missing"),
            n=len(bad),
            cells=_listed([f"'{v}' in row '{row}', column '{c}'" for c, row, v in bad]),
        )
    if bad:
        shown = ", ".join(list(dict.fromkeys(c for c, _, _ in bad))[:5])
        findings.append(found(kinds.FEATURES_TEXT, n=len(bad), columns=shown, value=bad[0][2], row=bad[0][1]))
    if infinite:
        findings.append(found(kinds.FEATURES_INFINITE, n=len(infinite), columns=", ".join(dict.fromkeys(infinite))))
    return pd.DataFrame(values, index=pd.Index(case_ids, name="case_id"), columns=names)


def _listed(items: list[str]) -> str:
    return "; ".join(items[:5]) + (" ..." if len(items) > 5 else "")


def _describe(names: list[str], volume_column: str | None) -> tuple[pd.DataFrame, str]:
    volume = guess_volume_column(names) if volume_column is None else volume_column
    rows = []
    prefixes = {known[0] for known in map(split_feature_name, names) if known and known[0]}
    # beside known names a stranger may be clinical; where every name is strange they are another program's features
    strange = "other" if any(map(split_feature_name, names)) else "radiomics"
    for name in names:
        known = split_feature_name(name)
        shared = next((p for p in prefixes if name.startswith(f"{p}_")), "")
        prefix, image_filter, family, feature = known or (shared, "", "", name)
        image, roi = _image_and_roi(prefix)
        kind = "volume" if name == volume else "radiomics" if known else strange
        unit = "mm^3" if feature in (*VOLUME_FEATURES, "Volume") and family == "shape" else ""
        rows.append([name, image, roi, image_filter, family, feature, unit, kind, image or "radiomics"])
    return pd.DataFrame(rows, columns=COLUMN_FIELDS), volume


def guess_volume_column(names: Sequence[str]) -> str:
    """Return the volume: the first MeshVolume, else VoxelVolume, else (tables of pyradiomics 1) shape Volume.

    The last part of the name must be exactly that, so ``SurfaceVolumeRatio`` never counts.
    """
    for wanted in (*VOLUME_FEATURES, "Volume"):
        for name in names:
            known = split_feature_name(name)
            last = known[3] if known else re.split(r"[_ ]+", name)[-1]
            if last == wanted and (wanted in VOLUME_FEATURES or (known is not None and known[2] == "shape")):
                return name
    return ""


def _image_and_roi(prefix: str) -> tuple[str, str]:
    if "__" in prefix:
        image, roi = prefix.split("__", 1)
        return image, roi
    return ("", prefix) if _REGION.match(prefix) else (prefix, "")


def _keys(frame: pd.DataFrame, case_ids: list[str], patient_column: str, timepoint_column: str) -> pd.DataFrame:
    blank = [""] * len(case_ids)
    patients = case_ids
    if patient_column:
        patients = [cell_text(v) or c for v, c in zip(frame[patient_column], case_ids, strict=True)]
    timepoints = [cell_text(v) for v in frame[timepoint_column]] if timepoint_column else blank
    parts = [patients, case_ids, timepoints, blank, blank, blank]
    return pd.DataFrame(dict(zip(KEY_COLUMNS, parts, strict=True)))


def _notes(frame: pd.DataFrame, split: FeatureSplit, values: pd.DataFrame, volume: str) -> list[Finding]:
    names, cells = np.array([str(c) for c in values], object), values.to_numpy()
    is_known = ~np.isnan(cells)
    lowest = np.where(is_known, cells, np.inf).min(axis=0)
    highest = np.where(is_known, cells, -np.inf).max(axis=0)
    empty, constant = list(names[~is_known.any(axis=0)]), list(names[lowest == highest])
    guessed = [c for c in split.features if split_feature_name(c) is None]
    numeric = [c for c in split.clinical if not parse_numbers(frame[c])[1].any() and frame[c].notna().any()]
    findings = [
        found(kind, n=len(listed), examples=", ".join(listed[:8]) + (" ..." if len(listed) > 8 else ""))
        for kind, listed in (
            (kinds.FEATURES_EMPTY, empty),
            (kinds.FEATURES_CONSTANT, constant),
            (kinds.FEATURES_GUESSED, guessed),
            (kinds.NUMBERS_AS_CLINICAL, numeric),
            (kinds.FEATURES_DIAGNOSTICS, list(split.dropped)),
        )
        if listed
    ]
    return findings if volume else [*findings, found(kinds.NO_VOLUME)]
