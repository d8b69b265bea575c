"""What an analysis compares: which inputs and pipelines, how many folds, repeats and shuffles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from radiomics_core.errors import SettingsError
from radiomics_core.i18n import lazy_
from radiomics_core.settings import Settings
from radiomics_core.survival.risk_groups import GROUPS, Grouping

Mode = Literal["quick", "full"]
Methods = tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]
FULL_REPEATS, FULL_SHUFFLES = 10, 199
AUTOMATIC = "auto"
"""Name that stands for the model a task's rule picks."""


@dataclass(frozen=True, kw_only=True)
class AnalysisSettings(Settings):
    """A comparison of pipelines under nested cross-validation, for an endpoint of any task.

    Attributes
    ----------
    folds, repeats : int
        Outer folds (fewer where the task asks for events in each), and how often the cases are split anew.
    shuffles : int
        Shuffled-outcome repeats of the whole cross-validation.
    seed : int
    inputs : tuple of str
        Names of blocks; empty takes the task's.
    selectors, models : tuple of str
        Every selector is combined with every model; empty takes the task's quick look. ``"auto"`` is the model that
        the task's rule picks.
    screen : str
        Outcome-free filter before selection.
    mode : {"quick", "full"}
        A quick look is exploratory, and says so.
    interval : bool
        Fit the third layer that the headline's nested cross-validation interval needs.
    primary : str
        Inputs of the headline row.
    grouping : {"median", "tertiles"}
        How cases are grouped by risk, where the task makes groups.
    methods : tuple of (name, tuple of (setting, value))
        Settings of methods that differ from the defaults, sorted; made by :func:`method_settings.differing`.
    """

    folds: int = 5
    repeats: int = 5
    shuffles: int = 19
    seed: int = 1
    inputs: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    screen: str = "near_constant"
    mode: Mode = "quick"
    interval: bool = True
    primary: str = "radiomics"
    grouping: Grouping = "median"
    methods: Methods = field(default=(), metadata={"later": True})

    def __post_init__(self) -> None:
        for name, smallest in (("folds", 3), ("repeats", 1), ("shuffles", 0), ("seed", 0)):
            value = getattr(self, name)
            if value < smallest:
                raise SettingsError(
                    lazy_("{name} must be at least {smallest}, got {value}"), name=name, smallest=smallest, value=value
                )
        if self.mode not in ("quick", "full"):
            raise SettingsError(lazy_("mode must be 'quick' or 'full', got '{mode}'"), mode=self.mode)
        if self.grouping not in GROUPS:
            raise SettingsError(
                lazy_("grouping must be 'median' or 'tertiles', got '{grouping}'"), grouping=self.grouping
            )
        for name in ("inputs", "selectors", "models"):
            # a name given twice is the same settings, and has the same digest
            object.__setattr__(self, name, tuple(dict.fromkeys(getattr(self, name))))
        object.__setattr__(self, "methods", _tuples(self.methods))


def _tuples(value: Any) -> Any:
    """Return lists, which files make of tuples, as tuples again."""
    return tuple(_tuples(item) for item in value) if isinstance(value, list | tuple) else value


def inputs_in_order(chosen: Sequence[str], offered: Sequence[str], default: Sequence[str]) -> tuple[str, ...]:
    """Return chosen inputs in row order, so that the same choice is the same settings; empty for the default ones."""
    named = tuple(dict.fromkeys(name for name in (*offered, *chosen) if name in chosen))
    return () if set(named) == set(default) else named


def mode_for(repeats: int, shuffles: int) -> Mode:
    """Return what an analysis with so many repeats and shuffles is: full from 10 repeats and 199 shuffles up."""
    return "full" if repeats >= FULL_REPEATS and shuffles >= FULL_SHUFFLES else "quick"


def full_settings(**changes: object) -> AnalysisSettings:
    """Return the settings of a full analysis: 5 folds, 10 repeats, 199 shuffles."""
    values: dict[str, object] = {"mode": "full", "repeats": FULL_REPEATS, "shuffles": FULL_SHUFFLES, **changes}
    return AnalysisSettings.from_dict(values)
