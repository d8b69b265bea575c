"""What each clinical column is: its type is guessed, its role never; proposals for roles are only shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.clinical import kinds
from radiomics_core.clinical.cells import canonical, cell_text, is_number, parse_numbers
from radiomics_core.clinical.dates import looks_like_dates, parse_dates
from radiomics_core.cohort.model import ColumnRole, ColumnSpec, ColumnType
from radiomics_core.errors import TableError
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import LazyText, lazy_
from radiomics_core.naming import split_feature_name

MAX_CATEGORIES = 20

_OUTCOME_WORDS = (
    "follow", "fup", "status", "death", "dead", "died", "deceas", "alive", "vital", "recur", "relapse", "progress",
    "surv", "event", "outcome", "response", "respond", "metasta", "mets", "target", "label", "pfs", "dfs", "efs",
    "rfs", "lmfs", "dmfs", "daysto", "days to", "timeto", "time to", "last contact", "censor", "endpoint",
    "死亡", "生存", "复发", "转移", "随访", "结局", "进展", "存活",
)  # fmt: skip
_OUTCOME_TOKENS = ("os", "pfs", "dfs", "efs", "rfs", "ttp", "css", "y", "pcr")
_CENTRE_WORDS = (
    "centre", "center", "hospital", "institution", "institute", "sourcedataset", "cohort", "dataset", "中心", "医院",
)  # fmt: skip
_RECORD_WORDS = (
    "mrn", "medicalrecordn", "recordnumber", "recordno", "recordid", "admissionno", "admissionnumber", "admissionid",
    "hospitalno", "hospitalnumber", "hospitalid", "inpatientno", "inpatientnumber", "outpatientno", "accession",
    "patientno", "patientnumber", "caseno", "casenumber",
    "住院号", "病历号", "病案号", "门诊号", "登记号", "就诊号", "就诊卡", "检查号", "患者编号", "病人编号",
)  # fmt: skip
_PATIENT_WORDS = ("patient", "subject", "患者", "病人", *_RECORD_WORDS)
_ID_WORDS = ("id", "case", "patient", "subject", "number", "name", "编号", "病历", "患者", "姓名", *_RECORD_WORDS)
_GROUP_WORDS = ("arm", "group", "batch", "scanner", "manufacturer", "vendor", "分组", "组别")
_TREATMENT_WORDS = ("treatment", "therapy", "chemo", "surgery", "radiation", "drug", "治疗", "化疗", "手术")
_PREDICTOR_WORDS = (
    "age", "sex", "gender", "stage", "grade", "histolog", "smok", "ecog", "karnofsky", "bmi", "tumour size",
    "tumor size", "年龄", "性别", "分期", "分级",
)  # fmt: skip

ORDERED_WORDS: tuple[tuple[str, ...], ...] = (
    ("low", "intermediate", "high"),
    ("low", "moderate", "high"),
    ("low", "medium", "high"),
    ("none", "mild", "moderate", "severe"),
    ("absent", "mild", "moderate", "severe"),
    ("small", "medium", "large"),
    ("well", "moderate", "poor"),
    ("negative", "weak", "moderate", "strong"),
    ("-", "+", "++", "+++"),
    ("0", "1+", "2+", "3+"),
    ("never", "former", "current"),
    ("低", "中", "高"),
    ("低级别", "高级别"),
    ("轻", "中", "重"),
)
_STAGE = re.compile(
    r"(?:stage|grade|期)?\s*(?P<roman>0|IV|I{1,3}|V)(?P<letter>[A-Da-d]?)(?P<digit>[0-9]?)\s*期?", re.IGNORECASE
)
_TNM = re.compile(r"(?P<kind>[cpyr]*[TNMG]|pT|pN|grade\s*|stage\s*)(?P<n>is|[0-4x])(?P<letter>[a-d]?)", re.IGNORECASE)
_ROMAN = {"0": 0, "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}
_ORDERED_NAME = re.compile(r"stage|grade|grading|ecog|gleason|who|tnm|分期|分级|(^|[._ ])[tnm]($|[._ ])", re.IGNORECASE)


@dataclass(frozen=True)
class ColumnProposal:
    """A role that a column seems to have; shown, never applied without the user."""

    column: str
    role: ColumnRole
    reason: LazyText
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def why(self) -> str:
        """The reason in the session's language."""
        return self.reason.format(column=self.column, **self.params)


