"""A study on disk: what is stored comes back, refusals say why."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from radiomics_core.analysis.kinds import QUICK_LOOK
from radiomics_core.cohort.endpoints import BinaryEndpoint, TimeToEventEndpoint
from radiomics_core.cohort.model import Cohort, Exclusion
from radiomics_core.errors import NotApplicableError, SealedError, StudyError
from radiomics_core.features.table import COLUMN_FIELDS, FeatureTable, make_keys
from radiomics_core.findings import found
from radiomics_core.study import Study, library
from radiomics_core.study.actions import explanation, hazard_ratios, quality, split
from radiomics_core.study.ledger import AnalysisKey
from radiomics_core.study.storage.place import shared_place
from radiomics_core.study.storage.results import ResultKey


def small_table(values=((1.0, 2.0), (np.nan, 4.0))) -> FeatureTable:
    names = ["original_firstorder_Mean", "original_shape_MeshVolume"]
    columns = pd.DataFrame([[n, "", "", *n.split("_"), "", "radiomics", ""] for n in names], columns=COLUMN_FIELDS)
    frame = pd.DataFrame(values, columns=names, index=pd.Index(["C0", "C1"], name="case_id"))
    return FeatureTable(frame, make_keys(["C0", "C1"]), columns, "pyradiomics", "3.0.1", settings={"CT": {"a": [1]}})


def test_everything_comes_back_after_closing(filled):
    filled.save_cohort(filled.cohort.replace(exclusions=(Exclusion("C1", "motion"),)))
    table = small_table()
    digest = filled.save_feature_table(table)
    filled.view.put("page", {"name": "cohort", "tab": 2})
    before = (filled.cohort, filled.column_specs, filled.endpoints, filled.id)
    filled.close()
    with Study.open(filled.folder) as study:
        assert (study.cohort, study.column_specs, study.endpoints, study.id) == before
        assert study.feature_digest == digest
        pd.testing.assert_frame_equal(study.feature_table().values, table.values)
        assert study.feature_table().settings == {"CT": {"a": [1]}}
        assert study.view.get("page") == {"name": "cohort", "tab": 2}


def test_the_feature_digest_changes_with_one_value(filled):
    first = filled.save_feature_table(small_table())
    assert filled.save_feature_table(small_table()) == first
    assert filled.save_feature_table(small_table(((1.0, 2.0), (np.nan, 4.0000001)))) != first


def test_creating_over_something_is_refused(tmp_path, study):
    with pytest.raises(StudyError, match="already holds a study"):
        Study.create(study.folder)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x.txt").write_text("x")
    with pytest.raises(StudyError, match="already holds files"):
        Study.create(tmp_path / "other")
    with pytest.raises(StudyError, match="there is no study in"):
        Study.open(tmp_path / "other")


def test_a_study_of_a_newer_version_is_refused(study):
    study.catalogue.rows("PRAGMA user_version = 99")
    study.close()
    with pytest.raises(StudyError, match="newer version"):
        Study.open(study.folder)


@pytest.mark.parametrize("part", ["OneDrive - Klinik", "Dropbox", "iCloud Drive"])
def test_a_synced_folder_is_a_finding_and_uses_no_wal(tmp_path, part):
    with Study.create(tmp_path / part / "study") as study:
        assert study.catalogue.rows("PRAGMA journal_mode") == [("delete",)]
        assert [(f.code, f.params["place"]) for f in study.findings()] == [("RX801", part)]
        assert part in study.findings()[0].message()


def test_a_local_folder_uses_wal(study):
    assert shared_place(study.folder) == ""
    assert study.catalogue.rows("PRAGMA journal_mode") == [("wal",)]


def test_a_result_is_complete_or_absent_and_its_digest_holds_every_input(study):
    key = ResultKey("comparison", "abc", {"folds": 5}, 1, ("numpy",))
    others = [
        ResultKey("comparison", "abd", {"folds": 5}, 1, ("numpy",)),
        ResultKey("comparison", "abc", {"folds": 6}, 1, ("numpy",)),
        ResultKey("comparison", "abc", {"folds": 5}, 2, ("numpy",)),
        ResultKey("comparison", "abc", {"folds": 5}, 1, ("numpy", "scipy")),
        ResultKey("survival", "abc", {"folds": 5}, 1, ("numpy",)),
    ]
    assert len({k.digest for k in [key, *others]}) == 6

    def fail(folder):
        (folder / "half").write_text("x")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        study.results.save(key, fail)
    assert not study.results.has("comparison", key.digest)
    study.results.save(key, lambda folder: (folder / "x").write_text("y"), {"endpoint": "death"})
    assert study.results.latest("comparison", endpoint="death").versions == {"numpy": np.__version__}
    assert study.results.latest("comparison", endpoint="other") is None


def test_settings_changed_after_exploration_are_counted(study):
    study.ledger.change_settings("folds")
    assert study.ledger.settings_changed_after_exploration() == 0
    study.ledger.open_exploration("death", "univariate")
    study.ledger.open_exploration("death", "univariate")
    study.ledger.change_settings("folds")
    study.ledger.change_settings("selector")
    assert study.ledger.settings_changed_after_exploration() == 2
    assert study.ledger.count("exploration opened") == 1
    assert study.ledger.exploration_opened("death")
    assert not study.ledger.exploration_opened("other")


def test_views_of_results_that_show_outcomes_are_noted_and_every_change_of_the_cohort_after_them_counts(filled):
    filled.save_endpoints(
        [*filled.endpoints.values(), TimeToEventEndpoint(name="survival", time_column="days", event_column="died")]
    )
    hazard_ratios.forest(filled, "survival", ["age"])
    explanation.events(filled, "death")
    noted = [entry.details for entry in filled.ledger.entries("exploration opened")]
    assert noted == [
        {"endpoint": "survival", "view": "hazard ratios"},
        {"endpoint": "death", "view": "explanation"},
    ]
    quality.exclude(filled, ["C1"], "motion")
    quality.include(filled, "C1")
    quality.include(filled, "C1")
    assert filled.ledger.settings_changed_after_exploration() == 2


def test_hazard_ratios_refuse_delayed_entry(filled):
    late = TimeToEventEndpoint(name="survival", time_column="days", event_column="died", entry_column="age")
    filled.save_endpoints([late])
    with pytest.raises(NotApplicableError, match="delayed entry"):
        hazard_ratios.forest(filled, "survival", ["age"])


def test_external_outcomes_stay_sealed_until_the_vault_is_opened(filled):
    cases = [c if c.centre == "A" else type(c)(**{**vars(c), "role": "external"}) for c in filled.cohort.cases]
    filled.save_cohort(Cohort(tuple(cases)))
    assert filled.endpoint_values("death").case_ids == ("C0", "C1", "C2", "C3")
    with pytest.raises(SealedError, match="sealed"):
        filled.endpoint_values("death", "external")
    with pytest.raises(SealedError, match="reason"):
        filled.open_vault(" ")
    filled.open_vault("final analysis")
    values = filled.endpoint_values("death", "external")
    assert (values.case_ids, values.event.tolist()) == (("C4", "C5"), [1.0, 0.0])
    assert filled.ledger.entries("vault opened")[0].details == {"reason": "final analysis"}


def test_excluded_cases_have_no_endpoint_value(filled):
    filled.save_cohort(filled.cohort.replace(exclusions=(Exclusion("C2", "motion"),)))
    assert filled.endpoint_values("death").case_ids == ("C0", "C1", "C3", "C4", "C5")


def test_duplicating_keeps_the_content_and_gives_a_new_identity(filled):
    filled.ledger.open_exploration("death")
    copy = library.duplicate(filled.folder, "Copy")
    filled.ledger.start_analysis(filled.endpoint("death"), AnalysisKey("comparison", "s", "i"), {})
    anew = library.duplicate_to_divide(filled.folder, "Anew")
    with Study.open(copy) as study:
        assert (study.name, study.cohort, study.ledger.exploration_opened()) == ("Copy", filled.cohort, True)
        assert study.id != filled.id
        assert study.clinical().index.tolist() == filled.clinical().index.tolist()
    with Study.open(anew) as study:
        assert not study.ledger.outcomes_used()
        assert study.ledger.exploration_opened()  # what was seen was seen
        assert study.ledger.count("started anew from a copy") == 1
        assert study.endpoints == {}
        assert "died" not in study.clinical().columns  # still sealed
        again = BinaryEndpoint(name="another name", column="died", positive="1")
        assert study.ledger.analysis_number(again, AnalysisKey("comparison", "s2", "i")) == 2
        split.set_external(study, "centre=B")
        assert [f.code for f in study.findings("split")] == ["RX808"]


def test_a_copy_to_divide_anew_still_knows_that_the_seal_was_opened(filled):
    filled.open_vault("final analysis")
    filled.ledger.open_exploration("death")
    filled.save_findings("comparison:death", [found(QUICK_LOOK, shuffles=19)])
    filled.save_findings("quality", [found(QUICK_LOOK, shuffles=19)])
    with Study.open(library.duplicate_to_divide(filled.folder, "Anew")) as study:
        assert study.seal.vault_is_open()
        assert [entry.details for entry in study.ledger.entries("vault opened")] == [{"reason": "final analysis"}]
        assert study.ledger.exploration_opened()
        assert not study.findings("comparison")
        assert len(study.findings("quality")) == 1


def test_a_deleted_study_can_be_restored_and_an_open_one_not_deleted(home):
    study = library.create("First study")
    with pytest.raises(StudyError, match="in use"):
        library.delete(study.folder)
    study.rename("Renamed")
    study.close()
    binned = library.delete(study.folder)
    assert not study.folder.exists()
    assert library.recent() == []
    assert [card.name for card in library.deleted()] == ["Renamed"]
    assert library.restore(binned) == study.folder
    assert [card.name for card in library.recent()] == ["Renamed"]
    assert study.folder.parent == home


def test_opening_a_study_pulls_in_no_heavy_library():
    program = (
        "import sys, radiomics_core.study, radiomics_core.cli;"
        "print([m for m in ('sklearn', 'shap', 'lifelines', 'radiomics', 'streamlit', 'altair') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
