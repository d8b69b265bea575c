"""Choice of features that sees the endpoint; refitted in every training fold."""

from __future__ import annotations

from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice, Registry
from radiomics_core.selection import selectors as _s
from radiomics_core.selection.rankers import Ranker

BINARY, SURVIVAL = "binary", "time_to_event"

SELECTORS: Registry[Ranker] = Registry(
    "selector",
    Choice(
        name="mann_whitney",
        label=lazy_("Mann-Whitney ranking"),
        build=_s.MannWhitney,
        settings=_s.MannWhitneySettings,
        tags={BINARY, "fast"},
        reference="Mann & Whitney 1947",
        help=lazy_("Keeps the features whose ranks differ most between events and non-events."),
        libraries=("numpy", "scipy"),
    ),
    Choice(
        name="mrmr",
        label=lazy_("mRMR"),
        build=_s.Mrmr,
        settings=_s.MrmrSettings,
        tags={BINARY, "fast"},
        reference="Ding & Peng 2005",
        help=lazy_("Keeps features that go with the endpoint but not with each other."),
        libraries=("numpy",),
    ),
    Choice(
        name="anova",
        label=lazy_("ANOVA F ranking"),
        build=_s.Anova,
        settings=_s.AnovaSettings,
        tags={BINARY, "fast"},
        reference="Fisher 1925",
        help=lazy_("Keeps the features whose means differ most between events and non-events."),
        libraries=("numpy",),
    ),
    Choice(
        name="mutual_information",
        label=lazy_("Mutual information"),
        build=_s.MutualInformation,
        settings=_s.MutualInformationSettings,
        tags={BINARY, "fast"},
        reference="Battiti 1994",
        help=lazy_("Keeps features that tell most about the endpoint, also when the relation is not a straight line."),
        libraries=("numpy", "scipy"),
    ),
    Choice(
        name="lasso",
        label=lazy_("LASSO"),
        build=_s.Lasso,
        settings=_s.LassoSettings,
        tags={BINARY},
        reference="Tibshirani 1996",
        help=lazy_("Keeps features with a weight other than zero in an L1-penalised logistic model; may find none."),
        libraries=("scikit-learn",),
    ),
    Choice(
        name="forest_importance",
        label=lazy_("Tree importance"),
        build=_s.ForestImportance,
        settings=_s.ForestImportanceSettings,
        tags={BINARY, "slow"},
        reference="Geurts 2006",
        help=lazy_("Keeps the features that many randomised trees use most."),
        libraries=("scikit-learn",),
    ),
    Choice(
        name="stability",
        label=lazy_("Stability selection"),
        build=_s.StabilitySelection,
        settings=_s.StabilitySettings,
        tags={BINARY, "slow"},
        reference="Meinshausen & Buehlmann 2010",
        help=lazy_("Keeps features that stay on top when half of the cases are left out, many times; may find none."),
        libraries=("numpy",),
    ),
    Choice(
        name="cox_score",
        label=lazy_("Cox score ranking"),
        build=_s.CoxScore,
        settings=_s.SizeSettings,
        tags={SURVIVAL, "fast"},
        reference="Cox 1972",
        help=lazy_("Keeps the features that go most with the hazard, one at a time."),
        libraries=("numpy",),
    ),
    Choice(
        name="cox_mrmr",
        label=lazy_("mRMR (survival)"),
        build=_s.CoxMrmr,
        settings=_s.MrmrSettings,
        tags={SURVIVAL, "fast"},
        reference="Ding & Peng 2005",
        help=lazy_("Keeps features that go with the hazard but not with each other."),
        libraries=("numpy",),
    ),
    Choice(
        name="none",
        label=lazy_("All features"),
        build=_s.AllFeatures,
        settings=_s.AllFeaturesSettings,
        tags={BINARY, SURVIVAL, "fast", "keeps_all"},
        help=lazy_("Keeps every column; for inputs with few columns."),
    ),
)
"""Feature selectors in menu order; tags say which endpoint kinds they serve."""
