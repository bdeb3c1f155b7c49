"""One contender doing one job once: makes the data, then times the work alone.

``python -m benchmarks.statistics.child JOB CONTENDER N [DATA]`` prints one JSON object: seconds and answer.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.statistics import contenders
from benchmarks.statistics.answer import Answer, as_json
from benchmarks.statistics.jobs import JOBS
from benchmarks.statistics.test_sets import TestSet


def function_of(contender: str) -> Callable[[TestSet, Sequence[str], int], Answer]:
    """Return the function "module.function" of the contenders, importing its module and what that needs."""
    module, name = contender.split(".")
    function: Callable[[TestSet, Sequence[str], int], Answer] = getattr(
        import_module(f"{contenders.__name__}.{module}"), name
    )
    return function


def main(job_id: str, contender: str, n: str, data: str | None = None) -> None:
    """Do the job once and print what came of it."""
    job = JOBS[job_id]
    function = function_of(contender)
    test_set = job.make(int(n), None if data is None else Path(data))
    begun = time.perf_counter()
    answer = function(test_set, job.metrics, job.contenders[contender].resamples or 0)
    seconds = time.perf_counter() - begun
    print(json.dumps({"seconds": seconds, "answer": as_json(answer)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
