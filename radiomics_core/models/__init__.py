"""One model a file and a row: classifiers, and models of a time to an event.

The tag ``linear`` or ``trees`` names how a model is explained (:data:`radiomics_core.explain.explainers.EXPLAINERS`).
"""

from __future__ import annotations

from radiomics_core.models import (
    boosting,
    cox,
    knn,
    lda,
    logistic,
    logistic_lasso,
    naive_bayes,
    random_forest,
    ridge_cox,
    ridge_logistic,
    svm_linear,
    svm_rbf,
)
from radiomics_core.models.family import ModelFamily
from radiomics_core.registry import Registry

CLASSIFIERS: Registry[ModelFamily] = Registry(
    "classifier",
    ridge_logistic.CHOICE,
    svm_linear.CHOICE,
    logistic_lasso.CHOICE,
    lda.CHOICE,
    naive_bayes.CHOICE,
    svm_rbf.CHOICE,
    knn.CHOICE,
    random_forest.CHOICE,
    boosting.CHOICE,
    logistic.CHOICE,
)
"""Classifiers in menu order."""

SURVIVAL_MODELS: Registry[ModelFamily] = Registry("survival model", cox.CHOICE, ridge_cox.CHOICE)
"""Survival models in menu order."""
