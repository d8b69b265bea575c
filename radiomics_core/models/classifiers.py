"""Classifiers with the tuning values their inner loop tries, simplest first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.models.ridge_logistic import RidgeLogistic
from radiomics_core.settings import Settings


@dataclass(frozen=True, kw_only=True)
class PlainLogisticSettings(Settings):
    """Logistic regression without a penalty (a trace of one keeps separated data finite).

    Attributes
    ----------
    inverse_penalty : float
    """

    inverse_penalty: float = 1e3


@dataclass(frozen=True, kw_only=True)
class RidgeLogisticSettings(Settings):
    """Logistic regression with an L2 penalty.

    Attributes
    ----------
    inverse_penalties : tuple of float
        Values of C, strongest penalty first.
    """

    inverse_penalties: tuple[float, ...] = (0.01, 0.1, 1.0)


@dataclass(frozen=True, kw_only=True)
class ElasticNetLogisticSettings(Settings):
    """Logistic regression with an L1 penalty.

    Attributes
    ----------
    inverse_penalties : tuple of float
    """

    inverse_penalties: tuple[float, ...] = (0.1, 0.3, 1.0)


@dataclass(frozen=True, kw_only=True)
class LinearSvmSettings(Settings):
    """Linear support vector machine.

    Attributes
    ----------
    costs : tuple of float
    """

    costs: tuple[float, ...] = (0.01, 0.1, 1.0)


@dataclass(frozen=True, kw_only=True)
class RbfSvmSettings(Settings):
    """Support vector machine with a radial kernel; its width follows the number of features.

    Attributes
    ----------
    costs : tuple of float
    """

    costs: tuple[float, ...] = (0.3, 1.0, 3.0)


@dataclass(frozen=True, kw_only=True)
class RandomForestSettings(Settings):
    """Random forest.

    Attributes
    ----------
    n_trees : int
    min_leaf_sizes : tuple of int
    """

    n_trees: int = 100
    min_leaf_sizes: tuple[int, ...] = (5,)


@dataclass(frozen=True, kw_only=True)
class NearestNeighboursSettings(Settings):
    """Nearest neighbours.

    Attributes
    ----------
    neighbours : tuple of int
    """

    neighbours: tuple[int, ...] = (15, 7)


@dataclass(frozen=True, kw_only=True)
class BoostingSettings(Settings):
    """Gradient boosting of shallow trees.

    Attributes
    ----------
    n_trees : int
    learning_rates : tuple of float
    """

    n_trees: int = 50
    learning_rates: tuple[float, ...] = (0.05,)


@dataclass(frozen=True, kw_only=True)
class DiscriminantSettings(Settings):
    """Linear discriminant analysis with shrunken covariance.

    Attributes
    ----------
    shrinkages : tuple of float
    """

    shrinkages: tuple[float, ...] = (0.5, 0.1)


@dataclass(frozen=True, kw_only=True)
class NaiveBayesSettings(Settings):
    """Gaussian naive Bayes.

    Attributes
    ----------
    smoothing : float
        Share of the largest variance added to every variance.
    """

    smoothing: float = 0.01


def plain_logistic(settings: PlainLogisticSettings) -> ModelFamily:
    """Logistic regression for few columns."""
    return ModelFamily((ModelCandidate("", partial(_logistic, settings.inverse_penalty)),))


def ridge_logistic(settings: RidgeLogisticSettings) -> ModelFamily:
    """Logistic regression with an L2 penalty."""
    made = tuple(ModelCandidate(f"C={c:g}", partial(_logistic, c)) for c in settings.inverse_penalties)
    return ModelFamily(made, tuned_by="deviance")


def lasso_logistic(settings: ElasticNetLogisticSettings) -> ModelFamily:
    """Logistic regression with an L1 penalty."""
    return ModelFamily(tuple(ModelCandidate(f"C={c:g}", partial(_l1, c)) for c in settings.inverse_penalties))


def linear_svm(settings: LinearSvmSettings) -> ModelFamily:
    """Linear support vector machine."""
    made = tuple(ModelCandidate(f"C={c:g}", partial(_svm, "linear", c)) for c in settings.costs)
    return ModelFamily(made)


def rbf_svm(settings: RbfSvmSettings) -> ModelFamily:
    """Support vector machine with a radial kernel."""
    made = tuple(ModelCandidate(f"C={c:g}", partial(_svm, "rbf", c)) for c in settings.costs)
    return ModelFamily(made)


def random_forest(settings: RandomForestSettings) -> ModelFamily:
    """Random forest."""
    leaves = settings.min_leaf_sizes
    return ModelFamily(tuple(ModelCandidate(f"leaf={n}", partial(_forest, settings.n_trees, n)) for n in leaves))


def naive_bayes(settings: NaiveBayesSettings) -> ModelFamily:
    """Gaussian naive Bayes."""
    return ModelFamily((ModelCandidate("", partial(_naive_bayes, settings.smoothing)),))


def nearest_neighbours(settings: NearestNeighboursSettings) -> ModelFamily:
    """Nearest neighbours."""
    return ModelFamily(tuple(ModelCandidate(f"neighbours={k}", partial(NeighbourVote, k)) for k in settings.neighbours))


def discriminant(settings: DiscriminantSettings) -> ModelFamily:
    """Linear discriminant analysis."""
    return ModelFamily(tuple(ModelCandidate(f"shrinkage={s:g}", partial(_lda, s)) for s in settings.shrinkages))


def boosting(settings: BoostingSettings) -> ModelFamily:
    """Gradient boosting."""
    rates = settings.learning_rates
    return ModelFamily(tuple(ModelCandidate(f"rate={r:g}", partial(_boosting, settings.n_trees, r)) for r in rates))


def _logistic(inverse_penalty: float, seed: int) -> Any:
    return RidgeLogistic(inverse_penalty)


def _l1(inverse_penalty: float, seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=inverse_penalty, l1_ratio=1.0, solver="liblinear", max_iter=200, random_state=seed)


def _svm(kernel: str, cost: float, seed: int) -> Any:
    from sklearn.svm import SVC

    return SVC(C=cost, kernel=kernel, gamma="scale")


def _forest(n_trees: int, min_leaf: int, seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_trees, min_samples_leaf=min_leaf, random_state=seed, n_jobs=1)


def _naive_bayes(smoothing: float, seed: int) -> Any:
    from sklearn.naive_bayes import GaussianNB

    return GaussianNB(var_smoothing=smoothing)


def _lda(shrinkage: float, seed: int) -> Any:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage)


def _boosting(n_trees: int, rate: float, seed: int) -> Any:
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(
        n_estimators=n_trees, learning_rate=rate, max_depth=2, subsample=0.8, random_state=seed
    )


class NeighbourVote:
    """Share of events among the nearest training cases; asks for no more neighbours than there are cases."""

    def __init__(self, neighbours: int, seed: int) -> None:
        self.neighbours = neighbours

    def fit(self, features: Any, target: Any) -> NeighbourVote:
        """Fit scikit-learn's classifier with at most half of the training cases as neighbours."""
        from sklearn.neighbors import KNeighborsClassifier

        count = max(1, min(self.neighbours, len(features) // 2))
        self.model = KNeighborsClassifier(count).fit(features, target)
        return self

    def predict_proba(self, features: Any) -> Any:
        """Return the share of events, shrunken by one imaginary case of each class; shape (n, 2)."""
        raw = self.model.predict_proba(features)
        count = self.model.n_neighbors
        return (raw * count + 1) / (count + 2)
