"""A review is used from several threads at once: the window reads while an import is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from reviewer_app.review.operations.imports import AddSubmission
from reviewer_app.review.operations.settings import SetTitle
from reviewer_app.review.review import Review
from reviewer_app.store import audit
from reviewer_app.store.connection import connect

Predict = Callable[..., Path]


def test_readers_and_writers_on_many_threads_lose_nothing(pets_review: Review, predict_pets: Predict) -> None:
    files = [predict_pets(f"team{number}", wrong=(number,)) for number in range(6)]

    def add(number: int) -> None:
        pets_review.do(AddSubmission(files[number], f"Team {number}"))

    def read(_: int) -> int:
        assert all(run.state == "done" for run in pets_review.runs())
        return len(pets_review.teams())

    with ThreadPoolExecutor(6) as pool:
        writes = [pool.submit(add, number) for number in range(6)]
        reads = [pool.submit(read, number) for number in range(12)]
        titles = [pool.submit(pets_review.do, SetTitle(f"title {number}")) for number in range(6)]
        for future in (*writes, *titles):
            future.result()
        counts = [future.result() for future in reads]

    assert len(pets_review.teams()) == 8
    assert all(2 <= count <= 8 for count in counts)
    with closing(connect(pets_review.path)) as connection:
        assert audit.first_broken_row(connection) is None
        assert connection.execute("SELECT count(*) FROM audit").fetchone()[0] == 15


def test_closing_closes_the_connections_of_every_thread(pets_review: Review) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: pets_review.summary(), range(9)))
    connections = list(pets_review._file._connections.values())

    pets_review.close()

    assert connections
    for connection in connections:
        with pytest.raises(sqlite3.ProgrammingError):
            connection.execute("SELECT 1")
