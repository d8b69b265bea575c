"""The tables of a study as files: each is written under a name of its own, then made the study's by one commit.

No file is ever replaced, so whatever kills the process, the catalogue names tables that are there as a whole. Files it
does not name any more are removed once the commit is over, or when the study is opened the next time.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from pathlib import Path

import pandas as pd

from radiomics_core.errors import StudyError
from radiomics_core.features.table import FeatureTable
from radiomics_core.files.atomic import folder_in_one_step, write_frame
from radiomics_core.settings import digest_of
from radiomics_core.study.storage.catalogue import Catalogue
from radiomics_core.study.storage.feature_files import is_whole, provenance, write_feature_table

CLINICAL_TABLE = "clinical"
SOURCE_TABLE = "clinical_source"
NAMES = (CLINICAL_TABLE, SOURCE_TABLE)


class Tables:
    """Files in ``tables/`` and the documents of the catalogue that name the current ones."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.folder, self._catalogue = folder, catalogue

    def path(self, name: str) -> Path | None:
        """Return the file of a table, None when there is none."""
        path = self._named(name)
        return path if path.is_file() else None

    def put(self, name: str, table: pd.DataFrame) -> None:
        """Make a frame the current table of that name; the one before is removed once this is committed."""
        with self._catalogue.transaction():
            self._catalogue.when_over(self.remove_unused)
            path = self.folder / f"{name}-{uuid.uuid4().hex}.parquet"
            write_frame(path, table)
            self._catalogue.put_document(f"table:{name}", path.name)

    def remove_unused(self) -> None:
        """Remove table files that the catalogue does not name; where the one it names is missing, all stay.

        Nobody else is in a transaction meanwhile: the files of one are there before the catalogue names them.
        """
        with suppress(StudyError), self._catalogue.transaction(guarded=False):  # a full disk: they go the next time
            for name in NAMES:
                named = self._named(name)
                if named.is_file() or not self._catalogue.document(f"table:{name}"):
                    self._remove_others(name, named)

    def _remove_others(self, name: str, named: Path) -> None:
        for path in [self.folder / f"{name}.parquet", *self.folder.glob(f"{name}-*.parquet")]:
            if path != named:
                with suppress(OSError):  # held open by another program: it goes the next time
                    path.unlink(missing_ok=True)

    @property
    def feature_digest(self) -> str:
        """Digest of the current feature table, empty when there is none."""
        return str(self._catalogue.document("feature_table") or "") if self.feature_folder() is not None else ""

    def feature_folder(self) -> Path | None:
        """Return the folder of the current feature table, None when there is none or it is not whole."""
        folder = self._named_feature_folder()
        return folder if folder is not None and is_whole(folder) else None

    def features_are_lost(self) -> bool:
        """Return whether the study has a feature table whose files are not there any more."""
        return self._named_feature_folder() is not None and self.feature_folder() is None

    def put_features(self, table: FeatureTable) -> str:
        """Make a feature table the current one and return its digest; files that are there already are used."""
        digest = digest_of(table.values, table.keys, table.columns, table.engine, table.engine_version, table.settings)
        folder = self.folder / f"features-{digest}-{digest_of(provenance(table))}"
        with self._catalogue.transaction():
            if not is_whole(folder):
                with folder_in_one_step(folder) as filled:
                    write_feature_table(filled, table)
            self._catalogue.put_document("feature_files", folder.name)
            self._catalogue.put_document("feature_table", digest)
        return digest

    def _named(self, name: str) -> Path:
        """Return the file a table should be in; in studies of the first versions it has the table's name."""
        return self.folder / str(self._catalogue.document(f"table:{name}") or f"{name}.parquet")

    def _named_feature_folder(self) -> Path | None:
        digest = self._catalogue.document("feature_table")
        if not digest:
            return None
        return self.folder / str(self._catalogue.document("feature_files") or f"features-{digest}")
