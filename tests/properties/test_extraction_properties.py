"""Features do not depend on where the image lies, on empty space around it, or on the names of cases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from radiomics_core.extraction import ENGINES, ExtractionSettings
from radiomics_core.extraction.bin_counts import suggest_bin_width
from radiomics_core.extraction.engines.fast.levels import highest_level
from radiomics_core.extraction.engines.fast.region import Options
from radiomics_core.extraction.fields import SETTING_FIELDS
from radiomics_core.imaging.volume import Volume

ORIGINAL = ExtractionSettings(setting={"binWidth": 10})
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))

intensities = arrays(np.int16, (5, 6, 7), elements=st.integers(-200, 200))
origins = st.tuples(*[st.floats(-500, 500)] * 3)
margins = st.tuples(*[st.tuples(st.integers(0, 4), st.integers(0, 4))] * 3)


@pytest.fixture(scope="module", params=ENGINES.names())
def engine(request):
    made = ENGINES.build(request.param)
    if not made.available():
        pytest.skip(f"the reference engine is not on this computer: {made.available().why}")
    return made


@pytest.fixture(scope="module")
def extract(engine):
    return lambda image, mask: engine.extract(image, mask, ORIGINAL).values


def _with_mask(array: np.ndarray, origin: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> tuple[Volume, Volume]:
    inside = np.zeros(array.shape, bool)
    inside[1:-1, 1:-1, 1:-2] = True
    inside[1, 1, 1] = False
    image = Volume(array, (1.0, 1.5, 2.0), origin)
    return image, image.with_array(inside)


def _assert_same(a: dict[str, float], b: dict[str, float], rel: float = 0) -> None:
    assert list(a) == list(b)
    np.testing.assert_allclose(list(a.values()), list(b.values()), rtol=rel, atol=0, equal_nan=True)


@FEW
@given(array=intensities, origin=origins)
def test_features_do_not_change_when_the_origin_moves(extract, array, origin):
    _assert_same(extract(*_with_mask(array)), extract(*_with_mask(array, origin)))


@FEW
@given(array=intensities, margin=margins, value=st.integers(-1000, 1000))
def test_features_do_not_change_when_the_image_is_padded(extract, array, margin, value):
    image, mask = _with_mask(array)
    padded = image.with_array(np.pad(image.array, margin, constant_values=value))
    _assert_same(extract(image, mask), extract(padded, padded.with_array(np.pad(mask.array, margin))), rel=1e-9)


@FEW
@given(array=intensities, factor=st.sampled_from([2, 4]))
def test_texture_does_not_change_when_intensities_and_bin_width_are_scaled(engine, array, factor):
    image, mask = _with_mask(array)
    scaled = image.with_array((array * factor).astype(np.int16))
    plain = engine.extract(image, mask, ORIGINAL).values
    wider = engine.extract(scaled, mask, ORIGINAL.with_value("binWidth", 10 * factor)).values
    for name, value in plain.items():
        if "_firstorder_" not in name:
            assert wider[name] == pytest.approx(value, rel=1e-9, nan_ok=True), name
    assert wider["original_firstorder_Mean"] == pytest.approx(factor * plain["original_firstorder_Mean"])


@FEW
@given(array=intensities)
def test_length_features_scale_with_voxel_size(extract, array):
    image, mask = _with_mask(array)
    double = Volume(image.array, (2.0, 3.0, 4.0))
    plain, larger = extract(image, mask), extract(double, double.with_array(mask.array))
    for name, power in (("MeshVolume", 3), ("SurfaceArea", 2), ("Maximum3DDiameter", 1), ("Sphericity", 0)):
        assert larger[f"original_shape_{name}"] == pytest.approx(2**power * plain[f"original_shape_{name}"], rel=1e-6)


@given(
    values=arrays(np.float64, st.integers(2, 30), elements=st.floats(-1e3, 1e3)),
    width=st.floats(0.5, 50),
)
def test_grey_levels_cover_the_range(values, width):
    levels = highest_level(values, Options(bin_width=width))
    span = float(np.ptp(values))
    assert span / width - 1e-6 <= levels <= span / width + 2 + 1e-6


@given(st.lists(st.floats(1, 1e4), min_size=1, max_size=20), st.floats(0.01, 100))
def test_suggested_width_keeps_the_median_region_in_range(spans, scale):
    high = np.asarray(spans) * scale
    suggestion = suggest_bin_width(np.zeros(len(high)), high)
    assert 16 <= float(np.median(high)) / suggestion.bin_width <= 128


def _values(name: str) -> st.SearchStrategy:
    field = SETTING_FIELDS[name]
    number = {"int": st.integers(1, 2), "float": st.floats(0.5, 50)}
    return {
        **number,
        "bool": st.booleans(),
        "choice": st.sampled_from(field.choices or ("x",)),
        "floats": st.lists(st.floats(0.5, 5), min_size=2, max_size=2),
        "ints": st.lists(st.integers(1, 3), min_size=1, max_size=3),
    }[field.type]


GENERAL = [field.name for field in SETTING_FIELDS.values() if field.section == "setting"]


@given(
    st.lists(st.sampled_from(GENERAL), unique=True).flatmap(
        lambda names: st.fixed_dictionaries({n: _values(n) for n in names})
    )
)
def test_any_settings_survive_a_parameter_file(values):
    made = ExtractionSettings(setting=values)
    assert ExtractionSettings.from_yaml(made.to_yaml()).to_parameters() == {"setting": values}
    assert ExtractionSettings.from_yaml(made.to_yaml()).digest() == made.digest()
