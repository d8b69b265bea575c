"""Formats of tables: one format a file and a row."""

from __future__ import annotations

from radiomics_core.clinical import delimited, workbooks
from radiomics_core.clinical.table_reader import TableReader
from radiomics_core.registry import Registry

PACKED = "gz"
READERS: Registry[TableReader] = Registry(
    "table format",
    workbooks.CHOICE,
    delimited.CHOICE,
)
"""Formats of clinical and feature tables; the first that knows a file's content reads it."""


def every_reader() -> list[TableReader]:
    """Return a reader of each format, in their order."""
    return [READERS.build(name) for name in READERS.names()]


def reader_of(content: bytes) -> TableReader:
    """Return the reader of a file by its content, which stands unpacked here."""
    return next(reader for reader in every_reader() if reader.sniff(content))


def table_endings() -> list[str]:
    """Return the endings of table files, without a dot: what a file dialog offers."""
    return [*(ending for reader in reversed(every_reader()) for ending in reader.endings), PACKED]
