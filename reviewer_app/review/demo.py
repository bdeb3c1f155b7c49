"""The demonstration: two teams' algorithms retrained and run on each other's real datasets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reviewer_app.errors import ReviewError
from reviewer_app.progress import Progress
from reviewer_app.resource_files import resource
from reviewer_app.review.operations.imports import AddDataset, AddSubmission
from reviewer_app.review.queries import BASELINES, RunInfo
from reviewer_app.review.review import Review

DEMO_DATASETS = ("emoji-group", "midwest-region")
DEMO_TEAMS = ("pixel-and-name", "survey-forest")
"""Folders of the teams' algorithms; each proposes its home."""
DEMO_BASELINE = "tfidf-linear"
"""What a plain method gets, for comparison."""


def build_demo(
    folder: Path,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    on_cell: Callable[[RunInfo, float | None, str], None] | None = None,
) -> Path:
    """Train and run the demonstration's 2 x 2 matrix and a baseline, and return the review it was written to.

    The file is ``demo.review`` in `folder`, or the first free of ``demo-2.review``, ``demo-3.review``, ...: an older
    one may hold somebody's notes.

    Raises
    ------
    ReviewError
        ``cannot_create``: the folder or the file in it.
    """
    progress = progress or Progress()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReviewError.of(
            "cannot_create", f"The folder {folder} cannot be made: {error.strerror}. Choose another.", file=str(folder)
        ) from error
    path = _free_path(folder)
    with Review.create(path, "Demonstration: emoji and survey") as review:
        for number, name in enumerate(DEMO_DATASETS):
            review.do(AddDataset(resource("demo", name)), progress.part(0.05 * number, 0.05 * (number + 1)))
        for name in DEMO_TEAMS:
            review.do(AddSubmission(resource("demo", "teams", name), team=""))
        review.do(AddSubmission(None, BASELINES, builtin=DEMO_BASELINE))
        review.run(jobs=jobs, progress=progress.part(0.1, 1.0), on_cell=on_cell)
    return path


def _free_path(folder: Path) -> Path:
    path = folder / "demo.review"
    number = 2
    while path.exists():
        path = folder / f"demo-{number}.review"
        number += 1
    return path
