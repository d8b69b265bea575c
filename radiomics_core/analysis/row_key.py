"""What names a row of an analysis: its inputs, its selector and its model, in three columns of every frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from radiomics_core.analysis.recipe import CHOSEN_INSIDE, STACKED

KEY = ["inputs", "selector", "model"]
"""The columns that hold a key."""


@dataclass(frozen=True, order=True)
class RowKey:
    """One row: inputs (a block's name), selector and model (names in their tables, or what stands for them)."""

    inputs: str
    selector: str = ""
    model: str = ""

    @classmethod
    def of(cls, record: Mapping[Any, Any] | pd.Series[Any]) -> RowKey:
        """Return the key of a record that has the columns ``KEY``."""
        return cls(*(str(record[name]) for name in KEY))

    @property
    def stands_for_inputs(self) -> bool:
        """Whether the row stands for its inputs whatever other pipelines they have: chosen inside, or stacked."""
        return CHOSEN_INSIDE in (self.selector, self.model) or self.model == STACKED

    def to_dict(self) -> dict[str, str]:
        """Return the values of the columns ``KEY``."""
        return asdict(self)

    def rows(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a frame that belong to this key."""
        mine = frame["inputs"] == self.inputs
        return frame[mine & (frame["selector"] == self.selector) & (frame["model"] == self.model)]

    def __str__(self) -> str:
        """Return the parts that say something, for messages."""
        return " / ".join(part for part in (self.inputs, self.selector, self.model) if part)


def keys_in(frame: pd.DataFrame) -> list[RowKey]:
    """Return the keys of a frame in the order they come first."""
    found = frame[KEY].drop_duplicates()
    return [RowKey(*map(str, values)) for values in found.itertuples(index=False, name=None)]


def row_per_inputs(keys: Iterable[RowKey]) -> dict[str, RowKey]:
    """Return for each inputs the row that stands for them: chosen inside, stacked, or the first pipeline."""
    found: dict[str, RowKey] = {}
    for key in keys:
        if key.inputs not in found or key.stands_for_inputs:
            found[key.inputs] = key
    return found
