"""Where the centre alone predicts, the figure in centres never seen stands before the pooled one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from streamlit.testing.v1 import AppTest

from pages.modelling.panels import results, stops
from radiomics_core.analysis import run
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.cohort.endpoints import EndpointValues
from radiomics_core.study import Study
from radiomics_core.study.jobs.kinds.analysis import METHOD_VERSION
from tests.app.test_modelling_pages import headlines
from tests.simulated_analysis import make_data
from tests.unit.analysis.test_leave_one_centre_out import ONE, confounded, evaluate  # noqa: F401


def page(study_folder: str, result_folder: str) -> None:
    from pathlib import Path
    from types import SimpleNamespace

    from pages.modelling.panels import analysis_result
    from pages.modelling.panels.screen import COMPARISON
    from radiomics_core.analysis.evaluation import Evaluation
    from radiomics_core.study import Study

    meta = SimpleNamespace(created=0.0, digest=result_folder)
    with Study.open(Path(study_folder)) as study:
        analysis_result.figures(study, Evaluation.load(Path(result_folder)), meta, COMPARISON)


def survival_page(study_folder: str) -> None:
    from pathlib import Path
    from types import SimpleNamespace

    from pages.modelling.panels import analysis_result, survival_groups
    from pages.modelling.panels.screen import SURVIVAL
    from radiomics_core.study import Study

    with Study.open(Path(study_folder)) as study:
        analysis_result.show(study, SimpleNamespace(name="os"), SURVIVAL, first=survival_groups.show)


def shown(tmp_path: Path, evaluation) -> AppTest:
    Study.create(tmp_path / "study").close()
    evaluation.save(tmp_path / "result")
    folders = {"study_folder": str(tmp_path / "study"), "result_folder": str(tmp_path / "result")}
    app = AppTest.from_function(page, kwargs=folders, default_timeout=30).run()
    assert not app.exception
    return app


def figures(app) -> list[str]:
    return [str(m.value) for m in app.markdown if "AUC" in str(m.value)]


def test_the_figure_in_centres_never_seen_comes_first_and_says_why(tmp_path, confounded):  # noqa: F811
    app = shown(tmp_path, confounded)
    first, second = figures(app)
    mean = confounded.centres["value"].mean()
    assert first.startswith(f"**Radiomics: AUC {mean:.2f} in centres never seen, mean over 2 centres: A 0.")
    assert "n = 600" in first
    assert second.startswith(
        f"**In second place, Radiomics pooled over centres: AUC {confounded.headline['value']:.2f} ("
    )
    assert "stands first because the centre alone predicts (AUC 0." in headlines(app)


def test_the_pooled_figure_comes_first_where_the_centre_says_nothing(tmp_path):
    app = shown(tmp_path, evaluate(make_data(n=60, p=8, signal=2.0, centres=True), ONE))
    first, second = figures(app)
    assert "in cases never seen" in first
    assert "in centres never seen, mean over 2 centres" in second
    assert "stands first" not in headlines(app)


def test_without_centres_the_page_says_why_there_is_no_such_figure(tmp_path):
    app = shown(tmp_path, evaluate(make_data(n=40, p=8), ONE))
    assert len(figures(app)) == 1
    assert "One centre left out: not applicable: no column holds the centre." in headlines(app)


def test_survival_too_puts_the_figure_in_centres_never_seen_first(tmp_path, monkeypatch):
    n = 120
    in_b = np.arange(n) >= n // 2
    generator = np.random.default_rng(5)
    data = make_data(n=n, p=4, survival=True, centres=True)
    time = generator.exponential(np.where(in_b, 100, 400))
    values = EndpointValues(data.values.endpoint, data.case_ids, np.ones(n), time)
    features = data.features + 2.0 * in_b[:, None]
    data = replace(data, values=values, features=features, centres=tuple(np.where(in_b, "B", "A").tolist()))
    settings = AnalysisSettings(folds=3, repeats=1, shuffles=0, inputs=("radiomics", "centre"))
    units = run.units_of_work(data, settings)
    result = run.assemble(data, settings, [run.run_unit(data, settings, u) for u in units])
    monkeypatch.setattr(stops, "now", lambda study, endpoint: [])  # this study has no endpoint of its own
    meta = SimpleNamespace(created=0.0, digest="x", kind="analysis", method_version=METHOD_VERSION)
    monkeypatch.setattr(results, "newest", lambda study, endpoint: (result, meta))
    monkeypatch.setattr("pages.modelling.panels.analysis_result.analysis.is_stale", lambda study, name: False)
    Study.create(tmp_path / "study").close()
    app = AppTest.from_function(
        survival_page, kwargs={"study_folder": str(tmp_path / "study")}, default_timeout=30
    ).run()
    assert not app.exception
    first, second, *_rest = (str(m.value) for m in app.markdown if "C-index" in str(m.value))
    assert first.startswith(f"**Radiomics: C-index {result.centres['value'].mean():.2f} in centres never seen")
    assert second.startswith("**In second place, Radiomics pooled over centres: C-index 0.")
    assert "RX507" in {finding.code for finding in result.findings}
