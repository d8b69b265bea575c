import dataclasses
from pathlib import Path

import pytest
import yaml

from radiomics_core.errors import SettingsError
from radiomics_core.extraction import PRESETS, ExtractionSettings, preset_for
from radiomics_core.extraction.catalogue import DEPRECATED_FEATURES, FEATURE_NAMES
from radiomics_core.extraction.derived_names import derived_image_names
from radiomics_core.extraction.fields import GROUPS, INTERPOLATORS, SETTING_FIELDS, fields_of
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.filters.wavelet import WAVELETS
from radiomics_core.extraction.parameter_checks import check_value
from radiomics_core.extraction.presets import flat_values

LAB_FILE = """
# a lab's own file
imageType:
  Original: {}
  LoG:
    sigma: [1.0, 2, 3.5]
    binWidth: 5
  Wavelet: {wavelet: db4, level: 2}
featureClass:
  shape:
  firstorder: []
  glcm: [Contrast, JointEntropy, Homogeneity1]
setting:
  binWidth: 25
  label: 1
  interpolator: sitkBSpline
  resampledPixelSpacing: [1, 1, 0]
  weightingNorm: # none
  resegmentRange: [-3, 3]
  resegmentMode: sigma
  geometryTolerance: 0.0001
  additionalInfo: true
voxelSetting:
  kernelRadius: 2
  initValue: .5
"""


def test_lab_file_goes_out_as_it_came_in():
    settings = ExtractionSettings.from_yaml(LAB_FILE)
    assert yaml.safe_load(settings.to_yaml()) == yaml.safe_load(LAB_FILE)


@pytest.mark.parametrize("text", ["{}", "setting: {binWidth: 3}", "imageType: {Original: }", ""])
def test_sections_a_file_lacks_are_not_invented(text):
    assert ExtractionSettings.from_yaml(text).to_parameters() == (yaml.safe_load(text) or {})


def test_settings_survive_their_stored_form():
    settings = ExtractionSettings.from_yaml(LAB_FILE)
    assert ExtractionSettings.from_dict(settings.to_dict()) == settings


def test_file_without_sections_means_original_image_and_every_3d_class():
    settings = ExtractionSettings()
    assert settings.image_types() == {"Original": {}}
    assert set(settings.features()) == set(FEATURE_NAMES) - {"shape2D"}


def test_deprecated_features_are_left_out():
    assert ExtractionSettings.from_yaml(LAB_FILE).features()["glcm"] == ("Contrast", "JointEntropy")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "setting: {binwidth: 25}",
            "unknown setting in setting 'binwidth', did you mean 'binWidth'? Known: binWidth, ",
        ),
        ("settings: {binWidth: 25}", "unknown section 'settings', did you mean 'setting'"),
        ("imageType: {Log: {}}", "unknown image type 'Log', did you mean 'LoG'"),
        ("imageType: {LoG: {sigmas: [1]}}", "did you mean 'sigma'"),
        ("featureClass: {GLCM: }", "unknown feature class 'GLCM', did you mean 'glcm'"),
        ("featureClass: {glcm: [Contrst]}", "unknown glcm feature 'Contrst', did you mean 'Contrast'"),
        ("featureClass: {glcm: Contrast}", "features of glcm are str"),
        ("setting: {binWidth: '25'}", "binWidth is '25', expected a number"),
        ("setting: {binWidth: 0}", "binWidth is 0, expected above 0"),
        ("setting: {binWidth: .nan}", "binWidth is nan"),
        ("setting: {binWidth: }", "binWidth is None, expected a number"),
        ("setting: {binCount: 32.5}", "binCount is 32.5, expected a whole number"),
        ("setting: {force2D: 1}", "force2D is 1, expected true or false"),
        ("setting: {label: true}", "label is True, expected a whole number"),
        ("setting: {force2Ddimension: 3}", "expected 0 to 2"),
        ("setting: {resampledPixelSpacing: 2}", "expected a list of numbers"),
        ("setting: {resampledPixelSpacing: [1]}", "has 1 values, expected 2 or 3"),
        ("setting: {resampledPixelSpacing: [1, 1, -1]}", "resampledPixelSpacing is -1"),
        ("setting: {interpolator: sitkBspline}", "did you mean 'sitkBSpline'"),
        ("imageType: {Wavelet: {wavelet: coiff1}}", "did you mean 'coif1'"),
        ("setting: {kernelRadius: 1}", "unknown setting in setting 'kernelRadius'"),
        ("setting: [1]", "setting holds list"),
        ("- 1", "parameter file holds list"),
        ("setting: {a", "not valid YAML"),
    ],
)
def test_fault_in_a_file_is_named_with_the_way_out(text, words):
    with pytest.raises(SettingsError) as caught:
        ExtractionSettings.from_yaml(text)
    assert words in str(caught.value)


