"""Files that were moved: the Study page says so and takes the new folder."""

from __future__ import annotations

from pathlib import Path

from radiomics_core.study import Study
from radiomics_core.study.storage.image_files import files_of, missing_files, relinked
from tests.app.conftest import problems, words


def test_moved_files_are_found_and_linked_again_on_the_study_page(demo_study, open_page, tmp_path):
    with Study.open(demo_study) as study:
        old = Path(study.cohort.cases[0].images[0].path).parent
        moved = [c for c in study.cohort.cases if str(old) in c.images[0].path]
        names = [ref.path for case in moved for ref in files_of(case)]
        for name in names:
            place = tmp_path / "moved" / Path(name).relative_to(old)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(Path(name).read_bytes())
        study.save_cohort(relinked(study.cohort, old, tmp_path / "moved"))
    (tmp_path / "moved").rename(tmp_path / "elsewhere")
    app = open_page("study")
    assert problems(app) == []
    assert "RX802" in words(app)
    app.text_input(key="relink_new").set_value(str(tmp_path / "nowhere"))
    app.button(key="relink_submit").click().run()
    assert any("files are not in" in str(e.value) for e in app.error)
    app.text_input(key="relink_old").set_value(str(tmp_path / "moved"))
    app.text_input(key="relink_new").set_value(str(tmp_path / "elsewhere"))
    app.button(key="relink_submit").click().run()
    assert problems(app) == []
    assert "RX802" not in words(app)
    assert "relink_new" not in [t.key for t in app.text_input]
    with Study.open(demo_study, read_only=True) as study:
        assert missing_files(study.cohort) == {}
