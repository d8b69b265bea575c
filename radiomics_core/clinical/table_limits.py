"""How much a table may hold: what is larger is refused in words before it fills the memory."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Sequence

from radiomics_core.errors import TableError
from radiomics_core.i18n import lazy_

MAX_TABLE_BYTES = 1 << 29
"""Unpacked text of a table: 512 MB; 500 cases with 20,000 features take 100 to 200 MB."""
MAX_CELLS = 16_000_000
"""Cells of a table: 500 cases with 32,000 features; each cell takes about 70 bytes while it is read."""
MAX_COLUMNS = 100_000
MAX_CELL_CHARACTERS = 131_072
"""The csv module's limit; a workbook holds 32,767."""
_CHUNK = 1 << 22


class CellCount:
    """Counts cells while a table is read.

    Parameters
    ----------
    name : str
        The file's name, for the message.
    times : int
        How many times ``MAX_CELLS`` are allowed.
    """

    def __init__(self, name: str, times: int = 1) -> None:
        self._name, self._limit, self._total = name, times * MAX_CELLS, 0

    def add(self, row: Sequence[object]) -> None:
        """Count one row (an empty one as one cell); raises TableError when the table has become too large."""
        self._total += max(1, len(row))
        if self._total > self._limit or len(row) > MAX_COLUMNS:
            raise _too_large(self._name)


def check_cells(n_columns: int, n_rows: int, name: str) -> None:
    """Refuse a table that would be too large once all rows are as long as the longest."""
    if n_columns * n_rows > MAX_CELLS or n_columns > MAX_COLUMNS:
        raise _too_large(name)


def _too_large(name: str) -> TableError:
    return TableError(
        lazy_("'{name}' has more than {cells} cells or {columns} columns"),
        remedy=lazy_("Leave out columns that are not needed (feature classes, filters), or split the table"),
        name=name, cells=f"{MAX_CELLS:,}", columns=f"{MAX_COLUMNS:,}",
    )  # fmt: skip


def unpacked(content: bytes, name: str) -> bytes:
    """Return the content of a gzip file, unpacked piece by piece and counted.

    Raises
    ------
    TableError
        The file is damaged, or holds more than ``MAX_TABLE_BYTES``.
    """
    pieces, total = [], 0
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            while piece := stream.read(_CHUNK):
                total += len(piece)
                check_bytes(total, name)
                pieces.append(piece)
    except (OSError, EOFError, zlib.error) as error:
        raise TableError(
            lazy_("'{name}' is a damaged gzip file"), remedy=lazy_("Copy or download it again"), name=name
        ) from error
    return b"".join(pieces)


def check_bytes(n_bytes: int, name: str) -> None:
    """Refuse a table of too many bytes, told before it is read."""
    if n_bytes > MAX_TABLE_BYTES:
        raise TableError(
            lazy_("'{name}' holds more than {limit} MB when it is unpacked"),
            remedy=lazy_("Leave out columns that are not needed (feature classes, filters), or split the table"),
            name=name, limit=MAX_TABLE_BYTES >> 20,
        )  # fmt: skip
