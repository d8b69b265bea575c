"""Columns that identify persons are found by header or cells; clinical columns are not."""

from __future__ import annotations

import pandas as pd
import pytest

from radiomics_core.clinical.identifiers import personal_columns, personal_findings

PLAIN = ["a", "b", "c", "d"]
PERSONS = ["Anna Schmidt", "Jean-Luc O'Neill", "Ben de Vries", "José García"]


def what(name, cells):
    return [one.what for one in personal_columns(pd.DataFrame({name: cells}))]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Patient Name", "name"), ("Nachname", "name"), ("PRENOM", "name"), ("Apellidos", "name"), ("患者姓名", "name"),
        ("PatientName", "name"), ("last_name", "name"), ("DOB", "birth"), ("date_of_birth", "birth"),
        ("Geburtsdatum", "birth"), ("date de naissance", "birth"), ("出生日期", "birth"), ("E-Mail", "mail"),
        ("correo", "mail"), ("Telefon", "phone"), ("联系电话", "phone"), ("Adresse", "address"), ("身份证号", "number"),
        ("SSN", "number"),
    ],
)  # fmt: skip
def test_header_words_of_five_languages_are_known(name, kind):
    assert what(name, PLAIN) == [kind]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (PERSONS, "name"),
        (["SCHMIDT, Anna", "MEYER, Bernd", "WOLF, Ute"], "name"),
        (["DOE^JOHN", "ROE^JANE", "POE^EDGAR"], "name"),
        (["王伟", "李秀英", "张敏", "刘强"], "name"),
        (["a.b@c.org", "x@y.de", "q.r@uni.edu"], "mail"),
        (["+49 221 470 123", "0221/4701234", "13812345678"], "phone"),
        (["11010519491231002X", "440524188001010014", "110105199001011234"], "number"),
    ],
)
def test_cells_tell_without_a_header(cells, kind):
    assert what("V7", cells) == [kind]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("sex", ["m", "f", "m", "f"]),
        ("histology", ["Squamous Cell", "Adeno Carcinoma", "Squamous Cell", "Squamous Cell"]),
        ("分期", ["三期", "二期", "一期", "三期"]),
        ("性别", ["男", "女", "男", "女"]),
        ("survival_days", ["13812", "900", "12", "455"]),
        ("study date", ["2015-03-31", "2015-04-01", "2015-04-02", "2015-04-03"]),
        ("PatientID", ["STS_001", "STS_002", "STS_003", "STS_004"]),
        ("hospital name", PLAIN),
        ("original_shape_Name", PLAIN),
        ("tumour volume", ["13.5", "2", "8", "9"]),
        ("mean HU", ["0.123456789", "1.5", "2.5", "3.5"]),
    ],
)
def test_clinical_columns_are_left_alone(name, cells):
    assert what(name, cells) == []


def test_no_cell_is_quoted_and_the_id_column_is_judged_by_its_cells_only():
    frame = pd.DataFrame({"name": ["P1", "P2", "P3", "P4"], "contact": PERSONS})
    findings = personal_findings(frame, spare=["name"])
    assert [(f.code, f.column) for f in findings] == [("RX271", "contact")]
    assert not any(
        word in f.message() + str(f.to_dict()) for f in findings for p in PERSONS for word in p.split() if len(word) > 3
    )
