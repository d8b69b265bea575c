"""What a file format is: its endings, how it is recognised, its header, its voxels and where it says they lie."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from radiomics_core.imaging.completeness import NotFinite
from radiomics_core.imaging.data_files import refuse_data_outside
from radiomics_core.imaging.formats.itk import Header, read_itk_header, read_itk_image
from radiomics_core.imaging.placement import Placement
from radiomics_core.imaging.volume import Volume


class ImageReader(ABC):
    """One file format of volumes.

    Attributes
    ----------
    extensions : tuple of str
        Endings of a file that is a whole volume, each as one piece (``.nii.gz``).
    mask_extensions : tuple of str
        Those of them that say that the file holds masks.
    is_series : bool
        Whether a volume may be several files, one per slice, which lie in one folder and are grouped by their tags.
    data_field : pattern or None
        Where a text header names the file of its voxels; see :mod:`radiomics_core.imaging.data_files`.
    """

    extensions: ClassVar[tuple[str, ...]] = ()
    mask_extensions: ClassVar[tuple[str, ...]] = ()
    is_series: ClassVar[bool] = False
    data_field: ClassVar[re.Pattern[str] | None] = None

    def sniff(self, path: Path) -> bool:
        """Say whether a file without one of the endings is of this format, by its content."""
        return False

    def wrong_field(self, path: Path) -> tuple[str, str] | None:
        """Return a field of the header with a size, position or direction that cannot be, and what stands in it."""
        return None

    def header(self, path: Path) -> Header:
        """Read the header; raises ImageError when it cannot be read, or says what no grid can be."""
        refuse_data_outside(path, self.data_field)
        return read_itk_header(path)

    def look_through(self, path: Path) -> NotFinite | None:
        """Check that a file is whole as far as ITK does not; return voxels that ITK changes, None for none."""
        return None

    def image(self, paths: Sequence[Path]) -> Any:
        """Read the voxels as a SimpleITK image; raises ImageError when they cannot be read."""
        refuse_data_outside(paths[0], self.data_field)
        return read_itk_image(paths[0])

    @abstractmethod
    def placement(self, paths: Sequence[Path], volume: Volume) -> Placement:
        """Return how a volume was placed that was read from these files."""
