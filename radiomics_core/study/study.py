"""A study: a folder on disk with one question, its cohort, its runs and its results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import pandas as pd

from radiomics_core.clinical.column_types import typed_clinical
from radiomics_core.cohort.endpoints import Endpoint, EndpointValues, endpoint_from_dict
from radiomics_core.cohort.model import Cohort, ColumnSpec
from radiomics_core.errors import StudyError
from radiomics_core.features.table import FeatureTable
from radiomics_core.files.anchors import Anchor
from radiomics_core.files.atomic import remove_content
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_
from radiomics_core.settings import digest_of
from radiomics_core.study import kinds
from radiomics_core.study.all_kinds import load_kinds_of
from radiomics_core.study.ledger import Ledger
from radiomics_core.study.seal import EndpointRole, Seal
from radiomics_core.study.storage.catalogue import CATALOGUE_FILE, Catalogue
from radiomics_core.study.storage.digests import CohortDigests, cohort_digests
from radiomics_core.study.storage.feature_files import load_feature_table
from radiomics_core.study.storage.lease import Lease
from radiomics_core.study.storage.making import UNFINISHED, is_free, make, remove_unfinished, was_never_finished
from radiomics_core.study.storage.place import about_place, journal_mode
from radiomics_core.study.storage.recovery import adopt, recover
from radiomics_core.study.storage.results import ResultStore
from radiomics_core.study.storage.staging import remove_leftovers, remove_waiting
from radiomics_core.study.storage.stored_findings import read_findings, replace_findings
from radiomics_core.study.storage.tables import CLINICAL_TABLE, Tables
from radiomics_core.study.storage.view import ViewState


class Study:
    """One study folder, open for writing (one session at a time) or for reading.

    Use :meth:`create` or :meth:`open`; ``with Study.open(folder) as study:`` closes it at the end.
    """

    def __init__(self, folder: Path, catalogue: Catalogue, lease: Lease | None) -> None:
        self.folder, self.catalogue, self.lease = folder, catalogue, lease
        self.why_read_only: StudyError | None = None
        self.view, self.ledger = ViewState(catalogue), Ledger(catalogue)
        self.results = ResultStore(folder / "results", read_only=catalogue.read_only)
        self.tables = Tables(folder / "tables", catalogue)
        self.seal = Seal(self.tables, self.ledger)
        self._feature_table: tuple[Path, FeatureTable] | None = None
        self._digests: tuple[Cohort, CohortDigests] | None = None
        self._twins: tuple[str, frozenset[str]] | None = None
        self.anchor = Anchor(catalogue.path, catalogue.is_at_its_path, guards_writes=not catalogue.read_only)
        catalogue.guard = self.anchor.check
        if lease is not None:
            catalogue.check_lease = lease.claim

    # --- opening and closing

    @classmethod
    def create(cls, folder: Path | str, name: str = "", *, unfinished: str = "") -> Self:
        """Make a study in a folder that is empty or not there yet, and open it.

        Parameters
        ----------
        unfinished : str
            What it is made from, when that is part of the same command: until :meth:`finish_making` a kill leaves a
            study that the same command replaces.

        Raises
        ------
        StudyError
            The folder holds something, or cannot be written.
        """
        folder = Path(folder).absolute()
        if was_never_finished(folder):
            remove_unfinished(folder)
        if not is_free(folder):
            raise StudyError(
                lazy_("{folder} already holds {what}"),
                remedy=lazy_("Choose another name, or open the study that is there."),
                folder=folder,
                what=lazy_("a study") if is_study(folder) else lazy_("files"),
            )
        was_there = folder.is_dir()
        try:
            make(folder, name or folder.name, unfinished)
            return cls._open(folder, read_only=False)
        except StudyError:
            remove_content(folder, and_folder=not was_there)
            raise

    def finish_making(self) -> None:
        """Note that the command which made the study has filled it."""
        self.catalogue.remove_document(UNFINISHED)

    @classmethod
    def open(cls, folder: Path | str, read_only: bool = False) -> Self:
        """Open a study.

        Raises
        ------
        StudyError
            There is no study, or another session holds it (then ``read_only=True`` works).
        """
        folder = Path(folder).absolute()
        if not is_study(folder):
            raise StudyError(
                lazy_("there is no study in {folder}"),
                remedy=lazy_("Choose a folder that holds the file {file}, or create a study."),
                folder=folder,
                file=CATALOGUE_FILE,
            )
        study = cls._open(folder, read_only=read_only)
        remove_leftovers()
        if study.lease is not None and not study.lease.is_shared():
            adopt(study.catalogue)
            remove_waiting(folder)
        return study

    @classmethod
    def open_for_job(cls, folder: Path | str, token: str) -> Self:
        """Open a study in the worker of a job, which inherits the right to write; see :meth:`Lease.adopt`."""
        return cls._open(Path(folder).absolute(), read_only=False, job_token=token)

    @classmethod
    def _open(cls, folder: Path, *, read_only: bool, job_token: str = "") -> Self:
        catalogue = Catalogue(folder / CATALOGUE_FILE, read_only=read_only, journal_mode=journal_mode(folder))
        if read_only:
            return cls(folder, catalogue, None)
        lease = Lease(catalogue)
        try:
            if job_token:
                lease.adopt(job_token)
            else:
                lease.acquire()
                recover(folder, catalogue)
        except StudyError:
            lease.release()
            catalogue.close()
            raise
        return cls(folder, catalogue, lease)

    def close(self) -> None:
        """Give the lease back and close the catalogue."""
        if self.lease is not None:
            self.lease.release()
            self.lease = None
        self.anchor.release()
        self.catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def read_only(self) -> bool:
        """Whether this session may only read."""
        return self.catalogue.read_only

    @property
    def id(self) -> str:
        """Identity of the study, kept when it is moved or renamed."""
        return str((self.catalogue.document("study") or {}).get("id", ""))

    @property
    def name(self) -> str:
        """What the study is called on screen."""
        return str((self.catalogue.document("study") or {}).get("name", self.folder.name))

    def rename(self, name: str) -> None:
        """Change the study's name; the folder keeps its own."""
        if not name.strip():
            raise StudyError(lazy_("a study needs a name"))
        self.catalogue.put_document("study", {**self.catalogue.document("study"), "name": name.strip()})

    # --- cohort and clinical table

    @property
    def cohort(self) -> Cohort:
        """The cases, their images and masks, and who is left out."""
        cohort = self.catalogue.document("cohort", Cohort.from_dict)
        return cohort if cohort is not None else Cohort()

    def save_cohort(self, cohort: Cohort) -> None:
        """Store the cohort, in ``case_id`` order."""
        ordered = cohort.replace(cases=tuple(sorted(cohort.cases, key=lambda case: case.case_id)))
        self.catalogue.put_document("cohort", ordered.to_dict())

    @property
    def cohort_digests(self) -> CohortDigests:
        """Digests of the cohort that later steps depend on, computed once per change."""
        cohort = self.cohort
        if self._digests is None or self._digests[0] is not cohort:
            self._digests = (cohort, cohort_digests(cohort))
        return self._digests[1]

    @property
    def column_specs(self) -> tuple[ColumnSpec, ...]:
        """Type and role of each clinical column, in the order of the table."""
        return self.catalogue.document("column_specs", _specs) or ()

    def save_column_specs(self, specs: Iterable[ColumnSpec]) -> None:
        """Store type and role of every clinical column."""
        self.catalogue.put_document("column_specs", [{**vars(spec), "order": list(spec.order)} for spec in specs])

    def has_clinical(self) -> bool:
        """Return whether a clinical table was imported."""
        return self.seal.has_table()

    def clinical(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the typed clinical table indexed by ``case_id``, never with outcome columns.

        Columns without a role that look like an outcome are empty in external cases until the vault is opened.

        Raises
        ------
        SealedError
            A named column holds outcomes (its role is outcome, or an endpoint is made from it).
        """
        text = self.seal.clinical_text(self.outcome_columns, columns)
        external = [case.case_id for case in self.cohort.cases if case.role == "external"]
        if external and not self.seal.vault_is_open():
            twins = [name for name in text.columns if name in self.outcome_twins]
            text.loc[text.index.isin(external), twins] = pd.NA
        specs = [spec for spec in self.column_specs if spec.name in text.columns]
        return typed_clinical(text, specs)

    def save_clinical(self, table: pd.DataFrame) -> None:
        """Store the clinical table as text, indexed by ``case_id``."""
        with self.catalogue.transaction():
            self.tables.put(CLINICAL_TABLE, table)
            self.catalogue.put_document("clinical_digest", digest_of(table.astype(str)))

    @property
    def clinical_digest(self) -> str:
        """Digest of the clinical table, empty when there is none."""
        return str(self.catalogue.document("clinical_digest") or "")

    @property
    def outcome_columns(self) -> set[str]:
        """Columns that are sealed: role outcome, or part of an endpoint."""
        return self.seal.outcome_columns(self.column_specs, tuple(self.endpoints.values()))

    @property
    def outcome_twins(self) -> frozenset[str]:
        """Columns without a role that look like an outcome: sealed in external cases, computed once per change."""
        endpoints, specs = tuple(self.endpoints.values()), self.column_specs
        key = digest_of(self.clinical_digest, self.cohort_digests.members, repr(specs), repr(endpoints))
        if self._twins is None or self._twins[0] != key:
            self._twins = (key, self.seal.outcome_twins(specs, endpoints, self.cohort) - self.outcome_columns)
        return self._twins[1]

    # --- endpoints

    @property
    def endpoints(self) -> dict[str, Endpoint]:
        """Endpoints by name, in the order they were defined."""
        return dict(self.catalogue.document("endpoints", _endpoints) or {})

    def save_endpoints(self, endpoints: Iterable[Endpoint]) -> None:
        """Store every endpoint."""
        self.catalogue.put_document("endpoints", [endpoint.to_dict() for endpoint in endpoints])

    def endpoint(self, name: str) -> Endpoint:
        """Return an endpoint by name; raises :class:`StudyError` naming the known ones."""
        endpoints = self.endpoints
        if name not in endpoints:
            raise StudyError(
                lazy_("the study has no endpoint '{name}'"),
                remedy=lazy_("Endpoints: {known}"),
                name=name,
                known=", ".join(endpoints) or "-",
            )
        return endpoints[name]

    def endpoint_values(self, endpoint: Endpoint | str, role: EndpointRole = "development") -> EndpointValues:
        """Return the values of an endpoint for included cases of one role.

        Raises
        ------
        SealedError
            External values before :meth:`open_vault`.
        """
        chosen = self.endpoint(endpoint) if isinstance(endpoint, str) else endpoint
        return self.seal.endpoint_values(chosen, self.cohort, role)[0]

    def open_vault(self, reason: str) -> None:
        """Open the outcomes of external cases; recorded in the ledger."""
        self.seal.open_vault(reason)

    # --- features

    def has_features(self) -> bool:
        """Return whether there is a feature table."""
        return bool(self.feature_digest)

    @property
    def feature_digest(self) -> str:
        """Digest of the current feature table, empty when there is none."""
        return self.tables.feature_digest

    def feature_table(self) -> FeatureTable:
        """Return the current feature table; raises :class:`StudyError` when there is none (see ``has_features``)."""
        folder = self.tables.feature_folder()
        if folder is None:
            raise StudyError(
                lazy_("the study has no features yet"), remedy=lazy_("Extract them, or import a feature table.")
            )
        if self._feature_table is None or self._feature_table[0] != folder:
            self._feature_table = (folder, load_feature_table(folder))
        return self._feature_table[1]

    def save_feature_table(self, table: FeatureTable) -> str:
        """Store the feature table as the current one and return its digest."""
        self.check_writable()
        return self.tables.put_features(table)

    # --- findings

    def findings(self, source: str | None = None) -> list[Finding]:
        """Return what the checks found, of all steps or of one, and where the study itself lies.

        A source may have parts: ``findings("clinical")`` includes those of ``clinical:table`` and ``clinical:roles``.
        """
        about_study = about_place(self.folder) if source in (None, "study") else []
        if source in (None, "study") and self.tables.features_are_lost():
            about_study.append(found(kinds.FEATURES_LOST))
        if source in (None, "study"):
            about_study += self._about_older_results()
        return load_kinds_of(about_study + read_findings(self.catalogue, source))

    def _about_older_results(self) -> list[Finding]:
        older = self.results.of_older_kinds()
        endpoints = {str(meta.about.get("endpoint", "")) for meta in older}
        waiting = endpoints - {str(meta.about.get("endpoint", "")) for meta in self.results.all("analysis")}
        mine = [meta for meta in older if str(meta.about.get("endpoint", "")) in waiting]
        if not mine:
            return []
        versions = ", ".join(sorted({meta.app_version for meta in mine}))
        place = ", ".join(sorted({f"results/{meta.kind}" for meta in mine}))
        named = ", ".join(sorted(waiting))
        return [found(kinds.OLDER_RESULTS, n=len(mine), endpoints=named, versions=versions, folder=place)]

    def save_findings(self, source: str, findings: Iterable[Finding]) -> None:
        """Replace what one step found."""
        replace_findings(self.catalogue, source, findings)

    def check_writable(self) -> None:
        """Raise :class:`StudyError` when this session may not write."""
        if self.catalogue.read_only:
            raise StudyError(lazy_("the study is open for reading only"))
        self.anchor.check()
        if self.lease is not None:
            self.lease.check()


def is_study(folder: Path | str) -> bool:
    """Return whether a folder holds a study."""
    return (Path(folder) / CATALOGUE_FILE).is_file()


def _specs(stored: list[dict[str, Any]]) -> tuple[ColumnSpec, ...]:
    return tuple(ColumnSpec(**{**spec, "order": tuple(spec["order"])}) for spec in stored)


def _endpoints(stored: list[dict[str, Any]]) -> dict[str, Endpoint]:
    return {endpoint["name"]: endpoint_from_dict(endpoint) for endpoint in stored}