def guess_columns(frame: pd.DataFrame, id_column: str | None = None) -> list[ColumnSpec]:
    """Return what each column seems to be. Every role is ``ignore`` but that of the id column.

    Parameters
    ----------
    frame : DataFrame of text cells
        As ``read_table`` returns it.
    id_column : str, optional
        Column with the case ids; guessed when not given.
    """
    chosen = id_column if id_column is not None else guess_id_column(frame)
    specs = []
    for name in map(str, frame.columns):
        kind, order = guess_type(frame[name], name)
        role: ColumnRole = "id" if name == chosen else "ignore"
        if role == "id":
            kind, order = "text", ()
        specs.append(ColumnSpec(name, kind, role, _unit(name), order))
    return specs


def guess_id_column(frame: pd.DataFrame) -> str | None:
    """Return the column that names the cases: filled, without repeats, named like an id; None when there is none."""
    names, cells = [str(c) for c in frame.columns], frame.to_numpy(dtype=object)
    is_filled = frame.notna().to_numpy()
    filled = [i for i in range(len(names)) if len(frame) and is_filled[:, i].mean() > 0.95]
    named = [i for i in filled if _is_id_name(names[i])]

    def is_distinct(i: int) -> bool:
        values = cells[is_filled[:, i], i].tolist()
        return len(set(values)) >= 0.98 * len(values)

    distinct = (i for i in filled if _is_word_column(frame.iloc[:, i]) and is_distinct(i))
    first = next(chain(filter(is_distinct, named), distinct, named), None)
    return None if first is None else names[first]


def _is_id_name(name: str) -> bool:
    tokens = name_tokens(name)
    if split_feature_name(name) or len(tokens) > 4:
        return False
    return "id" in tokens or any(word in "".join(tokens) for word in _ID_WORDS[1:])


def is_record_number(name: str) -> bool:
    """Return whether a column is named like the number of a patient, a stay or an examination in a hospital."""
    return not split_feature_name(name) and any(word in "".join(name_tokens(name)) for word in _RECORD_WORDS)


def _is_word_column(column: pd.Series) -> bool:
    return bool(parse_numbers(column.dropna())[1].mean() > 0.5) and column.astype(str).str.len().median() < 40


