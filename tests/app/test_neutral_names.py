"""Neutral names on the page: offered before images are imported, and the key table to take away afterwards."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_core.deidentification.key_table import KeyTable
from radiomics_core.study import Study
from radiomics_core.study.actions import neutral_names
from radiomics_core.study.last_opened import set_last_opened
from radiomics_core.study.storage import staging
from tests.app.conftest import problems, words

PATIENTS = ("Anna_4711082", "Berta_4711083", "Clara_4711084")


@pytest.fixture
def drop(home, tmp_path, monkeypatch):
    """An empty study and a folder with the images of three patients under their names."""
    monkeypatch.setenv(staging.PLACE_VARIABLE, str(tmp_path / "staging"))
    Study.create(home / "Neutral").close()
    set_last_opened(home / "Neutral")
    image = np.zeros((4, 5, 6), np.int16)
    image[1:3, 1:4, 1:4] = 1
    for number, patient in enumerate(PATIENTS):
        (tmp_path / "drop" / patient).mkdir(parents=True)
        for name, array in (("CT", image * 40 + number), ("CT_mask", image.astype(np.uint8))):
            sitk.WriteImage(sitk.GetImageFromArray(array), str(tmp_path / "drop" / patient / f"{name}.nii.gz"))
    return tmp_path / "drop"


def test_cases_become_neutral_on_request_and_the_page_offers_whose_they_are(home, drop, open_page):
    app = open_page("cohort", cohort_section="images")
    app.text_input(key="images_folder").set_value(str(drop))
    app.button(key="images_look").click().run()
    app.checkbox(key="neutral_names").check().run()
    app.button(key="pairing_import").click().run()
    assert problems(app) == []
    with Study.open(home / "Neutral", read_only=True) as study:
        assert [case.case_id for case in study.cohort.cases] == ["C001", "C002", "C003"]
        key = neutral_names.known(study)
        file = neutral_names.default_file(study)
    assert sorted(key.neutral_of) == sorted(PATIENTS)
    app = open_page("cohort", cohort_section="images")
    assert problems(app) == []
    assert "Whose they are stands in" in words(app)
    assert file.stem in words(app)
    offered = app.get("download_button")
    assert "Key table (CSV)" in [button.label for button in offered]
    assert KeyTable.from_csv(file.read_bytes()) == key


def test_a_study_without_neutral_names_offers_no_key(demo_study, open_page):
    app = open_page("cohort", cohort_section="images")
    assert "Key table (CSV)" not in [button.label for button in app.get("download_button")]
