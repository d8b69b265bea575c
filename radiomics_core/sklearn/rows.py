"""What the estimators share: from a row's name and settings to the method, and targets as methods take them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from radiomics_core.errors import SettingsError
from radiomics_core.i18n import lazy_
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.registry import Registry

Built = TypeVar("Built")
Floats = NDArray[np.float64]


def build(registry: Registry[Built], method: str, settings: Any) -> Built:
    """Make a row's method from its settings class, a mapping of some of its fields, or None for the defaults."""
    row = registry[method]
    if isinstance(settings, Mapping):
        if row.settings is None:
            raise SettingsError(lazy_("'{name}' has no settings"), name=method)
        settings = row.settings.from_dict(dict(settings))
    return registry.build(method, settings)


def candidate_of(family: ModelFamily, candidate: int | str) -> ModelCandidate:
    """Return one tuning value by its position or its label."""
    labels = [one.label for one in family.candidates]
    if isinstance(candidate, str) and candidate in labels:
        return family.candidates[labels.index(candidate)]
    if isinstance(candidate, int) and 0 <= candidate < len(labels):
        return family.candidates[candidate]
    raise SettingsError(
        lazy_("there is no tuning value '{candidate}'"),
        remedy=lazy_("Available, from 0: {available}"),
        candidate=candidate,
        available=", ".join(labels),
    )


def two_classes(target: Any) -> tuple[NDArray[Any], Floats]:
    """Return the two classes in order, and 1.0 for each case of the second; raises ValueError for any other number."""
    check_classification_targets(target)
    classes, positions = np.unique(target, return_inverse=True)
    if type_of_target(target) != "binary":
        raise ValueError(f"Only binary classification is supported. The type of the target is {type_of_target(target)}")
    if len(classes) != 2:
        raise ValueError(f"needs cases of two classes, got 1 class: {classes[0]}")
    return classes, positions.astype(float)


def times_and_events(target: Any) -> Floats:
    """Return times and events, shape (n_cases, 2).

    Parameters
    ----------
    target : array
        Shape (n_cases, 2): times and events (1, or 0 for censored). Or shape (n_cases,): times, negative for censored
        ones, as xgboost takes them. Or a structured array with a boolean and a numeric field, as scikit-survival's.
    """
    made = np.asarray(target)
    if made.dtype.names is not None:
        event, time = sorted(made.dtype.names, key=lambda name: made.dtype[name].kind != "b")
        return np.column_stack([made[time].astype(float), made[event].astype(float)])
    made = np.asarray(made, float)
    if made.ndim == 1:
        made = np.column_stack([np.abs(made), made > 0])
    if made.ndim != 2 or made.shape[1] != 2 or not np.isin(made[:, 1], (0, 1)).all():
        raise ValueError(f"the target must hold times and events (0 or 1), got an array of shape {made.shape}")
    if not made[:, 1].any():
        raise ValueError("the target holds no event")
    return made
