"""GLCM: the matrices of Haralick's example, values by hand, and what must not change them."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from radiomics_core.extraction.engines.fast.classes import maximal_correlation
from radiomics_core.extraction.engines.fast.classes.glcm import Glcm
from radiomics_core.extraction.engines.fast.matrices import pairs
from radiomics_core.extraction.engines.fast.matrices.glcm import count_parts
from radiomics_core.extraction.engines.fast.matrices.pairs import direction_weights, pairs_in_region
from radiomics_core.extraction.engines.fast.region import Neighbourhoods, Options, Region

# Haralick, Shanmugam & Dinstein 1973, figure 3: image and matrices, here in the order of our directions
HARALICK = [[0, 0, 1, 1], [0, 0, 1, 1], [0, 2, 2, 2], [2, 2, 3, 3]]
HARALICK_MATRICES = [
    [[2, 1, 3, 0], [1, 2, 1, 0], [3, 1, 0, 2], [0, 0, 2, 0]],  # 135 degrees
    [[6, 0, 2, 0], [0, 4, 2, 0], [2, 2, 2, 2], [0, 0, 2, 0]],  # 90 degrees
    [[4, 1, 0, 0], [1, 2, 2, 0], [0, 2, 4, 1], [0, 0, 1, 0]],  # 45 degrees
    [[4, 2, 1, 0], [2, 4, 0, 0], [1, 0, 6, 1], [0, 0, 1, 2]],  # 0 degrees
]


def region_of(image: object, mask: object = None, **options: object) -> Region:
    array = np.array(image, np.float64)
    array = array.reshape((1,) * (3 - array.ndim) + array.shape)
    inside = np.ones(array.shape, bool) if mask is None else np.array(mask, bool).reshape(array.shape)
    return Region(array, inside, (1.0, 2.0, 3.0), Options(**{"bin_width": 1.0, **options}))


def compute(region: Region) -> dict[str, float]:
    with np.errstate(all="raise"):
        instance = Glcm.of_region(region)
    return {name: value[0] for name, value in instance.compute(Glcm.formulas).items()}


def random_region(**options: object) -> Region:
    rng = np.random.default_rng(1)
    return region_of(rng.integers(0, 9, (5, 6, 4)), rng.random((5, 6, 4)) < 0.8, **options)


def test_matrices_of_haralicks_example():
    counts = pairs_in_region(region_of(HARALICK)).joint[0]
    assert counts.reshape(4, 4, 4).tolist() == HARALICK_MATRICES


def test_pairs_in_one_order_only_when_not_symmetrical():
    counts = pairs_in_region(region_of([1, 2, 2, 1, 2], symmetrical_glcm=False)).joint[0]
    assert counts.reshape(2, 2).tolist() == [[0, 2], [1, 1]]


def test_voxels_outside_the_region_are_in_no_pair():
    counts = pairs_in_region(region_of([[1, 2], [2, 1]], [[1, 1], [0, 1]])).joint[0]
    one_each_way = [[0, 1], [1, 0]]
    assert counts.reshape(4, 2, 2).tolist() == [[[2, 0], [0, 0]], one_each_way, [[0, 0], [0, 0]], one_each_way]


def test_alternating_levels():
    # pairs of 1 and 2 only, half of them each way round
    values = compute(region_of([1, 2, 1, 2]))
    assert values == pytest.approx(
        {
            "Autocorrelation": 2,
            "JointAverage": 1.5,
            "ClusterProminence": 0,
            "ClusterShade": 0,
            "ClusterTendency": 0,
            "Contrast": 1,
            "Correlation": -1,
            "DifferenceAverage": 1,
            "DifferenceEntropy": 0,
            "DifferenceVariance": 0,
            "JointEnergy": 0.5,
            "JointEntropy": 1,
            "Imc1": -1,
            "Imc2": np.sqrt(1 - np.exp(-2)),
            "Idm": 1 / 2,
            "MCC": 1,
            "Idmn": 1 / (1 + 1 / 4),
            "Id": 1 / 2,
            "Idn": 1 / (1 + 1 / 2),
            "InverseVariance": 1,
            "MaximumProbability": 0.5,
            "SumAverage": 3,
            "SumEntropy": 0,
            "SumSquares": 0.25,
        },
        abs=1e-12,
    )


def test_two_levels_beside_each_other():
    # p = ((2, 1), (1, 2)) / 6: both the correlation and the second singular value are 1/3
    values = compute(region_of([1, 1, 2, 2]))
    assert values["Correlation"] == pytest.approx(1 / 3)
    assert values["MCC"] == pytest.approx(1 / 3)
    assert values["ClusterTendency"] == pytest.approx(2 / 3)
    assert values["ClusterProminence"] == pytest.approx(2 / 3)
    assert values["SumEntropy"] == pytest.approx(np.log2(3))
    assert values["Autocorrelation"] == pytest.approx(14 / 6)


def test_orders_differ_without_symmetry():
    # pairs 1-2, 2-2, 2-1, 1-2: first levels 1, 2, 2, 1, second 2, 2, 1, 2
    values = compute(region_of([1, 2, 2, 1, 2], symmetrical_glcm=False))
    assert values["JointAverage"] == pytest.approx(1.5)
    assert values["SumAverage"] == pytest.approx(3.25)
    assert values["Correlation"] == pytest.approx((-1 / 8) / np.sqrt(1 / 4 * 3 / 16))


def test_a_flat_region_follows_pyradiomics_conventions():
    values = compute(region_of(np.full((3, 3, 3), 7)))
    assert (values["Correlation"], values["MCC"], values["JointEnergy"], values["Id"]) == (1, 1, 1, 1)
    for name in ("Contrast", "Imc1", "Imc2", "JointEntropy", "InverseVariance", "ClusterShade"):
        assert values[name] == pytest.approx(0, abs=1e-12)


def test_a_direction_of_one_level_among_others_has_no_maximal_correlation():
    # left to right 1-1 and 2-2 (two parts: 1); down 1-2 twice (second singular value 1); diagonals 1-2
    assert compute(region_of([[1, 1], [2, 2]]))["MCC"] == pytest.approx(1)
    # two voxels of level 1 side by side, level 2 alone: the only direction has one level
    assert compute(region_of([1, 1, 0, 2], [1, 1, 0, 1]))["MCC"] == 0


@pytest.mark.parametrize("mask", [[1, 0, 1, 0], [0, 0, 1, 0]])
def test_without_pairs_nothing_is_defined(mask):
    assert np.isnan(list(compute(region_of([1, 2, 3, 4], mask)).values())).all()


def test_without_directions_nothing_is_defined():
    assert np.isnan(list(compute(region_of([1, 2, 3, 4], force_2d_axis=2)).values())).all()


@pytest.mark.parametrize("options", [{}, {"symmetrical_glcm": False}, {"distances": (1, 2)}, {"force_2d_axis": 1}])
def test_adding_a_bin_width_changes_nothing(options):
    region = random_region(**options)
    moved = Region(region.image - 77, region.mask, region.spacing_mm, region.options)
    assert compute(moved) == pytest.approx(compute(region))


@pytest.mark.parametrize("axes", [0, 1, 2, (0, 1), (0, 1, 2)])
@pytest.mark.parametrize("norm", [None, "euclidean"])
def test_mirroring_changes_nothing(axes, norm):
    region = random_region(weighting_norm=norm)
    mirrored = Region(np.flip(region.image, axes), np.flip(region.mask, axes), region.spacing_mm, region.options)
    assert compute(mirrored) == pytest.approx(compute(region))


def test_gaps_between_levels_count_in_values_but_need_no_rows():
    near, far = region_of([1, 1, 2, 2]), region_of([1, 1, 1001, 1001])
    assert pairs_in_region(far).joint.shape == pairs_in_region(near).joint.shape
    values = compute(far)
    assert values["Contrast"] == pytest.approx(1000**2 / 3)
    assert values["Correlation"] == pytest.approx(1 / 3)
    assert values["Idn"] == pytest.approx(2 / 3 + 1 / (1 + 1000 / 1001) / 3)


def test_weights_of_directions_fall_with_the_length_of_the_step():
    step = np.array([[1, 1, 1]])
    spacing = (0.1, 0.2, 0.3)
    assert direction_weights(step, "infinity", spacing) == pytest.approx(np.exp(-(0.3**2)))
    assert direction_weights(step, "euclidean", spacing) == pytest.approx(np.exp(-0.14))
    assert direction_weights(step, "manhattan", spacing) == pytest.approx(np.exp(-(0.6**2)))
    assert direction_weights(step, "no_weighting", spacing) == pytest.approx(1)
    assert direction_weights(step, None, spacing) is None


def test_weighting_makes_one_matrix_of_all_directions():
    counts = pairs_in_region(region_of(HARALICK, weighting_norm="no_weighting")).joint
    assert counts.reshape(4, 4).tolist() == np.sum(HARALICK_MATRICES, axis=0).tolist()


OPTIONS = [
    {},
    {"symmetrical_glcm": False},
    {"weighting_norm": "euclidean"},
    {"weighting_norm": "manhattan", "symmetrical_glcm": False},
    {"distances": (2,)},
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("largest", [1, 512])
def test_listed_pairs_and_iteration_give_the_values_of_matrices(monkeypatch, options, largest):
    expected = compute(random_region(**options))
    monkeypatch.setattr(pairs, "MATRIX_CELLS", 0)
    monkeypatch.setattr(maximal_correlation, "LARGEST_MATRIX", largest)
    assert compute(random_region(**options)) == pytest.approx(expected, rel=1e-9)


def test_thousands_of_levels_need_little_memory():
    image = np.cumsum(np.random.default_rng(0).normal(0, 30, (12, 20, 25)), axis=2)
    counted = pairs_in_region(region_of(image, bin_width=0.05))
    assert counted.joint.size < 13 * 2 * image.size
    assert counted.joint.sum(axis=2).tolist() == counted.sums.sum(axis=2).tolist()


@pytest.mark.parametrize("options", [*OPTIONS, {"force_2d_axis": 0, "distances": (1,)}])
def test_a_cube_that_holds_the_region_has_its_values(options):
    region = random_region(**options)
    if "force_2d_axis" in options:  # a square holds one slice
        region = Region(region.image[:1], region.mask[:1], region.spacing_mm, region.options)
    whole = compute(region)
    centres = np.argwhere(region.mask)[:5]
    for where, maps in Glcm.of_neighbourhoods(Neighbourhoods(region, centres, 6)):
        for name, values in maps.compute(Glcm.formulas).items():
            assert values == pytest.approx(np.full(len(where), whole[name]), abs=1e-12), name


def test_pairs_end_at_the_radius():
    region = region_of([1, 2, 3, 4, 5, 6])
    [(_, maps)] = Glcm.of_neighbourhoods(Neighbourhoods(region, np.array([[0, 0, 0], [0, 0, 3]]), 1))
    assert maps.compute(["SumAverage"])["SumAverage"] == pytest.approx([3, 8])
    assert maps.compute(["Idn"])["Idn"] == pytest.approx([1 / (1 + 1 / 6)] * 2)  # Ng of the whole region


def test_a_neighbourhood_without_pairs_is_undefined():
    region = region_of([1, 1, 0, 2], [1, 1, 0, 1])
    [(_, maps)] = Glcm.of_neighbourhoods(Neighbourhoods(region, np.array([[0, 0, 0], [0, 0, 3]]), 1))
    for name, values in maps.compute(Glcm.formulas).items():
        assert np.isnan(values).tolist() == [False, True], name


def test_batches_do_not_change_maps(monkeypatch):
    cubes = Neighbourhoods(random_region(), np.argwhere(random_region().mask), 1)
    names = ["MCC", "JointEntropy"]
    [(_, together)] = Glcm.of_neighbourhoods(cubes)
    monkeypatch.setattr(pairs, "LIST_CELLS", 1000)
    apart = [maps.compute(names) for _, maps in Glcm.of_neighbourhoods(cubes)]
    assert len(apart) > 1
    for name, values in together.compute(names).items():
        assert np.concatenate([part[name] for part in apart]) == pytest.approx(values)


def test_parts_share_neither_row_nor_column():
    shares = np.array([[0.2, 0.2, 0.2, 0.4], [0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    rows = np.array([[0, 1, 1, 2], [0, 1, 0, 0], [0, 0, 0, 0]])
    columns = np.array([[1, 0, 1, 2], [1, 0, 0, 0], [0, 0, 0, 0]])
    assert count_parts(shares, rows, columns, 3).tolist() == [2, 2, 0]


def blas_threads():
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def set_blas_threads(count):
    """In a thread that ends, as threadpoolctl lets nobody else set a limit while the one that did lives."""
    setting = threading.Thread(target=threadpool_limits, args=(count, "blas"))
    setting.start()
    setting.join()


def test_threads_that_decompose_at_the_same_time_leave_linear_algebra_as_it_was(monkeypatch):
    inside, seen, solve = [threading.Event(), threading.Event()], [], np.linalg.eigvalsh

    def slow(matrices):
        seen.append(blas_threads())
        number = workers.index(threading.current_thread())
        inside[number].set()
        if number == 0:
            inside[1].wait(0.3)
        else:
            workers[0].join(0.3)
        return solve(matrices)

    monkeypatch.setattr(np.linalg, "eigvalsh", slow)
    decompose = maximal_correlation._second_singular_value
    workers = [threading.Thread(target=decompose, args=(np.eye(4)[None], True)) for _ in range(2)]
    before = max(blas_threads())
    set_blas_threads(2)
    for worker, entered in zip(workers, inside, strict=True):
        worker.start()
        entered.wait(1)
    for worker in workers:
        worker.join()
    after = blas_threads()
    set_blas_threads(before)
    assert seen == [{1}, {1}]
    assert after == {2}
