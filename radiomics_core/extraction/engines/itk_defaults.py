"""ITK keeps tolerances and threads for the whole process; here they are set for a while and put back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_inside = 0
_before: tuple[float, float, int] = (0.0, 0.0, 0)


@contextmanager
def own_itk_defaults() -> Iterator[None]:
    """Run ITK with one thread inside; threads and geometric tolerances are afterwards what they were before.

    May be nested, and entered by several threads of the process: the first one in takes note, the last one out puts
    back.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _before  # noqa: PLW0603 - what it counts is global: ITK's defaults
    import SimpleITK as sitk

    process = sitk.ProcessObject
    with _lock:
        if _inside == 0:
            _before = (
                process.GetGlobalDefaultCoordinateTolerance(),
                process.GetGlobalDefaultDirectionTolerance(),
                process.GetGlobalDefaultNumberOfThreads(),
            )
            process.SetGlobalDefaultNumberOfThreads(1)
        _inside += 1


def _leave() -> None:
    global _inside  # noqa: PLW0603
    import SimpleITK as sitk

    process = sitk.ProcessObject
    with _lock:
        _inside -= 1
        if _inside == 0:
            process.SetGlobalDefaultCoordinateTolerance(_before[0])
            process.SetGlobalDefaultDirectionTolerance(_before[1])
            process.SetGlobalDefaultNumberOfThreads(_before[2])
