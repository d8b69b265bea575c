"""Volumes: reading, grids, resampling, quality numbers, pictures. SimpleITK is only loaded when a file is read."""

from radiomics_core.imaging.reading import labels_in, read_header, read_mask, read_volume, select_label
from radiomics_core.imaging.volume import GridMatch, Volume, same_grid

__all__ = [
    "GridMatch",
    "Volume",
    "labels_in",
    "read_header",
    "read_mask",
    "read_volume",
    "same_grid",
    "select_label",
]
