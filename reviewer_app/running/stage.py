"""One process of a run: started, watched, ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from reviewer_app.running.cells import Stage, StageRecord
from reviewer_app.running.processes import MARK, ProcessTree
from reviewer_app.running.result_stream import ResultStream

MAX_LOG_BYTES = 64 * 1024
MAX_DISK_BYTES = 10 * 1024**3
"""What a run may write, in all."""

WORKER = Path(__file__).with_name("worker.py")

_SAMPLE_SECONDS = 0.02
_SAMPLING_SHARE = 10
"""A sample is followed by a pause of at least this many times its own duration."""
_DISK_SECONDS = 1.0
_EVENT_SECONDS = 0.5
_DRAIN_SECONDS = 10.0
_MEGABYTE = 1e6

# What a program needs to be found and started; nothing of the reviewer's environment beyond that.
_KEPT_VARIABLES = (
    "PATH",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
)
# One core per run: the parallel runs share the machine.
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "RAYON_NUM_THREADS",
    "LOKY_MAX_CPU_COUNT",
)


class Ending(StrEnum):
    """What ended a stage."""

    EXITED = "exited"
    """By itself, well or not."""
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    OUT_OF_DISK = "out_of_disk"
    BROKE_RULES = "broke_rules"
    """Its stream of results broke a rule."""


@dataclass(frozen=True)
class StageLimits:
    """What a stage may use.

    Attributes
    ----------
    seconds
        Wall-clock time; None: without limit.
    memory_bytes
        Memory of all its processes together; None where nobody knows how much the machine has.
    disk_bytes
        Size of all files in its writable folders.
    """

    seconds: float | None
    memory_bytes: int | None
    disk_bytes: int = MAX_DISK_BYTES


@dataclass(frozen=True)
class StageOutcome:
    """How a stage ended and what it took."""

    ending: Ending
    record: StageRecord
    stream: ResultStream


class LogTail:
    """The end of what a run writes to its log; it may be written from several threads."""

    def __init__(self) -> None:
        self._blocks: deque[bytes] = deque()
        self._size = 0
        self._lock = threading.Lock()

    def write(self, block: bytes) -> None:
        """Add to the end and forget what no longer fits."""
        with self._lock:
            self._blocks.append(block[-MAX_LOG_BYTES:])
            self._size += len(self._blocks[-1])
            while self._size - len(self._blocks[0]) >= MAX_LOG_BYTES:
                self._size -= len(self._blocks.popleft())

    def text(self) -> str:
        """Return the end as text; what is not UTF-8 is shown as �."""
        with self._lock:
            content = b"".join(self._blocks)
        return content[-MAX_LOG_BYTES:].decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def run_stage(
    stage: Stage,
    job_folder: Path,
    scratch: Path,
    *,
    writable: tuple[Path, ...],
    rows: Mapping[str, int],
    n_labels: int,
    limits: StageLimits,
    stop: threading.Event,
    log: LogTail,
    on_progress: Callable[[float | None, str, float | None], None],
) -> StageOutcome:
    """Run one process of a run to its end, and end everything that it started.

    Parameters
    ----------
    stage, job_folder
        What to run; see `reviewer_app.running.job_folder`.
    scratch
        Existing folder that becomes the home of the process and its place for temporary files.
    writable
        Folders whose sizes count against the disk limit.
    rows, n_labels
        See `ResultStream`.
    stop
        Ends the stage within a fraction of a second once it is set.
    log
        Takes what the process writes.
    on_progress
        Called with (fraction or None, message, memory in MB or None) from several threads.

    Raises
    ------
    OSError
        If the process cannot be started: a fault of the machine.
    """
    mark = uuid.uuid4().hex
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-I", str(WORKER), str(job_folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=scratch,
        env=clean_environment(scratch) | {MARK: mark},
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    stream = ResultStream(process.stdout, rows, n_labels, lambda fraction, text: on_progress(fraction, text, None))
    log_reader = threading.Thread(target=_copy_log, args=(process.stderr, log), name="log", daemon=True)
    watch = _Watch(process, ProcessTree(process, mark), stream, writable, limits, stop, on_progress)
    try:
        stream.thread.start()
        log_reader.start()
        ending = watch.until_it_ends()
    finally:
        seconds = time.monotonic() - started
        watch.tree.kill()
        status, cpu_seconds = _reap(process)
        for reader, pipe in ((stream.thread, process.stdout), (log_reader, process.stderr)):
            reader.join(_DRAIN_SECONDS)
            # Closing under a thread that reads would wait for it; it reads on only while somebody holds the other end.
            if not reader.is_alive():
                pipe.close()
    if ending is Ending.EXITED and stream.broken is not None:
        ending = Ending.BROKE_RULES
    measured = [seconds for seconds in (cpu_seconds, watch.cpu_seconds) if seconds is not None]
    record = StageRecord(
        stage=stage,
        seconds=seconds,
        cpu_seconds=max(measured, default=None),
        peak_memory_mb=None if watch.peak_bytes is None else watch.peak_bytes / _MEGABYTE,
        exit_code=status if status >= 0 else None,
        signal=None if status >= 0 else _signal_name(-status),
    )
    return StageOutcome(ending, record, stream)


def clean_environment(scratch: Path) -> dict[str, str]:
    """Return the environment variables of a run: none of the reviewer's, except what finds programs and libraries."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    folder = str(scratch)
    return {
        **kept,
        **dict.fromkeys(_THREAD_VARIABLES, "1"),
        "HOME": folder,
        "USERPROFILE": folder,
        "TMPDIR": folder,
        "TEMP": folder,
        "TMP": folder,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "MPLBACKEND": "Agg",
        # For a command that is written in Python: the order of sets is the same in every run.
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


class _Watch:
    """Looks at a running stage until it ends or must be ended."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        tree: ProcessTree,
        stream: ResultStream,
        writable: tuple[Path, ...],
        limits: StageLimits,
        stop: threading.Event,
        on_progress: Callable[[float | None, str, float | None], None],
    ) -> None:
        self.tree = tree
        self.peak_bytes: int | None = None
        self.cpu_seconds: float | None = None
        self._process, self._stream, self._writable = process, stream, writable
        self._limits, self._stop, self._on_progress = limits, stop, on_progress
        self._over_memory = 0
        self._started = self._told = self._weighed = time.monotonic()

    def until_it_ends(self) -> Ending:
        """Return what ended the stage; unless it exited it is still running."""
        while True:
            before = time.monotonic()
            ending = self._ending(before)
            if ending is not None:
                return ending
            if _has_exited(self._process):
                return Ending.EXITED
            pause = max(_SAMPLE_SECONDS, _SAMPLING_SHARE * (time.monotonic() - before))
            self._stop.wait(min(pause, 5 * _SAMPLE_SECONDS))

    def _ending(self, now: float) -> Ending | None:
        """Return why the stage must end now; None where it may go on."""
        if self._stop.is_set():
            return Ending.CANCELLED
        if self._limits.seconds is not None and now - self._started > self._limits.seconds:
            return Ending.TIMED_OUT
        if self._stream.broken is not None:
            return Ending.BROKE_RULES
        if self._uses_too_much_memory(now):
            return Ending.OUT_OF_MEMORY
        if now - self._weighed > _DISK_SECONDS:
            written = sum(_size(folder, self._stop) for folder in self._writable)
            self._weighed = time.monotonic()
            if written > self._limits.disk_bytes:
                return Ending.OUT_OF_DISK
        return None

    def _uses_too_much_memory(self, now: float) -> bool:
        usage = self.tree.usage()
        if usage is None or usage.memory_bytes == 0:
            return False
        self.peak_bytes = max(self.peak_bytes or 0, usage.memory_bytes)
        self.cpu_seconds = max(self.cpu_seconds or 0.0, usage.cpu_seconds)
        if now - self._told > _EVENT_SECONDS:
            self._told = now
            self._on_progress(None, "", usage.memory_bytes / _MEGABYTE)
        limit = self._limits.memory_bytes
        # Twice in a row: between fork and exec a child shows its parent's memory as its own for a moment.
        self._over_memory = self._over_memory + 1 if limit is not None and usage.memory_bytes > limit else 0
        return self._over_memory >= 2


def _copy_log(file: IO[bytes], log: LogTail) -> None:
    """Copy what a process writes until it ends."""
    while block := file.read1(MAX_LOG_BYTES):  # type: ignore[attr-defined]
        log.write(block)


def _has_exited(process: subprocess.Popen[bytes]) -> bool:
    """Return whether a process has ended, and where possible leave it unreaped, so that its number stays its own."""
    if hasattr(os, "waitid"):
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    return process.poll() is not None


def _reap(process: subprocess.Popen[bytes]) -> tuple[int, float | None]:
    """Wait for a process; return its exit code (-signal) and its CPU seconds, those of waited-for children included."""
    if process.returncode is not None or not hasattr(os, "wait4"):
        return process.wait(), None
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used.ru_utime + used.ru_stime


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _size(folder: Path, stop: threading.Event) -> int:
    """Return the bytes of all files below a folder; no link is followed, and nothing counted once `stop` is set."""
    total, folders = 0, [folder]
    while folders and not stop.is_set():
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(Path(entry.path))
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except OSError:  # removed meanwhile
            continue
    return total
