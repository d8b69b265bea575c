"""Image types: each module derives images from the prepared one. Adding one is its module and its row."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from radiomics_core.extraction.engines.fast.filters.gradient import gradient
from radiomics_core.extraction.engines.fast.filters.intensity import exponential, logarithm, square, square_root
from radiomics_core.extraction.engines.fast.filters.lbp2d import lbp_2d
from radiomics_core.extraction.engines.fast.filters.lbp3d import lbp_3d
from radiomics_core.extraction.engines.fast.filters.log import laplacian_of_gaussian
from radiomics_core.extraction.engines.fast.filters.original import original
from radiomics_core.extraction.engines.fast.filters.wavelet import wavelet
from radiomics_core.extraction.engines.fast.region import Filtered, LeftOut, Prepared, SettingValue

ImageFilter = Callable[[Prepared, SettingValue], Iterator[Filtered | LeftOut]]

FILTERS: dict[str, ImageFilter] = {
    "Original": original,
    "Wavelet": wavelet,
    "LoG": laplacian_of_gaussian,
    "Square": square,
    "SquareRoot": square_root,
    "Logarithm": logarithm,
    "Exponential": exponential,
    "Gradient": gradient,
    "LBP2D": lbp_2d,
    "LBP3D": lbp_3d,
}
"""Image filters by their name in a parameter file."""
