"""What is simulated: each setting describes a population, its size and its metrics; all stand in `SETTINGS`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.calibration.dependence import Dependence, Groups, Records
from benchmarks.calibration.populations import (
    LabelPopulation,
    Population,
    ScorePopulation,
    Scorer,
    SoftmaxPopulation,
    confusion_matrix,
    scaled_to_equal,
)
from reviewer_app.evaluation.inputs import FloatArray, IntArray

BINARY = ("accuracy", "f1", "precision", "recall", "mcc")
MULTICLASS = (
    "accuracy",
    "macro_f1",
    "weighted_f1",
    "macro_precision",
    "balanced_accuracy",
    "mcc",
    "cohen_kappa",
)
SCORES = ("roc_auc", "average_precision", "log_loss", "brier")
PROBABILITIES = ("macro_ovr_roc_auc", "log_loss", "brier")


@dataclass(frozen=True)
class Setting:
    """One row group of the study.

    Attributes
    ----------
    name
        Its key; a finished setting is known by it and by the numbers below.
    n
        Examples of a test set.
    metrics
        Ids of what is compared.
    kind
        "labels" or "scores" (or "softmax": probabilities of k classes).
    errors_a, errors_b
        Labels: rate of errors in each class (one number: in all); B's wrong labels are distributed as A's where
        `other_confusions` is false. Scores are described by `scorers`.
    equal
        Id of the metric whose difference is made exactly 0 by scaling B's errors in class 0 (k = 2) or in all.
    smallest
        Expected number of examples in the smallest class, class sizes falling geometrically; None: balanced, or
        `prevalence` of the positive class where k is 2.
    fixed_sizes
        Whether every test set has exactly the expected class sizes.
    shared
        How far the teams err on the same examples, from 0 to 1.
    groups, records
        Number of groups; name of a matching set whose record graph is used.
    seeds
        Runs of each team.
    """

    name: str
    n: int
    metrics: tuple[str, ...]
    kind: str = "labels"
    k: int = 2
    errors_a: float | tuple[float, ...] = 0.2
    errors_b: float | tuple[float, ...] = 0.2
    other_confusions: bool = False
    equal: str | None = None
    prevalence: float = 0.5
    smallest: float | None = None
    fixed_sizes: bool = False
    scorers: tuple[Scorer, Scorer] = (Scorer(1.5), Scorer(1.5))
    shared: float = 0.5
    groups: int | None = None
    records: str | None = None
    seeds: int = 1

    def population(self, data: Path | None) -> Population:
        """Return the population; `data` holds the matching sets of settings that share records.

        Raises
        ------
        FileNotFoundError
            The setting shares records and the data are not there.
        """
        dependence = self._dependence(data)
        if self.kind == "scores":
            return ScorePopulation(self.prevalence, self.scorers, self.shared, self.seeds, dependence)
        weights = self._class_weights()
        if self.kind == "softmax":
            skills = (self.scorers[0].skill, self.scorers[1].skill)
            return SoftmaxPopulation(weights, skills, self.shared, dependence)
        positive = 1 if self.k == 2 else None
        a = confusion_matrix(np.broadcast_to(self.errors_a, self.k), seed=1)
        b = confusion_matrix(np.broadcast_to(self.errors_b, self.k), seed=2 if self.other_confusions else 1)
        if self.equal is not None:
            classes = np.asarray([0]) if self.k == 2 else np.arange(self.k)
            b = scaled_to_equal(self.equal, weights, a, b, classes, positive)
        sizes = self._class_sizes(weights) if self.fixed_sizes else None
        if sizes is not None:
            weights = sizes / self.n
        return LabelPopulation(weights, (a, b), self.shared, positive, dependence, sizes)

    def _dependence(self, data: Path | None) -> Dependence | None:
        if self.groups is not None:
            return Groups(self.groups)
        if self.records is None:
            return None
        if data is None or not (data / "datasets" / self.records).is_dir():
            raise FileNotFoundError(f"the matching set {self.records} is not there: name its folder with --data")
        return Records(data, self.records)

    def _class_weights(self) -> FloatArray:
        if self.k == 2:
            return np.asarray([1.0 - self.prevalence, self.prevalence])
        if self.smallest is None:
            return np.full(self.k, 1.0 / self.k)
        # Falling geometrically to the smallest: the ratio is found by bisection on the share of the last class.
        low, high = 0.01, 1.0
        for _ in range(200):
            middle = (low + high) / 2.0
            powers = middle ** np.arange(self.k)
            low, high = (low, middle) if powers[-1] / powers.sum() > self.smallest / self.n else (middle, high)
        powers = low ** np.arange(self.k)
        return np.asarray(powers / powers.sum())

    def _class_sizes(self, weights: FloatArray) -> IntArray:
        sizes: IntArray = np.maximum(np.floor(weights * self.n + 1e-6), 1.0).astype(np.int64)
        sizes[np.argmax(sizes)] += self.n - sizes.sum()
        return np.asarray(sizes)


def _binary() -> list[Setting]:
    base = Setting("", 0, BINARY)
    middling, near = (0.05, 0.3), (0.005, 0.05)
    found = []
    for n in (50, 200, 1_000, 10_000):
        for prevalence in (0.5, 0.15):
            at = replace(base, n=n, prevalence=prevalence)
            where = f"n={n} positive={prevalence}"
            found += [
                replace(at, name=f"binary middling {where}", errors_a=middling, errors_b=middling),
                replace(at, name=f"binary near-perfect {where}", errors_a=near, errors_b=near),
                replace(at, name=f"binary apart {where}", errors_a=(0.04, 0.25), errors_b=middling),
            ]
    for n in (200, 1_000, 10_000):
        for prevalence in (0.2, 0.15):
            at = replace(base, n=n, prevalence=prevalence)
            where = f"n={n} positive={prevalence}"
            # The same precision with recall 0.9 against 0.1; the same F1 or MCC of a bold and a careful team.
            found.append(
                replace(at, name=f"equal precision {where}", errors_a=0.1, errors_b=(0.01, 0.9), equal="precision")
            )
            found.append(replace(at, name=f"equal recall {where}", errors_a=(0.02, 0.3), errors_b=(0.2, 0.3)))
            # Hardly a false positive: B's precision hangs on one.
            sure = replace(at, errors_a=0.01, errors_b=(0.001, 0.7), equal="precision")
            found.append(replace(sure, name=f"equal high precision {where}"))
            for metric in ("f1", "mcc"):
                unlike = replace(at, errors_a=(0.15, 0.1), errors_b=(0.02, 0.35), equal=metric)
                found.append(replace(unlike, name=f"equal {metric} {where}"))
    rare = replace(base, errors_a=(0.005, 0.05), errors_b=(0.005, 0.2))
    found.append(replace(rare, name="binary, rare positives apart n=500", n=500, prevalence=0.02))
    return found


def _multiclass() -> list[Setting]:
    base = Setting("", 0, MULTICLASS)
    found = []
    for k in (10, 100):
        for n in (50, 200, 1_000, 10_000) if k == 10 else (200, 1_000, 10_000):
            at = replace(base, n=n, k=k)
            for level, error in (("middling", 0.2), ("near-perfect", 0.01)):
                found.append(replace(at, name=f"k={k} balanced {level} n={n}", errors_a=error, errors_b=error))
                # With 2 examples a class on average a balanced set is as skewed as can be.
                if n <= 2 * k:
                    continue
                skewed = replace(at, smallest=2.0, fixed_sizes=True, errors_a=error, errors_b=error)
                found.append(replace(skewed, name=f"k={k} skewed {level} n={n}"))
            unlike = replace(at, errors_a=0.2, errors_b=0.2, other_confusions=True)
            found.append(replace(unlike, name=f"k={k} balanced, other confusions n={n}"))
            found.append(replace(unlike, name=f"k={k} balanced, equal macro F1 n={n}", equal="macro_f1"))
            if n > 2 * k:
                rare = replace(unlike, smallest=2.0, fixed_sizes=True)
                found.append(replace(rare, name=f"k={k} skewed, equal macro F1 n={n}", equal="macro_f1"))
                near = replace(rare, errors_a=0.01, errors_b=0.01)
                found.append(replace(near, name=f"k={k} skewed near-perfect, other confusions n={n}"))
    for k, n, apart, error in ((10, 200, 1, 0.3), (10, 200, 3, 0.3), (100, 1_000, 30, 0.1)):
        errors_b = (0.01,) * (k - apart) + (error,) * apart
        rare = replace(base, k=k, n=n, smallest=2.0, fixed_sizes=True, errors_a=0.01, errors_b=errors_b)
        found.append(replace(rare, name=f"k={k} skewed, {apart} rare apart n={n}", other_confusions=True))
    return found


def _dependent() -> list[Setting]:
    binary = Setting("", 0, BINARY, prevalence=0.3, errors_a=(0.1, 0.25), errors_b=(0.1, 0.25))
    found = []
    for groups, n in ((20, 200), (60, 300), (100, 1_000)):
        at = replace(binary, n=n, groups=groups)
        found.append(replace(at, name=f"groups={groups} binary n={n}"))
        unlike = replace(at, errors_a=(0.25, 0.15), errors_b=(0.05, 0.4), equal="f1")
        found.append(replace(unlike, name=f"groups={groups} equal f1 n={n}"))
        found.append(
            replace(at, name=f"groups={groups} k=10 n={n}", k=10, metrics=MULTICLASS, errors_a=0.2, errors_b=0.2)
        )
    for dataset, n, prevalence in (
        ("beer", 91, 0.154),
        ("fodors-zagats", 189, 0.116),
        ("abt-buy", 1_916, 0.108),
        ("amazon-google", 2_293, 0.102),
    ):
        at = replace(binary, n=n, records=dataset, prevalence=prevalence)
        found.append(replace(at, name=f"records of {dataset}", errors_a=(0.03, 0.3), errors_b=(0.03, 0.3)))
        unlike = replace(at, errors_a=(0.05, 0.15), errors_b=(0.01, 0.3), equal="f1")
        found.append(replace(unlike, name=f"records of {dataset}, equal f1"))
    return found


def _scores() -> list[Setting]:
    base = Setting("", 0, SCORES, kind="scores")
    alike = (Scorer(1.5), Scorer(1.5))
    near = (Scorer(4.0), Scorer(4.0))
    # The same AUC, 0.856, of an even and of an uneven scorer, who is also too sure.
    unlike = (Scorer(1.5), Scorer(1.5 * (3.25 / 2.0) ** 0.5, spread=1.5, sharpness=1.5))
    apart = (Scorer(1.7), Scorer(1.4))
    # AUC 0.99 against 0.98: what the difference hangs on is rare.
    near_apart = (Scorer(3.29), Scorer(2.9))
    found = []
    for n in (200, 1_000):
        at = replace(base, n=n, prevalence=0.1, scorers=near_apart)
        found.append(replace(at, name=f"scores near-perfect, apart n={n} positive=0.1"))
    for n in (50, 200, 1_000, 10_000):
        for prevalence in (0.5, 0.1):
            at = replace(base, n=n, prevalence=prevalence)
            for level, scorers in (("alike", alike), ("near-perfect", near), ("equal AUC", unlike), ("apart", apart)):
                found.append(replace(at, name=f"scores {level} n={n} positive={prevalence}", scorers=scorers))
    for groups, n in ((20, 200), (60, 300), (100, 1_000)):
        at = replace(base, n=n, groups=groups, prevalence=0.3, metrics=("roc_auc", "log_loss", "brier"))
        found.append(replace(at, name=f"groups={groups} scores n={n}", scorers=alike))
    for dataset, n, prevalence in (("beer", 91, 0.154), ("fodors-zagats", 189, 0.116), ("abt-buy", 1_916, 0.108)):
        at = replace(base, n=n, records=dataset, prevalence=prevalence)
        found.append(replace(at, name=f"records of {dataset}, scores", scorers=alike))
    for seeds in (3, 5):
        for n in (200, 1_000):
            noisy = (Scorer(1.5, seed_noise=0.15), Scorer(1.5, seed_noise=0.15))
            at = replace(base, n=n, seeds=seeds, prevalence=0.3, scorers=noisy, metrics=("accuracy", "f1", *SCORES))
            found.append(replace(at, name=f"seeds={seeds} n={n}"))
    softmax = replace(base, kind="softmax", metrics=PROBABILITIES, k=10)
    for n in (200, 1_000):
        found.append(replace(softmax, n=n, name=f"k=10 probabilities alike n={n}"))
        found.append(replace(softmax, n=n, name=f"k=10 probabilities apart n={n}", scorers=(Scorer(1.7), Scorer(1.5))))
    return found


SETTINGS = {setting.name: setting for setting in (*_binary(), *_multiclass(), *_dependent(), *_scores())}
"""Every setting, by name, in the order of the table."""

DEFAULT = frozenset(
    (
        *(
            f"binary {level} n={n} positive=0.15"
            for level in ("middling", "near-perfect", "apart")
            for n in (50, 200, 1_000)
        ),
        "binary middling n=200 positive=0.5",
        "binary middling n=10000 positive=0.15",
        "binary, rare positives apart n=500",
        *(
            f"equal {metric} n={n} positive=0.2"
            for metric in ("precision", "high precision", "recall", "f1", "mcc")
            for n in (200, 1_000)
        ),
        *(f"k=10 balanced middling n={n}" for n in (50, 200)),
        *(f"k=10 balanced, equal macro F1 n={n}" for n in (200, 1_000)),
        *(f"k=10 skewed {level} n=200" for level in ("middling", "near-perfect")),
        *(f"k=10 skewed, {what} n=200" for what in ("equal macro F1", "1 rare apart", "3 rare apart")),
        "k=100 balanced, equal macro F1 n=200",
        "k=100 skewed, 30 rare apart n=1000",
        *(
            f"groups={size} {what}"
            for size, n in ((20, 200), (60, 300))
            for what in (f"binary n={n}", f"equal f1 n={n}")
        ),
        "groups=60 k=10 n=300",
        *(f"groups={size} scores n={n}" for size, n in ((20, 200), (60, 300))),
        *(f"records of {name}" for name in ("beer", "fodors-zagats", "abt-buy")),
        *(f"records of {name}, equal f1" for name in ("beer", "abt-buy")),
        *(f"records of {name}, scores" for name in ("beer", "fodors-zagats")),
        *(
            f"scores {level} n={n} positive={prevalence}"
            for level in ("alike", "near-perfect", "equal AUC", "apart")
            for n, prevalence in ((50, 0.5), (200, 0.5), (200, 0.1))
        ),
        "scores alike n=1000 positive=0.1",
        "scores equal AUC n=1000 positive=0.1",
        "seeds=3 n=200",
        "seeds=5 n=200",
        *(f"k=10 probabilities {level} n=200" for level in ("alike", "apart")),
    )
)
"""Names of the settings that the command runs where none are named: with 2,000 comparisons each under 45 minutes."""
