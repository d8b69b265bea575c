"""Every selector, screen and model as a scikit-learn estimator, so that a pipeline of your own can hold them.

The dashboard's own analyses call the methods themselves; these estimators wrap the same rows.
"""

from __future__ import annotations

from radiomics_core.sklearn.classifier import RowClassifier
from radiomics_core.sklearn.screen import RowScreen
from radiomics_core.sklearn.selector import RowSelector, RowSurvivalSelector
from radiomics_core.sklearn.survival import RowSurvivalModel

__all__ = ["RowClassifier", "RowScreen", "RowSelector", "RowSurvivalModel", "RowSurvivalSelector"]
