"""A clinical table of cases with neutral names: original ids are replaced in memory, before anything is stored."""

from __future__ import annotations

import pandas as pd

from radiomics_core.clinical.matching import IdMatch, match_ids
from radiomics_core.deidentification.key_table import KeyTable
from radiomics_core.deidentification.neutral import words_that_name
from radiomics_core.findings import Finding, found
from radiomics_core.images.kinds_intake import COLUMN_REPEATS_IDS, NOT_IN_KEY

REPEATED_FRACTION = 0.5
"""A column repeats ids when so many of its filled cells hold the original id of their own row, or a part of it."""


def match_key(table: pd.DataFrame, id_column: str, key: KeyTable) -> IdMatch:
    """Match the cells of an id column with the original or the neutral ids of a key table.

    Raises
    ------
    TableError
        When none matches.
    """
    cells = list(table[id_column].dropna())
    is_neutral = set(map(str, cells)) & set(key.neutral_of.values())
    return match_ids(cells, list(key.neutral_of.values() if is_neutral else key.neutral_of))


def with_neutral_ids(
    table: pd.DataFrame, id_column: str, key: KeyTable, *, accept_changes: bool = True
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return a table of text cells with neutral ids; rows and columns that would still name a case are left out.

    Parameters
    ----------
    accept_changes : bool
        Use ids that match only after a change (blanks, case, prefixes).

    Raises
    ------
    TableError
        When no id matches.
    """
    matched = match_key(table, id_column, key)
    refused = set() if accept_changes else {pair[0] for change in matched.changes for pair in change.pairs}
    pairs = {cell: original for cell, original in matched.pairs.items() if cell not in refused}
    neutral = {**key.neutral_of, **{cell: key.neutral_of.get(target, target) for cell, target in pairs.items()}}
    cells = table[id_column].fillna("").astype(str)
    known = cells.isin(set(neutral))
    repeating = [c for c in table.columns if c != id_column and _repeats(table.loc[known, c], cells[known])]
    kept = table.loc[known].drop(columns=repeating).assign(**{id_column: cells[known].map(neutral)})
    n_unknown = int((~known & cells.str.strip().ne("")).sum())
    findings = [found(NOT_IN_KEY, n=n_unknown)] if n_unknown else []
    findings += [found(COLUMN_REPEATS_IDS, n=len(repeating))] if repeating else []
    return kept.reset_index(drop=True), findings


def _repeats(column: pd.Series, ids: pd.Series) -> bool:
    """Tell whether most cells hold the id of their row, or a part of it that names somebody."""
    filled = column.dropna().astype(str).str.strip()
    pairs = list(zip(filled, ids[filled.index].str.strip(), strict=True))
    own = [(len(i) > 1 and i in cell) or cell.casefold() in words_that_name([i]) for cell, i in pairs]
    return bool(own) and sum(own) >= REPEATED_FRACTION * len(filled)
