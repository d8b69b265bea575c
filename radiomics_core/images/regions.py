"""From a case to voxels: the only way to an image and the region on it, whoever asks and wherever the files lie."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from radiomics_core.cohort.model import Case, FileRef, ImageRef, MaskRef
from radiomics_core.errors import ExtractionError
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.reading import read_channel, read_volume, select_label
from radiomics_core.imaging.volume import Volume
from radiomics_core.imaging.volume_cache import VolumeCache


class VolumeSource(Protocol):
    """Where volumes come from: files as they lie there, or a cache of decompressed ones."""

    def get(self, files: Sequence[FileRef], channel: int | None = None) -> Volume:
        """Return the volume of one file, or of the slices of a series; ``channel`` of a file that holds several masks.

        Raises
        ------
        ImageError
            When the files cannot be read.
        """
        ...


@dataclass(frozen=True)
class FilesOnDisk:
    """Files as they are; a relative path lies below ``folder``."""

    folder: Path | str = ""

    def get(self, files: Sequence[FileRef], channel: int | None = None) -> Volume:
        """Read them."""
        paths = [Path(self.folder) / file.path for file in files]
        return read_volume(paths) if channel is None else read_channel(paths, channel)


@dataclass(frozen=True)
class CachedFiles:
    """Files by way of decompressed copies in ``cache``, memory-mapped and read-only."""

    cache: Path | str
    folder: Path | str = ""

    def get(self, files: Sequence[FileRef], channel: int | None = None) -> Volume:
        """Return the copy, made when it is not there; one channel of several is read anew each time."""
        if channel is not None:
            return FilesOnDisk(self.folder).get(files, channel)
        placed = [dataclasses.replace(file, path=str(Path(self.folder) / file.path)) for file in files]
        return VolumeCache(self.cache).get(placed)


class Region(NamedTuple):
    """An image and the region on it as true and false, each on its own grid."""

    image: Volume
    mask: Volume


def load_region(
    case: Case,
    image_name: str,
    roi: str,
    source: VolumeSource | None = None,
    *,
    label: int | None = None,
    channel: int | None = None,
) -> Region:
    """Return image and mask of one region of a case.

    Parameters
    ----------
    case : Case
    image_name, roi : str
        Which image and which region on it.
    source : VolumeSource, optional
        Left out, files are read from their paths.
    label : int, optional
        Value that marks the region where the mask itself names none; left out, every voxel that is not zero.
    channel : int, optional
        Which mask of a file that holds several overlapping ones, from 0.

    Raises
    ------
    ExtractionError
        When the case has no such image or region.
    ImageError
        When a file cannot be read, or holds no voxel with that label.
    """
    image, mask = case.image(image_name), case.mask(image_name, roi)
    if image is None or mask is None:
        raise ExtractionError(
            lazy_("there is no image '{image}' with a mask of '{roi}'"),
            remedy=lazy_("Check the pairing of images and masks"),
            image=image_name,
            roi=roi,
        )
    return load_pair(image, mask, source, label=label, channel=channel)


def load_pair(
    image: ImageRef,
    mask: MaskRef,
    source: VolumeSource | None = None,
    *,
    label: int | None = None,
    channel: int | None = None,
) -> Region:
    """Return image and mask by their references; parameters as in :func:`load_region`."""
    source = source or FilesOnDisk()
    volume = source.get(image.files)
    return Region(
        volume, labelled_region(source.get([mask.file], channel), mask.label if mask.label is not None else label)
    )


def labelled_region(label_map: Volume, label: int | None) -> Volume:
    """Return the voxels of a label map that carry a label (None: any) as true and false.

    Raises
    ------
    ImageError
        When no voxel carries it.
    """
    return select_label(label_map, label)
