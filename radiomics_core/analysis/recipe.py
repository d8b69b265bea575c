"""What one row of an analysis does, from columns to score."""

from __future__ import annotations

from dataclasses import dataclass

from radiomics_core.settings import Settings

CHOSEN_INSIDE = "chosen_inside"
STACKED = "stacked"


@dataclass(frozen=True, kw_only=True)
class Recipe(Settings):
    """Screen, impute and scale, select, model: refitted in every training fold.

    Attributes
    ----------
    inputs : str
        Name of the block.
    screen, selector, model : str
        Names in SCREENS, SELECTORS and the task's table of models.
    """

    inputs: str
    screen: str = "none"
    selector: str = "none"
    model: str = "logistic_ridge"

    @property
    def name(self) -> str:
        """Text that seeds are keyed on and folds are stored under; nothing is read out of it.

        A step added to a recipe (a harmonisation) enters here, and with that the seeds and digests.
        """
        return f"{self.inputs}|{self.screen}|{self.selector}|{self.model}"
