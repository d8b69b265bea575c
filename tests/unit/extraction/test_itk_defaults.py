import threading

import pytest
import SimpleITK as sitk

from radiomics_core.extraction.engines.itk_defaults import own_itk_defaults

process = sitk.ProcessObject


@pytest.fixture(autouse=True)
def three_threads():
    before = process.GetGlobalDefaultNumberOfThreads()
    process.SetGlobalDefaultNumberOfThreads(3)
    yield
    process.SetGlobalDefaultNumberOfThreads(before)


def threads():
    return process.GetGlobalDefaultNumberOfThreads()


def test_one_thread_inside_and_everything_as_before_outside():
    tolerance = process.GetGlobalDefaultCoordinateTolerance()
    with own_itk_defaults():
        assert threads() == 1
        with own_itk_defaults():
            process.SetGlobalDefaultCoordinateTolerance(0.5)
        assert threads() == 1
    assert threads() == 3
    assert process.GetGlobalDefaultCoordinateTolerance() == tolerance


def test_put_back_after_a_failure():
    with pytest.raises(KeyError), own_itk_defaults():
        raise KeyError
    assert threads() == 3


def test_of_two_threads_that_overlap_the_last_one_puts_back():
    entered, leave = threading.Event(), threading.Event()

    def other():
        with own_itk_defaults():
            entered.set()
            leave.wait(10)

    worker = threading.Thread(target=other)
    with own_itk_defaults():
        worker.start()
        assert entered.wait(10)
    assert threads() == 1
    leave.set()
    worker.join(10)
    assert threads() == 3
