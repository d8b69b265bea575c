"""What exploration needs to know of an endpoint, so that features stay below the cohort layer."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.errors import NotApplicableError
from radiomics_core.i18n import lazy_


class OutcomeValues(Protocol):
    """Values of an endpoint per case; ``cohort.endpoints.EndpointValues`` is one."""

    @property
    def kind(self) -> str:
        """``binary``, ``multiclass``, ``ordinal``, ``continuous`` or ``time_to_event``."""
        ...

    @property
    def case_ids(self) -> tuple[str, ...]:
        """Case of each value."""
        ...

    @property
    def event(self) -> NDArray[np.float64]:
        """Event code, class index or number, shape (n,)."""
        ...

    @property
    def time(self) -> NDArray[np.float64] | None:
        """Time to event, shape (n,), or None."""
        ...


def align(
    values: pd.DataFrame, outcome: OutcomeValues
) -> tuple[pd.DataFrame, NDArray[np.float64], NDArray[np.float64] | None]:
    """Return rows of ``values`` that have an outcome, with their event and time in the same order."""
    position = {case_id: i for i, case_id in enumerate(outcome.case_ids)}
    rows = [case_id for case_id in values.index if case_id in position]
    if not rows:
        raise NotApplicableError(
            lazy_("no case has both features and a value of the endpoint"),
            remedy=lazy_("Check that the ids of the feature table and the clinical table match"),
        )
    at = np.array([position[case_id] for case_id in rows])
    time = None if outcome.time is None else np.asarray(outcome.time, float)[at]
    return values.loc[rows], np.asarray(outcome.event, float)[at], time
