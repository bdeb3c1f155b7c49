"""How much the processes of a run take, measured from outside."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer_app.running.processes import MARK, ProcessTree
from reviewer_app.running.stage import MAX_LOG_BYTES, LogTail

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="measured through /proc")

MEGABYTE = 10**6


@pytest.fixture
def start(request: pytest.FixtureRequest) -> Iterator[object]:
    """Starts Python code that says when it is ready, and ends it."""
    trees: list[tuple[ProcessTree, subprocess.Popen[bytes]]] = []

    def run(code: str) -> ProcessTree:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", code],
            stdout=subprocess.PIPE,
            env={MARK: "here"},
            start_new_session=True,
        )
        tree = ProcessTree(process, "here")
        trees.append((tree, process))
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        return tree

    yield run
    for tree, process in trees:
        tree.kill()
        process.communicate()


def test_the_peak_of_a_single_process_is_not_missed(start) -> None:
    tree = start("import time; x = bytes(90_000_000) + b'1'; del x; print('ready', flush=True); time.sleep(60)")
    usage = tree.usage()
    assert usage is not None
    assert 90 * MEGABYTE < usage.memory_bytes < 250 * MEGABYTE


def test_pages_that_are_shared_after_a_fork_count_once(start) -> None:
    tree = start(
        "import os, time; x = b'1' * 100_000_000\n"
        "for _ in range(2):\n"
        "    if os.fork() == 0: time.sleep(60)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)"
    )
    usage = tree.usage()
    assert usage is not None
    assert 100 * MEGABYTE < usage.memory_bytes < 150 * MEGABYTE


def test_cpu_time_of_children_counts(start) -> None:
    tree = start(
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    while time.process_time() < 0.1: pass\n"
        "    print('ready', flush=True)\n"
        "time.sleep(60)"
    )
    usage = tree.usage()
    assert usage is not None
    assert usage.cpu_seconds >= 0.09


def test_the_log_keeps_its_end() -> None:
    log = LogTail()
    for number in range(30_000):
        log.write(b"%05d\n" % number)
    text = log.text()
    assert len(text) == MAX_LOG_BYTES
    assert text.endswith("29998\n29999\n")
    log.write(b"\xff\0" + b"x" * MAX_LOG_BYTES)
    assert log.text() == "x" * MAX_LOG_BYTES
