"""Every formula of the fast engine stands under its pyradiomics name, with the IBSI id that the glossary shows."""

from __future__ import annotations

import inspect
import re

import pytest

from radiomics_core.extraction.catalogue import FEATURE_CLASSES, FEATURE_NAMES
from radiomics_core.extraction.engines.fast.classes import CLASSES, SHAPE_CLASSES
from radiomics_core.extraction.feature_maps import MAP_FAMILIES
from radiomics_core.extraction.glossary import GLOSSARY

EVERY_CLASS = {**SHAPE_CLASSES, **CLASSES}
FORMULAS = [
    pytest.param(family, feature, formula, id=f"{family}-{feature}")
    for family, feature_class in EVERY_CLASS.items()
    for feature, formula in feature_class.formulas.items()
]
IBSI_ID = r"\bIBSI ([0-9A-Z]{4})\b"


def test_every_class_of_the_catalogue_has_its_row():
    assert set(EVERY_CLASS) == set(FEATURE_CLASSES)
    assert set(MAP_FAMILIES) == set(CLASSES)


@pytest.mark.parametrize("family", EVERY_CLASS)
def test_a_class_has_a_formula_for_every_feature_and_names_the_paper(family):
    assert sorted(EVERY_CLASS[family].formulas) == sorted(FEATURE_NAMES[family])
    words = inspect.getdoc(EVERY_CLASS[family]) or ""
    assert re.search(r"References\n-+\n.*(\(\d{4}\)|pyradiomics 3\.0\.1)", words, re.DOTALL)


@pytest.mark.parametrize(("family", "feature", "formula"), FORMULAS)
def test_a_formula_is_said_in_words_and_carries_the_id_of_the_glossary(family, feature, formula):
    words = inspect.getdoc(formula) or ""
    assert words.endswith(".")
    expected = GLOSSARY[family, feature].ibsi_id
    assert re.findall(IBSI_ID, words) == ([expected] if expected else [])
