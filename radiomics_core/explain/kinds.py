"""What can be found wrong with an explanation (RX7xx)."""

from __future__ import annotations

from radiomics_core.findings import declare
from radiomics_core.i18n import lazy_

UNSTABLE_FEATURES = declare(
    "RX701",
    "note",
    lazy_("Features change between folds"),
    lazy_("Only {n_stable} of {n} explained features were chosen in at least half of the {n_folds} folds."),
    lazy_("Read the ranking as a list of candidates, not as a signature."),
)
NOTHING_TO_EXPLAIN = declare(
    "RX702",
    "caution",
    lazy_("Folds without a model"),
    lazy_("In {n_empty} of {n_folds} folds no feature was chosen; all cases there have the same prediction."),
    lazy_("The inputs say little about the endpoint in those training cases."),
)