def name_tokens(name: str) -> list[str]:
    """Return the lower-case words of a column name: ``daystolastordeath``, ``Survival.time``, ``PatientID``."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return [token for token in re.split(r"[^0-9a-zA-Z\u4e00-\u9fff]+", parted.lower()) if token]


def guess_type(column: pd.Series, name: str = "") -> tuple[ColumnType, tuple[str, ...]]:
    """Return the type of a column and, for an ordered one, its values from lowest to highest."""
    numbers, is_text = parse_numbers(column)
    is_filled = is_text | ~np.isnan(numbers)
    filled = column[is_filled]
    if filled.empty:
        return "text", ()
    if looks_like_dates(filled, name):
        return "date", ()
    if not is_text.any():
        return _number_or_grade(filled, name, numbers[is_filled])
    values = list(dict.fromkeys(cell_text(v) for v in filled))
    order = guess_order(values)
    if order:
        return "ordered", order
    if is_text.sum() < 0.1 * len(filled) and len(filled) >= 10 and not _is_mixed_code(values):
        return "number", ()
    few = len(values) <= max(2, min(MAX_CATEGORIES, len(filled) / 2))
    return ("category" if few else "text"), ()


def _number_or_grade(filled: pd.Series, name: str, numbers: NDArray[np.float64]) -> tuple[ColumnType, tuple[str, ...]]:
    """Return whole numbers with few values as ordered when the column is named like a stage or grade."""
    is_few = 1 < len(np.unique(numbers)) <= 8 and bool(np.all(numbers == np.round(numbers)))
    if not is_few or _ORDERED_NAME.search(name) is None:
        return "number", ()
    spelled = {float(text): text for text in (cell_text(v) for v in reversed(filled.tolist()))}
    return "ordered", tuple(spelled[number] for number in sorted(spelled))


def _is_mixed_code(values: Sequence[str]) -> bool:
    return len(values) <= MAX_CATEGORIES and not any("." in v for v in values)


def guess_order(values: Sequence[str]) -> tuple[str, ...]:
    """Return values of a known order (stages, TNM, low to high) from lowest to highest, empty for any others."""
    if len(values) < 2:
        return ()
    for key in (_tnm_key, _stage_key):
        keys = [key(v) for v in values]
        if all(k is not None for k in keys) and len(set(keys)) == len(keys):
            return tuple(v for _, v in sorted(zip(keys, values, strict=True)))
    folded = {v.casefold(): v for v in values}
    for words in ORDERED_WORDS:
        if set(folded) <= set(words) and len(folded) == len(values) and len(folded) >= 2:
            return tuple(folded[w] for w in words if w in folded)
    return ()


def _stage_key(value: str) -> tuple[int, str, str] | None:
    match = _STAGE.fullmatch(value.strip())
    return (_ROMAN[match["roman"].upper()], match["letter"].upper(), match["digit"]) if match else None


def _tnm_key(value: str) -> tuple[float, str, str] | None:
    match = _TNM.fullmatch(value.strip())
    if match is None or match["n"].lower() == "x":
        return None
    return (0.5 if match["n"].lower() == "is" else float(match["n"]), match["letter"].lower(), match["kind"].lower())


def _unit(name: str) -> str:
    match = re.search(r"[(\[（](?P<unit>[^()\[\]（）]{1,12})[)\]）]\s*$", name)
    if match:
        return match["unit"].strip()
    tokens = name_tokens(name)
    return next((unit for unit in ("days", "months", "years") if unit in tokens), "")


def outcome_word(name: str) -> str:
    """Return the word in a column's name that speaks of an outcome, ``""`` when there is none."""
    tokens = name_tokens(name)
    joined, glued = " ".join(tokens), "".join(tokens)
    for word in _OUTCOME_WORDS:
        if word in joined or (len(word) > 4 and word in glued):
            return word
    return next((t for t in (*tokens, glued) if t in _OUTCOME_TOKENS), "")  # "pCR" is read as two words


def propose_roles(frame: pd.DataFrame, specs: Sequence[ColumnSpec]) -> list[ColumnProposal]:
    """Return the roles that columns seem to have, each with its reason; nothing is applied."""
    proposals = []
    for spec in specs:
        proposal = None if spec.role == "id" else _proposal(frame[spec.name], spec)
        if proposal is not None:
            proposals.append(proposal)
    return proposals


def _proposal(column: pd.Series, spec: ColumnSpec) -> ColumnProposal | None:
    name, tokens = spec.name, name_tokens(spec.name)
    glued, n, distinct = "".join(tokens), int(column.notna().sum()), int(column.nunique())
    word = outcome_word(name)
    is_few = 2 <= distinct <= max(2, min(MAX_CATEGORIES, n / 5))
    is_centre = any(w in glued for w in _CENTRE_WORDS) or "site" in tokens
    is_patient = any(w in glued for w in _PATIENT_WORDS)
    rules: list[tuple[bool, ColumnRole, LazyText, dict[str, Any]]] = [
        (bool(word), "outcome", lazy_("the name speaks of '{word}'"), {"word": word}),
        (is_patient and n / 3 < distinct <= n, "patient", lazy_("names {n} patients"), {"n": distinct}),
        (is_centre and is_few, "centre", lazy_("names {n} centres"), {"n": distinct}),
        (any(w in glued for w in _TREATMENT_WORDS), "treatment", lazy_("names a treatment; decided after imaging"), {}),
        (bool(set(tokens) & set(_GROUP_WORDS)) and is_few, "group", lazy_("names {n} groups"), {"n": distinct}),
        ("volume" in tokens and spec.type == "number", "volume", lazy_("the name says volume"), {}),
        (
            _is_predictor_name(name) and spec.type != "text",
            "predictor",
            lazy_("usually known on the imaging date"),
            {},
        ),
    ]
    for applies, role, reason, params in rules:
        if applies:
            return ColumnProposal(name, role, reason, params)
    return None


