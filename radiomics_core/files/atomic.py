"""Writing files so that each is there as a whole or not at all.

Every write goes to a temporary file in the same folder, is flushed to disk and then renamed over the target. Names of
temporary files hold the process that writes them, so that what a killed process left is told from work in progress.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import stat
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd

from radiomics_core.errors import StudyError
from radiomics_core.files.anchors import check_place
from radiomics_core.i18n import lazy_
from radiomics_core.processes import LABEL, runs_by_label, this_process

TEMPORARY_PREFIX = ".writing-"
OLD_PREFIX = f"{TEMPORARY_PREFIX}old-"
LEAST_ROOM_BYTES = 1 << 20
_WRITER = re.compile(rf"{re.escape(OLD_PREFIX)}.+-({LABEL})|{re.escape(TEMPORARY_PREFIX)}({LABEL})-.*")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn errors of the file system into a :class:`StudyError` with the way out."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise disk_full(path) from error
        raise StudyError(
            lazy_("cannot write {path}: {reason}"),
            remedy=lazy_("Check that the folder exists and that you may write there."),
            path=path,
            reason=error.strerror or str(error),
        ) from error


def is_disk_full(error: OSError) -> bool:
    """Return whether an error says that there is no room: on the disk, in the user's share of it, for one file."""
    return error.errno in _FULL or "No space left" in str(error)


def disk_full(path: Path) -> StudyError:
    """Return the error of a disk without room."""
    return StudyError(
        lazy_("the disk of {path} is full"),
        remedy=lazy_("Free some space (the study's cache folder may be deleted), then do it again; nothing was lost."),
        path=path,
    )


def write_with(path: Path, write: Callable[[Path], None], *, durable: bool = True) -> None:
    """Write a file through ``write(temporary path)``, then put it in place in one step.

    ``durable=False`` leaves out the flush to disk: for files that can be made again after a power cut.

    Raises
    ------
    StudyError
        The disk is full or the folder cannot be written; the file that was there before is unchanged.
    """
    with storage_errors(path), file_in_one_step(path, durable=durable) as temporary:
        write(temporary)


@contextmanager
def file_in_one_step(path: Path, *, durable: bool = True, suffix: str | None = None) -> Iterator[Path]:
    """Write a temporary file inside the ``with`` block; it becomes ``path`` in one step at the end.

    After an error inside the block nothing has changed. ``suffix`` is what a writer wants the name to end with, that of
    ``path`` when left out.

    Raises
    ------
    StudyError
        ``path`` lies in an open study that is not at its place any more.
    OSError
        The folder cannot be written: for callers with words of their own (:func:`write_with` has the usual ones).
    """
    check_place(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path, path.suffix if suffix is None else suffix)
    try:
        yield temporary
        if durable:
            _flush(temporary)
        check_place(path)
        temporary.replace(path)
        if durable:
            _flush_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes, *, durable: bool = True, private: bool = False) -> None:
    """Write bytes atomically; with ``private`` nobody else can read them at any moment, as far as modes say (POSIX)."""
    write_with(path, lambda temporary: _write_all(temporary, content, private), durable=durable)


def write_json(path: Path, value: Any, *, durable: bool = True) -> None:
    """Write a JSON value atomically (UTF-8, two-space indent)."""
    write_bytes(path, json.dumps(value, ensure_ascii=False, indent=2, allow_nan=True).encode(), durable=durable)


def read_json(path: Path) -> Any:
    """Read a JSON value."""
    return json.loads(path.read_text("utf-8"))


def write_frame(path: Path, frame: pd.DataFrame, *, durable: bool = True) -> None:
    """Write a frame with its index as Parquet, atomically."""
    write_with(path, frame.to_parquet, durable=durable)


