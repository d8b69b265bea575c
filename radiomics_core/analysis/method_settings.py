"""Settings of the methods of an analysis: those that differ from the defaults, by the method's name.

They say what a pipeline's steps do, so they enter the digest of the settings; seeds stay those of the recipe's name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from radiomics_core.analysis.settings import AUTOMATIC, AnalysisSettings
from radiomics_core.analysis.task import Task
from radiomics_core.errors import SettingsError
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice
from radiomics_core.settings import Settings, parse_value

Given = Mapping[str, Mapping[str, Any]]
MACHINERY = ("numpy", "scipy", "scikit-learn")
"""Libraries of every analysis, whatever its methods."""
STEPS = ("screen", "selector", "model")


def configured(task: Task, settings: AnalysisSettings) -> Task:
    """Return the task with tools that make methods by these settings; the task itself when all are the defaults."""
    given = made(task, {name: dict(values) for name, values in settings.methods})
    if not given:
        return task
    tables = {name: getattr(task, name).configured(given) for name in ("screens", "selectors", "models")}
    return dataclasses.replace(task, **tables)


def made(task: Task, given: Given) -> dict[str, Settings]:
    """Return the settings of each named method; raises SettingsError for a method, field or value that cannot be."""
    return {name: _row(task, name).settings.from_dict(dict(values)) for name, values in given.items()}  # type: ignore[union-attr]


def differing(task: Task, given: Given) -> tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]:
    """Return, sorted, what of the given settings is not the default; see ``AnalysisSettings.methods``."""
    found = []
    for name, settings in sorted(made(task, given).items()):
        default = type(settings)().to_dict()
        own = [(key, value) for key, value in sorted(settings.to_dict().items()) if value != default[key]]
        if own:
            found.append((name, tuple(own)))
    return tuple(found)


def parse(task: Task, settings: AnalysisSettings, words: Iterable[str]) -> Given:
    """Read ``mrmr.sizes=5,10``; ``selector``, ``model`` or ``screen`` stand for every method of that step."""
    given: dict[str, dict[str, Any]] = {}
    for word in words:
        place, equals, text = word.partition("=")
        name, dot, key = place.strip().partition(".")
        if not (equals and dot and key):
            raise SettingsError(
                lazy_("'{word}' is no setting of a method"), remedy=lazy_("Write METHOD.SETTING=VALUE"), word=word
            )
        rows = list(_of_step(task, settings, name)) if name in STEPS else [_row(task, name)]
        for row in rows:
            given.setdefault(row.name, {})[key] = parse_value(row.settings, key, text)
    return given


def libraries_used(task: Task, settings: AnalysisSettings) -> tuple[str, ...]:
    """Return the libraries whose versions go into the result's key: the machinery's and those of every method used."""
    rows = [row for step in STEPS for row in _of_step(task, settings, step)]
    rows += [task.models[task.plain_model]]
    named = [*MACHINERY, *(library for row in rows for library in row.libraries)]
    return tuple(dict.fromkeys(named))


def methods_with_settings(task: Task, settings: AnalysisSettings) -> list[Choice[Any]]:
    """Return the rows of the methods that an analysis uses and that have something to set, in the order of steps."""
    rows = [row for step in STEPS for row in _of_step(task, settings, step)]
    return [row for row in rows if _has_settings(row)]


def _has_settings(row: Choice[Any]) -> bool:
    return row.settings is not None and bool(dataclasses.fields(row.settings))


def _of_step(task: Task, settings: AnalysisSettings, step: str) -> Iterator[Choice[Any]]:
    if step == "screen":
        yield task.screens[settings.screen]
    elif step == "selector":
        yield from (task.selectors[name] for name in settings.selectors or task.quick_selectors)
    else:
        names = settings.models or task.quick_models
        yield from task.models if AUTOMATIC in names else (task.models[name] for name in names)


def _row(task: Task, name: str) -> Choice[Any]:
    tables = (task.screens, task.selectors, task.models)
    having = {row.name: row for table in tables for row in table if _has_settings(row)}
    if name in having:
        return having[name]
    raise SettingsError(
        lazy_("no method '{name}' with settings"),
        remedy=lazy_("Available: {available}"),
        name=name,
        available=", ".join(having),
    )
