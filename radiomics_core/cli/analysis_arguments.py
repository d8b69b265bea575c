"""From the arguments of ``compare`` and ``survival`` to settings of an analysis: file, options, settings of methods.

Loads the analysis, so it is imported when one is asked for.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping
from pathlib import Path

from radiomics_core.analysis.method_settings import differing, parse
from radiomics_core.analysis.settings import AnalysisSettings, full_settings, inputs_in_order, mode_for
from radiomics_core.analysis.settings_file import from_yaml, to_yaml
from radiomics_core.files.atomic import write_bytes
from radiomics_core.study import Study
from radiomics_core.study.actions import analysis


def settings_of(study: Study, chosen: argparse.Namespace, methods: Mapping[str, object]) -> AnalysisSettings:
    """Return the settings asked for: the file's or the defaults, then each option; written down if asked to."""
    task = analysis.task(study, chosen.endpoint)
    base = full_settings() if chosen.full else AnalysisSettings()
    if chosen.analysis:
        base = from_yaml(Path(chosen.analysis).expanduser().read_text("utf-8"), task)
    values: dict[str, object] = {**base.to_dict(), **_numbers(chosen, base), **methods}
    if chosen.inputs:
        named = [part.strip() for part in chosen.inputs.split(",") if part.strip()]
        offered, default = (ask(study, chosen.endpoint) for ask in (analysis.inputs, analysis.default_inputs))
        values["inputs"] = inputs_in_order(named, offered, default)
    settings = AnalysisSettings.from_dict(values)
    given = {name: dict(own) for name, own in settings.methods}
    for name, own in parse(task, settings, chosen.set).items():
        given[name] = {**given.get(name, {}), **own}
    settings = dataclasses.replace(settings, methods=differing(task, given))
    if chosen.save_analysis:
        write_bytes(Path(chosen.save_analysis).expanduser().absolute(), to_yaml(settings).encode())
    return settings


def _numbers(chosen: argparse.Namespace, base: AnalysisSettings) -> dict[str, object]:
    """Return the numbers of an analysis, those given or those of ``base``, and the mode they amount to."""
    names = ("folds", "repeats", "shuffles", "seed")
    numbers = {name: getattr(base if getattr(chosen, name) is None else chosen, name) for name in names}
    return {**numbers, "mode": mode_for(numbers["repeats"], numbers["shuffles"])}
