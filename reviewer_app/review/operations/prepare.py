"""From an operation to what it will write."""

from __future__ import annotations

from pathlib import Path

from reviewer_app.errors import ReviewError
from reviewer_app.progress import Progress
from reviewer_app.review.contents import Contents
from reviewer_app.review.file import ReviewFile
from reviewer_app.review.operations import decide
from reviewer_app.review.operations.change import Operation
from reviewer_app.review.operations.imports import AddDataset, AddSubmission, RemoveDataset, RemoveSubmission
from reviewer_app.review.operations.prepared import Prepared
from reviewer_app.review.operations.settings import OrderSubmissions, SetCurrent, SetHome, SetPlan, SetTitle
from reviewer_app.store.evidence import results_seen


def prepare(operation: Operation, contents: Contents, file: ReviewFile, progress: Progress) -> Prepared:
    """Return what is left to do of an operation after everything was read and checked; nothing is written yet.

    Raises
    ------
    ReviewError
        If the operation's input is wrong in content; ``no_unicode``.
    TypeError
        If it is no operation that a review knows: a bug of ours.
    """
    _refuse_no_unicode(operation)
    match operation:
        case AddDataset():
            from reviewer_app.review.operations.add_dataset import add_dataset

            return add_dataset(operation, contents, file, progress)
        case RemoveDataset():
            from reviewer_app.review.operations.add_dataset import remove_dataset

            return remove_dataset(operation, contents)
        case AddSubmission():
            from reviewer_app.review.operations.add_submission import add_submission

            return add_submission(operation, contents, file, progress)
        case RemoveSubmission():
            from reviewer_app.review.operations.add_submission import remove_submission

            return remove_submission(operation, contents)
        case SetTitle():
            return decide.set_title(operation, contents)
        case SetHome():
            return decide.set_dataset_home(operation, contents)
        case SetCurrent():
            return decide.set_current(operation, contents)
        case OrderSubmissions():
            return decide.order(operation, contents)
        case SetPlan():
            return decide.set_plan(operation, contents, results_seen=results_seen(file.connection))
        case _:
            raise TypeError(f"{type(operation).__name__} is no operation of a review")


def _refuse_no_unicode(operation: Operation) -> None:
    """Refuse a name that is no text: a file's name may hold any bytes, and a review holds text."""
    for value in vars(operation).values():
        text = str(value)
        if isinstance(value, str | Path) and not _is_unicode(text):
            message = (
                f"The name {text!a} is not UTF-8, so the review cannot hold it. Rename the file, or type it again."
            )
            raise ReviewError.of("no_unicode", message, file=ascii(text))


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
