"""Golden tests know whether more was asked for than the default run, of which the second source is stored."""

from __future__ import annotations

import pytest

from tests.golden import second_source


@pytest.fixture(autouse=True, scope="session")
def _beyond_stored(request):
    asked = request.config
    second_source.beyond_stored = asked.getoption("--full") or any("[" in str(argument) for argument in asked.args)