def _is_predictor_name(name: str) -> bool:
    tokens = name_tokens(name)
    return "age" in tokens or any(word in " ".join(tokens) for word in _PREDICTOR_WORDS if word != "age")


def typed_clinical(frame: pd.DataFrame, specs: Sequence[ColumnSpec]) -> pd.DataFrame:
    """Return the columns with their types; see :func:`typed_checked`."""
    return typed_checked(frame, specs)[0]


def typed_checked(frame: pd.DataFrame, specs: Sequence[ColumnSpec]) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the described columns with their types, and what did not fit.

    Parameters
    ----------
    frame : DataFrame of text cells
        Usually indexed by case id.
    specs : sequence of ColumnSpec

    Returns
    -------
    typed : DataFrame
        ``number`` as float64, ``ordered`` and ``category`` as pandas categorical (ordered for the first), ``date``
        as datetime64, ``text`` as object with None where missing.
    findings : list of Finding
        Cells that do not fit their type and became missing.
    """
    absent = [spec.name for spec in specs if spec.name not in frame.columns]
    if absent:
        raise TableError(
            lazy_("the table has no column '{column}'"),
            remedy=lazy_("Available: {available}"),
            column=absent[0],
            available=", ".join(map(str, frame.columns)),
        )
    findings: list[Finding] = []
    typed = {spec.name: _typed(frame[spec.name], spec, findings) for spec in specs}
    return pd.DataFrame(typed, index=frame.index, columns=[spec.name for spec in specs]), findings


def _typed(column: pd.Series, spec: ColumnSpec, findings: list[Finding]) -> pd.Series:
    if spec.type == "number":
        numbers, is_text = parse_numbers(column)
        if is_text.any():
            examples = ", ".join(dict.fromkeys(cell_text(v) for v in column[is_text]))[:80]
            findings.append(found(kinds.NUMBER_UNREADABLE, column=spec.name, n=int(is_text.sum()), examples=examples))
        return pd.Series(numbers, index=column.index)
    if spec.type == "date":
        parsed = parse_dates(column, spec.name)
        findings.extend(parsed.findings)
        return parsed.dates
    if spec.type in ("ordered", "category"):
        return _categorical(column, spec, findings)
    return pd.Series([cell_text(v) or None for v in column], index=column.index, dtype=object)


def _categorical(column: pd.Series, spec: ColumnSpec, findings: list[Finding]) -> pd.Series:
    texts = [cell_text(v) for v in column]
    counts = Counter(t for t in texts if t)
    order = list(spec.order) or _natural_order(counts)
    spelled: dict[str, str] = {}
    for value in order:
        spelled.setdefault(canonical(value), value)
    strangers = [t for t in counts if canonical(t) not in spelled]
    if strangers:
        n, order_text = sum(counts[t] for t in strangers), " < ".join(order)
        findings.append(
            found(kinds.ORDER_UNKNOWN, column=spec.name, values=", ".join(strangers), order=order_text, n=n)
        )
    levels = list(dict.fromkeys(spelled.values()))
    known = [spelled.get(canonical(t)) for t in texts]
    values = pd.Categorical(known, categories=levels, ordered=spec.type == "ordered")
    return pd.Series(values, index=column.index)


def _natural_order(counts: Counter[str]) -> list[str]:
    """Return values sorted as numbers where all are numbers, as a known order where there is one, else as text."""
    values = list(counts)
    if all(is_number(v) for v in values):
        return sorted(values, key=float)
    return list(guess_order(values)) or sorted(values)
