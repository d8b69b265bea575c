import numpy as np
import pytest

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.bin_counts import (
    bin_count_preview,
    grey_levels,
    join_previews,
    preview_case,
    round_widths,
    suggest_bin_width,
)
from radiomics_core.extraction.runner import units_of_work

PIPELINES = [
    {"setting": {"binWidth": 7}},
    {"setting": {"binWidth": 0.3, "normalize": True, "removeOutliers": 2}},
    {"setting": {"binWidth": 10, "resampledPixelSpacing": [1.5, 1.5, 1.5]}},
    {"setting": {"binWidth": 10, "resegmentRange": [-50, 100]}},
    {"setting": {"binWidth": 25, "preCrop": True}, "imageType": {"Wavelet": {"binWidth": 5}, "LoG": {"sigma": [2.0]}}},
    {"setting": {"binCount": 16}, "imageType": {"Original": {}, "LoG": {"sigma": [2.0], "binCount": 24}}},
]


@pytest.mark.parametrize("parameters", PIPELINES)
def test_levels_are_those_texture_matrices_are_made_with(reference_engine, lesion, parameters, monkeypatch):
    from radiomics import base

    used = []
    binned = base.RadiomicsFeaturesBase._applyBinning

    def spy(self, matrix):
        result = binned(self, matrix)
        used.append(self.coefficients["Ng"])
        return result

    monkeypatch.setattr(base.RadiomicsFeaturesBase, "_applyBinning", spy)
    settings = ExtractionSettings.from_parameters({**parameters, "featureClass": {"glcm": ["Contrast"]}})
    vector = reference_engine.extract(*lesion(), settings)
    counts = bin_count_preview(*lesion(), settings, filters=True).frame()
    assert list(counts["levels"]) == used
    assert [f"{name}_glcm_Contrast" for name in counts["filter"]] == list(vector.values)


def test_hand_counted_levels():
    # multiples of 25: -30 lies in [-50, -25), 76 in [75, 100): six bins
    assert grey_levels(np.array([-30, 0, 76]), 25) == 6
    assert grey_levels(np.array([0, 25]), 25) == 2
    assert grey_levels(np.array([0, 24.9]), 25) == 1
    assert grey_levels(np.array([7, 7]), 25) == 1


def test_original_is_counted_even_when_only_filters_are_extracted(reference_engine, lesion):
    settings = ExtractionSettings(image_type={"Wavelet": {}})
    assert bin_count_preview(*lesion(), settings).original.filter == "original"


def test_flag_is_outside_16_to_128(reference_engine, lesion):
    flagged = {}
    for width in (100, 4, 1):
        count = bin_count_preview(*lesion(), ExtractionSettings(setting={"binWidth": width})).original
        flagged[width] = (count.levels, count.flagged)
    assert flagged[100][0] < 16 < flagged[4][0] < 128 < flagged[1][0]
    assert [flag for _, flag in flagged.values()] == [True, False, True]


def test_preview_of_a_cohort_flags_and_keeps_going(reference_engine, cohort_on_disk, tmp_path):
    def change(case_id, image, mask):
        return (image, mask.with_array(mask.array & False)) if case_id == "case1" else (image, mask)

    settings = ExtractionSettings(setting={"binWidth": 100})
    units = units_of_work(cohort_on_disk(3, change))
    preview = join_previews([preview_case(*unit, settings, folder=str(tmp_path)) for unit in units])
    assert list(preview.rows["case_id"]) == ["case0", "case2"]
    assert preview.rows["flagged"].all()
    assert [(f.code, f.case_id) for f in preview.findings] == [
        ("RX304", "case0"), ("RX301", "case1"), ("RX304", "case2"),
    ]  # fmt: skip
    assert "16 to 128 are usual" in preview.findings[0].message()


def test_suggestion_keeps_most_regions_in_range():
    suggestion = suggest_bin_width(np.array([0.0, 0.0, -100.0]), np.array([310.0, 1000.0, 1200.0]))
    # ranges 310, 1000, 1300. Width 20: 16, 51 and 66 levels, all inside; 10 gives 32, 101, 131 and 25 gives 13, 41, 53
    assert suggestion.bin_width == 20
    assert (suggestion.median_levels, suggestion.n_inside, suggestion.n) == (51, 3, 3)
    assert "bin width of 20, the median region has 51 grey levels and 3 of 3" in suggestion.reason()


def test_suggestion_among_equals_is_nearest_to_64_levels():
    # range 1280: widths 10 to 50 keep it inside, 20 gives 65 levels
    assert suggest_bin_width(np.array([0.0]), np.array([1280.0])).bin_width == 20


def test_suggestion_needs_a_region_that_varies():
    with pytest.raises(ExtractionError, match="more than one intensity"):
        suggest_bin_width(np.array([5.0]), np.array([5.0]))


def test_round_widths():
    assert round_widths(0.2, 3) == [0.2, 0.25, 0.5, 1, 2, 2.5]
    with pytest.raises(ValueError, match="in order"):
        round_widths(3, 0.2)
