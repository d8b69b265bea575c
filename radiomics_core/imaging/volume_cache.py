"""Decompressed volumes on disk, memory-mapped: a viewer steps through slices without unpacking a file again.

The folder may be deleted at any time; it only costs time.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Protocol

import numpy as np

from radiomics_core.errors import ImageError
from radiomics_core.files.atomic import file_in_one_step
from radiomics_core.files.digests import text_digest
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.reading import read_volume
from radiomics_core.imaging.volume import Volume

GRID_ENDING = ".grid2.json"
"""Volumes cached before grids were checked are read again."""


class FileIdentity(Protocol):
    """What names a file's content: a ``FileRef`` has all of it."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102
    @property
    def mtime(self) -> float: ...  # noqa: D102
    @property
    def sha256(self) -> str: ...  # noqa: D102


def content_digest(files: Sequence[FileIdentity]) -> str:
    """Return a key of the files' content: SHA-256 where known, else path, size and time."""
    names = [f.sha256 or f"{f.path}|{f.size}|{f.mtime!r}" for f in files]
    return text_digest("\n".join(names))[:32]


class VolumeCache:
    """Volumes by content, each an ``.npy`` file and its grid in JSON."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def get(self, files: Sequence[FileIdentity], digest: str | None = None) -> Volume:
        """Return the volume of these files, memory-mapped and read-only.

        Raises
        ------
        ImageError
            When the files cannot be read, or the cache cannot be written (disk full).
        """
        key = digest or content_digest(files)
        if not self._grid_path(key).is_file() or not self._array_path(key).is_file():
            self._store(key, read_volume([f.path for f in files]))
        return self._load(key)

    def size_bytes(self) -> int:
        """Return how much disk the cache takes."""
        return sum(p.stat().st_size for p in self.folder.glob("*")) if self.folder.is_dir() else 0

    def clear(self) -> None:
        """Delete everything; volumes in use on Windows stay until they are released."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _array_path(self, key: str) -> Path:
        return self.folder / f"{key}.npy"

    def _grid_path(self, key: str) -> Path:
        return self.folder / f"{key}{GRID_ENDING}"

    def _store(self, key: str, volume: Volume) -> None:
        grid = {"spacing_mm": volume.spacing_mm, "origin_mm": volume.origin_mm, "direction": volume.direction}
        array = np.ascontiguousarray(volume.array)
        self._write(self._array_path(key), lambda stream: np.save(stream, array))
        self._write(self._grid_path(key), lambda stream: stream.write(json.dumps(grid).encode()))

    def _write(self, path: Path, fill: Callable[[IO[bytes]], object]) -> None:
        """Write a file as a whole or not at all."""
        try:
            with file_in_one_step(path, durable=False) as part, part.open("wb") as stream:
                fill(stream)
        except OSError as error:
            raise ImageError(
                lazy_("the image cache cannot be written: {reason}"),
                remedy=lazy_("Free disk space, or delete the study's 'cache' folder; nothing is lost with it"),
                reason=error.strerror or str(error),
            ) from error

    def _load(self, key: str) -> Volume:
        grid = json.loads(self._grid_path(key).read_text())
        array = np.load(self._array_path(key), mmap_mode="r")
        ox, oy, oz = grid["origin_mm"]
        sx, sy, sz = grid["spacing_mm"]
        return Volume(array, (sx, sy, sz), (ox, oy, oz), tuple(grid["direction"]))
