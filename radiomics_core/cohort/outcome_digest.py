"""What an endpoint's values are, whatever its column and its codes are called."""

from __future__ import annotations

import numpy as np

from radiomics_core.cohort.endpoints import EndpointValues
from radiomics_core.settings import digest_of
from radiomics_core.stats.ranks import places


def outcome_digest(values: EndpointValues) -> str:
    """Return a digest of who has the same outcome as whom.

    It is the same when a column is renamed or copied, when its values are coded anew (1 and 2 for "yes" and "no", event
    and no event exchanged) and for numbers in another unit: they count by their ranks. Times do not enter it, nor does
    the order of cases.
    """
    order = np.argsort(np.array(values.case_ids, dtype=str), kind="stable")
    _values, first, codes = np.unique(values.event[order], return_index=True, return_inverse=True)
    if values.kind != "continuous":
        codes = places(first)[codes]  # numbered in the order of first appearance
    return digest_of([values.case_ids[i] for i in order], codes.tolist())
