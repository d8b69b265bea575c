"""The seal: the only place that reads outcome columns.

Endpoint values leave through :meth:`Seal.endpoint_values`; those of external cases only after the vault was opened,
which the ledger records. Every other reader of the clinical table gets it without outcome columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import pandas as pd

from radiomics_core.clinical.checks import outcome_likeness
from radiomics_core.clinical.endpoint_values import arithmetic_examples, compute_endpoint_values, endpoint_columns
from radiomics_core.cohort.endpoints import Endpoint, EndpointValues
from radiomics_core.cohort.model import Cohort, ColumnSpec
from radiomics_core.errors import EndpointError, SealedError, StudyError
from radiomics_core.findings import Finding
from radiomics_core.i18n import lazy_
from radiomics_core.study.ledger import VAULT_OPENED, Ledger
from radiomics_core.study.storage.tables import CLINICAL_TABLE, Tables

EndpointRole = Literal["development", "external"]
Answer = TypeVar("Answer")


class Seal:
    """Guards the clinical table of a study.

    Parameters
    ----------
    tables : Tables
        They know the Parquet file of the clinical table as text, indexed by ``case_id``.
    """

    def __init__(self, tables: Tables, ledger: Ledger) -> None:
        self._tables, self._ledger = tables, ledger
        self._cache: tuple[tuple[Path, int], pd.DataFrame] | None = None

    def has_table(self) -> bool:
        """Return whether a clinical table was imported."""
        return self._tables.path(CLINICAL_TABLE) is not None

    def outcome_columns(self, specs: Sequence[ColumnSpec], endpoints: Sequence[Endpoint]) -> set[str]:
        """Return the columns nobody may read but this class."""
        return {spec.name for spec in specs if spec.role == "outcome"}.union(*map(endpoint_columns, endpoints))

    def outcome_twins(
        self, specs: Sequence[ColumnSpec], endpoints: Sequence[Endpoint], cohort: Cohort
    ) -> frozenset[str]:
        """Return columns nobody gave a role that look like an outcome, by name or in development cases.

        A copy of an outcome under another name would tell the outcomes of external cases.
        """
        free = [spec.name for spec in specs if spec.role == "ignore"]
        if not self.has_table() or not free:
            return frozenset()
        rows = self._rows_of(cohort, "development")
        rows = rows[[name for name in free if name in rows.columns]]
        made = outcome_likeness(rows)
        for endpoint in endpoints:
            try:
                made += outcome_likeness(rows, self.endpoint_values(endpoint, cohort)[0])
            except EndpointError:
                continue  # the endpoint reports its own problem where it is shown
        return frozenset(likeness.column for likeness in made if likeness.looks_like_outcome)

    def clinical_text(self, sealed: set[str], columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the clinical table as text, indexed by ``case_id``, without the sealed columns.

        Raises
        ------
        SealedError
            A sealed column was asked for by name.
        """
        table = self._read()
        if columns is None:
            return table[[name for name in table.columns if name not in sealed]].copy()
        refused = [name for name in columns if name in sealed]
        if refused:
            raise SealedError(
                lazy_("column {columns} holds outcomes and is sealed"),
                remedy=lazy_("Ask for the endpoint's values instead."),
                columns=", ".join(refused),
            )
        missing = [name for name in columns if name not in table.columns]
        if missing:
            raise StudyError(
                lazy_("the clinical table has no column {columns}"),
                remedy=lazy_("Columns: {known}"),
                columns=", ".join(missing),
                known=", ".join(name for name in table.columns if name not in sealed),
            )
        return table[list(columns)].copy()

    def endpoint_values(
        self, endpoint: Endpoint, cohort: Cohort, role: EndpointRole = "development"
    ) -> tuple[EndpointValues, list[Finding]]:
        """Return an endpoint's values of the included cases of one role, with what was found on the way.

        Raises
        ------
        SealedError
            External values before the vault was opened.
        """
        if role == "external" and not self.vault_is_open():
            raise SealedError(
                lazy_("outcomes of external cases are sealed"),
                remedy=lazy_("Open the seal once the analysis is final; the opening is recorded."),
            )
        return compute_endpoint_values(self._rows_of(cohort, role), endpoint, strict=role == "development")

    def arithmetic(self, endpoint: Endpoint, cohort: Cohort, n: int = 5) -> pd.DataFrame:
        """Return how the endpoint's values of some development cases are computed, for the user to check."""
        return arithmetic_examples(self._rows_of(cohort, "development"), endpoint, n=n)

    def value_counts(self, column: str, cohort: Cohort) -> pd.Series:
        """Return how often each value of a column occurs in development cases: what a form for an endpoint shows."""
        values = self._rows_of(cohort, "development")[column]
        return values.dropna().value_counts()

    def over_table(self, describe: Callable[[pd.DataFrame], Answer]) -> Answer:
        """Return what ``describe`` says about the columns of the whole table: for names, types and filling only."""
        return describe(self._read().copy())

    def column_of_cases(self, column: str) -> dict[str, str]:
        """Return a patient or centre column as text per case, blanks left out."""
        values = self._read()[column]
        return {str(case_id): str(value).strip() for case_id, value in values.items() if pd.notna(value)}

    def open_vault(self, reason: str) -> None:
        """Open the outcomes of external cases for good; the reason is recorded."""
        if not reason.strip():
            raise SealedError(lazy_("the seal opens only with a reason"), remedy=lazy_("Say what the analysis is."))
        self._ledger.record(VAULT_OPENED, reason=reason.strip())

    def vault_is_open(self) -> bool:
        """Return whether the vault was opened."""
        return self._ledger.count(VAULT_OPENED) > 0

    def _rows_of(self, cohort: Cohort, role: EndpointRole) -> pd.DataFrame:
        table = self._read()
        wanted = {case.case_id for case in cohort.included(role)}
        return table[table.index.isin(wanted)].copy()

    def _read(self) -> pd.DataFrame:
        path = self._tables.path(CLINICAL_TABLE)
        if path is None:
            raise StudyError(
                lazy_("the study has no clinical table"),
                remedy=lazy_("Import one on the page Cohort, or with the option --clinical."),
            )
        stamp = (path, path.stat().st_mtime_ns)
        if self._cache is None or self._cache[0] != stamp:
            self._cache = (stamp, pd.read_parquet(path))
        return self._cache[1]
