"""A private place outside every study for what is taken apart before it is taken in: dropped files still name persons.

The folder belongs to this user only (0700), is removed when the work ends, whatever happens, and what a killed process
left behind is removed when a study is opened or files are dropped the next time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs
import psutil

from radiomics_core.errors import StudyError
from radiomics_core.files.anchors import check_place
from radiomics_core.files.atomic import TEMPORARY_PREFIX, storage_errors
from radiomics_core.files.digests import text_digest
from radiomics_core.i18n import lazy_
from radiomics_core.processes import host_name, process_of

WAITING = "waiting-"
"""Folders of dropped files in a study that are not imported yet."""
PLACE_VARIABLE = "RADIOMICS_EXPLORER_STAGING"
KEEP_FREE_BYTES = 1 << 29
ABANDONED_SECONDS = 2 * 86400.0
"""A folder of another computer in the same place is left alone for so long."""
GIB = 1 << 30

_in_use: set[str] = set()
_in_use_lock = threading.Lock()


def places() -> list[Path]:
    """Return where staging folders may be made: the user's cache, then the place for temporary files."""
    chosen = os.environ.get(PLACE_VARIABLE, "")
    if chosen:
        return [Path(chosen).expanduser()]
    cache = Path(platformdirs.user_cache_dir("radiomics-explorer", appauthor=False)) / "staging"
    return [cache, Path(tempfile.gettempdir()) / f"radiomics-explorer-staging-{_user()}"]


@contextmanager
def staging_folder(study_id: str, study_folder: Path, n_bytes: int) -> Iterator[Path]:
    """Give a private empty folder for the time of the ``with`` block; it is removed at its end.

    It lies on the study's disk if one of the :func:`places` does and has room.

    Parameters
    ----------
    n_bytes : int
        What will be written; that and ``KEEP_FREE_BYTES`` must be free.

    Raises
    ------
    StudyError
        No place has room or can be written.
    """
    remove_leftovers()
    place = _with_room(study_folder, n_bytes)
    folder = place / "-".join(
        [study_id[:8] or "study", _host(), str(os.getpid()), _started(os.getpid()), uuid.uuid4().hex[:8]]
    )
    with _in_use_lock:
        _in_use.add(folder.name)
    try:
        with storage_errors(folder):
            folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with _in_use_lock:
            _in_use.discard(folder.name)


def remove_waiting(study_folder: Path) -> None:
    """Remove dropped files of a study that were half taken in, or never imported: nobody knows their names any more."""
    check_place(study_folder / "images")
    for prefix in (WAITING, TEMPORARY_PREFIX):
        for folder in (study_folder / "images").glob(f"{prefix}*"):
            shutil.rmtree(folder, ignore_errors=True)


def remove_leftovers() -> None:
    """Remove the staging folders of processes that are gone; what cannot be removed now is tried again later."""
    for place in filter(_is_ours, places()):
        for folder in place.iterdir():
            if not _is_at_work(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _with_room(study_folder: Path, n_bytes: int) -> Path:
    """Return a place with room, on the study's disk if there is one."""
    for place in places():
        with suppress(OSError):  # the next place is tried; without any the error below names the room
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
    free = {place: shutil.disk_usage(place).free for place in places() if _is_ours(place)}
    fitting = [place for place, room in free.items() if room >= n_bytes + KEEP_FREE_BYTES]
    if fitting:
        device = study_folder.stat().st_dev if study_folder.is_dir() else None
        return next((place for place in fitting if place.stat().st_dev == device), fitting[0])
    raise StudyError(
        lazy_("unpacking the files needs {size} GB outside the study, there are {free} GB free in {place}"),
        remedy=lazy_("Free disk space, or set {variable} to a folder of yours on a larger disk; nothing was changed."),
        size=f"{(n_bytes + KEEP_FREE_BYTES) / GIB:.2f}",
        place=", ".join(map(str, places())),
        free=f"{max(free.values(), default=0) / GIB:.2f}",
        variable=PLACE_VARIABLE,
    )


def _is_ours(place: Path) -> bool:
    """Tell whether a place is there and belongs to this user: anybody may make a folder in the place for all."""
    return place.is_dir() and (not hasattr(os, "getuid") or place.stat().st_uid == os.getuid())


def _is_at_work(folder: Path) -> bool:
    """Tell whether the process in a staging folder's name still runs; a folder without such a name is none of ours."""
    parts = folder.name.split("-")
    if len(parts) != 5 or not (parts[2].isdigit() and parts[3].isdigit()):
        return True
    _study, host, pid, started, _random = parts
    if host != _host():
        return time.time() - folder.stat().st_mtime < ABANDONED_SECONDS
    if int(pid) == os.getpid():
        with _in_use_lock:
            return folder.name in _in_use
    return psutil.pid_exists(int(pid)) and _started(int(pid)) == started


def _started(pid: int) -> str:
    """Return when a process started, in milliseconds; setting the clock does not change it."""
    return str(round(process_of(pid).started * 1000))


def _host() -> str:
    return text_digest(host_name())[:8]


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
