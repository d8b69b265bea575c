"""Study, Cohort and Images without a browser: empty, and with the demo."""

from __future__ import annotations

import statistics
import time

import numpy as np
import pytest

from pages.data.panels import contact_sheet
from radiomics_core.study import Study, library
from radiomics_core.study.last_opened import set_last_opened
from tests.app.conftest import problems, words

SECTIONS = {
    "images": "29 cases are in the study; images: CT, MR; regions: ROI.",
    "features": "This study has images",
    "clinical": "The study has a clinical table",
    "columns": "known **on the imaging date**",
    "endpoints": "Define an endpoint",
    "split": "The division is closed",
    "quality": "regions checked",
    "flow": "Endpoint",
}


@pytest.mark.parametrize("name", ["study", "cohort", "images"])
def test_without_a_study_a_page_says_how_to_get_one(open_page, name):
    app = open_page(name)
    assert problems(app) == []
    assert ("Open the demo" if name == "study" else "No study is open") in words(app)


def test_the_study_page_shows_every_step_and_marks_the_next(demo_study, open_page):
    app = open_page("study")
    assert problems(app) == []
    buttons = [b for b in app.button if str(b.key).startswith("step_go_")]
    assert len(buttons) == 7
    assert [b.label for b in buttons if b.label.startswith("Next")] == ["Next: Exploration"]


@pytest.mark.parametrize("section", list(SECTIONS))
def test_every_section_of_the_cohort_page_shows_the_demo(demo_study, open_page, section):
    app = open_page("cohort", cohort_section=section)
    assert problems(app) == []
    assert SECTIONS[section] in words(app)


def test_the_contact_sheet_has_a_tile_for_every_region_of_an_image(demo_study, open_page):
    app = open_page("images")
    assert problems(app) == []
    assert "29 regions" in words(app)
    assert len([b for b in app.button if str(b.key).startswith("sheet_open_")]) == 29


def test_a_tile_opens_its_case_in_the_viewer(demo_study, open_page):
    app = open_page("images")
    app.button(key="sheet_open_DEMO-003").click().run()
    assert problems(app) == []
    assert app.selectbox(key="images_case").value == "DEMO-003"
    assert "Slice" in words(app)


def test_a_case_is_left_out_only_with_a_reason_and_can_be_taken_back(demo_study, open_page):
    app = open_page("cohort", cohort_section="quality")
    app.multiselect(key="exclude_cases").set_value(["DEMO-002"])
    app.button(key="exclude_submit").click().run()
    assert any("reason" in str(e.value) for e in app.error)
    assert app.multiselect(key="exclude_cases").value == ["DEMO-002"]  # nothing chosen is lost
    app.text_input(key="exclude_reason").set_value("motion artefact")
    app.button(key="exclude_submit").click().run()
    with Study.open(demo_study, read_only=True) as study:
        assert [(e.case_id, e.reason) for e in study.cohort.exclusions] == [("DEMO-002", "motion artefact")]
    assert (app.multiselect(key="exclude_cases").value, app.text_input(key="exclude_reason").value) == ([], "")
    app.button(key="include_0_DEMO-002").click().run()
    with Study.open(demo_study, read_only=True) as study:
        assert study.cohort.exclusions == ()


def test_a_new_study_opens_and_asks_for_cases(home, open_page):
    app = open_page("study")
    app.text_input(key="new_study_name").set_value("Liver")
    app.button(key="create_study_submit").click().run()
    assert problems(app) == []
    assert (home / "Liver" / "study.sqlite").is_file()
    assert [b.label for b in app.button if b.label.startswith("Next")] == ["Next: Cohort"]


def test_a_study_without_a_name_is_refused_and_the_open_one_stays(demo_study, open_page):
    app = open_page("study")
    app.button(key="create_study_submit").click().run()
    assert any("name" in str(e.value) for e in app.error)
    assert "**Demo**" in words(app)


def test_deleting_asks_first_and_the_study_comes_back_from_the_bin(demo_study, open_page):
    app = open_page("study")
    app.button(key="delete_study").click().run()
    assert demo_study.is_dir()
    assert app.button(key="delete_confirm").label == "Move to the bin"
    app.button(key="close_study").click().run()
    library.delete(demo_study)
    app.run()
    app.button(key="bin_restore_0").click().run()
    assert problems(app) == []
    assert (demo_study / "study.sqlite").is_file()


def test_choices_come_back_in_a_new_session(demo_study, open_page):
    app = open_page("cohort")
    app.segmented_control(key="cohort_section").set_value("flow").run()
    again = open_page("cohort")
    assert again.segmented_control(key="cohort_section").value == "flow"


