"""Unpacking a zip, or storing dropped files, without leaving the target folder, filling the disk or half-writing.

Zips inside a zip are opened too, down to ``MAX_DEPTH``; deeper or damaged ones are left closed.
"""

from __future__ import annotations

import errno
import io
import lzma
import re
import shutil
import stat
import struct
import uuid
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from radiomics_core.errors import ImageError
from radiomics_core.files.anchors import check_place
from radiomics_core.files.atomic import rename_path
from radiomics_core.i18n import english, lazy_

CHUNK = 1 << 20
GIB = 1 << 30
MAX_DEPTH = 3
"""A dropped zip is at depth 1; a zip in a zip in it is the last that is opened."""


@dataclass(frozen=True, kw_only=True)
class ArchiveLimits:
    """How much may come out of an archive.

    Attributes
    ----------
    max_bytes : int
        Unpacked size in total.
    max_files : int
    keep_free_bytes : int
        What must stay free on the disk afterwards.
    """

    max_bytes: int = 8 * GIB
    max_files: int = 100_000
    keep_free_bytes: int = GIB // 2

    def __post_init__(self) -> None:
        if min(self.max_bytes, self.max_files) <= 0 or self.keep_free_bytes < 0:
            raise ValueError("limits of an archive must be positive")


Content = bytes | Path
"""A dropped file: its bytes, or where the server stored it."""
Uploads = Mapping[str, Content] | Sequence[tuple[str, Content]]
Member = tuple[str, int, Callable[[], IO[bytes]]]
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, RuntimeError,
    ValueError, OverflowError, KeyError, MemoryError,
)  # fmt: skip
"""What zipfile raises for a member that is cut, altered, encrypted or packed by a method it does not know."""


