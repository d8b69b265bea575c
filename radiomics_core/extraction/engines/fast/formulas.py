"""What feature classes have in common: named formulas over a batch of regions or neighbourhoods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.region import Neighbourhoods, Region

Values = NDArray[np.float64]
Formula = TypeVar("Formula", bound=Callable[[Any], Values])

summed = np.add.reduce
"""``ndarray.sum`` without its wrapper in Python: a small region asks for some thousand sums of a few numbers."""


def feature(name: str) -> Callable[[Formula], Formula]:
    """Mark a method as the formula of a pyradiomics feature; its docstring names the IBSI id."""

    def mark(formula: Formula) -> Formula:
        formula.feature_name = name  # type: ignore[attr-defined]
        return formula

    return mark


class FeatureClass:
    """A batch of regions (one) or neighbourhoods (many) and the formulas over them.

    A formula is a method without arguments marked with :func:`feature`; it returns one value per member of the batch,
    NaN where it is undefined, or one per member and direction where :meth:`per_member` averages over directions. What
    several formulas need is a ``cached_property``.
    """

    formulas: ClassVar[dict[str, Callable[[Any], Values]]] = {}

    def __init_subclass__(cls) -> None:
        methods = (method for parent in reversed(cls.__mro__) for method in vars(parent).values())
        cls.formulas = {m.feature_name: m for m in methods if hasattr(m, "feature_name")}

    @classmethod
    def of_region(cls, region: Region) -> Self:
        """Count what the formulas need in one region: a batch of one."""
        raise NotImplementedError

    @classmethod
    def of_neighbourhoods(cls, cubes: Neighbourhoods) -> Iterator[tuple[NDArray[np.int64], Self]]:
        """Count in many neighbourhoods; yields batches with the positions of their members in ``cubes.centres``."""
        raise NotImplementedError

    def compute(self, names: Iterable[str]) -> dict[str, Values]:
        """Return the values of some features, each of shape (batch,)."""
        with np.errstate(all="ignore"):  # undefined values are NaN, and said so by the engine
            return self.per_member({name: np.asarray(self.formulas[name](self), np.float64) for name in names})

    def per_member(self, values: dict[str, Values]) -> dict[str, Values]:
        """Return one value per member of the batch from what the formulas give."""
        return values
