"""What a candidate is seeded by, and who is called positive."""

from dataclasses import replace

import numpy as np
import pytest

from radiomics_core.analysis.lattice import fit_candidates
from radiomics_core.analysis.matrix import encode_block
from radiomics_core.analysis.nested import Unit, run_unit
from radiomics_core.analysis.recipe import Recipe
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.tasks import BINARY
from radiomics_core.i18n import lazy_
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.registry import Choice, Registry
from tests.simulated_analysis import make_data


class AboveZero:
    """Scores 1 where the first feature is above its mean, else 0, whatever it was fitted to."""

    def __init__(self, seed, seeds):
        seeds.append(seed)

    def fit(self, features, outcome):
        return self

    def predict(self, features):
        return (features[:, 0] > 0).astype(float)


def tools_with(*names, seeds):
    family = ModelFamily((ModelCandidate("only", lambda seed: AboveZero(seed, seeds)),))
    rows = [Choice(name=name, label=lazy_(name), build=lambda: family) for name in names]
    return replace(BINARY, models=Registry("model", *rows), plain_model=names[0], quick_models=names)


def seeds_of(recipes, *, seed=1, key=(0, 0)):
    seeds, data = [], make_data(n=20, p=2)
    block = encode_block(data, data.blocks["radiomics"])
    tools = tools_with("first", "second", seeds=seeds)
    list(fit_candidates(block, data.target, np.ones(20, bool), recipes, tools, seed=seed, key=key))
    return seeds


def test_models_that_differ_in_any_part_of_their_recipe_draw_different_numbers():
    recipes = [
        Recipe(inputs="radiomics", model="first"), Recipe(inputs="radiomics", model="second"),
        Recipe(inputs="volume", model="first"),
    ]  # fmt: skip
    alone = [seeds_of([recipe])[0] for recipe in recipes]
    assert len(set(alone)) == 3
    assert seeds_of(recipes[:2]) == alone[:2]  # whichever else is tried beside it


def test_a_model_draws_other_numbers_with_another_seed_and_other_folds_left_out():
    recipe = [Recipe(inputs="radiomics", model="first")]
    drawn = [seeds_of(recipe), seeds_of(recipe, seed=2), seeds_of(recipe, key=(0, 1)), seeds_of(recipe, key=(1, 0))]
    assert len({tuple(one) for one in drawn}) == 4
    assert seeds_of(recipe) == drawn[0]


@pytest.fixture
def tied():
    """A score of 0 or 1 that is right in nine of ten cases: the threshold is 1, and every positive case ties with it."""
    data = make_data(n=60, p=1)
    wrong = np.arange(60) % 10 == 0
    feature = np.where(wrong, 1 - data.target, data.target)
    data = replace(data, features=data.features.assign(f0=feature))
    settings = AnalysisSettings(folds=3, repeats=1, shuffles=0, selectors=("none",), models=("first",), interval=False)
    result = run_unit(data, settings, Unit(kind="real", repeat=0, inputs=("radiomics",)), tools_with("first", seeds=[]))
    return result, dict(zip(data.case_ids, feature, strict=True))


def test_a_score_that_equals_the_threshold_is_positive(tied):
    result, feature = tied
    assert set(result.frames["folds"]["threshold"]) == {1.0}
    predictions = result.frames["predictions"]
    assert predictions["positive"].tolist() == [feature[case] == 1 for case in predictions["case_id"]]
    assert 20 < predictions["positive"].sum() < 40
