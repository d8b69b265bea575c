"""The formulas of the fast engine on images that pyradiomics filtered itself: formulas and filters are proven apart.

Second source of every value: the feature classes of pyradiomics 3.0.1 on the same filtered images.
"""

from __future__ import annotations

import numpy as np
import pytest

from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.engines.fast.boxes import bounding_box
from radiomics_core.extraction.engines.fast.classes import CLASSES
from radiomics_core.extraction.engines.fast.derived import setting_value
from radiomics_core.extraction.engines.fast.region import Options, Region
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.verification import Verification, compare
from radiomics_core.imaging.volume import Volume
from tests.golden.engine_cases import CT, PET, Pair, every_type, sarcoma
from tests.golden.second_source import Values, needs_pyradiomics, second_source

WAYS = {
    "default": {},
    "two distances, one order": {"distances": [1, 2], "symmetricalGLCM": False},
    "weighted": {"weightingNorm": "euclidean"},
    "by slice": {"force2D": True},
    "near levels, shifted": {"gldm_a": 1, "voxelArrayShift": 1000},
    "levels by number": {"binCount": 24},
}


def filtered(pair: Pair, settings: ExtractionSettings, image_type: str):
    """Yield what pyradiomics derives and what its classes give: name, array, values."""
    import SimpleITK as sitk
    from radiomics import imageoperations

    from radiomics_core.extraction.engines.pyradiomics_session import make_extractor

    image, mask = (volume.to_sitk() for volume in pair)
    extractor = make_extractor(settings)
    box, _ = imageoperations.checkMask(image, mask, **extractor.settings)
    own = {**extractor.settings, **settings.image_types()[image_type]}
    for derived, name, used in getattr(imageoperations, f"get{image_type}Image")(image, mask, **own):
        cut = imageoperations.cropToTumorMask(derived, mask, box)
        values = extractor.computeFeatures(*cut, name, **used)
        yield name, sitk.GetArrayFromImage(derived), {key: float(np.real(value)) for key, value in values.items()}


def ours(name: str, array: np.ndarray, mask: Volume, settings: ExtractionSettings, image_type: str) -> dict[str, float]:
    """Return the values of our classes on an array."""
    box = bounding_box(mask.array)
    options = Options.resolve(setting_value(settings, image_type))
    region = Region(*(np.ascontiguousarray(one[box]) for one in (array, mask.array)), mask.spacing_mm, options)
    return {
        f"{name}_{family}_{feature}": float(value[0])
        for family, features in settings.features().items()
        if family in CLASSES
        for feature, value in CLASSES[family].of_region(region).compute(features).items()
    }


@pytest.mark.parametrize("way", list(WAYS))
@pytest.mark.parametrize(("patient", "modality", "setting"), [("STS_019", "CT", CT), ("STS_035", "PET", PET)])
def test_formulas_on_images_that_pyradiomics_filtered(patient, modality, setting, way, shared_data):
    needs_pyradiomics()
    from radiomics_core.extraction.engines.pyradiomics_session import pyradiomics_session

    pair = sarcoma(patient, modality)(shared_data)
    settings = every_type({**setting, **WAYS[way]}).with_feature_classes(list(CLASSES))
    types = FILTERS.names() if way == "default" else ("Original", "Wavelet")
    n = 0
    with pyradiomics_session():
        for image_type in types:
            for name, array, reference in filtered(pair, settings, image_type):
                made = Verification(compare(reference, ours(name, array, pair[1], settings, image_type)))
                assert made.agrees, f"{name}\n{made.disagreeing.head(8).to_string()}"
                assert len(made.departing) == 0
                n += made.n_features
    wavelets = 4 if way == "by slice" else 8
    images = 7 + 8 + 3 + 3 if way == "default" else 1 + wavelets  # plain, Wavelet, LoG, LBP3D
    assert n == images * sum(len(names) for names in settings.features().values())


def mcc_of_pyradiomics(image: Volume, mask: Volume) -> Values:
    from radiomics import glcm

    from radiomics_core.extraction.engines.pyradiomics_session import pyradiomics_session

    with pyradiomics_session():
        theirs = glcm.RadiomicsGLCM(image.to_sitk(), mask.to_sitk(), binWidth=1)
        theirs.enableFeatureByName("MCC")
        return {"MCC": float(np.real(theirs.execute()["MCC"]))}


def test_mcc_of_a_million_pairs_where_the_guard_against_division_by_zero_is_felt():
    # two levels of two voxels each among 400,000 of three others: without the addition the value is off by 2.2e-7
    rng = np.random.default_rng(2)
    array = rng.integers(1, 4, (60, 80, 85)).astype(np.int16)
    array[30, 40, 40:44] = [20, 30, 20, 30]
    image = Volume(array)
    inside = np.zeros(array.shape, bool)
    inside[1:-1, 1:-1, 1:-1] = True
    mask = image.with_array(inside)
    expected = float(second_source("formulas", mcc_of_pyradiomics, image, mask)["MCC"])
    settings = ExtractionSettings(setting={"binWidth": 1}).with_feature_classes({"glcm": ["MCC"]})
    value = ours("original", array, mask, settings, "Original")["original_glcm_MCC"]
    assert value == pytest.approx(expected, abs=1e-11, rel=0)
