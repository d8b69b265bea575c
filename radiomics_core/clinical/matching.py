"""Which row of a table belongs to which case, and every liberty taken to make them match."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from radiomics_core.clinical import kinds
from radiomics_core.clinical.cells import cell_text
from radiomics_core.errors import TableError
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import LazyText, lazy_

Strictness = Literal["exact", "blanks", "case", "punctuation", "number"]


@dataclass(frozen=True)
class IdChange:
    """One liberty that makes ids match: what was done, and the pairs that need it (table id, case id)."""

    kind: Strictness
    pairs: tuple[tuple[str, str], ...]

    @property
    def what(self) -> str:
        """What was done, in the session's language."""
        return str(STEP_WORDS[self.kind])


@dataclass(frozen=True)
class IdMatch:
    """Rows of a table matched with cases.

    Attributes
    ----------
    pairs : dict of str to str
        Table id (as it stands in the table) to case id.
    unmatched_table, unmatched_cases : tuple of str
        Ids without a partner.
    duplicates : tuple of str
        Ids that occur more than once on a side (or fall together after a change); none of them is matched.
    changes : tuple of IdChange
        What was needed beyond equality; to be confirmed by the user before it is used.
    findings : list of Finding
    """

    pairs: dict[str, str]
    unmatched_table: tuple[str, ...] = ()
    unmatched_cases: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    changes: tuple[IdChange, ...] = ()
    findings: list[Finding] = field(default_factory=list)

    def frame(self) -> pd.DataFrame:
        """Return one row per matched id: table_id, case_id, change (``exact`` when none was needed)."""
        kinds_of = {table_id: change.kind for change in self.changes for table_id, _ in change.pairs}
        rows = [(table_id, case_id, kinds_of.get(table_id, "exact")) for table_id, case_id in self.pairs.items()]
        return pd.DataFrame(rows, columns=["table_id", "case_id", "change"])

    @property
    def needs_confirmation(self) -> bool:
        """True when some ids match only after a change."""
        return bool(self.changes)


STEP_WORDS: dict[Strictness, LazyText] = {
    "exact": lazy_("no change"),
    "blanks": lazy_("removing blanks"),
    "case": lazy_("ignoring upper and lower case"),
    "punctuation": lazy_("ignoring hyphens, underscores and leading zeros"),
    "number": lazy_("comparing only the number at the end"),
}


def _blanks(text: str) -> str:
    return re.sub(r"[\s\u00a0\u200b\ufeff]+", "", text)


def _case(text: str) -> str:
    return _blanks(text).casefold()


def _punctuation(text: str) -> str:
    folded = re.sub(r"\.0+$", "", _case(text))
    parts = re.findall(r"\d+|[^\W\d_]+", folded)
    return "-".join(part.lstrip("0") or "0" if part.isdigit() else part for part in parts)


def _number(text: str) -> str:
    """Return the number at the end (``LUNG1-004`` and ``4`` give ``4``), ``""`` for an id without one."""
    match = re.search(r"(\d+)\D*$", re.sub(r"\.0+$", "", _blanks(text)))
    return (match[1].lstrip("0") or "0") if match else ""


STEPS: dict[Strictness, Callable[[str], str]] = {
    "exact": str,
    "blanks": _blanks,
    "case": _case,
    "punctuation": _punctuation,
    "number": _number,
}


