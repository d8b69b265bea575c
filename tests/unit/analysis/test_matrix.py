import numpy as np
import pandas as pd
import pytest

from radiomics_core.analysis.matrix import MedianScaler, encode_frame
from radiomics_core.errors import TableError


def test_missing_numbers_become_the_training_median():
    scaler = MedianScaler().fit(np.array([[1.0], [2.0], [9.0], [np.nan]]))
    filled = scaler.transform(np.array([[np.nan], [2.0]]))
    assert filled[0, 0] == filled[1, 0]


def test_scaling_uses_training_mean_and_standard_deviation():
    scaler = MedianScaler().fit(np.array([[0.0], [2.0]]))
    assert scaler.transform(np.array([[5.0]]))[0, 0] == pytest.approx(4.0)


def test_column_constant_in_training_becomes_zero():
    scaler = MedianScaler().fit(np.array([[3.0], [3.0]]))
    assert scaler.transform(np.array([[3.0], [8.0]])).ravel().tolist() == [0.0, 0.0]


def test_missing_category_becomes_the_commonest_level_of_the_training_rows():
    frame = pd.DataFrame({"g": pd.Categorical(["a", "b", "b", None, "c"], categories=["a", "b", "c"])})
    block = encode_frame(frame)
    assert block.names == ("g=b", "g=c")
    scaler = MedianScaler(block.indicator_sets).fit(block.values)
    prepared = scaler.transform(block.values)
    assert prepared[3].tolist() == prepared[1].tolist()


def test_ordered_category_is_one_column_of_ranks():
    order = pd.CategoricalDtype(["low", "mid", "high"], ordered=True)
    block = encode_frame(pd.DataFrame({"g": pd.Series(["mid", "low", None], dtype=order)}))
    assert block.values[:, 0].tolist()[:2] == [1.0, 0.0]
    assert np.isnan(block.values[2, 0])


def test_date_predictor_is_refused_by_name():
    with pytest.raises(TableError, match="column 'd' holds dates"):
        encode_frame(pd.DataFrame({"d": pd.to_datetime(["2020-01-01"])}))
