"""What is read of one pair's comparison on one dataset."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer_app.progress import Progress
from reviewer_app.review.contents import Contents, read_contents
from reviewer_app.review.file import ReviewFile
from reviewer_app.review.queries import (
    ClassReport,
    ConfusionMatrix,
    Curve,
    ExampleDetail,
    LabelNoiseReport,
    Significance,
)

if TYPE_CHECKING:
    from reviewer_app.comparison.result import Comparison
    from reviewer_app.disagreements.filters import Condition
    from reviewer_app.disagreements.slice_report import SliceAlone, SliceReport
    from reviewer_app.disagreements.table import DisagreementTable


class PairQueries:
    """The part of `Review` that reads two sides, each TEAM or TEAM:VERSION, on a dataset."""

    _file: ReviewFile

    def comparison(self, dataset: str, a: str, b: str, progress: Progress | None = None) -> Comparison:
        """Return the comparison of A and B (TEAM or TEAM:VERSION) on a dataset.

        Raises
        ------
        ReviewError
            ``unknown_dataset``, ``unknown_team``, ``unknown_version``; ``no_comparison`` if a side has no finished run.
        """
        from reviewer_app.review.comparing import compare_pairs
        from reviewer_app.review.pairs import pair_on

        contents = self._contents()
        pair = pair_on(contents, dataset, a, b)
        return compare_pairs(self._file, contents, [pair], progress or Progress())[0]

    def significance(
        self, dataset: str, a: str, b: str, metric: str | None = None, progress: Progress | None = None
    ) -> Significance:
        """Return one metric of a comparison in full: its numbers, and what stands beside them.

        Parameters
        ----------
        dataset, a, b
            As for `comparison`.
        metric
            Id of a metric of the dataset; None: its primary one.
        progress
            May cancel.

        Raises
        ------
        ReviewError
            As `comparison`; ``unknown_metric``.
        """
        from reviewer_app.review.comparing import significance_of
        from reviewer_app.review.pairs import pair_on

        contents = self._contents()
        pair = pair_on(contents, dataset, a, b)
        return significance_of(self._file, contents, pair, metric, progress or Progress())

    def slices(
        self, dataset: str, a: str, b: str, metric: str | None = None, progress: Progress | None = None
    ) -> SliceReport:
        """Return where A and B differ: subsets found on one half of the examples and confirmed on the other.

        Parameters
        ----------
        dataset, a, b
            As for `comparison`.
        metric
            Id of a metric of the dataset; None: its primary one.
        progress
            Told after each slice; may cancel.

        Raises
        ------
        ReviewError
            As `disagreements`; ``unknown_metric``; ``no_slices_by_metric`` if it has no influence values.
        """
        from reviewer_app.review.pairs import pair_on
        from reviewer_app.review.slicing import slices_of

        contents = self._contents()
        return slices_of(self._file, contents, pair_on(contents, dataset, a, b), metric, progress or Progress())

    def slice_alone(
        self,
        dataset: str,
        a: str,
        b: str,
        conditions: Sequence[Condition],
        metric: str | None = None,
        progress: Progress | None = None,
    ) -> SliceAlone:
        """Return one slice by its conditions, all of which hold, tested on all of its examples: exploratory.

        Raises
        ------
        ReviewError
            As `slices`; ``bad_condition``; ``slice_by_outcome`` if a condition is on what the teams answered.
        """
        from reviewer_app.review.pairs import pair_on
        from reviewer_app.review.slicing import slice_alone

        contents = self._contents()
        pair = pair_on(contents, dataset, a, b)
        return slice_alone(self._file, contents, pair, conditions, metric, progress or Progress())

    def class_reports(self, dataset: str, team: str) -> tuple[ClassReport, ...]:
        """Return precision, recall, F1 and support of each label; empty where the team gave scores only.

        Raises
        ------
        ReviewError
            ``unknown_dataset``, ``unknown_team``, ``unknown_version``, ``no_run``.
        """
        from reviewer_app.review.class_tables import class_reports

        return class_reports(self._file.connection, self._contents(), dataset, team)

    def confusion_matrix(self, dataset: str, team: str) -> ConfusionMatrix:
        """Return how often each gold label met each answer of a team.

        Raises
        ------
        ReviewError
            As `class_reports`.
        """
        from reviewer_app.review.class_tables import confusion_table

        return confusion_table(self._file.connection, self._contents(), dataset, team)

    def curves(self, dataset: str, team: str) -> tuple[Curve, ...]:
        """Return the curves that a team's run has: ROC, precision-recall, threshold sweep, reliability.

        Raises
        ------
        ReviewError
            As `class_reports`.
        """
        from reviewer_app.review.class_tables import curves

        return curves(self._file.connection, self._contents(), dataset, team)

    def disagreements(self, dataset: str, a: str, b: str) -> DisagreementTable:
        """Return every test example of a comparison as a table.

        Raises
        ------
        ReviewError
            As `comparison`; ``no_labels`` if a side gave scores only.
        """
        from reviewer_app.review.examples import example_table
        from reviewer_app.review.pairs import pair_on

        return example_table(self._file.connection, pair_on(self._contents(), dataset, a, b))

    def example(self, dataset: str, a: str, b: str, example_no: int) -> ExampleDetail:
        """Return one test example of a comparison whole, with its images.

        Raises
        ------
        ReviewError
            As `disagreements`.
        IndexError
            If there is no such example.
        """
        from reviewer_app.review.examples import example_detail
        from reviewer_app.review.pairs import pair_on

        return example_detail(self._file.connection, pair_on(self._contents(), dataset, a, b), example_no)

    def write_judging_queue(self, dataset: str, a: str, b: str, number: int, path: Path) -> int:
        """Write the first disagreements of a pair, in a random order that nobody chose, for a judge to fill in.

        Returns
        -------
        int
            How many are in the file: `number`, or all there are.

        Raises
        ------
        ReviewError
            As `disagreements`; ``file_exists``, ``unknown_export_format``, ``cannot_write``.
        """
        from reviewer_app.review.judging import write_judging_queue
        from reviewer_app.review.pairs import pair_on

        contents = self._contents()
        return write_judging_queue(self._file, contents, pair_on(contents, dataset, a, b), number, path)

    def label_noise(
        self,
        dataset: str,
        a: str,
        b: str,
        judged: Sequence[Path] = (),
        planned: int | None = None,
        metric: str = "accuracy",
    ) -> LabelNoiseReport:
        """Return the difference in accuracy corrected by judgements of a pair's queue.

        Parameters
        ----------
        dataset, a, b
            As for `comparison`.
        judged
            Files of judgements; none: nothing is judged yet.
        planned
            How many disagreements were to be judged, as fixed before the first; None: none was.
        metric
            Any other than accuracy is refused, with the reason.

        Raises
        ------
        ReviewError
            As `disagreements`; ``label_noise_accuracy_only``; what is wrong with the files.
        """
        from reviewer_app.review.judging import label_noise_report
        from reviewer_app.review.pairs import pair_on

        contents = self._contents()
        pair = pair_on(contents, dataset, a, b)
        return label_noise_report(self._file, contents, pair, judged, planned, metric)

    def _contents(self) -> Contents:
        with self._file.reading() as connection:
            return read_contents(connection)
