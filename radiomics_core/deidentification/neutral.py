"""Neutral case names: cases, image and region names and the words of findings without what names a person."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from radiomics_core.cohort.model import MODALITIES, Case
from radiomics_core.deidentification.key_table import KeyTable
from radiomics_core.deidentification.person_names import WORDS, reasons
from radiomics_core.findings import Finding
from radiomics_core.i18n import english, lazy_
from radiomics_core.images.discovery import FoundFile
from radiomics_core.images.pairing import PairingResult
from radiomics_core.imaging.formats import volume_extensions

_WORD = re.compile(r"[\u4e00-\u9fff]+|[^\W\d_]+|\d+")
FORMAT_WORDS = frozenset(word for ending in volume_extensions() for word in ending.strip(".").split(".")) | {"dcm"}
_QUOTED = re.compile(r"'.*'", re.DOTALL)
"""From the first quotation mark to the last: a name may hold one itself."""
LEFT_OUT_FILE = lazy_("left-out file {number}")
LEFT_OUT_WORDS = lazy_("(words that name a person were left out)")


def neutralise(
    result: PairingResult,
    files: Sequence[FoundFile],
    findings: Iterable[Finding],
    key: KeyTable,
    other_names: Iterable[str] = (),
) -> tuple[PairingResult, tuple[Finding, ...]]:
    """Return cases and findings under the ids of a key table.

    Parameters
    ----------
    result : PairingResult
        Cases under their original ids; the files they refer to must have neutral names already.
    files : sequence of FoundFile
        All files that were looked at, with the names they came with.
    findings : iterable of Finding
        Further findings in original words, about files that were left out.
    key : KeyTable
        Holds an id for each case.
    other_names : iterable of str
        Names of files that were left out.
    """
    names = _Names(result, files, key, other_names)
    made = PairingResult(
        tuple(sorted(map(names.case, result.cases), key=lambda case: case.case_id)),
        tuple(names.text(path) for path in result.unmatched),
        tuple(map(names.finding, result.findings)),
    )
    return made, tuple(names.finding(unquoted(finding, number)) for number, finding in enumerate(findings, start=1))


def unquoted(finding: Finding, number: int) -> Finding:
    """Return a finding about a file that was left out with a number in place of the names it quotes."""
    shown = english(LEFT_OUT_FILE, number=number)
    params = {k: _QUOTED.sub(f"'{shown}'", v) if isinstance(v, str) else v for k, v in finding.params.items()}
    return dataclasses.replace(finding, params={**params, **({"path": shown} if "path" in params else {})})


class _Names:
    """What each original name reads now, and which words must not stand anywhere any more."""

    def __init__(
        self, result: PairingResult, files: Sequence[FoundFile], key: KeyTable, other_names: Iterable[str]
    ) -> None:
        self._key = key.neutral_of
        self._persons = {part for file in files for part in file.persons}
        ids = {case.case_id for case in result.cases} | set(self._key)
        self._of_cases = words_that_name(ids) | self._persons
        self._images = {case.case_id: self._kept_names(case) for case in result.cases}
        self._rois = {case.case_id: self._kept_regions(case) for case in result.cases}
        kept = {name for of_case in (*self._images.values(), *self._rois.values()) for name in of_case.values()}
        names = [*(file.relative for file in files), *other_names]
        self._forbidden = self._of_cases | (words_that_name(names) - _words(kept))
        self._shown = self._shown_names(result, files)

    def case(self, case: Case) -> Case:
        """Return a case under its neutral id; dates of acquisition are left out."""
        neutral, images, rois = self._key[case.case_id], self._images[case.case_id], self._rois[case.case_id]
        return dataclasses.replace(
            case,
            case_id=neutral,
            patient_id=neutral,
            images=tuple(
                dataclasses.replace(i, name=images[i.name], acquired="", modality=_modality(i.modality))
                for i in case.images
            ),
            masks=tuple(
                dataclasses.replace(m, roi=rois[m.roi], image=images.get(m.image, m.image)) for m in case.masks
            ),
        )

    def finding(self, finding: Finding) -> Finding:
        """Return a finding in words that name nobody."""
        images, rois = self._images.get(finding.case_id, {}), self._rois.get(finding.case_id, {})
        return dataclasses.replace(
            finding,
            case_id=self._key.get(finding.case_id) or str(self.text(finding.case_id)),
            image=images.get(finding.image) or str(self.text(finding.image)),
            roi=rois.get(finding.roi) or str(self.text(finding.roi)),
            params={name: self._param(value) for name, value in finding.params.items()},
        )

    def text(self, text: str) -> str:
        """Return a text with neutral names for known ones; a text that still names somebody is left out."""
        return str(self._param(text))

    def _param(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        for original, shown in self._shown.items():
            value = value.replace(original, shown) if len(original) > 3 or not original.isascii() else (
                shown if value == original else value
            )  # fmt: skip
        return LEFT_OUT_WORDS if self._names_somebody(value) else value

    def _names_somebody(self, text: str) -> bool:
        return holds_word(text, self._forbidden)

    def _kept_names(self, case: Case) -> dict[str, str]:
        kept: dict[str, str] = {}
        for image in case.images:
            kept[image.name] = self._kept(image.name, _modality(image.modality) or "image", set(kept.values()))
        return kept

    def _kept_regions(self, case: Case) -> dict[str, str]:
        kept: dict[str, str] = {}
        for mask in case.masks:
            if mask.roi not in kept:
                kept[mask.roi] = self._kept(mask.roi, "region", set(kept.values()))
        return kept

    def _kept(self, name: str, instead: str, taken: set[str]) -> str:
        """Return a name of an image or region, another one when it names a person."""
        if not (reasons(name) or holds_word(name, self._of_cases)):
            return name
        return next(n for n in (instead, *(f"{instead} {i}" for i in range(2, 10_000))) if n not in taken)

    def _shown_names(self, result: PairingResult, files: Sequence[FoundFile]) -> dict[str, str]:
        """Return what a path, file name or case id reads in words, the longest first."""
        places = {i.files[0].path: f"{self._key[c.case_id]}/{self._images[c.case_id][i.name]}"
                  for c in result.cases for i in c.images}  # fmt: skip
        places |= {m.file.path: f"{self._key[c.case_id]}/{self._rois[c.case_id][m.roi]} (mask)"
                   for c in result.cases for m in c.masks}  # fmt: skip
        shown = dict(self._key)
        for number, file in enumerate(files, start=1):
            instead = places.get(file.files[0], f"file {number}")
            for name in (file.relative, file.stem, Path(file.relative).name):
                shown.setdefault(name, instead)
        return dict(sorted(shown.items(), key=lambda item: -len(item[0])))


def words_that_name(names: Iterable[str]) -> set[str]:
    """Return the words in names that may name a person: not those of imaging, nor short ones and small numbers."""
    words = _words(names) - WORDS - FORMAT_WORDS
    return {w for w in words if (len(w) >= 4 if w.isdigit() else len(w) >= (3 if w.isascii() else 2))}


def holds_word(text: str, words: set[str]) -> bool:
    """Tell whether one of the words stands in a text; longer and Chinese ones also inside of another word."""
    folded = text.casefold()
    return bool(_words([text]) & words) or any(w in folded for w in words if len(w) > 3 or not w.isascii())


def _words(names: Iterable[str]) -> set[str]:
    return {word.casefold() for name in names for word in _WORD.findall(name)}


def _modality(code: str) -> str:
    return code if code in MODALITIES else ""
