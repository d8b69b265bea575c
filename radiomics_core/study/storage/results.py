"""Results on disk: each in a folder named by the digest of everything that could change its numbers."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pandas as pd

import radiomics_core
from radiomics_core.errors import StudyError
from radiomics_core.files.anchors import check_place
from radiomics_core.files.atomic import folder_in_one_step, read_json, write_frame, write_json
from radiomics_core.findings import Finding
from radiomics_core.i18n import lazy_
from radiomics_core.settings import digest_of, library_versions

META_FILE = "meta.json"
FINDINGS_FILE = "study_findings.json"
FORMAT = 2
"""Of what lies beside and in a result. 1: comparison and survival were two kinds, a row was one text."""
OLDER_KINDS = ("comparison", "survival")
"""Kinds of results of format 1 that no later version makes or shows."""


@dataclass(frozen=True)
class ResultKey:
    """What a result was made from; its digest names the folder.

    Attributes
    ----------
    kind : str
        ``"comparison"``, ``"extraction"`` ...
    inputs : str
        Digest of the data that went in.
    settings : dict
        Plain form of the settings.
    method_version : int or str
        ``METHOD_VERSION`` of the method: raised when its numbers change.
    libraries : tuple of str
        Distributions whose versions matter.
    """

    kind: str
    inputs: str
    settings: dict[str, Any]
    method_version: int | str = 1
    libraries: tuple[str, ...] = ()

    @property
    def versions(self) -> dict[str, str]:
        """Installed versions of the libraries."""
        return library_versions(*self.libraries)

    @property
    def digest(self) -> str:
        """Name of the result's folder."""
        return digest_of(self.kind, self.inputs, self.settings, self.method_version, self.versions)


@dataclass(frozen=True)
class ResultMeta:
    """What is written beside a result.

    Attributes
    ----------
    about : dict
        Free facts for finding it again, e.g. ``{"endpoint": "response"}``.
    created : float
        Seconds since the epoch.
    order : int
        Counts the results of a kind: a clock that is set back makes no older result the newest.
    """

    kind: str
    digest: str
    inputs: str
    settings: dict[str, Any]
    method_version: int | str
    versions: dict[str, str]
    created: float
    app_version: str
    about: dict[str, Any] = field(default_factory=dict)
    order: int = 0
    format: int = 1

    @classmethod
    def read(cls, folder: Path) -> ResultMeta:
        """Read what is written beside a result.

        Raises
        ------
        StudyError
            It was made by a newer version.
        """
        stored = read_json(folder / META_FILE)
        unknown = sorted(set(stored) - {f.name for f in fields(cls)})
        if stored.get("format", 1) > FORMAT or unknown:
            raise StudyError(
                lazy_("the result {result} has format {got}{unknown}; this version reads up to {known}"),
                remedy=lazy_("Update Radiomics Explorer, then open the study again; nothing was changed."),
                result=f"{folder.parent.name}/{folder.name}",
                got=stored.get("format", 1),
                unknown="".join(f", {name}" for name in unknown),
                known=FORMAT,
            )
        return cls(**stored)


class ResultStore:
    """Results of a study under ``results/<kind>/<digest>/``, complete or absent."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self.folder, self._read_only = folder, read_only

    def path(self, kind: str, digest: str) -> Path:
        """Return the folder of a result, there or not."""
        return self.folder / kind / digest

    def has(self, kind: str, digest: str) -> bool:
        """Return whether a complete result is there."""
        return (self.path(kind, digest) / META_FILE).is_file()

    def save(
        self,
        key: ResultKey,
        write: Callable[[Path], object],
        about: dict[str, Any] | None = None,
        findings: Sequence[Finding] = (),
    ) -> ResultMeta:
        """Fill a result's folder through ``write(folder)`` in one step and return its meta data.

        A result that is there already is the same by its digest, so its files stay; only its time is renewed.
        ``findings`` are kept with it, see :meth:`findings`.
        """
        self._check_writable()
        meta = ResultMeta(
            key.kind, key.digest, key.inputs, key.settings, key.method_version, key.versions, time.time(),
            radiomics_core.__version__, about or {}, 1 + max((known.order for known in self.all(key.kind)), default=0),
            FORMAT,
        )  # fmt: skip
        if self.has(key.kind, key.digest):
            write_json(self.path(key.kind, key.digest) / META_FILE, vars(meta))
            return meta
        with folder_in_one_step(self.path(key.kind, key.digest)) as folder:
            write(folder)
            write_json(folder / FINDINGS_FILE, [finding.to_dict() for finding in findings])
            write_json(folder / META_FILE, vars(meta))
        return meta

    def findings(self, kind: str, digest: str) -> list[Finding] | None:
        """Return what was found when a result was made, None for results of versions that did not keep it."""
        file = self.path(kind, digest) / FINDINGS_FILE
        return [Finding.from_dict(stored) for stored in read_json(file)] if file.is_file() else None

    def meta(self, kind: str, digest: str) -> ResultMeta | None:
        """Return the meta data of a result, None when it is absent."""
        return ResultMeta.read(self.path(kind, digest)) if self.has(kind, digest) else None

    def all(self, kind: str, **about: Any) -> list[ResultMeta]:
        """Return the results of a kind whose facts match, newest first."""
        folders = [
            f for f in (self.folder / kind).glob("*") if (f / META_FILE).is_file() and not f.name.startswith(".")
        ]
        metas = [ResultMeta.read(folder) for folder in folders]
        chosen = [m for m in metas if all(m.about.get(name) == value for name, value in about.items())]
        return sorted(chosen, key=lambda meta: (meta.order, meta.created), reverse=True)

    def of_older_kinds(self) -> list[ResultMeta]:
        """Return the results that lie here but are of kinds that this version does not show."""
        return [meta for kind in OLDER_KINDS for meta in self.all(kind)]

    def latest(self, kind: str, **about: Any) -> ResultMeta | None:
        """Return the newest result of a kind whose facts match, None when there is none."""
        metas = self.all(kind, **about)
        return metas[0] if metas else None

    def save_json(self, kind: str, digest: str, name: str, value: Any) -> Path:
        """Write one JSON file of a result."""
        return self._write(kind, digest, f"{name}.json", lambda path: write_json(path, value))

    def load_json(self, kind: str, digest: str, name: str) -> Any:
        """Read one JSON file of a result."""
        return read_json(self._existing(kind, digest, f"{name}.json"))

    def save_frame(self, kind: str, digest: str, name: str, frame: pd.DataFrame) -> Path:
        """Write one frame of a result as Parquet."""
        return self._write(kind, digest, f"{name}.parquet", lambda path: write_frame(path, frame))

    def load_frame(self, kind: str, digest: str, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read one frame of a result."""
        return pd.read_parquet(
            self._existing(kind, digest, f"{name}.parquet"), columns=list(columns) if columns else None
        )

    def delete(self, kind: str, digest: str) -> None:
        """Remove a result that can be computed again."""
        self._check_writable()
        check_place(self.folder)
        shutil.rmtree(self.path(kind, digest), ignore_errors=True)

    def _write(self, kind: str, digest: str, name: str, write: Callable[[Path], None]) -> Path:
        self._check_writable()
        path = self.path(kind, digest) / name
        write(path)
        return path

    def _existing(self, kind: str, digest: str, name: str) -> Path:
        path = self.path(kind, digest) / name
        if not path.is_file():
            raise StudyError(lazy_("the study holds no {kind} result {digest}"), kind=kind, digest=digest)
        return path

    def _check_writable(self) -> None:
        if self._read_only:
            raise StudyError(lazy_("the study is open for reading only"))
