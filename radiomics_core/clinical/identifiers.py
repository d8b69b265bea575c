"""Columns that look as if they identified persons: names, dates of birth, mail addresses, telephones, addresses.

Judged by words of the header (English, German, French, Spanish, Chinese) and by what most cells look like. Cells are
never quoted: a finding is stored with the study.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from radiomics_core.clinical import kinds
from radiomics_core.clinical.cells import cell_text
from radiomics_core.clinical.column_types import name_tokens
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import LazyText, lazy_
from radiomics_core.naming import split_feature_name

WHAT: dict[str, LazyText] = {
    "name": lazy_("names of persons"),
    "birth": lazy_("dates of birth"),
    "mail": lazy_("mail addresses"),
    "phone": lazy_("telephone numbers"),
    "address": lazy_("addresses"),
    "number": lazy_("national or insurance numbers"),
}
_SHARE = 0.6
"""Share of filled cells that must look alike."""
_SAMPLE = 200
_MIN_CELLS = 3

# words of a header (lower case, split as name_tokens does) that name a kind; several words must all be there
_HEADERS: dict[str, tuple[str, ...]] = {
    "name": (
        "surname", "lastname", "firstname", "forename", "fullname", "familyname", "last name", "first name",
        "family name", "given name", "full name", "maiden name", "patient name", "patientname", "name",
        "nachname", "vorname", "familienname", "patientenname", "nom", "prenom", "prénom", "apellido", "apellidos",
        "nombre", "nombres", "姓名", "名字", "患者姓名", "病人姓名",
    ),
    "birth": (
        "dob", "birthdate", "birthday", "date birth", "birth date", "patientbirthdate", "geburtsdatum", "geburtstag",
        "geb", "naissance", "nacimiento", "出生日期", "生日", "出生年月", "出生",
    ),
    "mail": ("email", "mail", "e mail", "correo", "courriel", "邮箱", "电子邮件", "邮件"),
    "phone": (
        "phone", "telephone", "mobile", "tel", "fax", "telefon", "telefonnummer", "handy", "téléphone", "portable",
        "teléfono", "telefono", "móvil", "电话", "手机", "手机号", "联系电话", "联系方式",
    ),
    "address": (
        "address", "street", "postcode", "zipcode", "adresse", "anschrift", "strasse", "straße", "plz", "rue",
        "dirección", "direccion", "calle", "地址", "住址", "家庭住址",
    ),
    "number": (
        "ssn", "social security", "nhs number", "nhs", "passport", "insurance number", "versichertennummer",
        "sozialversicherungsnummer", "secu", "dni", "nif", "身份证", "身份证号", "医保号", "护照",
    ),
}  # fmt: skip
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_PHONE = re.compile(r"(?:\+|00)\d[\d ()/.-]{6,16}\d|\(?0\d{1,4}\)?[ /.-]\d[\d /.-]{4,12}\d|1[3-9]\d{9}")
_CHINESE_ID = re.compile(r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d{4}[\dXx]")
_WORD = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+(?:['’-][A-ZÀ-ÖØ-Þ]?[a-zß-öø-ÿ]+)*"
_PERSON = re.compile(rf"{_WORD},? (?:[A-Z]\. )?(?:(?:van|von|de|der|du|la|del) )*{_WORD}|[A-ZÀ-Þ]{{2,}}, ?{_WORD}|"
                     rf"{_WORD}\^{_WORD}|[A-Z]{{2,}}\^[A-Z]{{2,}}\^*", )  # fmt: skip
# the hundred commonest surnames of mainland China cover 85 % of its people (Ministry of Public Security, 2019)
_CHINESE_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜"
    "崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_CHINESE_PERSON = re.compile(rf"[{_CHINESE_SURNAMES}][\u4e00-\u9fff]{{1,2}}")


@dataclass(frozen=True)
class PersonalColumn:
    """A column that looks as if it identified persons; ``what`` is a key of ``WHAT``."""

    column: str
    what: str


def personal_columns(frame: pd.DataFrame, spare: Iterable[str] = ()) -> list[PersonalColumn]:
    """Return the columns that look as if they identified persons, in the order of the table.

    Parameters
    ----------
    frame : DataFrame of text cells
    spare : names of columns that are not judged by their header
        The id column: cases have to be named by something. Its cells are looked at all the same.
    """
    spared, judged = set(spare), []
    for at, name in enumerate(map(str, frame.columns)):
        if split_feature_name(name):
            continue
        what = "" if name in spared else _by_header(name)
        what = what or _by_cells([cell_text(v) for v in frame.iloc[:, at].dropna().head(_SAMPLE)])
        if what:
            judged.append(PersonalColumn(name, what))
    return judged


def personal_findings(frame: pd.DataFrame, spare: Iterable[str] = ()) -> list[Finding]:
    """Return one finding per column that looks as if it identified persons; no cell is quoted."""
    return [found(kinds.PERSONAL, column=one.column, what=WHAT[one.what]) for one in personal_columns(frame, spare)]


def _by_header(name: str) -> str:
    tokens = name_tokens(name) or [name.lower()]
    if any(word in tokens for word in ("file", "drug", "study", "image", "hospital", "feature", "column")):
        return ""
    raw = set(re.split(r"[\W_]+", name.lower())) | set(tokens)
    for what, words in _HEADERS.items():
        if any(word == name.lower().strip() or set(word.split()) <= raw for word in words):
            return what
    return ""


def _by_cells(cells: list[str]) -> str:
    if len(cells) < _MIN_CELLS:
        return ""
    distinct = len(set(cells)) > 0.5 * len(cells)  # stage, centre and diagnosis repeat; persons hardly do
    for what, (looks_like, must_differ) in _CELLS.items():
        if (distinct or not must_differ) and sum(map(looks_like, cells)) >= _SHARE * len(cells):
            return what
    return ""


def _full(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda cell: pattern.fullmatch(cell) is not None


_CELLS: dict[str, tuple[Callable[[str], bool], bool]] = {
    "mail": (_full(_MAIL), False),
    "number": (_full(_CHINESE_ID), False),
    "phone": (_full(_PHONE), False),
    "name": (lambda cell: bool(_PERSON.fullmatch(cell) or _CHINESE_PERSON.fullmatch(cell)), True),
}