def test_value_falls_from_image_type_to_setting_to_default():
    settings = ExtractionSettings.from_yaml(LAB_FILE)
    assert settings.value("binWidth", "LoG") == 5
    assert settings.value("binWidth", "Wavelet") == 25
    assert settings.value("padDistance") == 5
    assert settings.value("kernelRadius") == 2
    with pytest.raises(SettingsError, match="binWidth"):
        settings.value("binwidth")


def test_changing_a_value_leaves_the_rest_and_the_original_alone():
    settings = ExtractionSettings.from_yaml(LAB_FILE)
    changed = settings.with_value("binWidth", 10).with_value("sigma", [4.0], "LoG").with_value("initValue", 1.0)
    assert changed.setting == {**settings.setting, "binWidth": 10}
    assert changed.image_types()["LoG"] == {"sigma": [4.0], "binWidth": 5}
    assert changed.voxel_setting == {"kernelRadius": 2, "initValue": 1.0}
    assert settings.value("binWidth") == 25
    assert settings.with_value("binWidth", 25) is settings
    with pytest.raises(SettingsError, match="above 0"):
        settings.with_value("binWidth", -1)


def test_no_value_goes_back_to_the_default():
    settings = ExtractionSettings.from_yaml(LAB_FILE)
    assert "binWidth" not in settings.with_value("binWidth", None).setting
    assert settings.with_value("binWidth", None, "LoG").value("binWidth", "LoG") == 25
    assert settings.with_value("kernelRadius", None).voxel_setting == {"initValue": 0.5}
    assert settings.with_value("binCount", None) is settings


def test_choosing_classes_by_name_keeps_their_feature_lists():
    settings = ExtractionSettings.from_yaml(LAB_FILE).with_feature_classes(["glcm", "ngtdm"])
    assert settings.feature_classes() == {"glcm": ["Contrast", "JointEntropy", "Homogeneity1"], "ngtdm": None}
    assert settings.features()["glcm"] == ("Contrast", "JointEntropy")
    assert len(settings.features()["ngtdm"]) == 5
    assert ExtractionSettings().with_feature_classes({"glcm": ["Id"]}).features() == {"glcm": ("Id",)}


def test_nothing_chosen_is_an_error_and_not_everything():
    with pytest.raises(SettingsError, match="no feature class is chosen"):
        ExtractionSettings().with_feature_classes([])
    with pytest.raises(SettingsError, match="no image type is chosen"):
        ExtractionSettings().with_image_types([])


def test_digest_changes_with_a_value_and_not_with_its_spelling():
    settings = ExtractionSettings(setting={"binWidth": 25, "force2D": False})
    same = ExtractionSettings(setting={"force2D": False, "binWidth": 25.0})
    assert settings.digest() == same.digest()
    assert hash(settings) == hash(same)
    assert settings.digest() != settings.with_value("binWidth", 24).digest()
    assert settings.digest() != dataclasses.replace(settings, image_type={"LoG": {"sigma": [1]}}).digest()


