"""The mark of an import that is going on: a kill leaves it behind, and the next who opens the study rolls back.

What an import stores becomes part of the study in one commit. The mark names the folders it fills before that commit,
so that they can be removed, and says whether the study was made only for this import.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radiomics_core.files.anchors import check_place
from radiomics_core.findings import found
from radiomics_core.study import kinds
from radiomics_core.study.storage.catalogue import Catalogue
from radiomics_core.study.storage.lease import holders
from radiomics_core.study.storage.stored_findings import replace_findings

if TYPE_CHECKING:
    from radiomics_core.study.study import Study

MARK = "importing"
SOURCE = "import"


class Import:
    """An import that is going on; see :func:`importing`."""

    def __init__(self, study: Study, what: str) -> None:
        self._study, self._what = study, what
        self._folders: list[str] = []

    def begin(self) -> None:
        """Leave the mark."""
        self._study.catalogue.put_document(MARK, self._mark())

    def fills(self, folder: Path) -> Path:
        """Note a folder of the study, not there yet, that this import fills; return it.

        It goes when the import is ended by a kill or an error before :meth:`done`.
        """
        self._folders.append(folder.relative_to(self._study.folder).as_posix())
        self.begin()
        return folder

    def done(self) -> None:
        """Keep what was imported. Call it inside the transaction that makes it part of the study."""
        self._study.catalogue.remove_document(MARK)
        self._folders = []

    def take_back(self) -> None:
        """Remove what this import had filled, and the mark."""
        _remove_folders(self._study.folder, self._folders)
        self._study.catalogue.remove_document(MARK)

    def _mark(self) -> dict[str, Any]:
        token = self._study.lease.token if self._study.lease is not None else ""
        return {"what": self._what, "token": token, "folders": self._folders, "at": time.time()}


@contextmanager
def importing(study: Study, what: str) -> Iterator[Import]:
    """Mark a study while something is imported into it.

    Parameters
    ----------
    what : str
        What is imported, for the finding that says it was ended: a file or folder name.

    An error inside the block is passed on after what had been filled was removed. A kill leaves the mark; it is rolled
    back with finding RX820 by the next who opens the study for writing.
    """
    mark = Import(study, what)
    mark.begin()
    try:
        yield mark
    except BaseException:
        mark.take_back()
        raise
    with study.catalogue.transaction():
        mark.done()
        study.save_findings(SOURCE, [])


def roll_back(folder: Path, catalogue: Catalogue) -> None:
    """Undo an import whose process is gone; one that is going on in another process is left alone."""
    mark = catalogue.document(MARK)
    if not mark or mark["token"] in {holder.token for holder in holders(catalogue)}:
        return
    _remove_folders(folder, mark["folders"])
    finding = found(kinds.IMPORT_ENDED, what=mark["what"])
    with catalogue.transaction():
        replace_findings(catalogue, SOURCE, [finding])
        catalogue.remove_document(MARK)


def _remove_folders(study_folder: Path, names: list[str]) -> None:
    check_place(study_folder)
    for name in names:
        shutil.rmtree(study_folder / name, ignore_errors=True)
