import math
import tracemalloc

import numpy as np
import pytest

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.engines.fast import engine
from radiomics_core.extraction.engines.fast.engine import FastEngine
from radiomics_core.extraction.engines.fast.formulas import FeatureClass, feature
from radiomics_core.extraction.engines.fast.region import Filtered, LeftOut
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.filters.log import LaplacianOfGaussian
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.volume import Volume


class Toy(FeatureClass):
    """Three features of which anyone can tell the value."""

    def __init__(self, region):
        self.region = region

    @classmethod
    def of_region(cls, region):
        return cls(region)

    @feature("Minimum")
    def minimum(self):
        return np.array([self.region.intensities.min()])

    @feature("Maximum")
    def maximum(self):
        return np.array([self.region.levels.highest])

    @feature("Mean")
    def mean(self):
        return np.array([np.mean(self.region.intensities, dtype=float)])


class ToyShape(Toy):
    """Number of voxels, under names of the shape classes."""

    @feature("VoxelVolume")
    def volume(self):
        return np.array([np.count_nonzero(self.region.mask)])

    @feature("PixelSurface")
    def surface(self):
        return np.array([self.region.mask.size])


@pytest.fixture
def toys(monkeypatch):
    monkeypatch.setattr(engine, "CLASSES", {"firstorder": Toy})
    monkeypatch.setattr(engine, "SHAPE_CLASSES", {"shape": ToyShape, "shape2D": ToyShape})


def settings_of(setting=None, image_types=("Original",), **classes):
    own = image_types if isinstance(image_types, dict) else {name: {} for name in image_types}
    return ExtractionSettings(setting=setting or {}, image_type=own, feature_class=classes)


def extract(image, mask, settings):
    return FastEngine().extract(image, mask, settings)


TOY = {"firstorder": ["Maximum", "Mean"]}


@pytest.fixture
def pair():
    """An image whose value is 10 x + y, and a region of 36 voxels from 32 to 64 (on three slices)."""
    _, y, x = np.indices((6, 8, 10))
    image = Volume((10 * x + y).astype(np.int16), (1.0, 1.0, 2.0))
    region = np.zeros(image.array.shape, bool)
    region[1:4, 2:5, 3:7] = True
    return image, image.with_array(region)


def test_names_are_in_pyradiomics_order(toys, pair):
    settings = settings_of({}, ["Square", "Original"], firstorder=["Mean", "Maximum", "Mean"], shape=["VoxelVolume"])
    assert list(extract(*pair, settings).values) == [
        "original_shape_VoxelVolume",
        "square_firstorder_Mean", "square_firstorder_Maximum",
        "original_firstorder_Mean", "original_firstorder_Maximum",
    ]  # fmt: skip


def test_settings_of_an_image_type_hold_for_it_only(toys, pair):
    settings = settings_of({"binWidth": 8}, {"Original": {}, "Square": {"binWidth": 16}}, **TOY)
    vector = extract(*pair, settings)
    # 32 to 64: [32, 40) ... [64, 72); the squares are scaled back to the largest intensity, 97: 32**2 / 97 to 64**2 / 97
    assert vector.values["original_firstorder_Maximum"] == 5
    assert vector.values["square_firstorder_Maximum"] == 42.2 // 16 - 10.6 // 16 + 1
    assert vector.diagnostics["grey_levels"] == {"original": 5, "square": 3}


def test_shape_sees_the_region_before_limits_inside_the_box_after_them(toys, pair):
    limits = {"resegmentRange": [42, 54]}
    classes = {"shape": ["VoxelVolume"], "firstorder": ["Minimum"]}
    # 42 to 54 are x 4-5 and y 2-4 of x 3-6: 18 of 36 voxels, and the box has them all
    assert extract(*pair, settings_of(limits, **classes)).values == {
        "original_shape_VoxelVolume": 18,
        "original_firstorder_Minimum": 42,
    }
    corners = {"resegmentRange": [34, 44]}  # 34, 42, 43, 44: the box holds 3 x 6 voxels
    assert extract(*pair, settings_of(corners, **classes)).values["original_shape_VoxelVolume"] == 18
    whole = settings_of({**corners, "resegmentShape": True}, **classes)
    assert extract(*pair, whole).values["original_shape_VoxelVolume"] == 3 * 4
    assert extract(*pair, whole).diagnostics["voxels"] == 3 * 4


