"""One small cohort for the whole folder, and a library of studies of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journey.cohorts import write_cohort

N_CASES = 24


@pytest.fixture(scope="session", autouse=True)
def own_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RADIOMICS_EXPLORER_HOME", str(tmp_path_factory.mktemp("library")))
        yield


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with ``images``, ``clinical.csv`` and ``light.yaml`` of 24 sound cases."""
    return write_cohort(tmp_path_factory.mktemp("source"), N_CASES)
