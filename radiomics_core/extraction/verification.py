"""Whether the fast engine gives pyradiomics' values on a case: the largest difference per class, the feature named.

``compare`` judges two sets of named values, ``verify`` makes both from one image and mask.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.extraction import kinds
from radiomics_core.extraction.departures import departure_of
from radiomics_core.extraction.engine import FeatureVector
from radiomics_core.extraction.engines.fast.derived import derived_regions
from radiomics_core.extraction.engines.itk_defaults import own_itk_defaults
from radiomics_core.extraction.engines.pyradiomics_engine import PyradiomicsEngine
from radiomics_core.extraction.engines.pyradiomics_images import filtered_intensities
from radiomics_core.extraction.settings import ExtractionSettings

if TYPE_CHECKING:
    from radiomics_core.imaging.volume import Volume

LARGEST_DIFFERENCE = 1e-6
"""Relative difference up to which two engines agree."""

NEAR_ZERO = 1e-9
"""Absolute difference up to which values agree whatever their relative difference: zero but for rounding."""

JUDGED_ABSOLUTELY = ("MCC",)
"""Features whose difference is absolute: the eigenvalues under the root of MCC amplify rounding."""

MAY_DEPART = ("differs", "empty_fast", "empty_reference")
AGREES = ("equal", "near_zero")
DEPARTS = "departs"
NOT_COMPARED = "not_compared"

FEATURE_COLUMNS = ("feature", "image", "family", "reference", "fast", "difference", "state", "departure")
IMAGE_COLUMNS = ("image", "voxels", "levels", "moved", "ulp")
CLASS_COLUMNS = ("family", "features", "worst", "worst_feature", "near_zero", "disagree")


@dataclass(frozen=True, eq=False)
class Verification:
    """What two engines gave for one region, side by side.

    Attributes
    ----------
    features : DataFrame
        One row per feature: ``feature`` (its pyradiomics name), ``image`` (derived image), ``family``, ``reference``,
        ``fast``, ``difference`` (relative; absolute for MCC; infinite when one has no value) and ``state``:

        ``equal``          difference at most 1e-6
        ``near_zero``      larger, but at most 1e-9 absolute
        ``differs``        larger than both
        ``empty_fast``, ``empty_reference``      undefined (NaN) in this engine only
        ``missing_fast``, ``missing_reference``  no such name in this engine
        ``departs``        differs on purpose; ``departure`` names the row of ``DEPARTURES``
        ``not_compared``   one engine left the filter out and said so
    images : DataFrame
        One row per derived image: ``image``, ``voxels`` of the region, ``levels`` (grey levels), ``moved`` (voxels
        that lie in another bin than in pyradiomics), ``ulp`` (largest difference of the derived image, in float32
        units in the last place of its largest value). Empty when not asked for.
    """

    features: pd.DataFrame
    images: pd.DataFrame = dataclasses.field(default_factory=lambda: pd.DataFrame(columns=list(IMAGE_COLUMNS)))

    @property
    def compared(self) -> pd.DataFrame:
        """Rows of the features that were compared and are meant to be equal."""
        return self.features[~self.features["state"].isin([NOT_COMPARED, DEPARTS])]

    @property
    def departing(self) -> pd.DataFrame:
        """Rows of the features that differ on purpose."""
        return self.features[self.features["state"] == DEPARTS]

    @property
    def n_features(self) -> int:
        """Number of features compared."""
        return len(self.compared)

    @property
    def worst(self) -> float:
        """The largest difference over all features compared; infinite when one engine has no value."""
        return _worst(self.compared)

    @property
    def worst_feature(self) -> str:
        """Name of the feature with the largest difference, empty when all are exactly equal."""
        return _worst_feature(self.compared)

    @property
    def agrees(self) -> bool:
        """Whether every feature compared agrees, and there is one."""
        return self.n_features > 0 and len(self.disagreeing) == 0

    @property
    def disagreeing(self) -> pd.DataFrame:
        """Rows of the features that do not agree, the largest difference first."""
        rows = self.compared[~self.compared["state"].isin(AGREES)]
        return rows.sort_values("difference", ascending=False, kind="stable")

    @property
    def not_compared(self) -> tuple[str, ...]:
        """Derived images that one engine left out."""
        return tuple(self.features.loc[self.features["state"] == NOT_COMPARED, "image"].unique())

    @property
    def moved(self) -> int:
        """Voxels that lie in another bin than in pyradiomics, over all derived images."""
        return int(self.images["moved"].sum()) if len(self.images) else 0

    def by_class(self) -> pd.DataFrame:
        """Return one row per feature class, its largest difference and the feature that has it."""
        return self._by("family")

    def by_class_and_image(self) -> pd.DataFrame:
        """Return one row per feature class and derived image."""
        return self._by("family", "image")

    def frame(self) -> pd.DataFrame:
        """Return one row per feature; see ``features``."""
        return self.features

    def _by(self, *columns: str) -> pd.DataFrame:
        rows = [
            dict(zip(columns, key if isinstance(key, tuple) else (key,), strict=True)) | _summary(group)
            for key, group in self.compared.groupby(list(columns), sort=False)
        ]
        return pd.DataFrame(rows, columns=[*columns, *CLASS_COLUMNS[1:]])


def verify(image: Volume, mask: Volume, settings: ExtractionSettings, *, images: bool = True) -> Verification:
    """Extract one region with both engines and compare.

    Parameters
    ----------
    image, mask : Volume
    settings : ExtractionSettings
    images : bool
        Compare the derived images too, and count the voxels that lie in another bin.

    Raises
    ------
    ExtractionError
        pyradiomics is not installed, or one of the engines cannot extract this region; says why and what to do.
    """
    from radiomics_core.extraction.engines.fast.engine import FastEngine

    PyradiomicsEngine().require()
    reference = PyradiomicsEngine().extract(image, mask, settings)
    fast = FastEngine().extract(image, mask, settings)
    made = Verification(compare(reference.values, fast.values, left_out=left_out(reference, fast)))
    return dataclasses.replace(made, images=compare_images(image, mask, settings)) if images else made


def compare(reference: Mapping[str, float], fast: Mapping[str, float], *, left_out: Iterable[str] = ()) -> pd.DataFrame:
    """Return one row per feature; see ``Verification.features``.

    Parameters
    ----------
    reference, fast : mapping of feature name to value
    left_out : iterable of str
        Beginnings of the names of derived images that an engine left out.
    """
    beginnings = tuple(left_out)
    rows = [_row(name, reference, fast, beginnings) for name in dict.fromkeys([*reference, *fast])]
    made = pd.DataFrame(rows, columns=list(FEATURE_COLUMNS))
    return _with_departures(made) if made["state"].isin(MAY_DEPART).any() else made


def difference(reference: float, fast: float, feature: str = "") -> float:
    """Return the relative difference of two finite values, the absolute one for MCC."""
    apart = abs(fast - reference)
    if apart == 0 or feature in JUDGED_ABSOLUTELY:
        return apart
    return apart / abs(reference) if reference else math.inf


def join(parts: Iterable[Verification]) -> Verification:
    """Return several verifications (of image types, or of cases) as one."""
    listed = list(parts)
    frames = {name: [getattr(part, name) for part in listed] for name in ("features", "images")}
    return Verification(**{name: _stacked(some) for name, some in frames.items()})


def everything(bin_width: float = 25.0) -> ExtractionSettings:
    """Return settings of the 1,595 features the engines are compared on: 17 images, seven classes."""
    plain = ("Original", "Wavelet", "LoG", "Square", "SquareRoot", "Logarithm", "Exponential", "Gradient")
    own: dict[str, dict[str, Any]] = {"LoG": {"sigma": [1.0, 2.0, 3.0]}}
    return ExtractionSettings(
        setting={"binWidth": bin_width}, image_type={name: own.get(name, {}) for name in plain}
    ).with_feature_classes(["shape", "firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm"])


def parts(settings: ExtractionSettings) -> dict[str, ExtractionSettings]:
    """Return settings of each image type alone, shape with the first: what can be verified in several processes."""
    types = list(settings.image_types())
    families = settings.feature_classes()
    without_shape = {name: names for name, names in families.items() if not name.startswith("shape")}
    divided = {name: settings.with_image_types([name]) for name in (types if without_shape else types[:1])}
    own = {name: families if name == types[0] else without_shape for name in divided}
    return {name: one.with_feature_classes(own[name]) for name, one in divided.items()}


def compare_images(image: Volume, mask: Volume, settings: ExtractionSettings) -> pd.DataFrame:
    """Return one row per derived image; see ``Verification.images``."""
    reference = {name: (values, used) for name, values, used in filtered_intensities(image, mask, settings)}
    rows = [
        {"image": name, "voxels": len(values), **_apart(*reference[name], values, levels)}
        for name, values, levels in _fast_intensities(image, mask, settings)
        if name in reference
    ]
    return pd.DataFrame(rows, columns=list(IMAGE_COLUMNS))


def left_out(*vectors: FeatureVector) -> tuple[str, ...]:
    """Return the beginnings of the names of derived images that an engine says it left out."""
    findings = (finding for vector in vectors for finding in vector.findings)
    named = [str(f.params.get("filter", "")) for f in findings if f.code == kinds.FILTER_LEFT_OUT.code]
    return tuple(beginning for words in named for beginning in _beginnings(*words.split()))


def _beginnings(name: str = "", *detail: str) -> list[str]:
    """Return how the derived images of a filter begin; pyradiomics says sigma 1.0 as 1 but writes 1-0."""
    if name == "LoG":
        said = {detail[0], str(float(detail[0]))} if detail else set()
        return [f"log-sigma-{sigma.replace('.', '-')}-mm" for sigma in sorted(said)] or ["log-sigma-"]
    if name == "LBP":
        return ["-".join(["lbp", *detail])]
    return [name] if name else []  # a derived image by its own name


def _row(
    name: str, reference: Mapping[str, float], fast: Mapping[str, float], left_out: tuple[str, ...]
) -> dict[str, Any]:
    image, family, feature = name.rsplit("_", 2)
    old, new = reference.get(name, math.nan), fast.get(name, math.nan)
    state = _lacking(name in reference, name in fast, old, new)
    if state.startswith("missing") and left_out and image.startswith(left_out):
        state = NOT_COMPARED
    apart = 0.0 if math.isnan(old) and math.isnan(new) else math.inf
    if not state and apart:
        apart = difference(old, new, feature)
        state = _judged(apart, abs(new - old))
    values = (name, image, family, old, new, apart, state or "equal", "")
    return dict(zip(FEATURE_COLUMNS, values, strict=True))


def _with_departures(made: pd.DataFrame) -> pd.DataFrame:
    """Name the departure that explains a difference, where one does."""
    differing = made[made["state"].isin(MAY_DEPART)]
    for (_image, family), rows in made[made["image"].isin(differing["image"])].groupby(["image", "family"]):
        names = [str(name).rsplit("_", 1)[1] for name in rows["feature"]]
        reference, fast = (dict(zip(names, rows[engine], strict=True)) for engine in ("reference", "fast"))
        for index, name, state in zip(rows.index, names, rows["state"], strict=True):
            found = departure_of(str(family), name, reference, fast) if state in MAY_DEPART else None
            if found is not None:
                made.loc[index, ["state", "departure"]] = [DEPARTS, found.name]
    return made


def _lacking(in_reference: bool, in_fast: bool, reference: float, fast: float) -> str:
    if not (in_reference and in_fast):
        return "missing_fast" if in_reference else "missing_reference"
    if math.isnan(reference) != math.isnan(fast):
        return "empty_fast" if math.isnan(fast) else "empty_reference"
    return ""


def _judged(relative: float, absolute: float) -> str:
    if relative <= LARGEST_DIFFERENCE:
        return "equal"
    return "near_zero" if absolute <= NEAR_ZERO else "differs"


def _summary(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "features": len(rows),
        "worst": _worst(rows),
        "worst_feature": _worst_feature(rows),
        "near_zero": int((rows["state"] == "near_zero").sum()),
        "disagree": int((~rows["state"].isin(AGREES)).sum()),
    }


def _worst(rows: pd.DataFrame) -> float:
    counted = rows.loc[rows["state"] != "near_zero", "difference"]
    return float(counted.max()) if len(counted) else 0.0


def _worst_feature(rows: pd.DataFrame) -> str:
    counted = rows[rows["state"] != "near_zero"]
    return str(counted["feature"].iloc[int(np.argmax(counted["difference"]))]) if _worst(rows) > 0 else ""


def _stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


def _fast_intensities(
    image: Volume, mask: Volume, settings: ExtractionSettings
) -> Iterator[tuple[str, NDArray[Any], NDArray[np.int32]]]:
    from radiomics_core.extraction.engines.fast.preparation import prepare

    with own_itk_defaults():
        for derived in derived_regions(prepare(image, mask, settings), settings):
            if isinstance(derived, tuple):
                name, region = derived
                yield name, region.intensities, region.levels.array.ravel()[region.voxels]


def _apart(
    reference: NDArray[Any], used: Mapping[str, Any], fast: NDArray[Any], levels: NDArray[np.int32]
) -> dict[str, Any]:
    from radiomics import imageoperations

    expected = np.digitize(reference, imageoperations.getBinEdges(reference, **used))
    unit = float(np.spacing(np.float32(np.abs(reference).max())))
    largest = float(np.abs(np.asarray(fast, np.float64) - np.asarray(reference, np.float64)).max())
    return {
        "levels": len(np.unique(expected)),
        "moved": int(np.count_nonzero(expected != levels)),
        "ulp": largest / unit,
    }
