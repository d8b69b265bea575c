"""Image filters: each module derives images from the prepared one. Adding one is its module and its row."""

from __future__ import annotations

from radiomics_core.extraction.filters import (
    exponential,
    gradient,
    lbp2d,
    lbp3d,
    log,
    logarithm,
    original,
    square,
    square_root,
    wavelet,
)
from radiomics_core.extraction.filters.image_filter import ImageFilter
from radiomics_core.registry import Registry

FILTERS: Registry[ImageFilter] = Registry(
    "image filter",
    original.CHOICE,
    log.CHOICE,
    wavelet.CHOICE,
    square.CHOICE,
    square_root.CHOICE,
    logarithm.CHOICE,
    exponential.CHOICE,
    gradient.CHOICE,
    lbp2d.CHOICE,
    lbp3d.CHOICE,
)
"""Image filters by their name in a parameter file, in menu order."""