@pytest.mark.parametrize(
    ("part", "axis", "computed"),
    [
        (np.s_[2:3, 2:5, 3:7], 0, True),  # one slice
        (np.s_[2:3, 2:5, 3:4], 0, False),  # one voxel along x, which pyradiomics compares with axis 0
        (np.s_[1:4, 2:5, 3:4], 2, True),  # one sagittal slice; the axis compared is z
        (np.s_[1:4, 2:3, 3:7], 1, False),  # one coronal slice: never computed by pyradiomics
    ],
)
def test_2d_shape_is_computed_when_pyradiomics_computes_it(toys, pair, part, axis, computed):
    image, mask = pair
    region = np.zeros_like(mask.array)
    region[part] = True
    setting = {"force2D": True, "force2Ddimension": axis, "minimumROIDimensions": 1}
    settings = settings_of(setting, shape2D=["PixelSurface"], firstorder=["Mean"])
    vector = extract(image, mask.with_array(region), settings)
    assert ("original_shape2D_PixelSurface" in vector.values) == computed
    assert ("RX303" in [finding.code for finding in vector.findings]) != computed


def test_2d_shape_needs_force_2d(toys, pair):
    values = extract(*pair, settings_of({}, shape2D=["PixelSurface"], firstorder=["Mean"])).values
    assert list(values) == ["original_firstorder_Mean"]


def test_filter_that_cannot_run_is_a_finding_and_the_others_go_on(toys, pair, monkeypatch):
    def two(prepared, value):
        yield LeftOut("LoG 9.0", lazy_("the cropped image is too small"))
        yield Filtered("log-sigma-1-0-mm-3D", prepared.image.array[prepared.box])

    monkeypatch.setattr(LaplacianOfGaussian, "derive", lambda self, prepared, value: two(prepared, value))
    vector = extract(*pair, settings_of({}, {"LoG": {"sigma": [9.0, 1.0]}}, **TOY))
    assert list(vector.values) == ["log-sigma-1-0-mm-3D_firstorder_Maximum", "log-sigma-1-0-mm-3D_firstorder_Mean"]
    (finding,) = (f for f in vector.findings if f.code == "RX303")
    assert finding.params["filter"] == "LoG 9.0"
    assert "LoG 9.0 was not computed (the cropped image is too small)" in finding.message()


def test_undefined_values_are_empty_and_a_finding(toys, pair, monkeypatch):
    broken = {name: lambda self: np.array([np.inf]) for name in ("Mean", "Minimum")}
    monkeypatch.setattr(Toy, "formulas", {**Toy.formulas, **broken})
    vector = extract(*pair, settings_of({}, firstorder=["Mean", "Maximum", "Minimum"]))
    assert math.isnan(vector.values["original_firstorder_Mean"])
    (finding,) = (f for f in vector.findings if f.code == "RX302")
    assert finding.params == {"n": 2, "example": "original_firstorder_Mean"}


def test_small_region_and_moved_mask_are_findings(toys, pair):
    image, mask = pair
    vector = extract(image, mask, settings_of({}, **TOY))
    assert [(f.code, f.params) for f in vector.findings] == [("RX305", {"voxels": 36})]
    other = Volume(mask.array[:, :, 1:], mask.spacing_mm, (1.0, 0.0, 0.0))
    moved = extract(image, other, settings_of({"correctMask": True}, **TOY))
    assert moved.values == vector.values
    assert [f.code for f in moved.findings] == ["RX305", "RX308"]


