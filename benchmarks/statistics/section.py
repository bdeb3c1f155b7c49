"""Run the jobs and write their section of the results."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.machine import machine_line
from benchmarks.process_timing import Timing, interleaved
from benchmarks.statistics.agreement import CLOSED_FORMS, LIMIT, N_EXAMPLES, N_RESAMPLES, Agreement, agreements_of
from benchmarks.statistics.answer import largest_distance
from benchmarks.statistics.goals import judged
from benchmarks.statistics.jobs import Contender, Job

LIBRARIES = ("numpy", "scipy", "scikit-learn", "statsmodels", "mlxtend", "confidenceinterval")
OURS = "ours.all_metrics"

_EXPLAINED = (
    "Each repetition is a process of its own that makes the data from a seed, then times the work alone; the peak "
    "memory is that of the whole process, libraries and data included. Peers cannot draw as many resamples in "
    "reasonable time: they draw few, and *for the same work* is their median times B over that number. A row that "
    "names a part of the job (one metric, interval or p alone) is measured on that part: its ratio is a lower bound; "
    "the goal's ratio is held against such a row, scikit-learn's loop for the interval of one metric. "
    "scipy.stats.bootstrap gives percentile intervals: its default, BCa, evaluates the metric n times more. "
    "permutation_test (scipy, mlxtend) swaps without studentising: it tests that the teams are interchangeable, not "
    "that the metric is equal."
)


def section(jobs: Sequence[Job], repetitions: int, scale: float, data: Path | None) -> str:
    """Return the section: whether answers agree on a small set, then times, ratios and goals of every job."""
    checked = agreements_of(jobs)
    apart = [found for found in checked if found.share_of_limit > 1.0]
    if apart:
        raise SystemExit("no table is written, answers differ:\n" + "\n".join(map(str, apart)))
    rows = [row for job in jobs for row in _rows(job, repetitions, scale, data)]
    lines = [
        "## Statistics: differences with intervals and tests",
        "",
        f"{_EXPLAINED} Repetitions: {repetitions}.",
        "",
        *([f"**Sizes times {scale:g}: a trial, which no goal is held against.**", ""] if scale != 1.0 else []),
        _agreement_line(checked),
        "",
        machine_line(LIBRARIES),
        "",
        "| job | who | seconds | for the same work (s) | ratio | peak MB | goal |",
        "|---|---|---:|---|---:|---:|---|",
        *rows,
    ]
    return "\n".join(lines)


def _agreement_line(checked: Sequence[Agreement]) -> str:
    largest = max((found.share_of_limit for found in checked), default=0.0)
    return (
        f"Before the run, at n = {N_EXAMPLES:,} and B = {N_RESAMPLES:,} (every metric at once: 200): {len(checked)} "
        "intervals and p values of the difference compared with ours, all within what is allowed; the furthest at "
        f"{largest:.0%} of it. Allowed: {LIMIT:g} Monte Carlo standard errors of both; closed forms: "
        f"{CLOSED_FORMS:.0%} of the standard error of the difference. Metric values are equal to 1e-9 in every run "
        "(confidenceinterval's AUC, in single precision, to 1e-4; its macro F1, which adds 1e-7 to every denominator, "
        "to 1e-7); on imagenet-val, whose classes a small set would leave almost empty, they are all that is compared."
    )


def _rows(job: Job, repetitions: int, scale: float, data: Path | None) -> list[str]:
    n = max(round(job.n * scale), N_EXAMPLES)
    if job.needs is not None and not (data is not None and (data / job.needs).is_dir()):
        return [f"| {job.words} | not run: the real data are not at hand | | | | | {job.goal.words} |"]
    where = [] if data is None else [str(data)]
    commands = {
        function: ["-m", "benchmarks.statistics.child", job.id, function, str(n), *where] for function in job.contenders
    }
    print(f"{job.id}: n = {n:,}, {repetitions} x {len(commands)} processes", file=sys.stderr, flush=True)
    timings = interleaved(commands, repetitions)
    _require_same_values(job, timings)
    ours = timings[OURS]
    ratios = {
        function: timings[function].median_seconds * _factor(job, peer) / ours.median_seconds
        for function, peer in job.contenders.items()
        if not peer.instead
    }
    in_goal = min((ratios[peer.function] for peer in job.peers if peer.in_goal), default=None)
    goal = judged(job.goal, ours, in_goal, os.cpu_count() or 1) if scale == 1.0 else f"{job.goal.words}: not judged"
    rows = []
    for function, contender in job.contenders.items():
        is_ours = function == OURS
        cells = [
            f"{job.words}, n = {n:,}" if is_ours else "",
            contender.words,
            timings[function].spread,
            "" if is_ours else _same_work(job, contender, timings[function]),
            _number(ratios[function]) if function in ratios else "",
            f"{timings[function].peak_memory_mb:,.0f}",
            goal if is_ours else "",
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def _require_same_values(job: Job, timings: Mapping[str, Timing]) -> None:
    ours = timings[OURS].answer["answer"]
    for peer in job.peers:
        distance = largest_distance(ours, timings[peer.function].answer["answer"])
        if distance > peer.tolerance:
            raise SystemExit(f"no table is written, {job.id}, {peer.function}: values are {distance:.3g} apart")


def _factor(job: Job, contender: Contender) -> float:
    return 1.0 if contender.resamples is None else job.n_resamples / contender.resamples


def _same_work(job: Job, contender: Contender, timing: Timing) -> str:
    if contender.resamples is None:
        return contender.instead or "the same"
    seconds = timing.median_seconds * _factor(job, contender)
    words = f"{_number(seconds)} ({_resamples(contender.resamples)} times {_factor(job, contender):,.0f})"
    return f"{words}; {contender.instead}" if contender.instead else words


def _number(value: float) -> str:
    return f"{value:.3g}" if value < 1_000 else f"{value:,.0f}"


def _resamples(number: int) -> str:
    return "measured with 1 resample," if number == 1 else f"measured with {number} resamples,"
