"""Our baselines: algorithms that every team should beat. They run in the worker like any other submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from reviewer_app.errors import ReviewError
from reviewer_app.resource_files import resource
from reviewer_app.submissions.manifest import read_submission
from reviewer_app.submissions.submission import Submission

TEAM = "Baselines"
"""The team that baselines belong to: in every table, never a home."""

BASELINES: Mapping[str, str] = MappingProxyType(
    {
        "majority": "the most frequent label of the training split",
        "stratified": "labels drawn at random, as frequent as in the training split",
        "tfidf-linear": "classification: tf-idf of words, categories and numbers, logistic regression",
        "overlap-forest": "matching: words that the two records share, random forest",
    }
)
"""Names of the baselines, and what each of them does."""


def baseline_submission(name: str) -> Submission:
    """Return one of our baselines as a submission of the team `TEAM`.

    Raises
    ------
    ReviewError
        ``unknown_baseline``; the message lists those that exist.
    """
    if name not in BASELINES:
        known = "; ".join(f"{known} ({what})" for known, what in BASELINES.items())
        raise ReviewError.of(
            "unknown_baseline", f'There is no baseline "{name}". Give one of these with --builtin: {known}.'
        )
    return replace(read_submission(resource("baselines", name), team=TEAM), builtin=name)