@contextmanager
def folder_in_one_step(target: Path, *, durable: bool = True) -> Iterator[Path]:
    """Fill a temporary folder inside the ``with`` block; it becomes ``target`` in one rename at the end.

    A folder already there is replaced; after an error inside the block nothing has changed. A process killed between
    the two renames of a replacement leaves the old folder aside: :func:`finish_swaps` brings it back. ``durable=False``
    leaves out the flush to disk.
    """
    check_place(target)
    with storage_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = temporary_beside(target)
        temporary.mkdir()
        try:
            yield temporary
            if durable:
                _flush_tree(temporary)
            check_place(target)
            _swap(temporary, target)
            if durable:
                _flush_folder(target.parent)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def rename_path(source: Path, target: Path) -> Path:
    """Give a file or folder another name on the same disk in one step; nothing else of the package renames.

    Raises
    ------
    StudyError
        ``target`` lies in an open study that is not at its place any more.
    OSError
        As :meth:`pathlib.Path.rename`.
    """
    check_place(target)
    return source.rename(target)


def temporary_beside(path: Path, suffix: str = "") -> Path:
    """Return a name nobody uses, in the folder of ``path``, for what is written before it takes that name."""
    return path.with_name(f"{TEMPORARY_PREFIX}{this_process().label}-{uuid.uuid4().hex[:12]}{suffix}")


def _swap(temporary: Path, target: Path) -> None:
    if not target.exists():
        temporary.rename(target)
        return
    old = target.with_name(f"{OLD_PREFIX}{target.name}-{this_process().label}")
    target.rename(old)
    temporary.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def finish_swaps(folder: Path) -> None:
    """Bring back folders that a process killed while it replaced them had put aside; remove those that were replaced.

    The caller holds the lease: no process of another computer or container writes here.

    Raises
    ------
    StudyError
        The folder cannot be written.
    """
    for old in folder.glob(f"{OLD_PREFIX}*"):
        target = old.with_name(old.name.removeprefix(OLD_PREFIX).rpartition("-")[0])
        if _is_being_written(old, alone=True):
            continue
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            with storage_errors(target):
                old.rename(target)


def _write_all(path: Path, content: bytes, private: bool) -> None:
    mode = stat.S_IRUSR | stat.S_IWUSR if private else 0o666  # what the umask leaves, as for every new file
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, mode), "wb") as file:
        file.write(content)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        (_flush if path.is_file() else _flush_folder)(path)
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    """Flush the names in a folder, so that a power cut does not undo a rename that a later commit relies on."""
    if os.name == "nt":
        return  # a folder cannot be opened there; NTFS keeps a journal of its names
    with suppress(OSError):  # some network disks refuse
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _is_being_written(temporary: Path, alone: bool) -> bool:
    """Return whether the process that a temporary name belongs to still exists; see :func:`remove_dead_leftovers`."""
    named = _WRITER.fullmatch(temporary.name)
    runs = runs_by_label(named[1] or named[2]) if named else False
    return not alone if runs is None else runs


def remove_dead_leftovers(folder: Path, *, alone: bool = False) -> None:
    """Remove temporary files and folders directly in a folder whose process is gone; others are work in progress.

    Parameters
    ----------
    alone : bool
        No process of another computer or container writes here, because the caller holds the lease.
    """
    for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
        if not _is_being_written(path, alone):
            _remove(path)


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files that a killed process left behind in a folder tree."""
    for path in folder.rglob(f"{TEMPORARY_PREFIX}*"):
        _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):  # held open by another program: it goes the next time
            path.unlink(missing_ok=True)


def remove_content(folder: Path, *, and_folder: bool) -> None:
    """Remove everything in a folder that was just made and could not be filled, and the folder itself if wanted."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    if and_folder:
        folder.rmdir()


def has_room(folder: Path) -> bool:
    """Return whether the disk of a folder has room for more than a few files."""
    try:
        return shutil.disk_usage(folder).free >= LEAST_ROOM_BYTES
    except OSError:
        return True  # it cannot be asked, so the error that was met speaks for itself
