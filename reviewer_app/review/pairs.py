"""Which two submissions are compared on which dataset: the plan's family, or those that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reviewer_app.errors import ReviewError
from reviewer_app.review.cells import Cell, done_runs, why_not_applicable
from reviewer_app.review.contents import Contents
from reviewer_app.store.datasets import DatasetRecord
from reviewer_app.store.runs import RunRecord


@dataclass(frozen=True)
class Pair:
    """Two submissions on a dataset, of which both have a run that is done."""

    dataset: DatasetRecord
    a: Cell
    b: Cell
    runs_a: tuple[RunRecord, ...]
    runs_b: tuple[RunRecord, ...]
    planned: bool
    in_plan_order: bool
    """Whether the plan compares them as A - B, not as B - A; False for those outside the plan."""
    by_version: frozenset[str] = frozenset()
    """Teams of which the plan compares several submissions, so that each is named with its version."""

    @property
    def key(self) -> tuple[int, int, int]:
        """Keys of dataset, A and B."""
        return (self.dataset.dataset_id, *self.submission_ids)

    @property
    def name_a(self) -> str:
        """Name of A: its team, with what tells it from B where both are of one team."""
        return _name(self.a, self.b, self.by_version)

    @property
    def name_b(self) -> str:
        """Name of B, likewise."""
        return _name(self.b, self.a, self.by_version)

    @property
    def run_ids(self) -> tuple[int, ...]:
        """Keys of the runs of both."""
        return tuple(run.run_id for run in (*self.runs_a, *self.runs_b))

    @property
    def submission_ids(self) -> tuple[int, int]:
        """Keys of A and B."""
        return self.a.record.submission_id, self.b.record.submission_id


@dataclass(frozen=True)
class Family:
    """The plan's comparisons: those that have a result, and the number of all of them."""

    pairs: tuple[Pair, ...]
    size: int


def planned_family(contents: Contents) -> Family:
    """Return the comparisons of the plan: its pairs x the datasets that both sides can be run on.

    A comparison whose runs are missing counts in the size: it is a member with p = 1. So does one of a team that has
    handed nothing in yet.
    """
    pairs: list[Pair] = []
    size = 0
    for a, b in contents.planned_pairs():
        for dataset in contents.datasets:
            try:
                cells = _cells(contents, dataset, a, b)
            except ReviewError:  # unknown_team, unknown_version
                size += 1
                continue
            if any(why_not_applicable(cell) is not None for cell in cells):
                continue
            size += 1
            pair = _pair(contents, dataset, *cells, planned=True, in_plan_order=True)
            if pair is not None:
                pairs.append(pair)
    teams = {cell.record.submission.team for pair in pairs for cell in (pair.a, pair.b)}
    several = frozenset(team for team in teams if _is_split(pairs, team))
    return Family(tuple(replace(pair, by_version=several) for pair in pairs), size)


def _is_split(pairs: Sequence[Pair], team: str) -> bool:
    """Return whether several submissions of a team stand for it on one and the same dataset."""
    on_dataset: dict[int, set[int]] = {}
    for pair in pairs:
        for cell in (pair.a, pair.b):
            if cell.record.submission.team == team:
                on_dataset.setdefault(pair.dataset.dataset_id, set()).add(cell.record.submission_id)
    return any(len(own) > 1 for own in on_dataset.values())


def pairs_of(contents: Contents, a: str, b: str, datasets: Sequence[DatasetRecord]) -> tuple[Pair, ...]:
    """Return the comparisons of A and B (TEAM or TEAM:VERSION) on the datasets where both have a result.

    They are planned where the plan compares these two, in whatever order, and where these submissions stand for them.

    Raises
    ------
    ReviewError
        ``unknown_team``, ``unknown_version``.
    """
    planned = {pair.key for pair in planned_family(contents).pairs}
    found = []
    for dataset in datasets:
        cell_a, cell_b = _cells(contents, dataset, a, b)
        one, other = cell_a.record.submission_id, cell_b.record.submission_id
        in_plan_order = (dataset.dataset_id, one, other) in planned
        is_planned = in_plan_order or (dataset.dataset_id, other, one) in planned
        pair = _pair(contents, dataset, cell_a, cell_b, planned=is_planned, in_plan_order=in_plan_order)
        if pair is not None:
            found.append(pair)
    return tuple(found)


def pair_on(contents: Contents, dataset: str, a: str, b: str) -> Pair:
    """Return the comparison of A and B (TEAM or TEAM:VERSION) on a dataset.

    Raises
    ------
    ReviewError
        ``unknown_dataset``, ``unknown_team``, ``unknown_version``; ``no_comparison`` if a side has no finished run.
    """
    pairs = pairs_of(contents, a, b, [contents.dataset(dataset)])
    if not pairs:
        raise ReviewError.of(
            "no_comparison",
            f"{a} and {b} cannot be compared on {dataset}: each needs a finished run there, and they must be two "
            "submissions.",
        )
    return pairs[0]


def check_two_sides(contents: Contents, a: str, b: str) -> None:
    """Refuse sides that no dataset could compare.

    Raises
    ------
    ReviewError
        ``unknown_team``, ``unknown_version``; ``same_side`` if both name one submission.
    """
    is_one = contents.named(a) == contents.named(b)
    chosen = [(contents.chosen(a, dataset), contents.chosen(b, dataset)) for dataset in contents.datasets]
    if is_one or (chosen and all(of_a is of_b for of_a, of_b in chosen)):
        raise ReviewError.of(
            "same_side",
            f"{a} and {b} are one submission, and a comparison needs two. Write TEAM:VERSION for another version of a "
            "team.",
        )


def _name(cell: Cell, other: Cell, by_version: frozenset[str]) -> str:
    submission = cell.record.submission
    if submission.team != other.record.submission.team and submission.team not in by_version:
        return submission.team
    return f"{submission.team}:{submission.builtin or submission.version}"


def _cells(contents: Contents, dataset: DatasetRecord, a: str, b: str) -> tuple[Cell, Cell]:
    record_a, record_b = contents.chosen(a, dataset), contents.chosen(b, dataset)
    return (
        Cell(record_a, dataset, contents.is_current(record_a, dataset)),
        Cell(record_b, dataset, contents.is_current(record_b, dataset)),
    )


def _pair(
    contents: Contents, dataset: DatasetRecord, a: Cell, b: Cell, *, planned: bool, in_plan_order: bool
) -> Pair | None:
    runs_a, runs_b = done_runs(contents, a), done_runs(contents, b)
    if not runs_a or not runs_b or a.record is b.record:
        return None
    return Pair(dataset, a, b, runs_a, runs_b, planned, in_plan_order)
