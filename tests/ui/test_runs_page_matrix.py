"""What the matrix is made of, and how time left is estimated."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_evidence import runs_in_every_state
from fake_review import ABT, AMAZON, CHARS, run
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.review.queries import CellState
from reviewer_app.ui.models.run_matrix import BatchClock, RunMatrix, duration

DATASETS = (AMAZON.name, ABT.name)


def test_earlier_submissions_are_not_part_of_the_matrix() -> None:
    old = run(1, AMAZON.name, CHARS, 0.5, current=False)
    matrix = RunMatrix.of((old, run(2, AMAZON.name, replace(CHARS, submission_id=7, version="2"), 0.6)), DATASETS, {})
    assert [row.submission for row in matrix.rows] == ["char n-grams · v2"]
    assert [info.run_id for info in matrix.cells[0, 0].runs] == [2]


def test_what_the_engine_told_covers_what_the_review_holds() -> None:
    clock = BatchClock(0.0)
    missing = runs_in_every_state()[2]
    clock.tell(replace(missing, state=CellState.RUNNING), 0.5, "fit", 1.0)
    matrix = RunMatrix.of(runs_in_every_state(), DATASETS, clock.live)
    assert matrix.cells[1, 0].state is CellState.RUNNING
    assert matrix.cells[1, 0].fraction == 0.5
    assert matrix.count(CellState.MISSING) == 0


def test_a_seed_that_only_the_engine_knows_belongs_to_its_cell() -> None:
    clock = BatchClock(0.0)
    clock.tell(run(0, AMAZON.name, CHARS, None, seed=1, state=CellState.RUNNING), 0.5, "fit", 1.0)
    matrix = RunMatrix.of((run(1, AMAZON.name, CHARS, 0.7),), DATASETS, clock.live)
    assert [info.seed for info in matrix.cells[0, 0].runs] == [0, 1]
    assert matrix.cells[0, 0].state is CellState.RUNNING


def test_the_loudest_seed_speaks_for_its_cell() -> None:
    states = (CellState.DONE, CellState.FAILED, CellState.DONE)
    seeds = tuple(run(i, AMAZON.name, CHARS, 0.7, seed=i, state=state) for i, state in enumerate(states))
    assert RunMatrix.of(seeds, DATASETS, {}).cells[0, 0].state is CellState.FAILED


def test_time_left_follows_from_what_is_done() -> None:
    clock = BatchClock(100.0)
    for number, (dataset, fraction) in enumerate(zip(DATASETS, (0.5, 0.0), strict=True)):
        clock.tell(run(number, dataset, CHARS, None, state=CellState.RUNNING), fraction, "fit", 101.0)
    assert clock.seconds_left(130.0) == pytest.approx(90.0)


def test_too_little_done_gives_no_estimate() -> None:
    clock = BatchClock(0.0)
    assert clock.seconds_left(1000.0) is None
    clock.tell(run(1, AMAZON.name, CHARS, None, state=CellState.RUNNING), 0.01, "fit", 0.0)
    assert clock.seconds_left(1000.0) is None


def test_a_run_keeps_the_time_at_which_it_began() -> None:
    clock = BatchClock(0.0)
    waiting = run(1, AMAZON.name, CHARS, None, state=CellState.QUEUED)
    clock.tell(waiting, None, "", 1.0)
    for now in (5.0, 9.0):
        clock.tell(replace(waiting, state=CellState.RUNNING), 0.1, "fit", now)
    assert [live.started for live in clock.live.values()] == [5.0]


def test_progress_never_goes_back_when_the_next_stage_begins() -> None:
    clock = BatchClock(0.0)
    running = run(1, AMAZON.name, CHARS, None, state=CellState.RUNNING)
    for fraction in (0.9, None, 0.3):
        clock.tell(running, fraction, "", 1.0)
    assert clock.fraction() == 0.9


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5), st.floats(0.1, 1e6))
def test_time_left_is_never_negative(fractions: list[float], elapsed: float) -> None:
    clock = BatchClock(0.0)
    for number, fraction in enumerate(fractions):
        clock.tell(run(1, AMAZON.name, CHARS, None, seed=number, state=CellState.RUNNING), fraction, "", 0.0)
    left = clock.seconds_left(elapsed)
    assert left is None or left >= 0
    assert 0 <= clock.fraction() <= 1


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (12.4, "12 s"), (59.7, "1 min 00 s"), (185, "3 min 05 s"), (7800, "2 h 10 min")],
)
def test_durations_are_written_for_people(seconds: float, text: str) -> None:
    assert duration(seconds) == text