def match_ids(table_ids: Sequence[object], case_ids: Sequence[str], strictness: Strictness = "number") -> IdMatch:
    """Match the ids of a table with those of the cases, from equality to ever greater liberties.

    Each step looks only at ids that no earlier step matched, and matches only where exactly one id on each side
    gives the same key. Bare numbers are compared with ends of longer ids only when all ids of one side are numbers
    or when both sides have one prefix each.

    Parameters
    ----------
    table_ids : sequence
        Cells of the id column; empty cells are left out.
    case_ids : sequence of str
    strictness : {"exact", "blanks", "case", "punctuation", "number"}
        The greatest liberty allowed.

    Raises
    ------
    TableError
        When no id matches.
    """
    table = [str(v) if isinstance(v, str) else cell_text(v) for v in table_ids]
    table = [t for t in table if t.strip()]
    duplicates = _repeated(table) | _repeated(list(case_ids))
    left_table = [t for t in dict.fromkeys(table) if t not in duplicates]
    left_cases = [c for c in dict.fromkeys(case_ids) if c not in duplicates]
    pairs: dict[str, str] = {}
    changes: list[IdChange] = []
    for step in list(STEPS)[: list(STEPS).index(strictness) + 1]:
        if step == "number" and not _numbers_suffice(left_table, left_cases):
            continue
        new, clashing = _match_step(left_table, left_cases, STEPS[step])
        duplicates |= clashing
        pairs.update(new)
        if new and step != "exact":
            changes.append(IdChange(step, tuple(new.items())))
        left_table = [t for t in left_table if t not in pairs]
        left_cases = [c for c in left_cases if c not in set(pairs.values())]
    if not pairs:
        raise _all_repeated(duplicates) if duplicates else _nothing_matches(table, list(case_ids))
    in_order = {t: pairs[t] for t in dict.fromkeys(table) if t in pairs}
    match = IdMatch(in_order, tuple(left_table), tuple(left_cases), tuple(sorted(duplicates)), tuple(changes))
    return dataclasses.replace(match, findings=_findings(match, table, list(case_ids)))


def _repeated(ids: Sequence[str]) -> set[str]:
    return {value for value, n in Counter(ids).items() if n > 1}


def _match_step(table: list[str], cases: list[str], key: Callable[[str], str]) -> tuple[dict[str, str], set[str]]:
    """Return the pairs with one id on each side per key, and the ids that fall together on a side."""
    rows, partners = defaultdict(list), defaultdict(list)
    for table_id in table:
        rows[key(table_id)].append(table_id)
    for case_id in cases:
        partners[key(case_id)].append(case_id)
    shared = [k for k in rows if k and k in partners]
    pairs = {rows[k][0]: partners[k][0] for k in shared if len(rows[k]) == len(partners[k]) == 1}
    clashing = {i for k in shared if max(len(rows[k]), len(partners[k])) > 1 for i in rows[k] + partners[k]}
    return pairs, clashing


def _numbers_suffice(table: list[str], cases: list[str]) -> bool:
    """Say whether ends of ids may be compared: one side is bare numbers, or each side has one prefix only."""
    prefixes = [{re.sub(r"\d+\D*$", "", _case(re.sub(r"\.0+$", "", i))) for i in ids} for ids in (table, cases)]
    distinct = all(len({_number(i) for i in ids}) == len(ids) for ids in (table, cases))
    return distinct and all(len(p) == 1 for p in prefixes)


def _all_repeated(duplicates: set[str]) -> TableError:
    return TableError(
        lazy_("no id can be matched because ids occur more than once: {examples}"),
        remedy=lazy_("Keep one row per case, or choose another id column"),
        examples=_examples(sorted(duplicates)),
    )


def _nothing_matches(table: list[str], cases: list[str]) -> TableError:
    return TableError(
        lazy_("no id of the table matches a case: the table has {table}, the cases are {cases}"),
        remedy=lazy_("Choose the column that holds the case ids, or rename one side"),
        table=_examples(table),
        cases=_examples(cases),
    )


def _examples(ids: Sequence[str], n: int = 3) -> str:
    shown = ", ".join(f"'{i}'" for i in ids[:n])
    return f"{shown} ..." if len(ids) > n else shown or "-"


def _findings(match: IdMatch, table: list[str], cases: list[str]) -> list[Finding]:
    findings = []
    for change in match.changes:
        table_id, case_id = change.pairs[0]
        params: dict[str, Any] = {"n": len(change.pairs), "table_id": table_id, "case_id": case_id}
        findings.append(found(kinds.ID_CHANGED, what=STEP_WORDS[change.kind], **params))
    for where, ids in ((lazy_("the table"), table), (lazy_("the cases"), cases)):
        here = sorted(set(match.duplicates) & set(ids))
        if here:
            findings.append(found(kinds.ID_DUPLICATE, where=where, examples=_examples(here, 5)))
    lost_table, lost_cases = match.unmatched_table, match.unmatched_cases
    if lost_table:
        findings.append(found(kinds.ID_UNMATCHED_TABLE, n=len(lost_table), examples=_examples(lost_table, 5)))
    if lost_cases:
        findings.append(found(kinds.ID_UNMATCHED_CASE, n=len(lost_cases), examples=_examples(lost_cases, 5)))
    return findings
