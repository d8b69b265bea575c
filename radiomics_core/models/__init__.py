"""One model a row: classifiers, and models of a time to an event."""

from __future__ import annotations

from radiomics_core.i18n import lazy_
from radiomics_core.models import classifiers as _c
from radiomics_core.models import cox_models as _m
from radiomics_core.models.family import ModelFamily
from radiomics_core.registry import Choice, Registry

SKLEARN = ("scikit-learn",)

CLASSIFIERS: Registry[ModelFamily] = Registry(
    "classifier",
    Choice(
        name="logistic_ridge",
        label=lazy_("Ridge logistic regression"),
        build=_c.ridge_logistic,
        settings=_c.RidgeLogisticSettings,
        tags={"linear", "fast"},
        reference="le Cessie & van Houwelingen 1992",
        help=lazy_("A weighted sum with weights kept small; a sound first choice for few cases."),
        libraries=SKLEARN,
    ),
    Choice(
        name="svm_linear",
        label=lazy_("Linear support vector machine"),
        build=_c.linear_svm,
        settings=_c.LinearSvmSettings,
        tags={"linear", "fast"},
        reference="Cortes & Vapnik 1995",
        help=lazy_("A weighted sum fitted to the hardest cases; probabilities are made afterwards."),
        libraries=SKLEARN,
    ),
    Choice(
        name="logistic_lasso",
        label=lazy_("LASSO logistic regression"),
        build=_c.lasso_logistic,
        settings=_c.ElasticNetLogisticSettings,
        tags={"linear", "fast"},
        reference="Tibshirani 1996",
        help=lazy_("A weighted sum in which some weights become zero."),
        libraries=SKLEARN,
    ),
    Choice(
        name="lda",
        label=lazy_("Linear discriminant analysis"),
        build=_c.discriminant,
        settings=_c.DiscriminantSettings,
        tags={"linear", "fast"},
        reference="Fisher 1936",
        help=lazy_("Assumes that both groups spread alike around different means."),
        libraries=SKLEARN,
    ),
    Choice(
        name="naive_bayes",
        label=lazy_("Naive Bayes"),
        build=_c.naive_bayes,
        settings=_c.NaiveBayesSettings,
        tags={"fast"},
        reference="Hand & Yu 2001",
        help=lazy_("Treats features as independent; probabilities are made afterwards."),
        libraries=SKLEARN,
    ),
    Choice(
        name="svm_rbf",
        label=lazy_("Radial support vector machine"),
        build=_c.rbf_svm,
        settings=_c.RbfSvmSettings,
        tags={"fast"},
        reference="Cortes & Vapnik 1995",
        help=lazy_("Curved boundaries; probabilities are made afterwards."),
        libraries=SKLEARN,
    ),
    Choice(
        name="knn",
        label=lazy_("Nearest neighbours"),
        build=_c.nearest_neighbours,
        settings=_c.NearestNeighboursSettings,
        tags={"fast"},
        reference="Cover & Hart 1967",
        help=lazy_("The share of events among the most similar cases."),
        libraries=SKLEARN,
    ),
    Choice(
        name="random_forest",
        label=lazy_("Random forest"),
        build=_c.random_forest,
        settings=_c.RandomForestSettings,
        tags={"tree", "slow"},
        reference="Breiman 2001",
        help=lazy_("Many decision trees on resampled cases."),
        libraries=SKLEARN,
    ),
    Choice(
        name="boosting",
        label=lazy_("Gradient boosting"),
        build=_c.boosting,
        settings=_c.BoostingSettings,
        tags={"tree", "slow"},
        reference="Friedman 2001",
        help=lazy_("Shallow trees, each correcting those before."),
        libraries=SKLEARN,
    ),
    Choice(
        name="logistic",
        label=lazy_("Logistic regression"),
        build=_c.plain_logistic,
        settings=_c.PlainLogisticSettings,
        tags={"linear", "fast", "plain"},
        reference="Cox 1958",
        help=lazy_("Without a penalty: for clinical columns and other inputs with few columns."),
        libraries=SKLEARN,
    ),
)
"""Classifiers in menu order."""

SURVIVAL_MODELS: Registry[ModelFamily] = Registry(
    "survival model",
    Choice(
        name="cox",
        label=lazy_("Cox regression"),
        build=_m.plain_cox,
        settings=_m.PlainCoxSettings,
        tags={"time_to_event", "fast", "linear"},
        reference="Cox 1972",
        help=lazy_("Hazard ratios without shrinkage; needs ten events per parameter."),
        libraries=("numpy",),
    ),
    Choice(
        name="ridge_cox",
        label=lazy_("Ridge Cox regression"),
        build=_m.ridge_cox,
        settings=_m.RidgeCoxSettings,
        tags={"time_to_event", "fast", "linear"},
        reference="Verweij & van Houwelingen 1994",
        help=lazy_("Shrinks all coefficients; how much is chosen inside each training fold."),
        libraries=("numpy",),
    ),
)
"""Survival models in menu order."""
