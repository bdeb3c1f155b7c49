"""Two sides of a review, their results, and the one metric of theirs that is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer_app.progress import Progress
from reviewer_app.ui.models.chosen_pair import of_pair

if TYPE_CHECKING:
    from reviewer_app.comparison.result import Comparison
    from reviewer_app.review.queries import DatasetSummary, MetricInfo, Results
    from reviewer_app.review.review import Review


@dataclass(frozen=True)
class ReviewPair:
    """Two sides, each TEAM or TEAM:VERSION, of one review."""

    review: Review
    a: str
    b: str


@dataclass(frozen=True)
class WantedMetric:
    """A metric of two sides on a dataset."""

    pair: ReviewPair
    dataset: str
    metric: str


@dataclass(frozen=True)
class PairResults:
    """The results of two sides, what is known of the metrics, and the sides' comparisons, one per dataset."""

    pair: ReviewPair
    results: Results
    metrics: tuple[MetricInfo, ...]
    comparisons: tuple[Comparison, ...]

    def comparison(self, dataset: str | None) -> Comparison | None:
        """Return the comparison on a dataset; None where there is none."""
        return next((one for one in self.comparisons if one.dataset == dataset), None)

    def summary(self, dataset: str | None) -> DatasetSummary | None:
        """Return what results say of a dataset; None for one that they do not know."""
        return next((one for one in self.results.datasets if one.name == dataset), None)

    def wanted(self, dataset: str | None, metric: str) -> WantedMetric | None:
        """Return a metric on a dataset, the primary one where the comparison lacks it; None without a comparison."""
        compared = self.comparison(dataset)
        if compared is None:
            return None
        known = metric if metric in compared.metrics else compared.primary_metric
        return WantedMetric(self.pair, compared.dataset, known)


def pair_results(pair: ReviewPair, progress: Progress) -> PairResults:
    """Compute the results of two sides.

    Raises
    ------
    ReviewError
        As `Review.results`.
    """
    results = pair.review.results(pair.a, pair.b, progress)
    return PairResults(pair, results, pair.review.metrics(), tuple(of_pair(results.comparisons, pair.a, pair.b)))
