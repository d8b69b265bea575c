"""Every registry, wherever it stands: from one row come the menu, the form, the settings key and the words."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re

import pytest

import radiomics_core
from radiomics_core.i18n import LazyText
from radiomics_core.registry import Registry
from radiomics_core.settings import Settings


def core_modules() -> list[str]:
    found = pkgutil.walk_packages(radiomics_core.__path__, "radiomics_core.")
    return [module.name for module in found if not module.name.endswith("__main__")]


def registries() -> dict[str, Registry]:
    found: dict[int, tuple[str, Registry]] = {}
    for name in core_modules():
        module = importlib.import_module(name)
        for attribute, value in vars(module).items():
            if isinstance(value, Registry):
                found.setdefault(id(value), (f"{name}.{attribute}", value))
    return dict(found.values())


ROWS = [
    pytest.param(registry, row, id=f"{name}-{row.name}") for name, registry in registries().items() for row in registry
]


@pytest.mark.parametrize(("registry", "row"), ROWS)
def test_names_are_codes_and_words_are_translated(registry, row):
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", row.name)
    assert isinstance(row.label, LazyText)
    assert str(row.label).strip()
    assert isinstance(row.help, LazyText)


@pytest.mark.parametrize(("registry", "row"), ROWS)
def test_a_row_is_built_with_its_default_settings(registry, row):
    assert registry.build(row.name) is not None


@pytest.mark.parametrize(("registry", "row"), ROWS)
def test_settings_are_frozen_have_a_digest_and_survive_storage(registry, row):
    if row.settings is None:
        return
    assert dataclasses.is_dataclass(row.settings)
    assert row.settings.__dataclass_params__.frozen
    settings = row.settings()
    assert isinstance(settings, Settings)
    assert row.settings.from_dict(settings.to_dict()).digest() == settings.digest()


def test_labels_are_unique_within_a_menu():
    for name, registry in registries().items():
        labels = [str(row.label) for row in registry]
        assert len(labels) == len(set(labels)), name
