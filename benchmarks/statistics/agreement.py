"""Whether all contenders give the same intervals and p values, where all can draw enough resamples.

``python -m benchmarks.statistics.agreement JOB...`` prints one JSON list. A process of its own, because the peak memory
of a process counts that of its parent when it was started: the one that measures must not load the peers' libraries.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from benchmarks.statistics.answer import MetricAnswer, as_json, largest_distance
from benchmarks.statistics.child import function_of
from benchmarks.statistics.jobs import JOBS, Contender, Job

N_EXAMPLES = 2_000
N_RESAMPLES = 2_000

LIMIT = 4.0
"""Monte Carlo standard errors that an end of an interval, or a p value, may be apart."""

CLOSED_FORMS = 0.05
"""Standard errors of the difference that the ends of intervals without resamples may be apart."""

_Z = 1.959964
# Standard error of a 2.5 % quantile of B normal values, for B = 1, as a multiple of their standard deviation.
_QUANTILE_ERROR = math.sqrt(0.025 * 0.975) / (math.exp(-(_Z**2) / 2.0) / math.sqrt(2.0 * math.pi))


@dataclass(frozen=True)
class Agreement:
    """How far apart ours and a peer's answers are, as a share of what is allowed (1: just allowed)."""

    job: str
    contender: str
    metric: str
    what: str
    share_of_limit: float


def agreements_of(jobs: Sequence[Job]) -> list[Agreement]:
    """Return how far apart the answers to the jobs are, worked out in another process."""
    command = [sys.executable, "-m", "benchmarks.statistics.agreement", *(job.id for job in jobs)]
    printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return [Agreement(**found) for found in json.loads(printed.splitlines()[-1])]


def agreements(jobs: Sequence[Job]) -> Iterator[Agreement]:
    """Yield how far intervals and p values are apart at n = 2,000 and B = 2,000.

    Raises
    ------
    ValueError
        Metric values differ.
    """
    for job in jobs:
        if not job.agrees_at_small_n:
            continue
        test_set = job.make(N_EXAMPLES, None)
        ours = function_of("ours.all_metrics")(test_set, job.metrics, N_RESAMPLES)
        for peer in job.peers:
            theirs = function_of(peer.function)(test_set, job.metrics, peer.resamples_at_small_n)
            distance = largest_distance(as_json(ours), as_json(theirs))
            if distance > peer.tolerance:
                raise ValueError(f"{job.id}, {peer.function}: values are {distance:.3g} apart")
            for name, answer in theirs.items():
                for what, share in _shares(ours[name], answer, peer):
                    yield Agreement(job.id, peer.function, name, what, share)


def _shares(ours: MetricAnswer, theirs: MetricAnswer, peer: Contender) -> Iterator[tuple[str, float]]:
    # Monte Carlo error of the difference of two means of draws, for draws of standard deviation 1.
    error = math.sqrt(1.0 / N_RESAMPLES + 1.0 / peer.resamples_at_small_n)
    if theirs.interval is not None and ours.interval is not None:
        standard_error = (ours.interval[1] - ours.interval[0]) / (2.0 * _Z)
        allowed = CLOSED_FORMS if peer.resamples is None else LIMIT * _QUANTILE_ERROR * error
        apart = max(abs(own - other) for own, other in zip(ours.interval, theirs.interval, strict=True))
        yield "interval", apart / (allowed * standard_error)
    if theirs.p_value is not None and ours.p_value is not None:
        # A p near 0 has the error that one hit makes.
        spread = math.sqrt(max(ours.p_value * (1.0 - ours.p_value), 1.0 / N_RESAMPLES))
        yield "p", abs(ours.p_value - theirs.p_value) / (LIMIT * spread * error)


if __name__ == "__main__":
    print(json.dumps([asdict(found) for found in agreements([JOBS[name] for name in sys.argv[1:]])]))
