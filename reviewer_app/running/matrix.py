"""The cross matrix: on which datasets a submission is run."""

from __future__ import annotations

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.running.model_facts import ModelFacts
from reviewer_app.submissions.submission import Submission, SubmissionKind


def why_not_applicable(submission: Submission, dataset: Dataset, facts: ModelFacts | None = None) -> str | None:
    """Return why a submission is not run on a dataset, as a clause; None where it is.

    Parameters
    ----------
    submission, dataset
        An algorithm or a model, and a dataset of which the spec and the names of the splits are needed.
    facts
        What a model says of itself (`look_into_model`); None: not known, and taken to fit.
    """
    task = str(dataset.spec.task)
    if submission.tasks and task not in submission.tasks:
        return f"it is for {' and '.join(submission.tasks)}, and the dataset's task is {task}"
    if submission.kind is SubmissionKind.MODEL:
        return None if facts is None else facts.misfit(dataset)
    if "train" not in dataset.splits:
        return "the dataset has no train split"
    return None
