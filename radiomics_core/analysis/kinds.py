"""Kinds of findings of validation (RX5xx)."""

from __future__ import annotations

from radiomics_core.findings import declare, retire
from radiomics_core.i18n import lazy_

retire(
    "RX501",
    "caution",
    lazy_("Few events"),
    lazy_("The smaller group has {n_events} cases, fewer than {smallest}: every figure here is very uncertain."),
    lazy_("Collect more cases, or look at few features only."),
)
FEWER_FOLDS = declare(
    "RX503",
    "caution",
    lazy_("Fewer folds than asked for"),
    lazy_("{wanted} folds were asked for, {folds} were used so that each holds enough events."),
    lazy_("More events allow more folds."),
)
QUICK_LOOK = declare(
    "RX504",
    "note",
    lazy_("Quick look"),
    lazy_("Exploratory: few pipelines, few repeats and {shuffles} shuffles."),
    lazy_("Run the full comparison before reporting a figure."),
)
FOLDS_WITHOUT_VALUE = declare(
    "RX505",
    "note",
    lazy_("Folds without a value"),
    lazy_("{n} held-out folds had too few comparable pairs and were left out of the averages."),
    lazy_("More events, or fewer folds."),
)
NOTHING_SELECTED = declare(
    "RX506",
    "note",
    lazy_("No feature found in some folds"),
    lazy_("In {n} of {total} folds the selector found nothing; such a fold counts as 0.5."),
    lazy_("This is a result: the features say little in those training cases."),
)
CENTRE_PREDICTS = declare(
    "RX507",
    "caution",
    lazy_("The centre alone predicts the endpoint"),
    lazy_("A model that knows only the centre reaches {value} ({low}-{high}); part of any figure may be the centre."),
    lazy_(
        "Read the leave-one-centre-out figure first: each centre judged by models that never saw it. "
        "Where it cannot be made, read the within-centre figure."
    ),
)
SHUFFLES_MISSING = declare(
    "RX508",
    "caution",
    lazy_("Fewer shuffles than asked for"),
    lazy_("{n} of {total} shuffles did not finish and are left out of the shuffled-outcome check."),
    lazy_("Run the analysis again with another seed, or with fewer processes when memory ran out."),
)
FLAT_PREDICTIONS = declare(
    "RX510",
    "note",
    lazy_("Predictions without spread"),
    lazy_(
        "In {n} of {total} folds higher scores did not mean more events among the training cases, out of fold; all "
        "cases of such a fold get the same predicted risk."
    ),
    lazy_("This is a result: the predicted risks say little. The AUC or C-index is that of the scores."),
)
NEVER_SHUFFLED = declare(
    "RX509",
    "caution",
    lazy_("Some cases cannot be shuffled"),
    lazy_(
        "{n} of {total} cases keep their outcome in every shuffle: no other patient of their centre has as many cases. "
        "The shuffled-outcome band lies too high and its p is too large."
    ),
    lazy_("Group small centres, or keep one case for each patient."),
)
