import numpy as np
import pytest

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.bin_counts import (
    bin_count_preview,
    join_previews,
    preview_case,
    round_widths,
    suggest_bin_width,
)
from radiomics_core.extraction.runner import units_of_work
from radiomics_core.imaging.volume import Volume


def test_hand_counted_levels():
    # multiples of 25: -30 lies in [-50, -25), 76 in [75, 100): six bins
    for values, levels in (([-30, 0, 76], 6), ([0, 25], 2), ([0, 24.9], 1), ([7, 7], 1)):
        image = Volume(np.array([[[0, *values, 0]]]))
        inside = image.with_array(np.array([[[False, *[True] * len(values), False]]]))
        settings = ExtractionSettings(setting={"binWidth": 25, "minimumROIDimensions": 1})
        assert bin_count_preview(image, inside, settings).original.levels == levels


def test_original_is_counted_even_when_only_filters_are_extracted(lesion):
    settings = ExtractionSettings(image_type={"Wavelet": {}})
    assert bin_count_preview(*lesion(), settings).original.filter == "original"


def test_flag_is_outside_16_to_128(lesion):
    flagged = {}
    for width in (100, 4, 1):
        count = bin_count_preview(*lesion(), ExtractionSettings(setting={"binWidth": width})).original
        flagged[width] = (count.levels, count.flagged)
    assert flagged[100][0] < 16 < flagged[4][0] < 128 < flagged[1][0]
    assert [flag for _, flag in flagged.values()] == [True, False, True]


def test_preview_of_a_cohort_flags_and_keeps_going(cohort_on_disk, tmp_path):
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
