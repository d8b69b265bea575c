"""The extraction page compares a region with pyradiomics and says in plain words whether the engines agree."""

from __future__ import annotations

import pytest

from radiomics_core.extraction import ENGINES
from radiomics_core.study import Study
from radiomics_core.study.actions import engine_check
from radiomics_core.study.jobs.job import Jobs
from tests.app.conftest import OPEN_SECONDS, problems, words

WAIT_SECONDS = 180


def test_a_region_is_checked_and_the_verdict_stays(demo_study, open_page):
    if not ENGINES.build("pyradiomics").available():
        pytest.skip("the reference engine is not on this computer")
    app = open_page("extraction")
    app.button(key="engine_check_start").click().run(timeout=OPEN_SECONDS)
    with Study.open(demo_study, read_only=True) as study:
        job = Jobs(study).latest(engine_check.KIND)
        assert job.wait(WAIT_SECONDS).state == "done", job.log
    app.run(timeout=OPEN_SECONDS)
    assert any("features agree with pyradiomics" in str(one.value) for one in app.success), problems(app)
    assert "in another grey level than in pyradiomics" in words(app)


def test_without_pyradiomics_the_panel_says_how_to_add_it(demo_study, open_page, monkeypatch):
    from radiomics_core.extraction.engine import Availability
    from radiomics_core.extraction.engines.pyradiomics_engine import PyradiomicsEngine

    missing = Availability(False, "it is not installed", "Install a C compiler")
    monkeypatch.setattr(PyradiomicsEngine, "available", lambda self: missing)
    app = open_page("extraction")
    assert any("nothing to compare with: it is not installed" in str(one.value) for one in app.info)
    assert not any(button.key == "engine_check_start" for button in app.button)
