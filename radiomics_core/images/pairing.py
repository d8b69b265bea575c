"""Pair images with masks by a pattern: which file is which case's image, which its mask, and what is left over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from radiomics_core.cohort.model import Case, FileRef, ImageRef, MaskRef, Source
from radiomics_core.errors import ImageError
from radiomics_core.files.digests import file_digest
from radiomics_core.findings import Finding, found
from radiomics_core.images.discovery import FoundFile, Progress
from radiomics_core.images.kinds import (
    AMBIGUOUS_FILE,
    MISSING_IMAGE,
    MISSING_MASK,
    NO_MASK_ON_GRID,
    NO_MASKS,
    UNPAIRED_FILE,
    UNREADABLE,
)
from radiomics_core.images.pattern import PairingPattern
from radiomics_core.images.pattern_guess import guess_pattern, modality_of
from radiomics_core.imaging.reading import labels_in, read_volume

__all__ = ["PairingPattern", "PairingResult", "file_ref", "guess_pattern", "pair"]

DEFAULT_ROI = "ROI"


_Groups = dict[tuple[str, str], dict[int, str]]


@dataclass(frozen=True)
class PairingResult:
    """Cases in id order, files that fit nowhere (relative paths), and what was noticed."""

    cases: tuple[Case, ...]
    unmatched: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass
class _Slot:
    """What the pattern found for one case."""

    images: dict[str, FoundFile] = field(default_factory=dict)
    masks: dict[tuple[str, str], FoundFile] = field(default_factory=dict)


@dataclass(frozen=True)
class _Placed:
    """One mask file on one image, with the labels it holds (name by value)."""

    case_id: str
    image: str
    roi: str
    file: FoundFile
    labels: dict[int, str]


def pair(
    files: Sequence[FoundFile],
    pattern: PairingPattern,
    *,
    source: Source = "referenced",
    checksums: bool = True,
    progress: Progress | None = None,
) -> PairingResult:
    """Build cases from found files.

    Masks are opened to learn their labels: a mask with several becomes one region per label. A mask without an
    image name applies to every image of the case on its grid; images on another grid get a finding, never a guess.

    Parameters
    ----------
    source : {"referenced", "stored"}
        Whether the files stay where they are or lie in the study folder.
    checksums : bool
        Compute SHA-256 of every file (reads each once); otherwise size and time stand for it.
    progress : callable, optional
        Called as ``progress(done, total, what)``.
    """
    slots, unmatched, findings = _place(files, pattern)
    placed = _apply_masks(slots, findings)
    placed = _with_labels(placed, findings, progress)
    refs = _References(source, checksums)
    groups, own = _group_labels(placed), defaultdict(list)
    for one in placed:
        own[one.case_id].append(one)
    cases = tuple(
        _case(case_id, slots[case_id], own[case_id], groups, refs) for case_id in sorted(slots) if slots[case_id].images
    )
    findings += _absences(cases, any_mask=any(slot.masks for slot in slots.values()))
    findings += [f for file in files for f in file.findings]
    findings += [found(UNPAIRED_FILE, path=path) for path in unmatched]
    return PairingResult(cases, tuple(unmatched), tuple(findings))


def file_ref(path: str | Path, source: Source = "referenced", *, checksum: bool = True) -> FileRef:
    """Return a reference to a file with what proves it unchanged."""
    path = Path(path)
    stat = path.stat()
    return FileRef(str(path), source, stat.st_size, stat.st_mtime, file_digest(path) if checksum else "")


# ---- files into places -----------------------------------------------------------------------------------------


def _place(files: Sequence[FoundFile], pattern: PairingPattern) -> tuple[dict[str, _Slot], list[str], list[Finding]]:
    slots: dict[str, _Slot] = defaultdict(_Slot)
    unmatched: list[str] = []
    findings: list[Finding] = []
    for file in files:
        if file.kind in ("rtstruct", "seg"):
            continue
        as_mask = pattern.fits_mask(file.relative)
        fields = as_mask or pattern.fits_image(file.relative)
        if fields is None:
            unmatched.append(file.relative)
            continue
        slot, case_id = slots[fields["case"]], fields["case"]
        clash = _put(slot, file, fields, is_mask=as_mask is not None)
        if clash:
            findings.append(_clash(case_id, file, clash, fields))
        elif file.problem:
            findings.append(found(UNREADABLE, case_id=case_id, problem=file.problem))
    return dict(slots), unmatched, findings


def _put(slot: _Slot, file: FoundFile, fields: dict[str, str], *, is_mask: bool) -> FoundFile | None:
    """Put a file into its place; return the file that is there already, if any."""
    if is_mask:
        key = (fields.get("image") or "", fields.get("roi") or "")
        return None if slot.masks.setdefault(key, file) is file else slot.masks[key]
    name = fields.get("image") or file.modality or modality_of(file.relative) or "image"
    return None if slot.images.setdefault(name, file) is file else slot.images[name]


def _clash(case_id: str, file: FoundFile, other: FoundFile, fields: dict[str, str]) -> Finding:
    image, roi = fields.get("image") or "image", fields.get("roi") or ""
    return found(AMBIGUOUS_FILE, case_id=case_id, image=image, roi=f" {roi}" if roi else "", path=file.relative,
                 other=other.relative)  # fmt: skip


# ---- masks onto images -----------------------------------------------------------------------------------------


def _apply_masks(slots: dict[str, _Slot], findings: list[Finding]) -> list[_Placed]:
    placed = []
    for case_id, slot in sorted(slots.items()):
        for (image, roi), file in slot.masks.items():
            if image or len(slot.images) == 1:
                targets = [image or next(iter(slot.images))]
            else:
                targets = _images_on_grid(case_id, slot, file, findings)
            if not slot.images or any(t not in slot.images for t in targets):
                findings.append(found(MISSING_IMAGE, case_id=case_id, image=image, roi=roi, path=file.relative))
                continue
            placed += [_Placed(case_id, t, roi, file, {}) for t in targets]
    return placed


def _images_on_grid(case_id: str, slot: _Slot, mask: FoundFile, findings: list[Finding]) -> list[str]:
    """Return the images on the mask's grid; the others are reported with the offer to resample."""
    on_grid = [name for name, image in slot.images.items() if image.grid_key() == mask.grid_key()]
    own = on_grid or list(slot.images)[:1]
    findings.extend(
        found(NO_MASK_ON_GRID, case_id=case_id, image=name, path=mask.relative, other=", ".join(own))
        for name in slot.images
        if name not in own
    )
    return own


