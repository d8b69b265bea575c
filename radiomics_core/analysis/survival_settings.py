"""What a survival analysis compares and how often it shuffles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from radiomics_core.analysis.settings import FULL_REPEATS, FULL_SHUFFLES, ComparisonSettings, Mode
from radiomics_core.errors import SettingsError
from radiomics_core.i18n import lazy_
from radiomics_core.settings import Settings
from radiomics_core.survival.risk_groups import GROUPS, Grouping

AUTOMATIC = "auto"
DEFAULT_INPUTS = ("radiomics", "clinical", "volume", "combined", "centre")


@dataclass(frozen=True, kw_only=True)
class SurvivalSettings(Settings):
    """A cross-validated survival analysis.

    Attributes
    ----------
    folds, repeats : int
        At most this many folds; fewer when a fold would hold fewer than five events.
    shuffles : int
        How often the whole cross-validation is repeated with shuffled (time, event) pairs.
    seed : int
    inputs : tuple of str
        Names of blocks; images may be added.
    selector, screen : str
        Feature selection and outcome-free filter of inputs with many columns.
    model : str
        Name in SURVIVAL_MODELS, or ``"auto"``: ridge when parameters exceed a tenth of the training events.
    grouping : {"median", "tertiles"}
    mode : {"quick", "full"}
    primary : str
        Inputs of the headline.
    """

    folds: int = 5
    repeats: int = 5
    shuffles: int = 19
    seed: int = 1
    inputs: tuple[str, ...] = DEFAULT_INPUTS
    selector: str = "cox_score"
    screen: str = "near_constant"
    model: str = AUTOMATIC
    grouping: Grouping = "median"
    mode: Mode = "quick"
    primary: str = "radiomics"

    def __post_init__(self) -> None:
        if self.grouping not in GROUPS:
            raise SettingsError(
                lazy_("grouping must be 'median' or 'tertiles', got '{grouping}'"), grouping=self.grouping
            )
        self.comparison()

    def comparison(self, *, interval: bool = False, inputs: tuple[str, ...] | None = None) -> ComparisonSettings:
        """Return the settings of the cross-validation underneath."""
        return ComparisonSettings(
            folds=self.folds,
            repeats=self.repeats,
            shuffles=self.shuffles,
            seed=self.seed,
            inputs=self.inputs if inputs is None else inputs,
            screen=self.screen,
            mode=self.mode,
            interval=interval,
            primary=self.primary,
        )


def inputs_in_order(chosen: Sequence[str], offered: Sequence[str]) -> tuple[str, ...]:
    """Return chosen inputs in row order, so that the same choice is the same settings.

    Default inputs that the data do not offer stay in: their rows say why they are not applicable.
    """
    defaults = [name for name in DEFAULT_INPUTS if name not in offered or name in chosen]
    others = [name for name in (*offered, *chosen) if name in chosen and name not in DEFAULT_INPUTS]
    return tuple(dict.fromkeys([*defaults, *others]))


def full_survival_settings(**changes: object) -> SurvivalSettings:
    """Return the settings of a full analysis: 10 repeats, 199 shuffles."""
    return SurvivalSettings.from_dict({"mode": "full", "repeats": FULL_REPEATS, "shuffles": FULL_SHUFFLES, **changes})
