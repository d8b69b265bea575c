"""What a format of tables is: its endings, how it is recognised, and its cells."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from radiomics_core.clinical.sniffing import Rows
from radiomics_core.cohort.model import ClinicalTableFormat
from radiomics_core.findings import Finding


@dataclass(frozen=True)
class SeenTable:
    """The cells of a file as it is best read.

    Attributes
    ----------
    rows : list of list of str
    format : ClinicalTableFormat
        Separator, encoding and sheet; the rest is guessed from the cells.
    alternatives : dict of str to tuple of str
        Other values for ``separator``, ``encoding``, ``sheet``, best first.
    findings : list of Finding
    """

    rows: Rows
    format: ClinicalTableFormat
    alternatives: dict[str, tuple[str, ...]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


class TableReader(ABC):
    """One format of tables.

    Attributes
    ----------
    endings : tuple of str
        Of its files, without a dot: what a file dialog offers. A file is recognised by its content.
    """

    endings: ClassVar[tuple[str, ...]]

    @abstractmethod
    def sniff(self, content: bytes) -> bool:
        """Say whether the content of a file is of this format."""

    @abstractmethod
    def look(self, content: bytes, name: str) -> SeenTable:
        """Return the cells as they are best read; raises TableError when it is no table."""

    @abstractmethod
    def rows(self, content: bytes, fmt: ClinicalTableFormat, name: str) -> tuple[Rows, list[Finding]]:
        """Return the cells as they are read in a given way; raises TableError when they cannot be."""
