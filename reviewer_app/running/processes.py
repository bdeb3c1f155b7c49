"""A process and everything it started: how much memory and CPU time they take, and how to end them all.

Linux is asked through ``/proc``. Elsewhere the memory is not measured and the process group alone is ended.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARK = "REVIEWER_APP_RUN"
"""Environment variable that every process of a run inherits: by it those are found that left their parents."""

_PROC = Path("/proc")
_SCAN_EVERY = 50
_KILL_SECONDS = 1.0


@dataclass(frozen=True)
class Usage:
    """What the processes of a run take at one moment: bytes of memory, seconds of CPU time since they started."""

    memory_bytes: int
    cpu_seconds: float


@dataclass(frozen=True)
class _Stat:
    """What ``/proc/PID/stat`` says."""

    state: str
    parent: int
    group: int
    session: int
    cpu_ticks: int
    started: int

    @property
    def alive(self) -> bool:
        """Whether it has not ended; one that has ended stays listed until its parent asks for its exit code."""
        return self.state not in "ZX"


class ProcessTree:
    """A process that leads its own session, and all that it started.

    Parameters
    ----------
    process
        Started with ``start_new_session=True`` and with `MARK` in its environment.
    mark
        Value of `MARK`, unique to the run.
    """

    def __init__(self, process: subprocess.Popen[bytes], mark: str) -> None:
        self._process = process
        self._mark = f"{MARK}={mark}".encode()
        self._known: dict[int, int] = {}  # process to when it started: numbers are used again
        self._samples = 0
        self._measurable = (_PROC / "self" / "stat").exists()

    def usage(self) -> Usage | None:
        """Return what they take now; None where the system does not tell.

        The memory of one process is its peak so far, which no sampling can miss. That of several is the sum of their
        proportional set sizes, in which pages that are shared after a fork count once.
        """
        if not self._measurable:
            return None
        self._samples += 1
        stats = self._scan() if self._samples % _SCAN_EVERY == 0 else self._follow()
        self._known = {pid: stat.started for pid, stat in stats.items()}
        if len(stats) == 1:
            memory = _kilobytes(next(iter(stats)), "status", b"VmHWM:")
        else:
            memory = sum(_kilobytes(pid, "smaps_rollup", b"Pss:") for pid in stats)
        ticks = sum(stat.cpu_ticks for stat in stats.values())
        return Usage(memory * 1024, ticks / os.sysconf("SC_CLK_TCK"))

    def kill(self) -> None:
        """End all of them, those that left the session or their parents included, and see that they are gone.

        Call it before the leader is reaped: until then its number cannot belong to another process.
        """
        if sys.platform == "win32":
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(self._process.pid)], capture_output=True, check=False)
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):  # the whole group has ended already
            os.killpg(self._process.pid, signal.SIGKILL)
        if not self._measurable:
            return
        give_up = time.monotonic() + _KILL_SECONDS
        while (alive := self._scan()) and time.monotonic() < give_up:
            for pid in alive:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.002)

    def _follow(self) -> dict[int, _Stat]:
        """Return the living processes that are known, and what they started."""
        pids = {pid for root in {self._process.pid, *self._known} for pid in _descendants(root)}
        return {pid: stat for pid in pids if (stat := _stat(pid)) is not None and stat.alive}

    def _scan(self) -> dict[int, _Stat]:
        """Return all living processes of the run, from a look at every process of the machine."""
        leader = self._process.pid
        stats = {pid: stat for pid in _all_pids() if (stat := _stat(pid)) is not None and stat.alive}
        found = {
            pid
            for pid, stat in stats.items()
            if leader in (pid, stat.session, stat.group) or self._known.get(pid) == stat.started or self._is_marked(pid)
        }
        while children := {pid for pid, stat in stats.items() if stat.parent in found} - found:
            found |= children
        return {pid: stats[pid] for pid in found}

    def _is_marked(self, pid: int) -> bool:
        try:
            environment = (_PROC / str(pid) / "environ").read_bytes()
        except OSError:  # another user's, or gone
            return False
        return self._mark in environment.split(b"\0")


def _all_pids() -> Iterator[int]:
    return (int(name) for name in os.listdir(_PROC) if name.isdigit())  # noqa: PTH208  # strings, not Paths


def _descendants(root: int) -> set[int]:
    """Return a process and all that descend from it."""
    found, queue = {root}, [root]
    while queue:
        pid = queue.pop()
        for task in (_PROC / str(pid) / "task").glob("*/children"):
            with contextlib.suppress(OSError):  # the thread has ended
                new = {int(child) for child in task.read_bytes().split()} - found
                found |= new
                queue.extend(new)
    return found


def _stat(pid: int) -> _Stat | None:
    """Return the state of a process; None where it is gone."""
    try:
        content = (_PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    # The name stands in parentheses and may hold anything, parentheses and blanks included.
    fields = content[content.rindex(b")") + 2 :].split()
    ticks = sum(int(fields[place]) for place in range(11, 15))
    return _Stat(fields[0].decode(), int(fields[1]), int(fields[2]), int(fields[3]), ticks, int(fields[19]))


def _kilobytes(pid: int, file: str, key: bytes) -> int:
    """Return a number of a file of ``/proc/PID``; 0 where the process is gone."""
    try:
        content = (_PROC / str(pid) / file).read_bytes()
    except OSError:
        return 0
    place = content.find(key)
    return int(content[place + len(key) :].split(maxsplit=1)[0]) if place >= 0 else 0
