"""Guess the pairing pattern from file names; the user sees it and can change it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from radiomics_core.errors import ImageError
from radiomics_core.i18n import lazy_
from radiomics_core.images.discovery import FoundFile
from radiomics_core.images.pattern import PairingPattern
from radiomics_core.imaging.formats import mask_extensions
from radiomics_core.imaging.reading import labels_in, read_volume

MODALITY_WORDS = {
    "CT": {"ct", "cect", "ncct", "cbct", "ldct"},
    "MR": {"mr", "mri", "t1", "t2", "t1w", "t2w", "t1c", "t1ce", "t1gd", "flair", "adc", "dwi", "dce", "swi", "pd"},
    "PT": {"pt", "pet", "suv"},
    "US": {"us", "ultrasound"},
    "MG": {"mg", "mammo", "mammography"},
}
IMAGE_NOISE = {"image", "images", "imagestr", "imagests", "img", "scan", "volume", "nifti", "dicom", "n4"}
MASK_WORDS = {
    "mask", "masks", "seg", "segs", "segmentation", "segmentations", "label", "labels", "labelmap", "labelstr",
    "labelsts", "roi", "rois", "contour", "contours", "annotation", "annotations", "manual", "gt",
}  # fmt: skip
ROI_WORDS = re.compile(r"^(i?gtv|ctv|ptv|tumou?r|lesion|nodule|necrosis|edema|oedema)[a-z]*\d*$")
_SEPARATOR = re.compile(r"[/_\-. ]")
_TOKEN = re.compile(r"[^/_\-. ]+")


def modality_of(name: str) -> str:
    """Return the DICOM code of the modality that a name speaks of, ``""`` when it does not."""
    for token in _TOKEN.findall(name.lower()):
        for code, words in MODALITY_WORDS.items():
            if token in words:
                return code
    return ""


def guess_pattern(files: Sequence[FoundFile]) -> PairingPattern:
    """Guess which files are masks, where the case id stands, and what images and regions are called.

    Raises
    ------
    ImageError
        When there is no image at all.
    """
    usable = [f for f in files if f.kind in ("volume", "dicom", "unreadable")]
    masks = _guess_masks(usable)
    images = [f for f in usable if f not in masks]
    if not images:
        raise ImageError(
            lazy_("no image was found among {n} files"),
            remedy=lazy_("Choose a folder with NIfTI, NRRD or MetaImage files or single-frame DICOM series"),
            n=len(files),
        )
    cases = _case_ids([f.stem for f in images])
    image_template, names = _image_template(images, cases)
    mask_template = _mask_template(masks, sorted(set(cases), key=len, reverse=True), names) if masks else ""
    return PairingPattern(image_template, mask_template)


# ---- which files are masks -------------------------------------------------------------------------------------


def _guess_masks(files: list[FoundFile]) -> list[FoundFile]:
    shared = _shared_folders([f.relative for f in files])
    by_word = [f for f in files if f.extension in mask_extensions() or _says_mask(f.stem.split("/")[shared:])]
    rest = [f for f in files if f not in by_word] if len(by_word) < len(files) else files
    longer = _longer_names(rest)
    if len(by_word) == len(files):
        return longer
    return [f for f in files if f in by_word or f in longer]


def _shared_folders(paths: list[str]) -> int:
    folders = [p.split("/")[:-1] for p in paths]
    n = 0
    for level in zip(*folders, strict=False):
        if len(set(level)) > 1:
            break
        n += 1
    return n


def _says_mask(segments: list[str]) -> bool:
    tokens = _TOKEN.findall("/".join(segments).lower())
    if any(t in MASK_WORDS for t in tokens):
        return True
    last = _TOKEN.findall(segments[-1].lower())
    return bool(last) and bool(ROI_WORDS.match(last[-1]))


def _longer_names(files: list[FoundFile]) -> list[FoundFile]:
    """Return files such as ``P01_CT_core`` beside ``P01_CT`` whose values are few whole numbers.

    One file of each ending is opened; the others with that ending are taken to be of its kind.
    """
    stems = {f.stem for f in files}
    by_ending: dict[str, list[FoundFile]] = {}
    for file in files:
        base = next((file.stem[: m.start()] for m in _SEPARATOR.finditer(file.stem) if file.stem[: m.start()] in stems),
                    None)  # fmt: skip
        if base:
            by_ending.setdefault(file.stem[len(base) :], []).append(file)
    return [f for group in by_ending.values() if _holds_labels(group[0]) for f in group]


def _holds_labels(file: FoundFile) -> bool:
    if file.header is None or not file.header.is_integer:
        return False
    try:
        return len(labels_in(read_volume(list(file.files)))) > 0
    except ImageError:
        return False


# ---- where the case id stands ----------------------------------------------------------------------------------


def _case_ids(stems: list[str]) -> list[str]:
    """Return the case id of each image: the folder level (or file name) with the most different values."""
    depth = Counter(s.count("/") for s in stems).most_common(1)[0][0]
    levels: list[Callable[[str], str]] = [_level(i) for i in range(depth)]
    endings = _endings([s.rsplit("/", 1)[-1] for s in stems])
    levels.append(lambda s: _without_ending(s.rsplit("/", 1)[-1], endings))
    counts = [_n_ids({level(s) for s in stems}) for level in levels]
    best = counts.index(max(counts))
    return [levels[best](s) for s in stems]


def _n_ids(values: set[str]) -> int:
    """Return how many values there are, 1 when all only name images: two cases with CT, MR and PET are two cases."""
    words = {w for group in MODALITY_WORDS.values() for w in group} | IMAGE_NOISE
    only_images = all(token.lower() in words for value in values for token in _TOKEN.findall(value))
    return 1 if only_images else len(values)


def _level(i: int) -> Callable[[str], str]:
    return lambda stem: stem.split("/")[min(i, stem.count("/"))]


def _endings(names: list[str]) -> list[str]:
    """Return endings such as ``_CT`` or ``_0000`` that tell images of one case apart, longest first."""
    words = {w for group in MODALITY_WORDS.values() for w in group} | IMAGE_NOISE
    for rule in (_from_first_word, _trailing):
        known = {rule(name, words) for name in names}
        heads = {_without_ending(name, sorted(known, key=len, reverse=True)) for name in names}
        if known != {""} and len(known) <= max(len(heads), 4):
            return sorted(known, key=len, reverse=True)
    if all(re.search(r"_\d{4}$", n) for n in names):
        return sorted({n[-5:] for n in names})
    return _repeated_endings(names)


def _from_first_word(name: str, words: set[str]) -> str:
    """``_CT_late`` of ``P1_CT_late``; the first word is never part of it."""
    token = next((t for t in list(_TOKEN.finditer(name))[1:] if t.group().lower() in words), None)
    return name[token.start() - 1 :] if token else ""


def _trailing(name: str, words: set[str]) -> str:
    at = len(name)
    tokens = list(_TOKEN.finditer(name))
    for token in reversed(tokens[1:]):
        if token.group().lower() not in words:
            break
        at = token.start() - 1
    return name[at:]


def _repeated_endings(names: list[str]) -> list[str]:
    """Endings after the last separator, when they cross the beginnings nearly completely (``P1_pre``, ``P1_post``)."""
    split = [re.split(r"[_\-. ](?=[^_\-. ]+$)", n) for n in names]
    if any(len(s) < 2 for s in split):
        return []
    heads, tails = {s[0] for s in split}, {s[1] for s in split}
    crossed = len(heads) * len(tails) <= len(names) / 0.8
    if not crossed or len(tails) > min(12, len(heads)) or all(t.isdigit() for t in tails) or len(tails) == len(names):
        return []
    return sorted({n[len(s[0]) :] for n, s in zip(names, split, strict=True)}, key=len, reverse=True)


def _without_ending(name: str, endings: list[str]) -> str:
    ending = next((e for e in endings if e and name.endswith(e) and len(name) > len(e)), "")
    return name[: len(name) - len(ending)]


# ---- templates -------------------------------------------------------------------------------------------------


def _with_field(text: str, value: str, field: str) -> str:
    """Put a field in place of a value where it stands between separators."""
    return re.sub(rf"(?<![^/_\-. ]){re.escape(value)}(?![^/_\-. ])", f"{{{field}}}", text) if value else text


def _ending_of(files: Sequence[FoundFile]) -> str:
    endings = {f.extension for f in files}
    return endings.pop() if len(endings) == 1 else ""


def _image_template(images: list[FoundFile], cases: list[str]) -> tuple[str, list[str]]:
    rests = [_with_field(f.stem, case, "case") for f, case in zip(images, cases, strict=True)]
    depth = Counter(r.count("/") for r in rests).most_common(1)[0][0]
    fitting = [(r.split("/"), case) for r, case in zip(rests, cases, strict=True) if r.count("/") == depth]
    per_level = list(zip(*[segments for segments, _case in fitting], strict=True))
    chosen = _image_level(per_level, [case for _segments, case in fitting])
    segments, names = [], []
    for i, level in enumerate(per_level):
        segment, found = _segment(sorted(set(level)), i == chosen)
        segments.append(segment)
        names.extend(found)
    return "/".join(segments) + _ending_of(images), names


def _image_level(levels: list[tuple[str, ...]], cases: list[str]) -> int:
    """Return the level that tells the images of one case apart, else the last that names a modality, else -1."""
    n_cases = len(set(cases))
    apart = [i for i, level in enumerate(levels) if len(set(zip(level, cases, strict=True))) > n_cases]
    named = [i for i, level in enumerate(levels) if any(modality_of(v) for v in set(level))]
    candidates = [i for i in apart if i in named] or apart[-1:] or named
    return candidates[-1] if candidates else -1


def _segment(values: list[str], is_image: bool) -> tuple[str, list[str]]:
    if not is_image:
        return (values[0] if len(values) == 1 else "*"), []
    start, end = _common_ends(values)
    names = [v[len(start) : len(v) - len(end)] for v in values]
    if len(values) == 1:
        start, end, names = _single_name(values[0])
    return f"{start}{{image:{'|'.join(names)}}}{end}", names


def _single_name(value: str) -> tuple[str, str, list[str]]:
    at = value.rfind("}") + 1
    while at < len(value) and _SEPARATOR.match(value[at]):
        at += 1
    return value[:at], "", [value[at:]]


def _common_ends(values: list[str]) -> tuple[str, str]:
    """Return the longest common start and end that stop at a separator and leave something in the middle."""
    start = _common_start(values)
    rest = [v[len(start) :] for v in values]
    end = _common_start([r[::-1] for r in rest])[::-1]
    if any(len(r) <= len(end) for r in rest):
        end = ""
    return start, end


def _common_start(values: list[str]) -> str:
    shortest = min(values, key=len)
    same = next((i for i, ch in enumerate(shortest) if any(v[i] != ch for v in values)), len(shortest))
    cut = max((m.end() for m in re.finditer(r"[/_\-. }]", shortest[:same])), default=0)
    return shortest[:cut]


def _mask_template(masks: list[FoundFile], cases: list[str], names: list[str]) -> str:
    known = [(case, _with_field(f.stem, case, "case")) for f in masks if (case := _case_in(f.stem, cases))]
    if not known:
        return ""
    rests = _loose_folders([(case, _with_image(rest, names)) for case, rest in known])
    return _name_field(sorted(set(rests)), names) + _ending_of(masks)


def _case_in(stem: str, cases: list[str]) -> str:
    return next((case for case in cases if _with_field(stem, case, "case") != stem), "")


def _loose_folders(rests: list[tuple[str, str]]) -> list[str]:
    """Put ``*`` for folder levels that differ between cases but not within one, such as a centre."""
    split = [(case, rest.split("/")) for case, rest in rests]
    if len({len(levels) for _case, levels in split}) > 1:
        return [rest for _case, rest in rests]
    n_cases = len({case for case, _rest in rests})
    for i in range(len(split[0][1]) - 1):
        values = {levels[i] for _case, levels in split}
        if len(values) > 1 and len({(case, levels[i]) for case, levels in split}) == n_cases:
            for _case, levels in split:
                levels[i] = "*"
    return ["/".join(levels) for _case, levels in split]


def _with_image(text: str, names: list[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        replaced = _with_field(text, name, "image")
        if replaced != text:
            return replaced
    return text


def _name_field(rests: list[str], names: list[str]) -> str:
    """Turn what differs between mask names into ``{roi:...}``, and pin the image names."""
    if any("{image}" in r for r in rests) and not all("{image}" in r for r in rests):
        counts = Counter("{image}" in r for r in rests)
        rests = [r for r in rests if ("{image}" in r) == counts.most_common(1)[0][0]]
    if len(rests) == 1:
        template = _single_roi(rests[0])
    else:
        start, end = _common_ends(rests)
        rois = [r[len(start) : len(r) - len(end)] for r in rests]
        deep = any("/" in r or "{" in r for r in rois)
        template = f"{start}{{roi}}{end}" if deep else f"{start}{{roi:{'|'.join(rois)}}}{end}"
    return template.replace("{image}", f"{{image:{'|'.join(names)}}}", 1) if names else template


def _single_roi(rest: str) -> str:
    """Name the region when the one remaining word is not just "mask"."""
    head, _slash, tail = rest.rpartition("/")
    words = list(_TOKEN.finditer(re.sub(r"\{\w+\}", lambda m: " " * len(m.group()), tail)))
    roi = [w for w in words if w.group().lower() not in MASK_WORDS]
    if not roi:
        return rest
    at, end = roi[0].start(), roi[-1].end()
    folder = f"{head}/" if head else ""
    return f"{folder}{tail[:at]}{{roi:{tail[at:end]}}}{tail[end:]}"
