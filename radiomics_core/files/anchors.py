"""Whether an open study's folder is still where it was opened: asked before every write below it.

A folder that is renamed or moved while it is open takes the open catalogue with it, while files named by their path
would go to a new folder at the old place. An anchor knows the catalogue's file by device and file number (one ``stat``
per write). Where numbers change by themselves (some network and removable disks) it asks ``confirm``, which recognises
the folder by its content.

Every function that writes files calls :func:`check_place`; whoever opens a study drops an anchor.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from radiomics_core.errors import StudyError
from radiomics_core.i18n import lazy_

FileNumbers = tuple[int, int]

_anchors: dict[Path, list[Anchor]] = {}
_lock = threading.Lock()


class Anchor:
    """A folder held to its place, from now until :meth:`release`.

    Parameters
    ----------
    file : Path
        A file in the folder that this process or its driver keeps open, so that its numbers are not given away.
    confirm : callable
        Returns whether the folder at that place is the same although the file's numbers differ.
    numbers : tuple of int, optional
        Device and file number as another process saw them when it dropped its anchor.
    guards_writes : bool
        Whether :func:`check_place` asks this anchor; a reader's only answers for itself.
    """

    def __init__(
        self,
        file: Path,
        confirm: Callable[[], bool],
        *,
        numbers: FileNumbers | None = None,
        guards_writes: bool = True,
    ) -> None:
        self.file, self._confirm = file, confirm
        self.numbers = numbers if numbers is not None else _numbers(file)
        if guards_writes:
            with _lock:
                _anchors[file.parent] = [*_anchors.get(file.parent, []), self]

    def holds(self) -> bool:
        """Return whether the folder is still at its place."""
        now = _numbers(self.file)
        if now is None or self.numbers is None:
            return False
        if now != self.numbers:
            if not self._confirm():
                return False
            self.numbers = now
        return True

    def check(self) -> None:
        """Raise :class:`StudyError` when the folder is not at its place any more."""
        if not self.holds():
            raise _moved(self.file.parent)

    def release(self) -> None:
        """Let the folder go."""
        with _lock:  # a new list: another thread may be going through the old one
            left = [anchor for anchor in _anchors.get(self.file.parent, []) if anchor is not self]
            if left:
                _anchors[self.file.parent] = left
            else:
                _anchors.pop(self.file.parent, None)


def check_place(path: Path) -> None:
    """Raise :class:`StudyError` when ``path`` lies in an open folder that is not at its place any more."""
    if not _anchors:
        return
    path = path.absolute()
    for folder in (path, *path.parents):
        for anchor in _anchors.get(folder, ()):
            anchor.check()


def anchored_numbers(file: Path) -> FileNumbers | None:
    """Return the numbers of an anchored file, for the anchor of another process; None when no anchor guards it."""
    return next((anchor.numbers for anchor in _anchors.get(file.parent, ()) if anchor.file == file), None)


def _numbers(file: Path) -> FileNumbers | None:
    try:
        status = os.stat(file)  # noqa: PTH116 - Path.stat is twice as slow, and this stands before every write
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _moved(folder: Path) -> StudyError:
    return StudyError(
        lazy_("the study is not in {folder} any more: it was renamed, moved or replaced while it was open"),
        remedy=lazy_(
            "Nothing was written there. Move it back, or close it here and open it from the folder it is in now."
        ),
        folder=folder,
    )
