"""What can be found wrong with a survival analysis (RX6xx)."""

from __future__ import annotations

from radiomics_core.findings import declare, retire
from radiomics_core.i18n import lazy_

RIDGE_BY_RULE = declare(
    "RX601",
    "note",
    lazy_("Ridge Cox used"),
    lazy_("{n_parameters} parameters for {n_events} events ({inputs}): more than one per ten events."),
    lazy_("A ridge penalty, tuned inside each training fold, keeps the coefficients small."),
)
retire(
    "RX602",
    "caution",
    lazy_("Folds without enough comparable pairs"),
    lazy_("{n_dropped} of {n_folds} folds have fewer than {minimum} comparable pairs and do not count in C."),
    lazy_("Use fewer folds, or wait for more events."),
)
SWITCHERS = declare(
    "RX603",
    "note",
    lazy_("Cases that change group"),
    lazy_("{n_switchers} of {n} cases fall into another risk group in more than 20 % of the repeats."),
    lazy_("Their group is uncertain; read the curves with that in mind."),
)
HAZARDS_NOT_PROPORTIONAL = declare(
    "RX604",
    "caution",
    lazy_("Hazards not proportional"),
    lazy_("The hazard ratio of '{column}' changes over time (p = {p:.3f}; all factors together: p = {overall:.3f})."),
    lazy_("One hazard ratio is then an average over follow-up; consider another time horizon or stratifying."),
)
FEW_EVENTS = declare(
    "RX605",
    "caution",
    lazy_("Few events for the table"),
    lazy_("{n_events} events for {n_parameters} parameters: fewer than ten events per parameter."),
    lazy_("Use fewer factors; the intervals are too narrow."),
)
NO_SEPARATION = declare(
    "RX606",
    "caution",
    lazy_("No separation"),
    lazy_("The group predicted as high risk ({inputs}) did not have more events than the low-risk group."),
    lazy_("The model does not stratify these patients."),
)
INCOMPLETE_ROWS = declare(
    "RX607",
    "note",
    lazy_("Cases left out of the table"),
    lazy_("{n_dropped} of {n} cases miss a value and are left out of the hazard-ratio table."),
    lazy_("Fill the gaps in the clinical table, or leave out the column that has them."),
)
GROUPS_UNEVEN = declare(
    "RX609",
    "note",
    lazy_("Risk groups of unequal size"),
    lazy_("Many patients have the same score ({inputs}); the groups hold {sizes} patients instead of equal parts."),
    lazy_("Equal scores are never parted. With two or three different scores there are no finer groups."),
)
retire(
    "RX608",
    "caution",
    lazy_("The centre alone predicts"),
    lazy_("Knowing only the centre gives a C-index of {c_index:.2f}: part of any pooled figure may be the centre."),
    lazy_("Read the leave-one-centre-out C-index first; where it cannot be made, the within-centre one."),
)
