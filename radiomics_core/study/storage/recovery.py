"""What a killed process left half done in a study is finished or undone by the next session that may write."""

from __future__ import annotations

from pathlib import Path

from radiomics_core.files.anchors import check_place
from radiomics_core.files.atomic import finish_swaps, remove_dead_leftovers
from radiomics_core.findings import found
from radiomics_core.study import kinds
from radiomics_core.study.storage.catalogue import Catalogue
from radiomics_core.study.storage.importing import SOURCE, roll_back
from radiomics_core.study.storage.making import FOLDERS, UNFINISHED, about
from radiomics_core.study.storage.stored_findings import replace_findings
from radiomics_core.study.storage.tables import Tables

_WITH_PARTS = ("results", "images", "jobs")


def recover(folder: Path, catalogue: Catalogue) -> None:
    """Bring a study into a state that every reader understands; the caller holds its lease.

    Folders put aside by a half-done replacement come back, temporary files of dead processes go, an import that was
    killed is rolled back. Work of processes that still live is left alone.
    """
    check_place(folder)
    for place in _places(folder):
        finish_swaps(place)
        remove_dead_leftovers(place, alone=True)
    for part in FOLDERS:
        (folder / part).mkdir(exist_ok=True)
    if catalogue.document("study") is None:  # versions before 0.2 made a study in several steps
        catalogue.put_document("study", about(folder.name))
    roll_back(folder, catalogue)
    Tables(folder / "tables", catalogue).remove_unused()


def adopt(catalogue: Catalogue) -> None:
    """Make a study whose making was killed one like any other, with a finding, because somebody opens it."""
    mark = catalogue.document(UNFINISHED)
    if not mark:
        return
    with catalogue.transaction():
        replace_findings(catalogue, SOURCE, [found(kinds.IMPORT_ENDED, what=mark["what"])])
        catalogue.remove_document(UNFINISHED)


def _places(folder: Path) -> list[Path]:
    """Return the folders in which files are written beside others; those inside results and uploads are whole."""
    parts = [folder / part for part in FOLDERS]
    inner = [path for part in _WITH_PARTS for path in (folder / part).glob("*") if path.is_dir()]
    return [path for path in (folder, *parts, *inner) if path.is_dir()]
