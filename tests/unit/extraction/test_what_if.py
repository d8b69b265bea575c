import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from radiomics_core.errors import SettingsError
from radiomics_core.extraction import PRESETS, ExtractionSettings
from radiomics_core.extraction.bin_counts import bin_count_preview
from radiomics_core.extraction.stability import (
    MOVES,
    NOT_JUDGED,
    STABLE,
    Twice,
    compare,
    concordance,
    rank_correlation,
    relative_change,
)
from radiomics_core.extraction.what_if import Dials, Extracted, extract_region, log_name, paired_names
from radiomics_core.findings import Finding

QUICK = ExtractionSettings(
    setting={"binWidth": 20.0}, image_type={"Original": {}}, feature_class={"firstorder": [], "glcm": []}
)
MEAN, ENTROPY, CONTRAST = "original_firstorder_Mean", "original_firstorder_Entropy", "original_glcm_Contrast"


def region(name, before, after, levels=(None, None)):
    grey = [{"original": n} if n else {} for n in levels]
    return Twice(name, Extracted(before, grey[0]), Extracted(after, grey[1]))


@pytest.mark.parametrize("preset", PRESETS.names())
def test_dials_that_are_not_moved_change_nothing(preset):
    settings = PRESETS.build(preset).settings
    assert Dials.of(settings).turned(settings).digest() == settings.digest()


def test_each_dial_moves_its_own_setting_only():
    settings = PRESETS.build("ct").settings
    dials = Dials.of(settings)
    moved = {
        "bin_width": (25.0, "binWidth", 25.0),
        "bin_count": (32, "binCount", 32),
        "voxel_mm": ((3.0, 3.0, 3.0), "resampledPixelSpacing", [3.0, 3.0, 3.0]),
        "normalize": (True, "normalize", True),
        "normalize_scale": (100.0, "normalizeScale", 100.0),
    }
    for dial, (value, name, expected) in moved.items():
        turned = dataclasses.replace(dials, **{dial: value}).turned(settings)
        assert turned.value(name) == expected
        assert turned.with_value(name, (settings.setting or {}).get(name)).digest() == settings.digest()
        assert Dials.of(turned).moved_from(dials) == [dial]


def test_no_resampling_takes_the_setting_out():
    settings = PRESETS.build("ct").settings
    turned = dataclasses.replace(Dials.of(settings), voxel_mm=()).turned(settings)
    assert turned.value("resampledPixelSpacing") is None


def test_sigmas_are_paired_in_their_order():
    settings = PRESETS.build("ct").settings
    turned = dataclasses.replace(Dials.of(settings), sigma_mm=(2.0, 4.5, 6.0)).turned(settings)
    assert turned.value("sigma", "LoG") == [2.0, 4.5, 6.0]
    assert paired_names(settings, turned) == {
        "log-sigma-3-0-mm-3D": "log-sigma-4-5-mm-3D",
        "log-sigma-4-0-mm-3D": "log-sigma-6-0-mm-3D",
    }
    with pytest.raises(SettingsError, match=r"3 sigmas cannot be compared with 1.*as many"):
        dataclasses.replace(Dials.of(settings), sigma_mm=(2.0,)).turned(settings)


def test_name_of_a_log_image_is_that_of_the_engine(lesion):
    settings = ExtractionSettings(image_type={"LoG": {"sigma": [2.5]}}, feature_class={"firstorder": ["Mean"]})
    extracted = extract_region(lesion, settings)
    assert list(extracted.values) == [f"{log_name(2.5)}_firstorder_Mean"]


def test_grey_levels_are_those_of_the_preview(lesion):
    pair = lesion()
    for width in (5.0, 20.0, 50.0):
        settings = QUICK.with_value("binWidth", width)
        assert extract_region(lambda: pair, settings).grey_levels == {
            "original": bin_count_preview(*pair, settings).original.levels
        }


def test_bin_width_moves_texture_and_leaves_intensities(lesion):
    pair = lesion()
    twice = Twice(
        "case", extract_region(lambda: pair, QUICK), extract_region(lambda: pair, QUICK.with_value("binWidth", 5.0))
    )
    features = compare([twice]).features.set_index("feature")
    assert features.loc[MEAN, ["change", "verdict"]].tolist() == [0.0, STABLE]
    assert features.loc[ENTROPY, "verdict"] == MOVES


def test_a_case_that_cannot_be_extracted_is_a_finding_and_the_others_go_on(lesion):
    image, mask = lesion()
    empty = mask.with_array(mask.array & False)
    failed = Twice("empty", extract_region(lambda: (image, empty), QUICK), extract_region(lambda: (image, mask), QUICK))
    fine = region("fine", {MEAN: 1.0}, {MEAN: 1.0})
    result = compare([failed, fine])
    assert result.cases == ("fine",)
    assert [f.code for f in result.failed] == ["RX301"]
    assert "voxel" in result.failed[0].message()


def test_change_by_hand():
    before = np.array([[10.0, 0.0, 0.0, -4.0, np.nan]])
    after = np.array([[11.0, 0.0, 2.0, -3.0, 1.0]])
    assert relative_change(before, after)[0].tolist() == pytest.approx([0.1, 0.0, np.inf, 0.25, np.nan], nan_ok=True)


