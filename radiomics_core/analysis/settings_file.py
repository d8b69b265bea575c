"""An analysis as a YAML file: what was set, to be kept, sent and run again."""

from __future__ import annotations

from typing import Any

import yaml

from radiomics_core.analysis.method_settings import differing
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.task import Task
from radiomics_core.errors import SettingsError
from radiomics_core.i18n import lazy_


def to_yaml(settings: AnalysisSettings) -> str:
    """Return the file: every setting, and of the methods those that differ from the defaults."""
    values = settings.to_dict()
    values["methods"] = {name: {key: _plain(value) for key, value in own} for name, own in settings.methods}
    text: str = yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
    return text


def from_yaml(text: str, task: Task) -> AnalysisSettings:
    """Read a file; what it leaves out is the default. Raises SettingsError for what cannot be."""
    try:
        values = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise SettingsError(
            lazy_("the analysis file is not valid YAML: {detail}"),
            remedy=lazy_("Check the indentation at the place named"),
            detail=" ".join(str(error).split()),
        ) from error
    methods = values.pop("methods", None) or {} if isinstance(values, dict) else None
    if not isinstance(methods, dict) or not all(isinstance(own, dict) for own in methods.values()):
        raise SettingsError(
            lazy_("the analysis file must hold names with values, and 'methods' names with settings"),
            remedy=lazy_("Compare it with a file exported here"),
        )
    made: AnalysisSettings = AnalysisSettings.from_dict({**values, "methods": differing(task, methods)})
    return made


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
