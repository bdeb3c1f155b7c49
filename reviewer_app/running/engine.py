"""Runs cells of the cross matrix side by side in processes of their own."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from reviewer_app.progress import Cancelled, Progress
from reviewer_app.running.cells import CellEvent, CellJob, CellResult
from reviewer_app.running.run import RunLimits, run_cell

_LOOK_SECONDS = 0.1
_SHARE_OF_MEMORY = 0.8


def run_cells(
    cells: Sequence[CellJob],
    *,
    jobs: int | None = None,
    time_limit: float | None = None,
    memory_limit_gb: float | None = None,
    progress: Progress | None = None,
    on_event: Callable[[CellJob, CellEvent], None] | None = None,
) -> Iterator[CellResult]:
    """Yield the result of each cell as it ends; a cell that fails says why, and the others go on.

    Once `progress` is cancelled the running cells end within a second and are yielded as cancelled; those that had not
    begun are not yielded. Closing the iterator cancels too. No process and no temporary folder outlives the iterator.

    Parameters
    ----------
    cells
        What to run: algorithms and fitted models.
    jobs
        Cells at a time; None: the cores that this process may use less one, at least one.
    time_limit
        Seconds for each stage of each cell. None: what the submission wishes for, else no limit.
    memory_limit_gb
        GB of 10^9 bytes for all processes of a cell. None: what the submission wishes for, at most its share of 80 % of
        the machine's memory.
    progress
        Told the share of cells that ended.
    on_event
        Called from several threads as cells wait, begin and go on.
    """
    progress = progress or Progress()
    at_once = max(1, jobs or available_cores() - 1)
    machine_gb = memory_of_machine_gb()
    share_gb = None if machine_gb is None else _SHARE_OF_MEMORY * machine_gb / min(at_once, max(1, len(cells)))
    limits = RunLimits(time_limit, memory_limit_gb, share_gb)
    stop = threading.Event()
    tell = on_event or (lambda job, event: None)
    for job in cells:
        tell(job, CellEvent("queued"))
    with ThreadPoolExecutor(at_once, thread_name_prefix="cell") as pool:
        running = {pool.submit(run_cell, job, limits, stop, tell) for job in cells}
        try:
            while running:
                ended, running = wait(running, _LOOK_SECONDS, FIRST_COMPLETED)
                yield from (future.result() for future in ended if not future.cancelled())
                if not stop.is_set() and _cancelled(progress, 1 - len(running) / len(cells)):
                    stop.set()
                    _cancel(running)
        finally:
            stop.set()
            _cancel(running)


def _cancelled(progress: Progress, fraction: float) -> bool:
    """Tell how far the cells are; return whether somebody cancelled."""
    try:
        progress.report(fraction, "running")
    except Cancelled:
        return True
    return False


def _cancel(futures: set[Future[CellResult]]) -> None:
    for future in futures:
        future.cancel()


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_of_machine_gb() -> float | None:
    """Return the physical memory in GB of 10^9 bytes; None where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError, OSError):
        return None
