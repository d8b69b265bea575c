"""A row of each registry that nobody wrote: from the row alone come menu, form, command, run, key, explanation and docs.

Where a test here needs a third place, the registry is at fault.
"""

from __future__ import annotations

import dataclasses
import json
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pytest

from docs import build
from radiomics_core.analysis import run
from radiomics_core.analysis.method_settings import differing, libraries_used, methods_with_settings, parse
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.tasks import task_of
from radiomics_core.cli.arguments import make_parser
from radiomics_core.clinical.readers import READERS as TABLE_READERS
from radiomics_core.clinical.readers import table_endings
from radiomics_core.clinical.table_reader import SeenTable, TableReader
from radiomics_core.clinical.tables import look, read_table
from radiomics_core.cohort.model import ClinicalTableFormat
from radiomics_core.explain.shap_values import ExplanationSettings
from radiomics_core.explain.subject import subject_of
from radiomics_core.extraction import ENGINES, PRESETS, ExtractionSettings
from radiomics_core.extraction.derived_names import derived_image_names
from radiomics_core.extraction.engines.fast.region import Filtered
from radiomics_core.extraction.feature_maps import feature_map
from radiomics_core.extraction.fields import fields_of
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.filters.image_filter import ImageFilter
from radiomics_core.extraction.presets import ct
from radiomics_core.extraction.setting_field import SettingField
from radiomics_core.features.screens import SCREENS
from radiomics_core.i18n import lazy_
from radiomics_core.images.discovery import discover
from radiomics_core.imaging.formats import READERS as IMAGE_READERS
from radiomics_core.imaging.formats.image_reader import ImageReader
from radiomics_core.imaging.formats.itk import Header
from radiomics_core.imaging.placement import Placement
from radiomics_core.imaging.reading import placement_of, read_volume
from radiomics_core.imaging.volume import Volume
from radiomics_core.models import CLASSIFIERS, SURVIVAL_MODELS
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.naming import split_feature_name
from radiomics_core.registry import Choice
from radiomics_core.selection import SELECTORS
from radiomics_core.settings import Settings, setting
from radiomics_core.sklearn import RowClassifier, RowScreen, RowSelector, RowSurvivalModel
from tests.unit.explain.test_shap_values import cohort, explain


@contextmanager
def added(registry, **row):
    """Put a row at the end of a registry for a while."""
    row = Choice(label=lazy_("Made up"), help=lazy_("Nobody wrote it."), **row)
    assert row.name not in registry
    registry._rows[row.name] = row
    try:
        yield row
    finally:
        del registry._rows[row.name]


@dataclass(frozen=True, kw_only=True)
class MadeUpSettings(Settings):
    sizes: tuple[int, ...] = setting((2,), lazy_("How many"))
    share: float = setting(0.5, lazy_("What share"))


class EveryOther:
    """Takes columns in order, and says which settings it was made by."""

    made_by: list[MadeUpSettings] = []  # noqa: RUF012

    def __init__(self, settings):
        self.sizes = settings.sizes
        self.made_by.append(settings)

    def rank(self, features, target, n_wanted, seed):
        return np.arange(features.shape[1])[:n_wanted]

    def keep(self, features):
        return np.arange(1, features.shape[1])


class Sum:
    """Adds the features up."""

    def __init__(self, weight):
        self.weight = weight

    def fit(self, features, target):
        self.coef_, self.intercept_ = np.full((1, features.shape[1]), self.weight), np.zeros(1)
        return self

    def decision_function(self, features):
        return features @ self.coef_[0]


def sums(settings):
    return ModelFamily((ModelCandidate("", lambda seed: Sum(settings.share)),))


def analysed(data, **chosen):
    settings = AnalysisSettings(folds=3, repeats=1, shuffles=0, inputs=("radiomics",), interval=False, **chosen)
    return settings, run.analyse(data, settings)


def lesion():
    """Return an image with noise and a ball as mask."""
    places = np.indices((12, 12, 12)) - 5.5
    image = Volume(np.random.default_rng(0).normal(40, 60, (12, 12, 12)))
    return image, image.with_array((places**2).sum(axis=0) <= 16)


