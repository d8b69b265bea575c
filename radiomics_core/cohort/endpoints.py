"""What is predicted. An endpoint is a rule from clinical columns to values; it holds no values itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from radiomics_core.settings import Settings

EndpointKind = Literal["binary", "multiclass", "ordinal", "continuous", "time_to_event"]
TimeUnit = Literal["days", "months", "years"]


@dataclass(frozen=True, kw_only=True)
class BinaryEndpoint(Settings):
    """Event or no event.

    Attributes
    ----------
    name : str
        Code of the endpoint.
    column : str
        Clinical column it comes from.
    positive : str
        Value that is the event, as it stands in the column (compared as text; ``1`` equals ``1.0``).
    negative : str
        Value that is no event; empty when the column has exactly two values.
    """

    name: str
    column: str
    positive: str
    negative: str = ""
    kind: EndpointKind = "binary"


@dataclass(frozen=True, kw_only=True)
class MulticlassEndpoint(Settings):
    """One of several classes."""

    name: str
    column: str
    classes: tuple[str, ...]
    kind: EndpointKind = "multiclass"


@dataclass(frozen=True, kw_only=True)
class OrdinalEndpoint(Settings):
    """One of several ordered classes, lowest first."""

    name: str
    column: str
    classes: tuple[str, ...]
    kind: EndpointKind = "ordinal"


@dataclass(frozen=True, kw_only=True)
class ContinuousEndpoint(Settings):
    """A number."""

    name: str
    column: str
    unit: str = ""
    kind: EndpointKind = "continuous"


@dataclass(frozen=True, kw_only=True)
class TimeToEventEndpoint(Settings):
    """Time from a declared zero to an event or to the last contact.

    Attributes
    ----------
    time_column : str
        Duration column; empty when time comes from two dates.
    start_column, end_column : str
        Date columns (time zero; event or last contact), used when ``time_column`` is empty.
    event_column : str
        Column with the event code.
    event_codes : tuple of str
        Values that mean the event (cause of interest); every other value is censored, or a competing cause
        when listed in ``other_causes``.
    unit : {"days", "months", "years"}
        Unit of the time column, and of every time shown.
    time_zero : str
        What time zero is, in words ("biopsy").
    entry_column : str
        Delayed entry; empty for none.
    """

    name: str
    event_column: str
    event_codes: tuple[str, ...] = ("1",)
    time_column: str = ""
    start_column: str = ""
    end_column: str = ""
    unit: TimeUnit = "days"
    other_causes: tuple[str, ...] = ()
    time_zero: str = ""
    entry_column: str = ""
    kind: EndpointKind = "time_to_event"


Endpoint = BinaryEndpoint | MulticlassEndpoint | OrdinalEndpoint | ContinuousEndpoint | TimeToEventEndpoint
ENDPOINT_TYPES: dict[str, type[Any]] = {
    "binary": BinaryEndpoint,
    "multiclass": MulticlassEndpoint,
    "ordinal": OrdinalEndpoint,
    "continuous": ContinuousEndpoint,
    "time_to_event": TimeToEventEndpoint,
}


def endpoint_from_dict(stored: dict[str, Any]) -> Endpoint:
    """Make an endpoint from ``to_dict`` of one; its ``kind`` says which."""
    endpoint: Endpoint = ENDPOINT_TYPES[stored["kind"]].from_dict(stored)
    return endpoint


@dataclass(frozen=True)
class EndpointValues:
    """Values of an endpoint for cases that have one, in a fixed order.

    Attributes
    ----------
    case_ids : tuple of str, length n
    event : array, shape (n,)
        Binary: {0, 1}. Time to event: 0 censored, 1.. causes (1 is the cause of interest).
        Multiclass and ordinal: class index. Continuous: NaN-free float value.
    time : array of float, shape (n,), or None
        Time to event in the endpoint's unit.
    missing : tuple of str
        Cases without a value, left out and counted.
    entry : array of float, shape (n,), or None
        Time at which the case came under observation (delayed entry), in the endpoint's unit.
    """

    endpoint: Endpoint
    case_ids: tuple[str, ...]
    event: NDArray[np.float64]
    time: NDArray[np.float64] | None = None
    missing: tuple[str, ...] = ()
    entry: NDArray[np.float64] | None = None

    @property
    def kind(self) -> EndpointKind:
        """Kind of the endpoint."""
        return self.endpoint.kind

    @property
    def n(self) -> int:
        """Number of cases with a value."""
        return len(self.case_ids)

    @property
    def n_events(self) -> int:
        """Number of cases with the event (of the cause of interest)."""
        return int(np.sum(self.event == 1)) if self.kind in ("binary", "time_to_event") else self.n

    def take(self, positions: NDArray[np.intp]) -> EndpointValues:
        """Return the values of some cases, by position."""
        return EndpointValues(
            self.endpoint,
            tuple(self.case_ids[i] for i in positions),
            self.event[positions],
            None if self.time is None else self.time[positions],
            (),
            None if self.entry is None else self.entry[positions],
        )