def test_settings_do_not_share_what_they_were_made_from():
    source = {"binWidth": 25}
    settings = ExtractionSettings(setting=source)
    source["binWidth"] = 1
    settings.to_parameters()["setting"]["binWidth"] = 2
    assert settings.setting == {"binWidth": 25}


def test_every_default_is_a_legal_value_and_every_field_has_help_and_group():
    for field in SETTING_FIELDS.values():
        check_value(field, field.default)
        assert str(field.help)
        assert field.group in GROUPS
    assert [field.name for field in fields_of("Wavelet")] == ["wavelet", "level", "start_level"]


def test_fields_are_the_keys_of_the_installed_schema():
    radiomics = pytest.importorskip("radiomics")
    schema_file, _ = radiomics.getParameterValidationFiles()
    schema = yaml.safe_load(Path(schema_file).read_text(encoding="utf-8"))["mapping"]
    own = {f.name for name in FILTERS.names() if not FILTERS.build(name).in_pyradiomics for f in fields_of(name)}
    by_section = {
        s: {f.name for f in SETTING_FIELDS.values() if f.section == s} - own for s in ("setting", "voxelSetting")
    }
    assert by_section == {section: set(schema[section]["mapping"]) for section in by_section}


def test_catalogue_is_that_of_the_installed_engine():
    radiomics = pytest.importorskip("radiomics")
    for name, feature_class in radiomics.getFeatureClasses().items():
        features = feature_class.getFeatureNames()
        assert set(FEATURE_NAMES[name]) == {f for f, deprecated in features.items() if not deprecated}, name
        assert set(DEPRECATED_FEATURES.get(name, ())) == {f for f, deprecated in features.items() if deprecated}, name
    known = {name for name in FILTERS.names() if FILTERS.build(name).in_pyradiomics}
    assert known == set(radiomics.getImageTypes())


def test_wavelets_and_interpolators_exist_in_their_libraries():
    sitk = pytest.importorskip("SimpleITK")
    pywt = pytest.importorskip("pywt")
    assert all(hasattr(sitk, name) for name in INTERPOLATORS)
    assert set(WAVELETS) == set(pywt.wavelist(kind="discrete"))


@pytest.mark.parametrize("name", PRESETS.names())
def test_preset_gives_a_reason_with_a_source_for_each_of_its_values(name):
    preset = PRESETS.build(name)
    assert {reason.key for reason in preset.reasons} == set(flat_values(preset.settings))
    for row in preset.rows():
        assert row["why"]
        assert row["source"]


@pytest.mark.filterwarnings(
    "ignore:the load_module:DeprecationWarning"
)  # pykwalify, which pyradiomics reads files with
@pytest.mark.parametrize("name", PRESETS.names())
def test_preset_is_a_file_that_pyradiomics_reads(name):
    extractor = pytest.importorskip("radiomics.featureextractor")
    parameters = yaml.safe_load(PRESETS.build(name).settings.to_yaml())
    made = extractor.RadiomicsFeatureExtractor(parameters)
    assert made.enabledImagetypes == parameters["imageType"]
    assert {key: made.settings[key] for key in parameters["setting"]} == parameters["setting"]


def test_preset_follows_modality():
    assert [preset_for(m) for m in ("CT", "MR", "PT", "US", "")] == ["ct", "mr", "pet", "us", "ct"]


def test_numbers_that_mean_the_same_are_one_digest_but_a_sigma_names_its_images():
    made = [
        ExtractionSettings(setting={"binWidth": width}, image_type={"LoG": {"sigma": [sigma]}})
        for width, sigma in ((25, 2.0), (25.0, 2.0), (25, 2))
    ]
    assert made[0].digest() == made[1].digest()
    assert made[0].digest() != made[2].digest()
    assert derived_image_names(made[0]) != derived_image_names(made[2])