def is_documented(name):
    return f"| `{name}` | Made up | Nobody wrote it. |" in build.methods_page()


def test_a_selector():
    data, task = cohort(), task_of("binary")
    row = {"name": "made_up", "build": EveryOther, "settings": MadeUpSettings, "tags": {"binary"}}
    with added(SELECTORS, **row, libraries=("made-up-library",)):
        assert "made_up" in task.selectors.names("binary")
        assert is_documented("made_up")
        chosen = AnalysisSettings(selectors=("made_up",), models=("logistic_ridge",))
        assert [one.name for one in methods_with_settings(task, chosen)][1] == "made_up"
        methods = differing(task, parse(task, chosen, ["selector.sizes=3"]))
        EveryOther.made_by.clear()
        _settings, evaluation = analysed(data, selectors=("made_up",), models=("logistic_ridge",), methods=methods)
        assert {made.sizes for made in EveryOther.made_by} == {(3,)}
        assert evaluation.headline.selector == "made_up"
        assert "made-up-library" in libraries_used(task, chosen)
        assert RowSelector("made_up", n_features=2).fit(data.features.fillna(0), data.target).ranking_.tolist() == [
            0,
            1,
        ]


@pytest.mark.parametrize(
    ("kind", "registry", "selector"),
    [("binary", CLASSIFIERS, "anova"), ("time_to_event", SURVIVAL_MODELS, "cox_score")],
)
def test_a_model_of_each_kind(kind, registry, selector):
    data, task = cohort(kind), task_of(kind)
    row = {"name": "made_up", "build": sums, "settings": MadeUpSettings, "tags": {kind, "linear"}}
    with added(registry, **row, libraries=("made-up-library",)):
        assert is_documented("made_up")
        methods = differing(task, parse(task, AnalysisSettings(models=("made_up",)), ["made_up.share=0.25"]))
        settings, evaluation = analysed(data, selectors=(selector,), models=("made_up",), methods=methods)
        assert "made-up-library" in libraries_used(task, settings)
        explained = explain(subject_of(data, evaluation), ExplanationSettings(repeats=1))
        assert explained.meta["explainers"] == ["linear"]
        assert evaluation.headline.model == "made_up"
    assert task_of(kind).models is registry


def test_a_classifier_and_a_survival_model_are_estimators():
    for kind, registry, estimator in (
        ("binary", CLASSIFIERS, RowClassifier), ("time_to_event", SURVIVAL_MODELS, RowSurvivalModel),
    ):  # fmt: skip
        data = cohort(kind)
        with added(registry, name="made_up", build=sums, settings=MadeUpSettings):
            target = data.target if kind == "binary" else data.target[:, :2]
            made = estimator("made_up", settings={"share": 2.0}).fit(data.features.fillna(0), target)
            assert made.model_.weight == 2.0


def test_a_screen():
    data, task = cohort(), task_of("binary")
    with added(SCREENS, name="made_up", build=EveryOther, settings=MadeUpSettings, libraries=("made-up-library",)):
        assert is_documented("made_up")
        settings, evaluation = analysed(data, selectors=("none",), models=("logistic",), screen="made_up")
        assert evaluation.folds["selected"].astype(int).tolist() == [7, 7, 7]  # of eight features
        assert "made-up-library" in libraries_used(task, settings)
        assert RowScreen("made_up").fit(data.features).kept_.tolist() == list(range(1, 8))


class Shifted(ImageFilter):
    meaning = lazy_("Computed on a shifted image.")
    menu = lazy_("Shifted {detail}")
    fields = (SettingField(name="shift", type="float", default=5.0, group="filters", help=lazy_("How far.")),)
    in_pyradiomics = False

    def names(self, value):
        return ["shifted-up"]

    def derive(self, prepared, value):
        yield Filtered("shifted-up", prepared.image.array[prepared.box] + np.float64(value("shift")))

    def detail(self, name):
        return name.removeprefix("shifted-")


