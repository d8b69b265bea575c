"""Settings of methods: from the command line, a form or a file into the pipelines, the digest and the result's key."""

import dataclasses

import pytest

from radiomics_core.analysis.method_settings import configured, differing, libraries_used, parse
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.settings_file import from_yaml, to_yaml
from radiomics_core.analysis.tasks import BINARY, TIME_TO_EVENT
from radiomics_core.errors import SettingsError
from radiomics_core.registry import Registry

SETTINGS = AnalysisSettings(selectors=("mrmr", "anova"), models=("logistic_ridge", "knn"))


def test_a_setting_reaches_the_pipelines_and_nothing_else_changes():
    settings = dataclasses.replace(SETTINGS, methods=differing(BINARY, {"mrmr": {"sizes": (3, 4)}}))
    task = configured(BINARY, settings)
    assert task.selectors.build("mrmr").sizes == (3, 4)
    assert task.selectors.build("anova").sizes == BINARY.selectors.build("mrmr").sizes == (5, 10, 20)
    assert configured(BINARY, SETTINGS) is BINARY


def test_settings_as_they_are_by_default_change_no_digest_and_others_do_whatever_their_number_is_written_as():
    same = differing(BINARY, {"mrmr": {"sizes": (5, 10, 20)}, "knn": {"neighbours": (15, 7)}})
    assert same == ()
    assert "methods" not in SETTINGS.to_dict()
    given = [parse(BINARY, SETTINGS, [f"lasso.inverse_penalty={text}"]) for text in ("1", "1.0", "1e0")]
    digests = {dataclasses.replace(SETTINGS, methods=differing(BINARY, one)).digest() for one in given}
    assert len(digests) == 1
    assert SETTINGS.digest() not in digests


def test_a_step_stands_for_every_one_of_its_methods():
    given = parse(BINARY, SETTINGS, ["selector.sizes=3", "logistic_ridge.inverse_penalties = 0.1, 2"])
    assert given == {
        "mrmr": {"sizes": (3,)}, "anova": {"sizes": (3,)}, "logistic_ridge": {"inverse_penalties": (0.1, 2.0)},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("mrmr.size=3", "unknown setting size.*Known settings: sizes"),
        ("mrmrr.sizes=3", "no method 'mrmrr'.*Available: .*mrmr"),
        ("mrmr.sizes=three", "Number of features is 'three', expected something like 5, 10, 20"),
        ("mrmr.sizes=0", r"Number of features must be at least 1, got \(0,\)"),
        ("mrmr", r"METHOD\.SETTING=VALUE"),
    ],
)
def test_what_cannot_be_says_what_can(word, said):
    with pytest.raises(SettingsError, match=said):
        differing(BINARY, parse(BINARY, SETTINGS, [word]))


def test_an_analysis_file_is_the_analysis_again():
    methods = differing(TIME_TO_EVENT, {"ridge_cox": {"penalties": (2.0,)}, "cox_score": {"sizes": (4,)}})
    settings = AnalysisSettings(models=("ridge_cox",), repeats=7, grouping="tertiles", methods=methods)
    assert from_yaml(to_yaml(settings), TIME_TO_EVENT) == settings
    assert AnalysisSettings.from_dict(settings.to_dict()).digest() == settings.digest()
    assert from_yaml("repeats: 3", TIME_TO_EVENT) == AnalysisSettings(repeats=3)
    with pytest.raises(SettingsError, match="unknown setting repeat "):
        from_yaml("repeat: 3", TIME_TO_EVENT)


def test_the_libraries_of_every_method_used_are_the_results():
    assert libraries_used(BINARY, SETTINGS) == ("numpy", "scipy", "scikit-learn")
    row = dataclasses.replace(BINARY.selectors["mrmr"], libraries=("numpy", "pymrmr"))
    others = [one for one in BINARY.selectors if one.name != "mrmr"]
    task = dataclasses.replace(BINARY, selectors=Registry("selector", row, *others))
    assert "pymrmr" in libraries_used(task, SETTINGS)
    assert "pymrmr" not in libraries_used(task, dataclasses.replace(SETTINGS, selectors=("anova",)))
