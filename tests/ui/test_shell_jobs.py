"""Background jobs: results land on the window's thread, late ones never."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from reviewer_app.errors import ReviewError
from reviewer_app.progress import Progress
from reviewer_app.ui.jobs import Jobs


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    value = Jobs()
    yield value
    value.close()
    value.deleteLater()


def test_a_result_lands_on_the_window_thread(jobs: Jobs, qtbot: QtBot) -> None:
    threads: list[int] = []
    results: list[int] = []

    def work(progress: Progress) -> int:
        threads.append(threading.get_ident())
        return 42

    def done(result: int) -> None:
        threads.append(threading.get_ident())
        results.append(result)

    jobs.start("Counting", work, done)
    qtbot.waitUntil(lambda: results == [42])
    assert threads[0] != threading.get_ident()
    assert threads[1] == threading.get_ident()


def test_a_new_job_of_a_key_cancels_the_old_and_only_its_result_lands(jobs: Jobs, qtbot: QtBot) -> None:
    may_end = threading.Event()
    results: list[str] = []

    def slow(progress: Progress) -> str:
        may_end.wait(5)  # pays no heed to being cancelled
        return "old"

    old = jobs.start("Old", slow, results.append, key="page", kind="a")
    jobs.start("New", lambda progress: "new", results.append, key="page", kind="b")
    qtbot.waitUntil(lambda: results == ["new"])
    may_end.set()
    qtbot.waitUntil(lambda: not jobs.running)
    assert old.cancelled
    assert results == ["new"]


def test_a_cancelled_job_that_waits_is_never_begun(jobs: Jobs, qtbot: QtBot) -> None:
    may_end = threading.Event()
    begun: list[str] = []
    jobs.start("First", lambda progress: may_end.wait(5), key="first")
    jobs.start("Second", lambda progress: begun.append("second"), key="second")
    jobs.cancel("second")
    may_end.set()
    qtbot.waitUntil(lambda: not jobs.running)
    assert begun == []


def test_what_the_user_cancels_too_late_lands_all_the_same(jobs: Jobs, qtbot: QtBot) -> None:
    started, may_end = threading.Event(), threading.Event()
    results: list[str] = []

    def work(progress: Progress) -> str:
        started.set()
        may_end.wait(5)
        return "written"

    job = jobs.start("Writing", work, results.append)
    started.wait(5)
    job.cancel()
    may_end.set()
    qtbot.waitUntil(lambda: results == ["written"])


def test_a_users_error_reaches_its_handler_and_is_no_crash(jobs: Jobs, qtbot: QtBot) -> None:
    errors: list[ReviewError] = []
    crashes: list[str] = []
    jobs.crashed.connect(lambda name, text: crashes.append(name))

    def work(progress: Progress) -> None:
        raise ReviewError.of("empty_file", "The file is empty.")

    jobs.start("Reading", work, on_error=errors.append)
    qtbot.waitUntil(lambda: len(errors) == 1)
    assert errors[0].code == "empty_file"
    assert crashes == []


def test_a_users_error_without_a_handler_is_announced(jobs: Jobs, qtbot: QtBot) -> None:
    def work(progress: Progress) -> None:
        raise ReviewError.of("empty_file", "The file is empty.")

    with qtbot.waitSignal(jobs.refused) as refused:
        jobs.start("Reading", work)
    assert refused.args[0] == "Reading"
    assert refused.args[1].code == "empty_file"


def test_what_the_system_refuses_is_said_in_words(jobs: Jobs, qtbot: QtBot) -> None:
    errors: list[ReviewError] = []

    def work(progress: Progress) -> None:
        raise PermissionError(13, "Permission denied", "/data/locked.csv")

    jobs.start("Reading", work, on_error=errors.append)
    qtbot.waitUntil(lambda: len(errors) == 1)
    assert "/data/locked.csv" in str(errors[0])
    assert "Permission denied" in str(errors[0])


def test_a_bug_is_logged_and_announced_with_its_traceback(
    jobs: Jobs, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def work(progress: Progress) -> float:
        return 1 / 0

    with qtbot.waitSignal(jobs.crashed) as crashed:
        jobs.start("Dividing", work)
    assert crashed.args[0] == "Dividing"
    assert "ZeroDivisionError" in crashed.args[1]
    assert "ZeroDivisionError" in caplog.text


def test_progress_is_told_and_a_flood_of_it_is_thinned(jobs: Jobs, qtbot: QtBot) -> None:
    told: list[tuple[float | None, str]] = []
    done: list[None] = []

    def work(progress: Progress) -> None:
        for step in range(10_000):
            progress.report(step / 10_000, str(step))
        progress.report(1.0, "last")

    jobs.start("Working", work, done.append, on_progress=lambda fraction, message: told.append((fraction, message)))
    qtbot.waitUntil(lambda: done == [None])
    assert told
    assert told[-1] == (1.0, "last")
    assert len(told) < 10_000


def test_the_end_of_a_job_is_announced_however_it_ended(jobs: Jobs, qtbot: QtBot) -> None:
    ended: list[str] = []
    jobs.ended.connect(lambda job: ended.append(job.name))

    def refuse(progress: Progress) -> None:
        raise ReviewError.of("empty_file", "The file is empty.")

    def stop(progress: Progress) -> None:
        progress.cancel()
        progress.check()

    jobs.start("done", lambda progress: None)
    jobs.start("refused", refuse)
    jobs.start("cancelled", stop)
    qtbot.waitUntil(lambda: not jobs.running)
    assert ended == ["done", "refused", "cancelled"]


def test_what_comes_last_waits_for_all_others_and_survives_cancelling(jobs: Jobs, qtbot: QtBot) -> None:
    may_end = threading.Event()
    order: list[str] = []

    def read(progress: Progress) -> None:
        may_end.wait(5)
        order.append("read")

    jobs.start("Reading", read, kind="read")
    jobs.start_last("Closing", lambda progress: order.append("closed"), kind="write")
    jobs.cancel_all()
    may_end.set()
    qtbot.waitUntil(lambda: not jobs.running)
    assert order == ["read", "closed"]


def test_closing_waits_for_the_workers(qtbot: QtBot) -> None:
    jobs = Jobs()
    ended: list[str] = []
    jobs.start("Reading", lambda progress: ended.append("read"))
    jobs.start_last("Closing", lambda progress: ended.append("closed"), kind="read")
    jobs.close()
    assert ended[-1] == "closed"
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("jobs-")]
    jobs.deleteLater()