def test_an_image_filter():
    image, mask = lesion()
    with added(FILTERS, name="Shifted", build=Shifted):
        assert is_documented("Shifted")
        assert [field.name for field in fields_of("Shifted")] == ["shift"]
        written = "imageType:\n  Original: {}\n  Shifted: {shift: 7}\nfeatureClass:\n  firstorder: [Mean]\n"
        settings = ExtractionSettings.from_yaml(written)
        assert derived_image_names(settings) == {"original": "Original", "shifted-up": "Shifted"}
        values = ENGINES.build("fast").extract(image, mask, settings).values
        assert values["shifted-up_firstorder_Mean"] == pytest.approx(values["original_firstorder_Mean"] + 7)
        mapped = feature_map(image, mask, settings, "shifted-up_firstorder_Mean")
        assert mapped.volume.array.max() > 7
        assert split_feature_name("CT__GTV__shifted-up_firstorder_Mean") == (
            "CT__GTV",
            "shifted-up",
            "firstorder",
            "Mean",
        )


def test_an_image_filter_that_pyradiomics_lacks_is_left_out_there_with_a_finding():
    image, mask = lesion()
    reference_engine = ENGINES.build("pyradiomics")
    if not reference_engine.available():
        pytest.skip("the reference engine is not on this computer")
    with added(FILTERS, name="Shifted", build=Shifted):
        settings = ExtractionSettings(
            image_type={"Original": {}, "Shifted": {}}, feature_class={"firstorder": ["Mean"]}
        )
        made = reference_engine.extract(image, mask, settings)
    assert list(made.values) == ["original_firstorder_Mean"]
    assert [f.params["filter"] for f in made.findings if f.code == "RX303"] == ["Shifted"]


class Numbers(ImageReader):
    """A volume as JSON."""

    extensions = (".volume.json",)

    def header(self, path):
        shape = np.array(json.loads(path.read_text())).shape
        return Header(shape[::-1], (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), tuple(np.eye(3).ravel()), 1, False, {})

    def image(self, paths):
        return Volume(np.array(json.loads(paths[0].read_text()), float)).to_sitk()

    def placement(self, paths, volume):
        return Placement("none", missing=("position",))


def test_an_image_format(tmp_path):
    file = tmp_path / "CT.volume.json"
    file.write_text(json.dumps(np.arange(24.0).reshape(2, 3, 4).tolist()))
    assert discover(tmp_path) == []
    with added(IMAGE_READERS, name="numbers", build=Numbers):
        assert is_documented("numbers")
        [found] = discover(tmp_path)
        assert (found.kind, found.extension, found.stem, found.header.size_xyz) == (
            "volume",
            ".volume.json",
            "CT",
            (4, 3, 2),
        )
        volume = read_volume(found.files)
        assert volume.array.ravel().tolist() == list(range(24))
        assert placement_of(found.files, volume).missing == ("position",)


class JsonRows(TableReader):
    endings = ("jsonl",)

    def sniff(self, content):
        return content.startswith(b'{"')

    def look(self, content, name):
        return SeenTable(self.rows(content, ClinicalTableFormat(), name)[0], ClinicalTableFormat())

    def rows(self, content, fmt, name):
        cells = [json.loads(line) for line in content.decode().splitlines()]
        return [list(cells[0]), *([str(value) for value in row.values()] for row in cells)], []


def test_a_table_format():
    content = b'{"patient": "P1", "age": 61}\n{"patient": "P2", "age": 48}\n'
    with added(TABLE_READERS, name="json_rows", build=JsonRows):
        TABLE_READERS._rows = {"json_rows": TABLE_READERS._rows.pop("json_rows"), **TABLE_READERS._rows}
        assert is_documented("json_rows")
        assert "jsonl" in table_endings()
        assert look(content).format.header_row == 0
        assert read_table(content)["age"].tolist() == ["61", "48"]


def test_a_preset():
    made = dataclasses.replace(ct(), modalities=("OT",))
    with added(PRESETS, name="made_up", build=lambda: made):
        assert "made_up" in build.methods_page()
        chosen = make_parser().parse_args(["extract", "study", "--preset", "made_up"])
        assert chosen.preset == "made_up"


def test_names_of_methods_with_settings_are_one_methods_alone():
    tables = (SELECTORS, SCREENS, CLASSIFIERS, SURVIVAL_MODELS)
    named = [row.name for table in tables for row in table if row.settings and dataclasses.fields(row.settings)]
    assert len(named) == len(set(named))