def unpack(
    source: Path | str | bytes | Uploads,
    target: Path | str,
    limits: ArchiveLimits | None = None,
    *,
    damaged: list[str] | None = None,
) -> list[Path]:
    """Unpack a zip (path or bytes) or store dropped files (names and content; zips are unpacked) under a folder.

    The content of a zip inside another stands in a folder of its name; a zip that lies too deep or is damaged is
    among the files as it is.

    Everything is written to a temporary folder beside the target first and moved in at the end: after an error the
    target is as it was.

    Parameters
    ----------
    limits : ArchiveLimits, optional
    damaged : list of str, optional
        Takes what is wrong with members and zips that cannot be unpacked, and the others go on; without it the first
        of them is an error.

    Returns
    -------
    list of Path
        The files, below ``target``.

    Raises
    ------
    ImageError
        A member that points outside (``../``, absolute, link), more than the limits allow, a damaged zip, a name that
        is there already, dropped files of one name, or a full disk.
    """
    limits, target = limits or ArchiveLimits(), Path(target)
    check_place(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = target.parent / f".unpacking-{uuid.uuid4().hex}"
    try:
        staging.mkdir()
        unpacked = _Unpacked(staging, target, limits, damaged)
        for name, content in _dropped(source):
            unpacked.take(name, content)
        unpacked.open_zips()
        return _move_in(unpacked.names, staging, target)
    except DAMAGED as error:
        raise ImageError(
            lazy_("the zip is damaged or not a zip: {reason}"), remedy=lazy_("Make or upload it again"), reason=error
        ) from error
    except OSError as error:
        raise ImageError(
            lazy_("the files cannot be stored: {reason}"),
            remedy=lazy_("Free disk space or choose another place for the study; nothing was changed"),
            reason=error.strerror or str(error),
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def safe_name(name: str) -> PurePosixPath:
    """Return a member's name as a path below the target; raises ImageError when it points elsewhere."""
    path = PurePosixPath(name.replace("\\", "/"))
    has_drive = re.match(r"^[A-Za-z]:", name) is not None
    if path.is_absolute() or has_drive or ".." in path.parts or not path.parts or "\0" in name:
        raise ImageError(
            lazy_("'{name}' would be written outside the study's folder"),
            remedy=lazy_("Do not use this archive; make a new one from the folder of images"),
            name=name,
        )
    return path


def size_of(files: Uploads) -> int:
    """Return how many bytes dropped files hold together."""
    return sum(
        len(content) if isinstance(content, bytes) else content.stat().st_size for _name, content in _dropped(files)
    )


def _dropped(source: Path | str | bytes | Uploads) -> list[tuple[str, Content]]:
    """Return names and content; dropped files without folders that share a name cannot be told apart."""
    if isinstance(source, bytes):
        return [("dropped.zip", source)]
    if isinstance(source, str | Path):
        return [("dropped.zip", Path(source))]
    files = list(source.items()) if isinstance(source, Mapping) else list(source)
    counts = Counter(name for name, _content in files)
    twice = [name for name, n in counts.items() if n > 1]
    if twice:
        raise ImageError(
            lazy_("{n} of the dropped files are called '{name}' ({names} names occur more than once)"),
            remedy=lazy_("Without folders they cannot be told apart: choose the whole folder, or drop a zip of it"),
            n=counts[twice[0]], name=twice[0], names=len(twice),
        )  # fmt: skip
    return files


def _opened(content: Content) -> IO[bytes]:
    return io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def _zip_members(source: Content, limits: ArchiveLimits) -> Iterator[Member]:
    """Yield the members of a zip after looking at all their names, sizes and kinds."""
    with _opened(source) as stream, zipfile.ZipFile(stream) as archive:
        members = [m for m in archive.infolist() if not m.is_dir() and not _is_clutter(m.filename)]
        for member in members:
            _check_member(member)
        _check_total(sum(m.file_size for m in members), len(members), limits)
        for member in members:
            yield member.filename, member.file_size, partial(archive.open, member)


def _is_clutter(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in (".DS_Store", "Thumbs.db")


def _check_member(member: zipfile.ZipInfo) -> None:
    safe_name(member.filename)
    if stat.S_ISLNK(member.external_attr >> 16):
        raise ImageError(
            lazy_("'{name}' in the zip is a link, files are expected"),
            remedy=lazy_("Zip the files themselves"), name=member.filename,
        )  # fmt: skip
    if member.flag_bits & 0x1:
        raise ImageError(
            lazy_("'{name}' in the zip is protected by a password"),
            remedy=lazy_("Make a zip without a password"), name=member.filename,
        )  # fmt: skip


def _check_total(n_bytes: int, n_files: int, limits: ArchiveLimits) -> None:
    if n_bytes > limits.max_bytes or n_files > limits.max_files:
        raise ImageError(
            lazy_("{size} GB in {files} files would be unpacked, at most {limit} GB in {max_files} files are taken in"),
            remedy=lazy_("Unpack it yourself and give the folder's path instead: images are then used where they lie"),
            size=f"{n_bytes / GIB:.1f}", files=n_files, limit=f"{limits.max_bytes / GIB:.1f}",
            max_files=limits.max_files,
        )  # fmt: skip


TOP = PurePosixPath()


OF_THE_NAME = {errno.ENAMETOOLONG, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.EINVAL, errno.EILSEQ}
"""What the disk says of a member's name, not of itself: too long, or a file where another member has a folder."""


class _Unpacked:
    """What was written so far, and how much of the limits it has used."""

    def __init__(self, staging: Path, target: Path, limits: ArchiveLimits, damaged: list[str] | None) -> None:
        self._staging, self._target, self._limits, self._damaged = staging, target, limits, damaged
        self.names: list[PurePosixPath] = []
        self._taken: set[str] = set()
        self._total = 0

    def take(self, name: str, content: Content) -> None:
        """Write a dropped file, or the members of a dropped zip."""
        if not name.lower().endswith(".zip"):
            size = len(content) if isinstance(content, bytes) else content.stat().st_size
            self.add((name, size, partial(_opened, content)))
            return
        try:
            for member in _zip_members(content, self._limits):
                self.add(member)
        except DAMAGED as error:
            self._note(name, error)

    def _note(self, name: str, error: Exception) -> None:
        """Keep what is wrong with a member; raise it when nobody asked for it."""
        if self._damaged is None:
            raise error
        words = lazy_("'{name}' is damaged, or packed in a way that is not known: {reason}")
        self._damaged.append(english(words, name=name, reason=error))

    def add(self, member: Member, under: PurePosixPath = TOP) -> None:
        """Write a member below a folder; a damaged one is left out and noted."""
        name, size, opened = member
        path = under / safe_name(name)
        if path.as_posix().lower() in self._taken or (self._target / path).exists():
            raise ImageError(
                lazy_("'{name}' is there already"), remedy=lazy_("Rename one of the two files"), name=path.as_posix()
            )
        self._taken.add(path.as_posix().lower())
        _check_free(self._staging.parent, size, self._limits)
        try:
            with opened() as stream:
                self._total += _write(stream, self._staging / path, self._limits.max_bytes - self._total)
        except (*DAMAGED, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None and error.errno not in OF_THE_NAME:
                raise  # of the disk; bz2 has no number for what is wrong with its data
            with suppress(OSError):  # a name that cannot be made has left nothing
                (self._staging / path).unlink(missing_ok=True)
            self._note(name, error)
            return
        self.names.append(path)
        _check_total(self._total, len(self.names), self._limits)

    def open_zips(self) -> None:
        """Put the content of zips that came out of a zip in folders of their names, and that of zips in them."""
        for _depth in range(2, MAX_DEPTH + 1):
            inner = [name for name in self.names if name.suffix.lower() == ".zip" and self._is_zip(name)]
            for name in inner:
                for member in _zip_members(self._staging / name, self._limits):
                    self.add(member, under=name.with_suffix(""))
                (self._staging / name).unlink()
                self.names.remove(name)

    def _is_zip(self, name: PurePosixPath) -> bool:
        try:
            with zipfile.ZipFile(self._staging / name) as archive:
                members = archive.infolist()  # no more than they claim is unpacked to be tested
                _check_total(sum(member.file_size for member in members), len(members), self._limits)
                return archive.testzip() is None
        except (*DAMAGED, OSError):
            return False


def _check_free(folder: Path, size: int, limits: ArchiveLimits) -> None:
    free = shutil.disk_usage(folder).free
    if free - size < limits.keep_free_bytes:
        raise ImageError(
            lazy_("the disk has {free} GB free, the next file needs {size} GB and {keep} GB must stay free"),
            remedy=lazy_("Free disk space, or give the folder's path instead of uploading; nothing was changed"),
            free=f"{free / GIB:.2f}", size=f"{size / GIB:.2f}", keep=f"{limits.keep_free_bytes / GIB:.2f}",
        )  # fmt: skip


def _write(stream: IO[bytes], path: Path, allowed: int) -> int:
    """Write a member, counting real bytes: the size in a zip's header may lie."""
    check_place(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with path.open("wb") as out:
        while chunk := stream.read(CHUNK):
            written += len(chunk)
            if written > allowed:
                raise ImageError(
                    lazy_("the archive holds more than its limit allows"),
                    remedy=lazy_("Unpack it yourself and give the folder's path instead"),
                )
            out.write(chunk)
    return written


def _move_in(names: list[PurePosixPath], staging: Path, target: Path) -> list[Path]:
    if not names:
        return []
    check_place(target)
    if not target.exists():
        rename_path(staging, target)
        return [target / name for name in names]
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        rename_path(staging / name, target / name)
    return [target / name for name in names]
