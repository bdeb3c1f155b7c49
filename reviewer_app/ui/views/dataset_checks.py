"""The checks that a dataset passed, in words: a check that found nothing left no finding."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.datasets.spec import ColumnKind
from reviewer_app.review.queries import DatasetInfo


@dataclass(frozen=True)
class Check:
    """A check of a dataset.

    Attributes
    ----------
    codes
        The findings that it leaves where it did not pass.
    passed
        What a tick says.
    needs_train, needs_images
        What the dataset must have for the check to mean something.
    """

    codes: frozenset[str]
    passed: str
    needs_train: bool = False
    needs_images: bool = False


CHECKS = (
    Check(frozenset({"duplicate_ids", "empty_ids", "missing_labels"}), "ids are unique, and every example has a label"),
    Check(frozenset({"label_not_in_train"}), "every label of the test split occurs in training", needs_train=True),
    Check(
        frozenset({"test_rows_in_train", "test_rows_nearly_in_train"}),
        "no test row stands in training",
        needs_train=True,
    ),
    Check(frozenset({"conflicting_labels"}), "no identical rows with different labels"),
    Check(frozenset({"small_classes", "one_class_in_test"}), "every class has at least 5 test examples"),
    Check(frozenset({"gives_label_away"}), "no column gives the label away"),
    Check(frozenset({"missing_images"}), "every image is there", needs_images=True),
)


def passed_checks(dataset: DatasetInfo) -> tuple[str, ...]:
    """Return what can be said in favour of a dataset, a line per check that was made and found nothing."""
    found = {finding.code for finding in dataset.findings}
    has_train = any(split.name == "train" for split in dataset.splits)
    has_images = ColumnKind.IMAGE in dataset.columns.values()
    return tuple(
        check.passed
        for check in CHECKS
        if not check.codes & found and (has_train or not check.needs_train) and (has_images or not check.needs_images)
    )
