"""What an image filter is: its settings, its words, the names of its images and how they are made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from radiomics_core.extraction.engines.fast.region import Filtered, LeftOut, Prepared, SettingValue
from radiomics_core.extraction.setting_field import SettingField
from radiomics_core.i18n import LazyText

PYRADIOMICS = "van Griethuysen et al., Cancer Research 77 (2017) e104-e107"


class ImageFilter(ABC):
    """Derives images from a prepared one.

    Attributes
    ----------
    meaning : LazyText
        A sentence on the columns computed on its images.
    menu : LazyText
        One of its images in a menu; ``{detail}`` is what tells it from its others.
    fields : tuple of SettingField
        Settings of this filter alone.
    usual : mapping
        Values for settings that have no default, where an image is wanted and no file says one.
    in_pyradiomics : bool
        Whether pyradiomics has it, under the name of its row; the pyradiomics engine leaves out what it has not.
    """

    meaning: ClassVar[LazyText]
    menu: ClassVar[LazyText]
    fields: ClassVar[tuple[SettingField, ...]] = ()
    usual: ClassVar[Mapping[str, Any]] = {}
    in_pyradiomics: ClassVar[bool] = True

    @abstractmethod
    def names(self, value: SettingValue) -> list[str]:
        """Return the names of the images in their order, known from the settings alone."""

    @abstractmethod
    def derive(self, prepared: Prepared, value: SettingValue) -> Iterator[Filtered | LeftOut]:
        """Yield the images inside the box, in the order of :meth:`names`, or why one cannot be made."""

    def detail(self, name: str) -> str:
        """Return what tells an image from the filter's others: ``2`` of ``log-sigma-2-0-mm-3D``."""
        return ""
