"""Neutral case names: the study holds C001, C002 ...; the key stays outside, and the clinical table still matches."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_core.deidentification.key_table import KeyTable
from radiomics_core.deidentification.keyed_tables import with_neutral_ids
from radiomics_core.deidentification.person_names import reasons, suspicion
from radiomics_core.errors import StudyError, TableError
from radiomics_core.imaging import read_volume
from radiomics_core.study import Study
from radiomics_core.study.actions import clinical, images, neutral_names
from radiomics_core.study.storage import staging

PATIENTS = ("张三_19630214", "李小明_4711082", "Wang_Xiaoli_0031407733")
TABLE = "record,age,died,note\n" + "".join(f"{p},6{i},{i % 2},{p} seen\n" for i, p in enumerate(PATIENTS))


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv(staging.PLACE_VARIABLE, str(tmp_path / "staging"))


@pytest.fixture
def folder(tmp_path) -> Path:
    """Images and masks of three patients under their names."""
    for number, name in enumerate(PATIENTS):
        (tmp_path / "drop" / name).mkdir(parents=True)
        image = np.full((4, 5, 6), number, np.int16)
        image[0, 0, 0] = 7
        sitk.WriteImage(sitk.GetImageFromArray(image), str(tmp_path / "drop" / name / "CT.nii.gz"))
        mask = (image == number).astype(np.uint8)
        sitk.WriteImage(sitk.GetImageFromArray(mask), str(tmp_path / "drop" / name / "CT_mask.nii.gz"))
    return tmp_path / "drop"


def _bytes_of(study: Study) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(study.folder.rglob("*")) if p.is_file())


def _named(study: Study) -> list[str]:
    paths = "\n".join(p.relative_to(study.folder).as_posix() for p in study.folder.rglob("*"))
    content = _bytes_of(study) + paths.encode()
    return [part for name in PATIENTS for part in name.split("_") if part.encode() in content]


@pytest.mark.parametrize("dropped", [True, False])
def test_cases_have_neutral_ids_and_the_key_outside_tells_whose_they_are(folder, study, tmp_path, dropped):
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.nii.gz")}
    look = images.store_uploads(study, files) if dropped else images.look(study, folder)
    result = images.import_folder(study, look.folder, look=look, key_file=tmp_path / "keys" / "key.csv")
    key = neutral_names.read(tmp_path / "keys" / "key.csv")
    assert sorted(key.neutral_of) == sorted(PATIENTS)
    assert [c.case_id for c in result.cases] == sorted(key.neutral_of.values()) == ["C001", "C002", "C003"]
    for number, name in enumerate(PATIENTS):
        case = study.cohort.case(key.neutral_of[name])
        assert read_volume(case.images[0].path).array.max() == 7
        assert read_volume(case.images[0].path).array[1, 1, 1] == number
        assert len(case.masks) == 1
    study.close()
    assert _named(study) == []
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "keys" / "key.csv").stat().st_mode) == 0o600


def test_the_clinical_table_matches_through_the_key_and_no_original_id_is_stored(folder, study, tmp_path):
    images.import_folder(study, folder, key_file=tmp_path / "key.csv")
    key = neutral_names.read(tmp_path / "key.csv")
    with pytest.raises(TableError):
        clinical.import_table(study, TABLE.encode())
    source = tmp_path / f"{PATIENTS[0]}.csv"
    source.write_text(TABLE + "Zhao_Liu_5550123,70,1,other\n", "utf-8")
    matched = clinical.import_table(study, source, key=key)
    assert len(matched.pairs) == 3
    ages = study.clinical(["age"])["age"].to_dict()
    assert ages == {key.neutral_of[name]: 60.0 + i for i, name in enumerate(PATIENTS)}
    assert [(f.code, f.params["n"]) for f in study.findings("clinical:table") if f.code.startswith("RX14")] == [
        ("RX142", 1), ("RX143", 1)
    ]  # fmt: skip
    study.close()
    assert _named(study) == []
    assert b"5550123" not in _bytes_of(study)


def test_a_later_import_with_the_same_key_keeps_ids_and_adds_numbers(folder, study, tmp_path):
    images.import_folder(study, folder, key_file=tmp_path / "key.csv")
    first = neutral_names.read(tmp_path / "key.csv").neutral_of
    (folder / "new_9").mkdir()
    for file in ("CT.nii.gz", "CT_mask.nii.gz"):
        (folder / "new_9" / file).write_bytes((folder / PATIENTS[0] / file).read_bytes())
    images.import_folder(study, folder, key_file=tmp_path / "key.csv")
    assert neutral_names.read(tmp_path / "key.csv").neutral_of == {**first, "new_9": "C004"}
    assert [c.case_id for c in study.cohort.cases] == ["C001", "C002", "C003", "C004"]


def test_own_and_neutral_names_never_stand_in_one_study_nor_the_key_in_it(folder, study, tmp_path):
    with pytest.raises(StudyError, match="key table would lie in the study"):
        images.import_folder(study, folder, key_file=study.folder / "images" / "key.csv")
    images.import_folder(study, folder)
    with pytest.raises(StudyError, match="under their own names"):
        images.import_folder(study, folder, key_file=tmp_path / "key.csv")
    assert not (tmp_path / "key.csv").exists()
    with Study.create(tmp_path / "other") as other:
        images.import_folder(other, folder, key_file=tmp_path / "key.csv")
        with pytest.raises(StudyError, match="have neutral names"):
            images.import_folder(other, folder)


def test_findings_quote_neutral_names(folder, study, tmp_path):
    (folder / PATIENTS[0] / "CT_mask.nii.gz").unlink()
    (folder / PATIENTS[1] / "CT.nii.gz").write_text("张三 broken", "utf-8")
    (folder / PATIENTS[2] / "李小明.nii.gz").write_bytes((folder / PATIENTS[2] / "CT.nii.gz").read_bytes())
    pattern = "{case}/CT.nii.gz + {case}/CT_mask.nii.gz"
    images.import_folder(study, folder, pattern, key_file=tmp_path / "key.csv")
    key = neutral_names.read(tmp_path / "key.csv").neutral_of
    words = {f.code: f.message() for f in study.findings("images")}
    assert key[PATIENTS[0]] in words["RX110"]
    assert set(words) >= {"RX110", "RX122", "RX124"}
    study.close()
    assert _named(study) == []


def test_dropped_files_that_fit_no_pattern_come_in_by_a_table_of_their_names(folder, study, tmp_path):
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.nii.gz")}
    look = images.store_uploads(study, files)
    made = images.template(study, look)
    assert sorted(made["image_path"]) == sorted(f"{name}/CT.nii.gz" for name in PATIENTS)
    images.import_pairing_table(study, made.to_csv(index=False).encode(), look=look, key_file=tmp_path / "key.csv")
    assert [(c.case_id, len(c.masks)) for c in study.cohort.cases] == [("C001", 1), ("C002", 1), ("C003", 1)]
    study.close()
    assert _named(study) == []


def test_a_key_comes_back_from_what_spreadsheets_save():
    key = KeyTable().with_cases(["张三", "00123", 'a"b,c', "=1+1", "@x"])
    assert b"\n=1+1" not in key.as_csv()
    text = key.as_csv().decode("utf-8-sig")
    assert KeyTable.from_csv(key.as_csv()) == key
    assert KeyTable.from_csv(text.encode("gb18030")) == key
    simple = KeyTable({"张三": "C001", "00123": "C002"})
    assert KeyTable.from_csv(simple.as_csv().replace(b",", b";").replace(b"\n", b"\r\n")) == simple
    for content in (b"id,age\n1,2\n", b"", b"\xff\xfe\x00", b"original_id,case_id\na,C001\na,C002\n"):
        with pytest.raises(TableError, match="key table"):
            KeyTable.from_csv(content)


@pytest.mark.parametrize(
    "rows", ['a,C001\n"b,C002\nc,C003\n', "a,C001\nb\n", "a,C001\n,C002\n", f"{'a' * 200_000},C001\n"]
)
def test_a_damaged_key_is_refused_because_its_ids_would_be_given_again(rows):
    with pytest.raises(TableError, match="key table"):
        KeyTable.from_csv(f"original_id,case_id\n{rows}".encode())


def test_repeated_rows_and_ids_with_blanks_are_matched_in_the_open():
    import pandas as pd

    key = KeyTable({"MRN-001": "C002", "MRN-002": "C001"})
    table = pd.DataFrame({"id": [" mrn-001", "MRN-002", "MRN-002", "MRN-9"], "x": ["1", "2", "3", "4"]}, dtype=object)
    made, findings = with_neutral_ids(table, "id", key)
    assert (made["id"].tolist(), [f.code for f in findings]) == (["C002", "C001", "C001"], ["RX142"])
    strict, _ = with_neutral_ids(table, "id", key, accept_changes=False)
    assert strict["id"].tolist() == ["C001", "C001"]


@pytest.mark.parametrize(
    "name", ["张三", "李静", "欧阳娜娜/CT", "李小明_CT", "P_19630214", "1963-02-14", "MRN4711082", "DOE^JANE"]
)
def test_names_of_persons_dates_and_record_numbers_are_suspected(name):
    assert reasons(name)


@pytest.mark.parametrize(
    "name",
    ["LUNG1-001", "STS_002", "TCGA-18-3406", "肝癌_平扫", "高分化组", "测试", "000123", "case_99999", "1.2.840.113619.2.5",
     "训练集/CT", "白细胞", "高分化", "静脉期"],
)  # fmt: skip
def test_study_ids_and_words_of_imaging_are_not_suspected(name):
    assert not reasons(name)


def test_names_in_two_words_and_names_from_dicom_are_suspected_and_ids_are_not():
    assert suspicion(["a/CT", "b/CT"], ["DOE_Jane", "SMITH_John"]) is not None
    assert suspicion(["a/CT", "b/CT"], ["Left_Lung", "STS_002"]) is None
    why = suspicion(["doe_2020/CT", "case_7/CT"], ["doe_2020", "case_7"], {"doe"})
    assert (why.n, why.total) == (1, 2)


def test_names_that_look_like_persons_are_a_finding_when_they_are_kept(folder, study):
    images.import_folder(study, folder)
    (finding,) = (f for f in study.findings("images") if f.code == "RX141")
    assert "Chinese names of persons" in finding.message()


def test_neutral_ids_differ_from_every_original_id_and_a_table_may_hold_either():
    import pandas as pd

    key = KeyTable().with_cases(["C001", "C017", "x"])
    assert sorted(key.neutral_of.values()) == ["C018", "C019", "C020"]
    for column in (list(key.neutral_of), list(key.neutral_of.values())):
        made, findings = with_neutral_ids(pd.DataFrame({"id": column}, dtype=object), "id", key)
        assert (made["id"].tolist(), findings) == (list(key.neutral_of.values()), [])


@pytest.mark.skipif(os.name != "posix", reason="Windows has access lists in place of modes")
def test_the_key_is_readable_by_its_owner_only_before_it_has_its_name(tmp_path, monkeypatch):
    seen, replace = [], Path.replace

    def look(path, target):
        seen.append(stat.S_IMODE(path.stat().st_mode))
        return replace(path, target)

    before = os.umask(0)
    try:
        monkeypatch.setattr(Path, "replace", look)
        neutral_names.continued(tmp_path / "keys" / "key.csv", PATIENTS)
    finally:
        os.umask(before)
    assert seen == [0o600]
    assert stat.S_IMODE((tmp_path / "keys" / "key.csv").stat().st_mode) == 0o600