def test_diagnostics_are_facts_of_the_prepared_region(toys, pair):
    settings = settings_of({"preCrop": True, "padDistance": 1}, **TOY)
    assert extract(*pair, settings).diagnostics == {
        "voxels": 36,
        "spacing_mm": [1.0, 1.0, 2.0],
        "size": [6, 5, 5],
        "box": [[1, 5], [1, 4], [1, 4]],
        "grey_levels": {"original": 2},
    }
    assert extract(*pair, settings.with_value("additionalInfo", False)).diagnostics == {"voxels": 36}


def test_levels_are_only_made_for_classes_that_ask(toys, pair):
    vector = extract(*pair, settings_of({"binWidth": 1e-9}, firstorder=["Mean"]))
    assert vector.diagnostics["grey_levels"] == {}
    with pytest.raises(ExtractionError, match="grey levels in this region, at most 65536"):
        extract(*pair, settings_of({"binWidth": 1e-9}, **TOY))


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (ValueError("something\n new"), "the engine stopped with: ValueError something new"),
        (MemoryError("Unable to allocate 9 GiB"), "not enough memory for this image. Use larger voxels"),
    ],
)
def test_whatever_is_raised_becomes_a_worded_error(toys, pair, monkeypatch, raised, words):
    def fail(region):
        raise raised

    monkeypatch.setattr(Toy, "of_region", fail)
    with pytest.raises(ExtractionError, match=words) as caught:
        extract(*pair, settings_of({}, **TOY))
    assert caught.value.__cause__ is raised


def _only(*where):
    def change(image, mask):
        region = np.zeros_like(mask.array)
        region[where] = True
        return image, mask.with_array(region)

    return change


def _values(array_of):
    return lambda image, mask: (image.with_array(array_of(image.array, mask.array)), mask)


def _broken(array, where, value=np.nan):
    array = array.astype(np.float32)
    array[where] = value
    return array


def _shifted_mask(image, mask):
    return image, Volume(mask.array, mask.spacing_mm, tuple(0.3 * s for s in mask.spacing_mm), mask.direction)


