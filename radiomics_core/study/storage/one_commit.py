"""A step that changes several things in a study changes all of them or none."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from radiomics_core.study.study import Study

Asked = ParamSpec("Asked")
Given = TypeVar("Given")


def one_commit(step: Callable[Concatenate[Study, Asked], Given]) -> Callable[Concatenate[Study, Asked], Given]:
    """Run a step inside one transaction: a kill or an error at any point leaves the study as it was before.

    For steps of a second or so. Long work (reading images, checksums) is done before, outside, because other processes
    cannot write meanwhile.
    """

    @wraps(step)
    def committed(study: Study, *args: Asked.args, **kwargs: Asked.kwargs) -> Given:
        with study.catalogue.transaction():
            return step(study, *args, **kwargs)

    return cast("Callable[Concatenate[Study, Asked], Given]", committed)
