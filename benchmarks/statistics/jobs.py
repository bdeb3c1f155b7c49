"""The jobs, their goals, and who does them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from benchmarks.statistics import test_sets
from benchmarks.statistics.goals import Goal
from benchmarks.statistics.test_sets import TestSet

_MATCHING = ("f1", "precision", "recall", "f0_5", "f2", "mcc", "accuracy")
_CLASSIFICATION = (
    "macro_f1",
    "balanced_accuracy",
    "weighted_f1",
    "macro_precision",
    "macro_recall",
    "mcc",
    "cohen_kappa",
    "accuracy",
)


@dataclass(frozen=True)
class Contender:
    """Who does a job, and how much of it.

    Attributes
    ----------
    function
        "module.function" of `benchmarks.statistics.contenders`.
    words
        Who, and what of the job, for people.
    resamples
        How many it is measured with; None: it draws none.
    instead
        What it does that is not the job, so that times are not to be compared; "" where it does (a part of) it.
    tolerance
        Largest distance of its metric values to ours.
    in_goal
        Whether the goal's ratio is held against it.
    resamples_at_small_n
        With how many it must agree with ours on a small set.
    """

    function: str
    words: str
    resamples: int | None = None
    instead: str = ""
    tolerance: float = 1e-9
    in_goal: bool = False
    resamples_at_small_n: int = 2_000


@dataclass(frozen=True)
class Job:
    """A comparison: `n_resamples` (B) is what every contender's time is brought to.

    `needs`: folder below that of the real data, where the job is done on such.
    """

    id: str
    words: str
    make: Callable[[int, Path | None], TestSet]
    n: int
    metrics: Sequence[str]
    n_resamples: int
    ours: str
    goal: Goal
    peers: tuple[Contender, ...]
    needs: str | None = None
    agrees_at_small_n: bool = True

    @property
    def contenders(self) -> Mapping[str, Contender]:
        """Everybody, ours first, by function."""
        ours = Contender("ours.all_metrics", f"**reviewer_app**, {self.ours}", self.n_resamples)
        return {contender.function: contender for contender in (ours, *self.peers)}


def _of_labels(name: str, n_classes: str) -> tuple[Contender, ...]:
    """Return the peers that compare one metric of labels, `name` for people."""
    other_work = f"not the same: {name} of each team alone, no paired difference, no test"
    mcnemar = "not the same: exact p of accuracy alone"
    # confidenceinterval adds 1e-7 to the denominator of every class's F1 when it averages over classes.
    tolerance = 1e-7 if name == "macro F1" else 1e-9
    return (
        Contender("with_sklearn.bootstrap", f"scikit-learn loop, interval of {name} alone", 10, in_goal=True),
        Contender(
            "with_sklearn.every_metric",
            "scikit-learn loop, interval and test (plain swaps) of every metric",
            2,
            resamples_at_small_n=200,
        ),
        Contender("with_scipy.bootstrap", f"scipy.stats.bootstrap, percentile interval of {name} alone", 10),
        Contender("with_scipy.permutation_test", f"scipy.stats.permutation_test, plain swaps, p of {name} alone", 1),
        Contender("with_mlxtend.bootstrap", f"mlxtend bootstrap, interval of {name} alone", 10),
        Contender("with_mlxtend.permutation_test", f"mlxtend permutation_test, plain swaps, p of {name} alone", 2),
        Contender("with_mlxtend.mcnemar", "mlxtend mcnemar", instead=mcnemar),
        Contender(
            "with_statsmodels.mcnemar",
            "statsmodels mcnemar and proportion_confint",
            instead=f"{mcnemar}, interval of each team",
        ),
        Contender(
            "with_confidenceinterval.bootstrap",
            "confidenceinterval, percentile",
            10,
            instead=other_work,
            tolerance=tolerance,
        ),
        Contender(
            "with_confidenceinterval.closed_form",
            f"confidenceinterval, Takahashi, {n_classes}",
            instead=other_work,
            tolerance=tolerance,
        ),
    )


_ALL = (
    Job(
        "two_labels",
        "all count metrics at once, paired, intervals and tests, B = 10,000, k = 2",
        test_sets.two_labels,
        1_000_000,
        _MATCHING,
        10_000,
        "intervals and studentised swap tests of 7 metrics",
        Goal(0.2, 10_000),
        _of_labels("F1", "k = 2"),
    ),
    Job(
        "twenty_labels",
        "the same, k = 20 (about 8,000 joint counts)",
        test_sets.twenty_labels,
        1_000_000,
        _CLASSIFICATION,
        10_000,
        "intervals and studentised swap tests of 8 metrics",
        Goal(3.0, 800),
        _of_labels("macro F1", "k = 20"),
    ),
    Job(
        "imagenet",
        "the same, k = 1,000 (real: imagenet-val, ResNet-50 against VGG-16)",
        test_sets.imagenet,
        50_000,
        _CLASSIFICATION,
        10_000,
        "intervals and studentised swap tests of 8 metrics",
        Goal(15.0, 100),
        _of_labels("macro F1", "k = 1,000"),
        needs=test_sets.IMAGENET,
        agrees_at_small_n=False,
    ),
    Job(
        "roc_auc",
        "ROC AUC difference: DeLong; peers: bootstrap with B = 2,000",
        test_sets.scores,
        1_000_000,
        ("roc_auc",),
        2_000,
        "DeLong's interval and test",
        Goal(1.0, parallel=False),
        (
            Contender("with_sklearn.bootstrap", "scikit-learn loop, interval", 5),
            Contender("with_scipy.bootstrap", "scipy.stats.bootstrap, percentile interval", 5),
            Contender("with_mlxtend.bootstrap", "mlxtend bootstrap, interval", 5),
            Contender(
                "with_confidenceinterval.delong",
                "confidenceinterval, DeLong",
                instead="not the same: AUC of each team alone, no paired difference, no test, single precision",
                tolerance=1e-4,
            ),
        ),
    ),
    Job(
        "average_precision",
        "average precision difference, bootstrap B = 2,000",
        test_sets.scores,
        1_000_000,
        ("average_precision",),
        2_000,
        "interval and test",
        Goal(60.0),
        (
            Contender("with_sklearn.bootstrap", "scikit-learn loop, interval", 5),
            Contender("with_scipy.bootstrap", "scipy.stats.bootstrap, percentile interval", 5),
            Contender("with_mlxtend.bootstrap", "mlxtend bootstrap, interval", 5),
        ),
    ),
    Job(
        "log_loss",
        "log loss difference, B = 10,000",
        test_sets.scores,
        1_000_000,
        ("log_loss",),
        10_000,
        "sign-swap test with 10,000 arrangements, interval of t corrected for skewness",
        Goal(15.0, memory_mb=1_000.0),
        (
            Contender("with_sklearn.bootstrap", "scikit-learn loop, interval", 10),
            Contender("with_scipy.bootstrap_of_losses", "scipy.stats.bootstrap of the losses' mean difference", 10),
            Contender(
                "with_scipy.permutation_test_of_losses", "scipy.stats.permutation_test, swaps of the losses, p", 1
            ),
            Contender("with_mlxtend.permutation_test", "mlxtend permutation_test, swaps of the probabilities, p", 2),
            Contender(
                "with_statsmodels.t_of_losses",
                "statsmodels DescrStatsW",
                instead="not the same: t alone, no permutation test, no correction for skewness",
            ),
        ),
    ),
    Job(
        "groups",
        "100,000 groups of ten examples on average, F1, B = 10,000",
        test_sets.groups,
        1_000_000,
        ("f1",),
        10_000,
        "interval and studentised group-swap test",
        Goal(10.0),
        (
            Contender("with_sklearn.bootstrap_of_groups", "scikit-learn loop over weights of groups, interval", 5),
            Contender("with_scipy.bootstrap_of_groups", "scipy.stats.bootstrap of groups, percentile interval", 5),
        ),
    ),
    Job(
        "shared_records",
        "1,000,000 pairs that share records, F1",
        test_sets.shared_records,
        1_000_000,
        ("f1",),
        10_000,
        "two-way variance, interval and test",
        Goal(1.0, parallel=False),
        (
            Contender(
                "with_statsmodels.records_on_both_sides",
                "statsmodels OLS, two-way clusters, of influence values worked out by hand",
            ),
        ),
    ),
)

JOBS: Mapping[str, Job] = MappingProxyType({job.id: job for job in _ALL})
"""Every job by its id, in the order of the table."""
