"""One study that cannot be read hides no other, and names in any script have folders of their own."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from radiomics_core.errors import StudyError
from radiomics_core.naming import column_name, slug, slugs, split_feature_name, unique_slug
from radiomics_core.study import Study, library
from radiomics_core.study.last_opened import last_opened, set_last_opened


def spoil(folder: Path, how: str) -> None:
    file = folder / "study.sqlite"
    if how == "damaged":
        file.write_bytes(b"not a database at all, but long enough to be looked at" * 40)
    elif how == "half made":
        file.write_bytes(b"")
    elif how == "newer":
        with Study.open(folder) as study:
            study.catalogue.rows("PRAGMA user_version = 99")
    else:
        with Study.open(folder) as study:
            study.catalogue.write("UPDATE document SET value = '{' WHERE key = 'study'")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("damaged", "is damaged: file is not a database. Bring the study's folder back from a copy"),
        ("half made", "is not whole: making it was ended.*Open it by its folder"),
        ("newer", "newer version of Radiomics Explorer. Update"),
        ("unreadable value", "cannot be read"),
    ],
)
def test_a_study_that_cannot_be_read_is_listed_with_the_way_out_and_hides_no_other(home, how, words):
    for name in ("Good", "Bad", "Also good"):
        library.create(name).close()
    spoil(home / "Bad", how)
    cards = {card.name: card for card in library.recent()}
    assert sorted(cards) == ["Also good", "Bad", "Good"]
    assert [name for name, card in cards.items() if card.problem is not None] == ["Bad"]
    with pytest.raises(StudyError, match=words):
        raise cards["Bad"].problem


def test_a_half_made_study_of_an_earlier_version_is_completed_when_it_is_opened(home):
    library.create("Early").close()
    (home / "Early" / "study.sqlite").write_bytes(b"")
    with library.open_study(home / "Early") as study:
        assert (study.name, bool(study.id)) == ("Early", True)


def test_deleted_studies_that_cannot_be_read_are_listed_too(home):
    for name in ("Good", "Bad"):
        library.create(name).close()
        library.delete(home / name)
    spoil(next((home / "bin").glob("Bad--*")), "damaged")
    assert sorted(card.name.split("--")[0] for card in library.deleted() if card.problem is None) == ["Good"]
    assert len(library.deleted()) == 2


@pytest.mark.parametrize("content", ["", "{", "[1]", '"x"'])
def test_a_spoilt_note_of_the_last_study_says_so_and_is_written_anew(home, content):
    library.create("Good").close()
    (home / "last.json").write_text(content)
    with pytest.raises(StudyError, match=r"cannot be read.*Open the study from the list"):
        last_opened()
    set_last_opened(home / "Good")
    assert last_opened() == home / "Good"


@pytest.mark.parametrize("content", ["", "{", "5", "[3]"])
def test_a_spoilt_list_of_recent_studies_begins_anew(home, tmp_path, content):
    home.mkdir()
    (home / "recent.json").write_text(content)
    library.create("Elsewhere", tmp_path / "elsewhere").close()
    assert json.loads((home / "recent.json").read_text()) == [str(tmp_path / "elsewhere")]
    assert [card.name for card in library.recent()] == ["Elsewhere"]


def test_a_study_opens_although_the_list_of_recent_ones_cannot_be_written(home, monkeypatch):
    library.create("Good").close()

    def full(*_: object) -> None:
        raise StudyError("the disk is full")

    monkeypatch.setattr(library, "write_json", full)
    with library.open_study(home / "Good") as study:
        assert study.name == "Good"


def test_a_copy_is_there_with_its_own_identity_or_not_at_all(filled, home, monkeypatch):
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(library, "become_copy", fail)
        with pytest.raises(ZeroDivisionError):
            library.duplicate(filled.folder, "Copy")
    assert [path.name for path in filled.folder.parent.iterdir() if path.name != "home"] == ["study"]
    with Study.open(library.duplicate(filled.folder, "Copy"), read_only=True) as copy:
        assert (copy.name, copy.id != filled.id) == ("Copy", True)


def test_a_study_moved_to_the_bin_of_another_disk_is_whole_there_and_comes_back(home, monkeypatch):
    library.create("Far").close()
    (home / "Far" / "images" / "a.txt").write_text("x")
    rename = Path.rename

    def across(self: Path, target: Path) -> Path:
        if {"bin"} & ({*self.parent.parts} ^ {*Path(target).parent.parts}):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", across)
    binned = library.delete(home / "Far")
    assert (binned / "images" / "a.txt").read_text() == "x"
    assert not (home / "Far").exists()
    assert library.restore(binned) == home / "Far"
    assert (home / "Far" / "images" / "a.txt").read_text() == "x"
    assert not list(home.rglob(".writing-*"))


def test_two_chinese_names_are_two_studies(home):
    studies = [library.create(name) for name in ("肺癌研究", "肝癌研究", "***", "!!!")]
    assert len({study.folder for study in studies}) == 4
    assert [study.folder.name for study in studies[:2]] == ["肺癌研究", "肝癌研究"]
    for study in studies:
        study.close()


def test_slugs_are_unique_stable_and_those_of_before_for_latin_names():
    assert [slug(text) for text in ("T1 post", "GTV_1", "Läsion", "")] == ["T1-post", "GTV-1", "Lasion", "x"]
    assert slugs(["肿瘤", "淋巴结", "T1 post"]) == {"肿瘤": "肿瘤", "淋巴结": "淋巴结", "T1 post": "T1-post"}
    shared = slugs(["T1 post", "T1-post"])
    assert shared["T1-post"] == "T1-post"
    assert len(set(shared.values())) == 2
    assert slugs(["T1-post", "T1 post"]) == shared
    texts = ["P 1", "P-1", "P1", "张三", "李四", "a" * 99, "a" * 98, "?", "!"]
    assert len({unique_slug(text) for text in texts}) == len(texts)
    assert max(len(unique_slug("瘤" * 99).encode()) for _ in texts) * 3 + 11 < 255
    made = split_feature_name(column_name("肿瘤", "淋巴结", "original_firstorder_Mean"))
    assert made == ("肿瘤__淋巴结", "original", "firstorder", "Mean")
