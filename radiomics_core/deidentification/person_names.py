"""Whether names of cases and folders look like persons: Chinese names, dates, record numbers, names in DICOM tags.

Only a reason to offer neutral names, so it is careful: a study id (``LUNG1-001``, ``STS_002``) is none.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from radiomics_core.i18n import LazyText, lazy_
from radiomics_core.images.pattern_guess import IMAGE_NOISE, MASK_WORDS, MODALITY_WORDS

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁"
    "岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤"
)
"""The surnames of about 95 of 100 people in China (Ministry of Public Security, 2020)."""
DOUBLE_SURNAMES = frozenset(
    {"欧阳", "上官", "司马", "诸葛", "司徒", "皇甫", "尉迟", "东方", "夏侯", "慕容", "令狐", "公孙"}
)
NOT_IN_NAMES = frozenset(
    "癌瘤期组图像肝肺胃肠肾脑骨乳腺肿增强扫动脉前后左右上下术疗放测试训练数据病例患者影号院级分型低性别男女第细胞标准"
    "区域科室超声磁共振层厚窗原始掩膜勾画结节转移随访入出验证外内部旧"
)
"""Characters of words of imaging; frequent given names (静, 平, 新 ...) are not among them."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_DATE = re.compile(r"(?<!\d)(\d{4})([-_.年]?)(0[1-9]|1[0-2])([-_.月]?)(0[1-9]|[12]\d|3[01])(?!\d)")
_UID = re.compile(r"(?<!\d)(?:\d+\.){4,}\d+")
_NUMBER = re.compile(r"(?<!\d)\d{6,}(?!\d)")
LEAST_RECORD_NUMBER = 100_000
"""Counted cases stay below; numbers of records and stays in hospital are longer."""
CASE_WORDS = {"case", "patient", "subject", "sub", "pat", "study", "lung", "liver", "brain", "left", "right", "tumor"}
WORDS = frozenset().union(*MODALITY_WORDS.values(), IMAGE_NOISE, MASK_WORDS, CASE_WORDS)
"""Words of imaging, which name nobody."""


@dataclass(frozen=True)
class Suspicion:
    """Why names look like persons, the most frequent reason first, and how many of ``total`` names do."""

    reasons: tuple[LazyText, ...]
    n: int
    total: int


def suspicion(paths: Sequence[str], case_ids: Iterable[str] = (), persons: Iterable[str] = ()) -> Suspicion | None:
    """Return why paths or case ids look like persons; None when they do not.

    Parameters
    ----------
    paths : sequence of str
        Relative paths with ``/``.
    persons : iterable of str
        Parts of patients' names from DICOM tags.
    """
    counts: Counter[LazyText] = Counter()
    parts, n = {p.casefold() for p in persons}, 0
    for path in paths:
        why = reasons(path) | ({IN_DICOM} if any(p in path.casefold() for p in parts) else set())
        counts.update(why)
        n += bool(why)
    ids = list(dict.fromkeys(case_ids))
    if ids and sum(map(_two_words, ids)) >= 0.8 * len(ids):
        counts[NAMES] += len(ids)
        n = max(n, len(ids))
    return Suspicion(tuple(reason for reason, _ in counts.most_common()), n, len(paths)) if counts else None


def reasons(name: str) -> set[LazyText]:
    """Return why one name looks like a person; empty when it does not."""
    bare = _UID.sub(" ", name)
    dates = [m for m in _DATE.finditer(bare) if 1900 <= int(m[1]) <= datetime.date.today().year]
    numbers = [m for m in _NUMBER.finditer(bare) if int(m[0]) >= LEAST_RECORD_NUMBER]
    found = {
        CHINESE_NAMES: any(is_chinese_name(word) for word in _CHINESE.findall(name)),
        DATES: bool(dates),
        RECORD_NUMBERS: any(not any(d.start() <= m.start() < d.end() for d in dates) for m in numbers),
        NAMES: "^" in name,
    }
    return {reason for reason, fits in found.items() if fits}


def is_chinese_name(word: str) -> bool:
    """Tell whether a run of Chinese characters is a frequent surname and one or two more, none of medicine."""
    if any(character in NOT_IN_NAMES for character in word):
        return False
    return (word[:1] in SURNAMES and 2 <= len(word) <= 3) or (word[:2] in DOUBLE_SURNAMES and 3 <= len(word) <= 4)


def _two_words(case_id: str) -> bool:
    """Tell whether an id is two or three capitalised words that are none of imaging, such as ``DOE_Jane``."""
    words = re.split(r"[ _\-.,]+", case_id.strip())
    return 2 <= len(words) <= 3 and all(
        word.isascii() and word.isalpha() and len(word) > 1 and word[0].isupper() and word.lower() not in WORDS
        for word in words
    )


CHINESE_NAMES = lazy_("Chinese names of persons")
DATES = lazy_("dates of birth or of a visit")
RECORD_NUMBERS = lazy_("record numbers")
IN_DICOM = lazy_("the patient's name in the DICOM files")
NAMES = lazy_("names of persons")