def test_few_cases_are_judged_by_their_change():
    # 10 -> 11 is a change of 10 %, 10 -> 11.1 of 11 %; entropy has no value with the other settings in case b
    a = region("a", {MEAN: 10.0, CONTRAST: 10.0, ENTROPY: 1.0}, {MEAN: 11.0, CONTRAST: 11.0, ENTROPY: 1.0})
    b = region("b", {MEAN: 10.0, CONTRAST: 10.0, ENTROPY: 1.0}, {MEAN: 10.5, CONTRAST: 11.1, ENTROPY: np.nan})
    result = compare([a, b])
    table = result.frame().set_index("feature")
    assert table["verdict"].to_dict() == {MEAN: STABLE, CONTRAST: MOVES, ENTROPY: NOT_JUDGED}
    assert table.loc[MEAN, ["change", "largest"]].tolist() == pytest.approx([0.075, 0.1])
    assert table["rank_correlation"].isna().all()
    assert "10 %" in str(result.rule)
    assert (result.count(STABLE), result.count(MOVES)) == (1, 1)


def test_five_cases_are_judged_by_their_order():
    # mean doubles and keeps the order; contrast moves little and swaps its ends; entropy is the same in every case
    values = [1.0, 2.0, 3.0, 4.0, 5.0]
    swapped = [1.05, 2.0, 3.0, 4.0, 1.0]
    regions = [
        region(f"c{i}", {MEAN: v, CONTRAST: v, ENTROPY: 2.0}, {MEAN: 2 * v, CONTRAST: s, ENTROPY: 2.0})
        for i, (v, s) in enumerate(zip(values, swapped, strict=True))
    ]
    result = compare(regions)
    table = result.frame().set_index("feature")
    assert table["verdict"].to_dict() == {MEAN: STABLE, CONTRAST: MOVES, ENTROPY: NOT_JUDGED}
    assert table.loc[MEAN, "change"] == pytest.approx(1.0)
    assert "0.9" in str(result.rule)


def test_one_swap_of_neighbours_in_five_cases_is_still_stable():
    # Spearman with one swap: 1 - 6 * 2 / (5 * 24) = 0.9
    order, swapped = np.arange(5.0)[:, None], np.array([0.0, 1.0, 2.0, 4.0, 3.0])[:, None]
    assert rank_correlation(order, swapped)[0] == pytest.approx(0.9)


def test_rank_correlation_is_that_of_scipy_with_ties_and_gaps():
    generator = np.random.default_rng(3)
    before = generator.normal(size=(9, 4)).round(1)
    after = (before + generator.normal(0, 0.5, size=before.shape)).round(1)
    before[2, 1] = np.nan
    expected = [stats.spearmanr(x, y, nan_policy="omit").statistic for x, y in zip(before.T, after.T, strict=True)]
    assert rank_correlation(before, after).tolist() == pytest.approx(expected)


def test_concordance_by_hand():
    # x 1 2 3, y 2 3 4: both variances 2/3, covariance 2/3, shift 1: (4/3) / (4/3 + 1)
    assert concordance(np.array([[1.0], [2.0], [3.0]]), np.array([[2.0], [3.0], [4.0]]))[0] == pytest.approx(4 / 7)
    same = np.array([[1.0], [2.0], [4.0]])
    assert concordance(same, same)[0] == pytest.approx(1.0)


def test_features_with_another_name_are_paired_and_others_are_named():
    before = {"log-sigma-2-0-mm-3D_glcm_Contrast": 4.0, "wavelet-LLH_glcm_Contrast": 1.0}
    after = {"log-sigma-3-0-mm-3D_glcm_Contrast": 5.0, "gradient_glcm_Contrast": 1.0}
    regions = [Twice("a", Extracted(before), Extracted(after))]
    result = compare(regions, {"log-sigma-2-0-mm-3D": "log-sigma-3-0-mm-3D"})
    row = result.features.iloc[0]
    assert (row["feature"], row["becomes"]) == tuple(name[0] for name in (list(before), list(after)))
    assert row["change"] == pytest.approx(0.25)
    assert result.only_before == ("wavelet-LLH_glcm_Contrast",)
    assert result.only_after == ("gradient_glcm_Contrast",)


def test_families_have_median_and_quartiles_of_their_features():
    before = {f"original_glcm_F{n}": 100.0 for n in range(5)} | {MEAN: 3.0}
    after = {f"original_glcm_F{n}": 100.0 + 10 * n for n in range(5)} | {MEAN: 3.0}
    families = compare([region("a", before, after)]).families().set_index("family")
    assert list(families.index) == ["firstorder", "glcm"]
    assert families.loc["glcm", ["q1", "median", "q3"]].tolist() == pytest.approx([0.1, 0.2, 0.3])
    assert families.loc["glcm", ["features", "stable", "moves"]].tolist() == [5, 2, 3]


def test_levels_of_both_settings_stand_side_by_side():
    result = compare([region("a", {MEAN: 1.0}, {MEAN: 1.0}, levels=(12, 48))])
    pd.testing.assert_frame_equal(
        result.levels, pd.DataFrame({"case": ["a"], "filter": ["original"], "before": [12], "after": [48]})
    )


def test_nothing_extracted_gives_an_empty_table_and_the_reasons():
    why = Finding("RX301", "stop", case_id="a", params={"cause": "the mask is empty", "remedy": ""})
    result = compare([Twice("a", Extracted(findings=(why,)), Extracted(findings=(why,)))])
    assert len(result.features) == 0 == len(result.families())
    assert result.failed == (why,)