def _with_labels(placed: list[_Placed], findings: list[Finding], progress: Progress | None) -> list[_Placed]:
    read: dict[str, dict[int, str]] = {}
    paths = list(dict.fromkeys(p.file.relative for p in placed))
    by_path = {p.file.relative: p for p in placed}
    for done, path in enumerate(paths, start=1):
        read[path] = _labels(by_path[path], findings)
        if progress:
            progress(done, len(paths), path)
    return [_Placed(p.case_id, p.image, p.roi, p.file, read[p.file.relative]) for p in placed]


def _labels(placed: _Placed, findings: list[Finding]) -> dict[int, str]:
    """Return the labels of a mask file; a mask that cannot be read or is empty has none."""
    names = segment_names(placed.file)
    try:
        values = labels_in(read_volume(list(placed.file.files)))
    except ImageError as error:
        if not placed.file.problem:
            findings.append(
                found(UNREADABLE, case_id=placed.case_id, image=placed.image, roi=placed.roi, problem=str(error))
            )
        return {}
    return {value: names.get(value, "") for value in values}


def segment_names(file: FoundFile) -> dict[int, str]:
    """Return the names 3D Slicer wrote into a ``.seg.nrrd`` header, by label value."""
    keys = file.header.keys if file.header else {}
    numbers = [k[len("Segment") : -len("_Name")] for k in keys if k.startswith("Segment") and k.endswith("_Name")]
    return {int(keys.get(f"Segment{n}_LabelValue", "1")): keys[f"Segment{n}_Name"] for n in numbers if n.isdigit()}


# ---- cases -----------------------------------------------------------------------------------------------------


class _References:
    """File references, each file looked at once."""

    def __init__(self, source: Source, checksums: bool) -> None:
        self._source: Source = source
        self._checksums = checksums
        self._known: dict[str, FileRef] = {}

    def of(self, path: str) -> FileRef:
        if path not in self._known:
            self._known[path] = file_ref(path, self._source, checksum=self._checksums)
        return self._known[path]


def _case(case_id: str, slot: _Slot, own: Iterable[_Placed], groups: _Groups, refs: _References) -> Case:
    images = tuple(
        ImageRef(name, tuple(refs.of(f) for f in file.files), file.modality or modality_of(name) or
                 modality_of(file.relative), file.acquired)
        for name, file in slot.images.items()
    )  # fmt: skip
    masks = tuple(ref for p in own for ref in _mask_refs(p, groups[p.image, p.roi], refs))
    return Case(case_id, case_id, images, masks)


def _group_labels(placed: Iterable[_Placed]) -> _Groups:
    """Return per image and region the labels of all cases' masks when any of them holds several, else nothing.

    Under -1 stands the one segment name that single-label masks without a region name agree on.
    """
    together: dict[tuple[str, str], list[dict[int, str]]] = defaultdict(list)
    for one in placed:
        together[one.image, one.roi].append(one.labels)
    groups: _Groups = {}
    for (image, roi), group in together.items():
        names = {name for labels in group for name in labels.values() if name}
        if max(len(labels) for labels in group) > 1:
            groups[image, roi] = {value: name for labels in group for value, name in labels.items()}
        else:
            groups[image, roi] = {-1: names.pop()} if len(names) == 1 and not roi else {}
    return groups


def _mask_refs(placed: _Placed, group: dict[int, str], refs: _References) -> list[MaskRef]:
    file = refs.of(placed.file.files[0])
    if not group or -1 in group:
        return [MaskRef(placed.roi or group.get(-1) or DEFAULT_ROI, placed.image, file)]
    prefix = f"{placed.roi}-" if placed.roi else ""
    return [MaskRef(prefix + (group[v] or f"label{v}"), placed.image, file, v) for v in sorted(group)]


def _absences(cases: tuple[Case, ...], *, any_mask: bool) -> list[Finding]:
    n_images = sum(len(case.images) for case in cases)
    if not any_mask:
        return [found(NO_MASKS, n=n_images)] if n_images else []
    return [
        found(MISSING_MASK, case_id=case.case_id, image=image.name)
        for case in cases
        for image in case.images
        if not any(mask.image == image.name for mask in case.masks)
    ]
