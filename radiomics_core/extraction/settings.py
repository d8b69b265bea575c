"""Settings of an extraction: exactly what a pyradiomics parameter file holds, checked, frozen and digestable."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import yaml

from radiomics_core.errors import SettingsError
from radiomics_core.extraction.catalogue import FEATURE_CLASSES, FEATURE_NAMES
from radiomics_core.extraction.fields import SETTING_FIELDS
from radiomics_core.extraction.parameter_checks import check_parameters, check_value, nearest
from radiomics_core.i18n import lazy_
from radiomics_core.settings import Settings, digest_of

ImageTypes = dict[str, dict[str, Any] | None]
FeatureClasses = dict[str, list[str] | None]


@dataclass(frozen=True, kw_only=True)
class ExtractionSettings(Settings):
    """What is computed and how, in the words of a pyradiomics 3.0.1 parameter file.

    A section that a file lacks is None here, so that a file goes out as it came in.

    Attributes
    ----------
    setting : dict or None
        Settings of the whole extraction; see ``SETTING_FIELDS`` for names, units and defaults.
    image_type : dict or None
        Image types, each with settings that differ for it; None means the original image only.
    feature_class : dict or None
        Feature classes, each with a list of features (None or empty: all); None means every class.
    voxel_setting : dict or None
        Settings of feature maps.
    """

    setting: dict[str, Any] | None = None
    image_type: ImageTypes | None = None
    feature_class: FeatureClasses | None = None
    voxel_setting: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        for name in ("setting", "image_type", "feature_class", "voxel_setting"):
            object.__setattr__(self, name, copy.deepcopy(getattr(self, name)))
        check_parameters(self.to_parameters())

    def __hash__(self) -> int:
        return hash(self.digest())

    @classmethod
    def from_yaml(cls, text: str) -> Self:
        """Read a pyradiomics parameter file (YAML or JSON text); raises :class:`SettingsError`."""
        try:
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise SettingsError(
                lazy_("the parameter file is not valid YAML: {detail}"),
                remedy=lazy_("Check the indentation at the place named"),
                detail=" ".join(str(error).split()),
            ) from error
        return cls.from_parameters(data if data is not None else {})

    def to_yaml(self) -> str:
        """Return the parameter file that pyradiomics reads."""
        text: str = yaml.safe_dump(self.to_parameters(), sort_keys=False, allow_unicode=True)
        return text

    @classmethod
    def from_parameters(cls, data: dict[str, Any]) -> Self:
        """Make settings from the data of a parameter file."""
        check_parameters(data)
        return cls(
            setting=data.get("setting"),
            image_type=data.get("imageType"),
            feature_class=data.get("featureClass"),
            voxel_setting=data.get("voxelSetting"),
        )

    def to_parameters(self) -> dict[str, Any]:
        """Return the data of the parameter file: only the sections that are set."""
        sections = {
            "imageType": self.image_type,
            "featureClass": self.feature_class,
            "setting": self.setting,
            "voxelSetting": self.voxel_setting,
        }
        return {name: copy.deepcopy(section) for name, section in sections.items() if section is not None}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Make settings from ``to_dict`` of others."""
        return cls(**values)

    def digest(self) -> str:
        """Return a digest that does not tell 25 from 25.0."""
        return digest_of("ExtractionSettings", self.canonical())

    def canonical(self) -> dict[str, Any]:
        """Return the data of the parameter file with 25 as 25.0; a sigma stays as written, as names are made of it."""
        return dict(_as_floats(self.to_parameters()))

    def value(self, name: str, image_type: str | None = None) -> Any:
        """Return what a setting is for the whole extraction or for one image type, with pyradiomics' default.

        Raises
        ------
        SettingsError
            When there is no such setting; names the nearest.
        """
        if name not in SETTING_FIELDS:
            raise SettingsError(
                lazy_("unknown setting '{name}'"),
                remedy=lazy_("Did you mean '{near}'?"),
                name=name,
                near=nearest(name, SETTING_FIELDS),
            )
        own = (self.image_types().get(image_type) or {}) if image_type else {}
        for section in (own, self.voxel_setting or {}, self.setting or {}):
            if name in section:
                return section[name]
        return SETTING_FIELDS[name].default

    def with_value(self, name: str, value: Any, image_type: str | None = None) -> Self:
        """Return a copy with one setting changed; None goes back to the default.

        A value equal to the present one changes nothing.
        """
        if self.value(name, image_type) == value:
            return self
        if value is None:
            return self._without(name, image_type)
        check_value(SETTING_FIELDS[name], value)
        if image_type is not None:
            types: ImageTypes = {
                **self.image_types(),
                image_type: {**self.image_types().get(image_type, {}), name: value},
            }
            return dataclasses.replace(self, image_type=types)
        if SETTING_FIELDS[name].section == "voxelSetting":
            return dataclasses.replace(self, voxel_setting={**(self.voxel_setting or {}), name: value})
        return dataclasses.replace(self, setting={**(self.setting or {}), name: value})

    def _without(self, name: str, image_type: str | None) -> Self:
        if image_type is not None:
            own = {key: value for key, value in self.image_types().get(image_type, {}).items() if key != name}
            types: ImageTypes = {**self.image_types(), image_type: own}
            return dataclasses.replace(self, image_type=types)
        section = "voxel_setting" if SETTING_FIELDS[name].section == "voxelSetting" else "setting"
        kept = {key: value for key, value in (getattr(self, section) or {}).items() if key != name}
        return dataclasses.replace(self, **{section: kept})

    def with_image_types(self, names: list[str]) -> Self:
        """Return a copy with exactly these image types, keeping the own settings of those that stay."""
        _require_one(names, "image type")
        return dataclasses.replace(self, image_type={name: self.image_types().get(name, {}) for name in names})

    def with_feature_classes(self, classes: Sequence[str] | Mapping[str, list[str] | None]) -> Self:
        """Return a copy with exactly these feature classes; names alone keep the feature lists of those that stay."""
        _require_one(list(classes), "feature class")
        if not isinstance(classes, Mapping):
            classes = {name: self.feature_classes().get(name) for name in classes}
        return dataclasses.replace(self, feature_class=dict(classes))

    def feature_classes(self) -> FeatureClasses:
        """Return the feature classes that are asked for, each with its list of features (None: all)."""
        if self.feature_class:
            return {name: list(names) if names else None for name, names in self.feature_class.items()}
        return {name: None for name in FEATURE_CLASSES if self._can_compute(name)}

    def image_types(self) -> dict[str, dict[str, Any]]:
        """Return the image types that are computed, each with its own settings."""
        if not self.image_type:
            return {"Original": {}}
        return {name: dict(own or {}) for name, own in self.image_type.items()}

    def features(self) -> dict[str, tuple[str, ...]]:
        """Return the features that are computed, by class, without the deprecated ones."""
        kept = {
            name: tuple(f for f in (names or FEATURE_NAMES[name]) if f in FEATURE_NAMES[name])
            for name, names in self.feature_classes().items()
        }
        return {name: features for name, features in kept.items() if features and self._can_compute(name)}

    def _can_compute(self, feature_class: str) -> bool:
        return feature_class != "shape2D" or bool(self.value("force2D"))


def _require_one(names: Sequence[str], what: str) -> None:
    if not names:
        raise SettingsError(lazy_("no {what} is chosen"), remedy=lazy_("Choose at least one"), what=what)


def _as_floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: item if key == "sigma" else _as_floats(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_floats(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
