"""Feature classes: each module holds the formulas of one. Adding one is its module and its row."""

from __future__ import annotations

from radiomics_core.extraction.engines.fast.classes.firstorder import FirstOrder
from radiomics_core.extraction.engines.fast.classes.glcm import Glcm
from radiomics_core.extraction.engines.fast.classes.gldm import Gldm
from radiomics_core.extraction.engines.fast.classes.glrlm import Glrlm
from radiomics_core.extraction.engines.fast.classes.glszm import Glszm
from radiomics_core.extraction.engines.fast.classes.ngtdm import Ngtdm
from radiomics_core.extraction.engines.fast.classes.shape import Shape
from radiomics_core.extraction.engines.fast.classes.shape2d import Shape2D
from radiomics_core.extraction.engines.fast.formulas import FeatureClass

CLASSES: dict[str, type[FeatureClass]] = {
    "firstorder": FirstOrder,
    "glcm": Glcm,
    "glrlm": Glrlm,
    "glszm": Glszm,
    "gldm": Gldm,
    "ngtdm": Ngtdm,
}
"""Feature classes by their name in a parameter file."""

SHAPE_CLASSES: dict[str, type[FeatureClass]] = {
    "shape": Shape,
    "shape2D": Shape2D,
}
"""Classes that look at the region only, once per case: shape, shape2D."""
