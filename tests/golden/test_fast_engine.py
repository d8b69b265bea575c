"""The fast engine gives pyradiomics' values: every feature and image type, on phantoms, sarcomas and the demo cohort.

Second source of every value: pyradiomics 3.0.1, run beside the fast engine on the same image and mask.
"""

from __future__ import annotations

from collections import Counter

import pytest

from radiomics_core.demo.cohort import BROKEN_KINDS, generate
from radiomics_core.errors import RadiomicsError
from radiomics_core.extraction import ENGINES, ExtractionSettings
from radiomics_core.extraction.catalogue import FEATURE_NAMES
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.verification import Verification, compare, verify
from radiomics_core.imaging.reading import read_mask, read_volume
from radiomics_core.imaging.volume import Volume
from tests.golden.engine_cases import GOLDEN_CASES, GoldenCase, Pair, preset
from tests.golden.second_source import lives, needs_pyradiomics, second_source

MOVED_AT_MOST = 1e-5
"""Share of voxels that rounding in a filter may move into another bin."""

ULP_AT_MOST = {"log": 2.0, "lbp-3D": 1e-8}
"""Largest difference of a derived image, in float32 units of its largest value, by the beginning of its name; else 0.

1e-8 of such a unit is a few of float64, in which the local binary patterns are computed.
"""

MAY_BE_ZERO = {"Skewness", "Mean", "Median", "ClusterShade", "Correlation", "Imc1", "Imc2", "Kurtosis", "Minimum"}
"""Features in which large terms cancel, so that zero may come out as rounding."""


@pytest.mark.parametrize("case", GOLDEN_CASES, ids=lambda case: case.name)
def test_every_feature_has_the_value_of_pyradiomics(case: GoldenCase, request):
    folder = request.getfixturevalue("shared_data") if case.needs_files else None
    made = _verified(*case.load(folder), case.settings, rarely=case.rarely)
    wrong = made.compared[~made.compared["state"].isin(["equal", "near_zero"])]
    shown = wrong.sort_values("difference", ascending=False).head(12)
    assert len(wrong) == 0, f"{len(wrong)} of {made.n_features} features\n{shown.to_string()}"
    assert made.worst <= 1e-6
    zero = made.compared[made.compared["state"] == "near_zero"]
    assert {name.rsplit("_", 1)[1] for name in zero["feature"]} <= MAY_BE_ZERO, zero.to_string()
    assert not made.not_compared
    if not lives(rarely=case.rarely):
        return  # of derived images nothing is stored
    assert _expected_images(case.settings) == len(made.images)
    far = made.images[made.images["ulp"] > [_ulp(name) for name in made.images["image"]]]
    assert len(far) == 0, far.to_string()
    moved = made.images[made.images["moved"] > MOVED_AT_MOST * made.images["voxels"]]
    assert len(moved) == 0, moved.to_string()


def _verified(image: Volume, mask: Volume, settings: ExtractionSettings, *, rarely: bool) -> Verification:
    """Return the comparison with the living package, else with the values it gave."""
    living = verify(image, mask, settings) if lives(rarely=rarely) else None

    def features(_image: Volume, _mask: Volume, _settings: ExtractionSettings) -> dict[str, float]:
        known = living.features[living.features["reference"].notna() | living.features["fast"].isna()]
        return dict(zip(known["feature"], known["reference"], strict=True))

    stored = second_source("engine", features, image, mask, settings, rarely=rarely)
    if living is not None:
        return living
    fast = ENGINES.build("fast").extract(image, mask, settings).values
    return Verification(compare({name: float(value) for name, value in stored.items()}, fast))


def _ulp(image: str) -> float:
    return next((limit for start, limit in ULP_AT_MOST.items() if image.startswith(start)), 0.0)


def _expected_images(settings: ExtractionSettings) -> int:
    """Return how many derived images the settings ask for."""
    n = 0
    for image_type in settings.image_types():
        planes = 4 if settings.value("force2D", image_type) else 8
        levels = int(settings.value("level", image_type)) - int(settings.value("start_level", image_type))
        n += {
            "LoG": len(settings.value("sigma", image_type) or []),
            "Wavelet": (planes - 1) * levels + 1,
            "LBP3D": int(settings.value("lbp3DLevels", image_type)) + 1,
        }.get(image_type, 1)
    return n


def test_the_cases_cover_every_image_type_and_every_class_of_every_modality():
    types = {name for case in GOLDEN_CASES for name in case.settings.image_types()}
    classes = {name for case in GOLDEN_CASES for name in case.settings.features()}
    assert types == set(FILTERS.names())
    assert classes == set(FEATURE_NAMES)
    sarcomas = Counter(case.name.split(",")[0].split()[1] for case in GOLDEN_CASES if case.name.startswith("STS"))
    assert sarcomas == {"CT": 4, "PET": 4, "MR": 5}


def test_broken_demo_cases_end_alike_in_both_engines(tmp_path):
    needs_pyradiomics()
    truth = generate(tmp_path, n_cases=10)
    assert set(truth.broken.values()) == set(BROKEN_KINDS)
    for case_id, defect in truth.broken.items():
        for image in ("CT", "MR"):
            pair = (
                read_volume(tmp_path / f"images/{case_id}/{image}.nii.gz"),
                read_mask(tmp_path / f"images/{case_id}/{image}_mask.nii.gz"),
            )
            old, new = (_outcome(name, pair, preset(image.lower())) for name in ("pyradiomics", "fast"))
            assert new == old, f"{case_id} ({defect}), {image}"


def _outcome(engine: str, pair: Pair, settings: ExtractionSettings) -> str:
    """Return the words of the error, or the number of features."""
    try:
        return f"{len(ENGINES.build(engine).extract(*pair, settings).values)} features"
    except RadiomicsError as error:
        return f"{error.code}: {error}"
