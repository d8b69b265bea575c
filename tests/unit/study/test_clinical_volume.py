"""A clinical column with the role volume is the volume: of the comparison, of the forest and of exploration."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radiomics_core.analysis.matrix import encode_block
from radiomics_core.cohort.endpoints import BinaryEndpoint
from radiomics_core.study.actions import analysis, clinical, endpoints, exploration, feature_import, hazard_ratios

VOLUMES = {f"L{i:02d}": 10.0 + 3 * i for i in range(24)}


@pytest.fixture
def with_clinical_volume(study):
    ids = list(VOLUMES)
    features = pd.DataFrame({"ID": ids, "original_shape_MeshVolume": np.arange(24) % 7, "a": np.arange(24) ** 2 % 11})
    feature_import.import_table(study, features.to_csv(index=False).encode(), "ID", name="lab.csv")
    table = pd.DataFrame({"ID": ids, "size_ml": list(VOLUMES.values()), "died": ["0", "1"] * 12})
    clinical.import_table(study, table.to_csv(index=False).encode(), "ID", name="clinical.csv")
    endpoints.add(study, BinaryEndpoint(name="death", column="died", positive="1"))
    return study


def test_the_features_volume_is_the_volume_until_a_clinical_column_is_named(with_clinical_volume):
    blocks = analysis.data(with_clinical_volume, "death").blocks
    assert blocks["volume"].columns == ("original_shape_MeshVolume",)
    clinical.set_roles(with_clinical_volume, volume="size_ml")
    data = analysis.data(with_clinical_volume, "death")
    assert data.blocks["volume"].columns == ("size_ml",)
    assert encode_block(data, data.blocks["volume"]).values[:, 0].tolist() == [VOLUMES[c] for c in data.case_ids]
    assert "size_ml" not in data.blocks["radiomics"].columns
    assert hazard_ratios.factors(with_clinical_volume) == ["size_ml"]


def test_a_volume_that_is_part_of_an_endpoint_stays_sealed(with_clinical_volume):
    clinical.set_roles(with_clinical_volume, volume="size_ml")
    endpoints.add(with_clinical_volume, BinaryEndpoint(name="size", column="size_ml", positive="10.0"))
    assert analysis.data(with_clinical_volume, "death").blocks["volume"].columns == ("original_shape_MeshVolume",)


def test_exploration_correlates_with_the_clinical_volume(with_clinical_volume):
    features = exploration.development_features(with_clinical_volume)
    assert exploration.with_volume(with_clinical_volume, features, None) == (features, None)
    clinical.set_roles(with_clinical_volume, volume="size_ml")
    values, name = exploration.with_volume(with_clinical_volume, features, "original_shape_MeshVolume")
    assert name == "size_ml"
    assert values["size_ml"].to_dict() == VOLUMES
