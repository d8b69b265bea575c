"""What cannot be analysed has a disabled button with the reason beside it, in the words of the step that refuses."""

from __future__ import annotations

import pytest

from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.cohort.endpoints import BinaryEndpoint, TimeToEventEndpoint
from radiomics_core.errors import NotApplicableError
from radiomics_core.study import Study
from radiomics_core.study.actions import analysis, endpoints, feature_import
from radiomics_core.study.last_opened import set_last_opened
from tests.app.conftest import problems, words

CSV = "ID,original_firstorder_Mean,died,days\n" + "".join(f"C{i},{i * 1.7},{int(i == 0)},{9 + i}\n" for i in range(4))


@pytest.fixture
def four_cases(home):
    """A study of four cases, one of them with the event."""
    with Study.create(home / "Four") as study:
        feature_import.import_table(study, CSV.encode(), "ID", clinical_columns=["died", "days"])
        endpoints.add(study, BinaryEndpoint(name="death", column="died", positive="1"))
        endpoints.add(study, TimeToEventEndpoint(name="os", time_column="days", event_column="died"))
        with pytest.raises(NotApplicableError) as refused:
            analysis.start(study, "death", AnalysisSettings())
    set_last_opened(home / "Four")
    return refused.value.message()


def test_too_few_patients_disable_the_comparison_with_the_words_of_its_refusal(four_cases, open_page):
    app = open_page("comparison")
    assert problems(app) == []
    assert app.button(key="comparison_start").disabled
    assert four_cases in words(app)
    assert "patients with the event: 1, without: 3;" in four_cases


def test_too_few_events_disable_the_survival_analysis(four_cases, open_page):
    app = open_page("survival")
    assert problems(app) == []
    assert app.button(key="survival_start").disabled
    assert "At least 15 patients with the event are needed" in words(app)


def test_without_inputs_nothing_can_be_compared_and_the_page_says_what_to_choose(demo_study, open_page):
    app = open_page("comparison", comparison_inputs=[])
    assert app.button(key="comparison_start").disabled
    assert "Choose at least one set of inputs." in words(app)