def test_a_study_held_by_another_program_opens_for_reading_only(demo_study, open_page, monkeypatch):
    from radiomics_core.errors import StudyError
    from radiomics_core.study.storage.lease import Lease

    def taken(self):
        raise StudyError("held elsewhere")

    with monkeypatch.context() as patch:
        patch.setattr(Lease, "acquire", taken)
        app = open_page("cohort", cohort_section="quality")
    assert "Until then it can be looked at" in words(app)
    app.button(key="exclude_unusable").click().run()
    assert any("reading only" in str(e.value) for e in app.error)
    app.button(key="open_again").click().run()
    assert "Until then it can be looked at" not in words(app)


def test_a_slice_of_a_large_volume_is_drawn_in_a_quarter_of_a_second():
    from radiomics_core.imaging.render import slice_png
    from radiomics_core.imaging.volume import Volume
    from radiomics_core.imaging.windows import Window

    grid = ((0.7, 0.7, 1.5), (0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0))
    noise = np.random.default_rng(1).normal(40, 30, (512, 512)).astype(np.float32)
    image = Volume(np.broadcast_to(noise, (150, 512, 512)), *grid)
    inside = np.zeros((150, 512, 512), bool)
    inside[40:90, 200:320, 180:300] = True
    for plane in ("axial", "coronal", "sagittal"):
        seconds = []
        for index in range(60, 65):
            start = time.thread_time()
            slice_png(image, [Volume(inside, *grid)], plane, index, Window(-160, 240), size_px=640)
            seconds.append(time.thread_time() - start)
        assert min(seconds) < 0.25, (plane, statistics.median(seconds))


def test_a_copy_to_divide_anew_is_offered_and_opened(demo_study, open_page):
    with Study.open(demo_study) as study:
        study.ledger.open_exploration("non_response", "univariate")
    app = open_page("study")
    app.button(key="duplicate_to_divide").click().run()
    assert problems(app) == []
    assert "divided anew" in words(app)
    from pages.common import state

    state.close_all()
    copies = [folder for folder in demo_study.parent.iterdir() if "divided" in folder.name]
    assert len(copies) == 1
    with Study.open(copies[0], read_only=True) as copy:
        assert copy.ledger.exploration_opened()
        assert not copy.endpoints


def test_what_saving_an_endpoint_closes_is_said_before_it_is_saved(demo_study, open_page):
    set_last_opened(library.duplicate_to_divide(demo_study, "To divide"))
    app = open_page("cohort", cohort_section="endpoints")
    assert problems(app) == []
    assert "Saving an endpoint closes the section *External set*" in words(app)
    app = app.button(key="endpoint_save").click().run()
    assert problems(app) == []
    assert "Saving an endpoint closes" not in words(app)


def test_copies_are_left_out_with_the_finding_as_reason_and_their_findings_are_settled(demo_study, open_page):
    app = open_page("cohort", cohort_section="quality")
    app.button(key="exclude_twins").click().run()
    assert problems(app) == []
    assert ": Same image in two cases (RX108)" in words(app)
    assert "of cases that are left out" in words(app)
    assert not [b for b in app.button if b.key == "exclude_twins"]


def test_a_case_is_left_out_and_taken_back_where_it_is_seen(demo_study, open_page):
    app = open_page("images", images_section="single", images_case="DEMO-003")
    app.text_input(key="single_reason_DEMO-003").set_value("motion artefact").run()
    app.button(key="single_exclude").click().run()
    assert "Left out: motion artefact" in words(app)
    app.button(key="single_include").click().run()
    assert problems(app) == []
    assert "Left out: motion artefact" not in words(app)


def test_the_contact_sheet_is_ordered_by_any_quality_column(demo_study, open_page):
    app = open_page("images", images_section="sheet")
    for order in contact_sheet.SORTS:
        app.selectbox(key="sheet_sort").set_value(order).run()
        assert problems(app) == [], order
        assert "regions" in words(app)


def test_a_feature_map_is_drawn_with_its_legend_and_taken_away_whole(demo_study, open_page):
    app = open_page("images", images_section="map", map_family="glcm", map_feature_glcm="JointEntropy")
    assert problems(app) == []
    bars = [h.proto.body for h in app.get("html")]
    assert any("linear-gradient" in bar and "Joint entropy (no unit)" in bar for bar in bars)
    assert any("Disorder of neighbouring pairs" in str(c.value) for c in app.caption)
    app.button(key="map_whole").click().run()
    assert problems(app) == []
    assert any("voxels, " in str(c.value) for c in app.caption)


def test_a_feature_map_in_hu_names_its_unit_and_follows_the_filter(demo_study, open_page):
    app = open_page("images", images_section="map", map_family="firstorder", map_feature_firstorder="Mean")
    assert any("Mean [HU]" in h.proto.body for h in app.get("html"))
    app.selectbox(key="map_filter").select("square").run()
    assert problems(app) == []
    assert any("Mean [a.u.]" in h.proto.body for h in app.get("html"))
