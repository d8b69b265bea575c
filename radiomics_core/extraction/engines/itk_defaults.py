"""ITK keeps tolerances and threads for the whole process; here they are set for a while and put back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_itk_defaults() -> Iterator[None]:
    """Run ITK with one thread inside; threads and geometric tolerances are afterwards what they were before."""
    import SimpleITK as sitk

    process = sitk.ProcessObject
    coordinate = process.GetGlobalDefaultCoordinateTolerance()
    direction = process.GetGlobalDefaultDirectionTolerance()
    threads = process.GetGlobalDefaultNumberOfThreads()
    process.SetGlobalDefaultNumberOfThreads(1)
    try:
        yield
    finally:
        process.SetGlobalDefaultCoordinateTolerance(coordinate)
        process.SetGlobalDefaultDirectionTolerance(direction)
        process.SetGlobalDefaultNumberOfThreads(threads)
