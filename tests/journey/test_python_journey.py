"""The lines of Python in the README do what they say."""

from __future__ import annotations

import io
import re
import shutil
from contextlib import redirect_stdout
from pathlib import Path

from radiomics_core.study import Study
from radiomics_core.study.actions import analysis

README = Path(__file__).resolve().parents[2] / "README.md"
SMALLER = {
    "AnalysisSettings(folds=5, repeats=5, shuffles=19)": (
        'AnalysisSettings(folds=3, repeats=1, shuffles=1, selectors=("none",), models=("logistic",))'
    ),
    'extraction.preset("ct")': 'extraction.preset("ct").with_image_types(["Original"])',
}


def readme_lines() -> str:
    found = re.search(r"<!-- python journey.*?-->\n```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found.group(1)


def test_the_lines_in_the_readme_run_and_show_the_comparison(source, tmp_path, monkeypatch):
    shutil.copytree(source, tmp_path / "cohort")
    monkeypatch.chdir(tmp_path)
    lines = readme_lines()
    for as_written, quicker in SMALLER.items():
        assert lines.count(as_written) == 1
        lines = lines.replace(as_written, quicker)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(lines, "README.md", "exec"), {"__name__": "readme"})
    with Study.open(tmp_path / "my-study", read_only=True) as study:
        result = analysis.latest(study, "response")
        assert result is not None
        assert printed.getvalue().strip() == str(result.frame()).strip()
        names = set(result.frame()["inputs"])
    assert {"radiomics", "clinical", "volume", "combined", "centre", "permuted"} <= names