@pytest.mark.parametrize(
    ("change", "setting", "words"),
    [
        (lambda i, m: (i, m.with_array(m.array & False)), {}, "no voxel of this region. Check which label"),
        (lambda i, m: (i, m.with_array(m.array | True)), {}, "fills the whole image. Check that the mask"),
        (_only(2, 3, 4), {}, "1 voxel, texture needs many"),
        (_only(2, 3), {}, "too thin: a line or a single slice"),
        (_only(2), {"minimumROIDimensions": 3}, "too thin"),
        (_only(2, 3, slice(4, 6)), {"minimumROIDimensions": 1, "minimumROISize": 2}, "too few voxels"),
        (lambda i, m: (i, Volume(m.array, m.spacing_mm, (5.0, 0.0, 0.0))), {}, r"different grids \(origin differ\)"),
        (lambda i, m: (i, Volume(m.array[1:], m.spacing_mm)), {}, r"different grids \(size differ\): image size \d+ x \d+ x \d+, mask size \d+ x \d+ x \d+"),
        (_values(_broken), {}, "36 voxels inside the region are not numbers"),
        (_values(lambda a, m: _broken(a, ...)), {}, "36 voxels inside the region are not numbers"),
        (_values(lambda a, m: _broken(a, (0, 0), np.inf)), {"normalize": True}, "10 voxels outside the region"),
        (lambda i, m: _shifted_mask(*_values(lambda a, _: _broken(a, ...))(i, m)), {"correctMask": True},
         "36 voxels inside the region are not numbers"),
        (lambda i, m: _shifted_mask(*_values(lambda a, _: _broken(a, (0, 0)))(i, m)),
         {"correctMask": True, "normalize": True}, "10 voxels outside the region"),
        (lambda i, m: _shifted_mask(*_values(lambda a, _: a.astype(complex))(i, m)), {"correctMask": True},
         "complex128.*needs real numbers"),
        (_values(lambda a, m: a.astype(complex)), {}, "complex128.*needs real numbers"),
        (_values(lambda a, m: a.astype(object)), {}, "object.*needs real numbers"),
        (_values(lambda a, m: a * 1e30), {"normalize": False}, "grey levels in this region, at most 65536"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_name(toys, pair, change, setting, words):
    with pytest.raises(ExtractionError, match=words):
        extract(*change(*pair), settings_of(setting, **TOY))


def test_flat_region_has_one_level(toys, pair):
    image, mask = pair
    for value in (0, 7, 50, -3):
        flat = image.with_array(np.full_like(image.array, value))
        for bins in ({}, {"binWidth": 0.5}):
            values = extract(flat, mask, settings_of(bins, **TOY)).values
            assert values == {"original_firstorder_Maximum": 1, "original_firstorder_Mean": value}


@pytest.mark.parametrize(
    "dtype", ["int8", "uint8", "int16", "uint16", "int32", "int64", "uint64", ">i2", ">f4", "float16", "float64"]
)
def test_values_do_not_depend_on_the_type_of_the_numbers(toys, pair, dtype):
    image, mask = pair
    settings = settings_of({"binWidth": 7}, ["Original", "Square"], **TOY)
    expected = extract(image, mask, settings).values
    assert extract(image.with_array(image.array.astype(dtype)), mask, settings).values == expected


def test_a_picture_of_true_and_false_is_taken(toys, pair):
    image, mask = pair
    values = extract(image.with_array(image.array > 45), mask, settings_of({"binWidth": 1}, **TOY)).values
    assert values == {"original_firstorder_Maximum": 2, "original_firstorder_Mean": 0.5}


def test_values_do_not_depend_on_padding_or_where_the_image_lies(toys, pair):
    image, mask = pair
    settings = settings_of({"binWidth": 7}, **TOY)
    wide = Volume(np.pad(image.array, 3, constant_values=9999), image.spacing_mm, (50.0, -3.0, 8.0))
    assert (
        extract(wide, wide.with_array(np.pad(mask.array, 3)), settings).values == extract(image, mask, settings).values
    )


def test_process_is_left_as_it_was_even_after_a_failure(toys, pair, capfd, caplog):
    import SimpleITK as sitk

    process = sitk.ProcessObject
    before = (process.GetGlobalDefaultNumberOfThreads(), process.GetGlobalDefaultCoordinateTolerance(), np.geterr())
    settings = settings_of({"geometryTolerance": 0.5, "normalize": True, "resampledPixelSpacing": [2, 2, 2]}, **TOY)
    extract(*pair, settings)
    with pytest.raises(ExtractionError):
        extract(*pair, settings.with_value("minimumROISize", 10**6))
    after = (process.GetGlobalDefaultNumberOfThreads(), process.GetGlobalDefaultCoordinateTolerance(), np.geterr())
    assert after == before
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_inputs_are_not_changed(toys, pair):
    image, mask = pair
    before = image.array.copy(), mask.array.copy()
    for array in (image.array, mask.array):
        array.flags.writeable = False
    extract(image, mask, settings_of({"normalize": True, "removeOutliers": 1, "resegmentRange": [-1, 1]}, **TOY))
    extract(image, mask, settings_of({"preCrop": True}, FILTERS.names()[:3], **TOY))
    np.testing.assert_array_equal(image.array, before[0])
    np.testing.assert_array_equal(mask.array, before[1])


def test_memory_grows_with_the_box_and_not_with_the_image(toys):
    image = Volume(np.random.default_rng(0).integers(0, 100, (80, 200, 200)).astype(np.int16))
    region = np.zeros(image.array.shape, bool)
    region[10:20, 20:30, 30:40] = True
    tracemalloc.start()
    extract(image, image.with_array(region), settings_of({}, **TOY))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < image.array.nbytes / 10
