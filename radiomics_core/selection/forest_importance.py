"""Ranking by the importance of columns to randomised trees."""

from __future__ import annotations

from dataclasses import dataclass

from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice
from radiomics_core.selection.ranking import BINARY, Floats, Positions, Ranker, Sized, SizeSettings, best_first
from radiomics_core.settings import at_least, setting


@dataclass(frozen=True, kw_only=True)
class ForestImportanceSettings(SizeSettings):
    """Ranking by impurity importance of a random forest.

    Attributes
    ----------
    n_trees : int
    """

    n_trees: int = setting(100, lazy_("Trees"))

    def __post_init__(self) -> None:
        super().__post_init__()
        at_least(self, "n_trees", 1)


class ForestImportance(Sized):
    """Columns a random forest uses most."""

    def __init__(self, settings: ForestImportanceSettings) -> None:
        super().__init__(settings)
        self.n_trees = settings.n_trees

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.ranking.Ranker`."""
        from sklearn.ensemble import ExtraTreesClassifier

        forest = ExtraTreesClassifier(self.n_trees, min_samples_leaf=3, random_state=seed, n_jobs=1)
        return best_first(forest.fit(features, target).feature_importances_, n_wanted)


CHOICE: Choice[Ranker] = Choice(
    name="forest_importance",
    label=lazy_("Tree importance"),
    build=ForestImportance,
    settings=ForestImportanceSettings,
    tags={BINARY, "slow"},
    reference="Geurts 2006",
    help=lazy_("Keeps the features that many randomised trees use most."),
    libraries=("scikit-learn",),
)
