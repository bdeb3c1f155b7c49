"""Judging disagreements in a random order, and what the judgements say of the difference in accuracy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reviewer_app.comparison.label_noise import (
    ACCURACY,
    JudgeableExamples,
    check_metric,
    judgeable_examples,
    label_noise_sentence,
)
from reviewer_app.disagreements.judgements import (
    Judgement,
    QueuedExamples,
    drawn_judgements,
    read_judgements,
    refused_judgements,
)
from reviewer_app.disagreements.judging_queue import queue_order, write_queue
from reviewer_app.disagreements.table import DisagreementTable
from reviewer_app.evaluation.inputs import NO_PREDICTION
from reviewer_app.review.comparing import request_of
from reviewer_app.review.contents import Contents
from reviewer_app.review.examples import example_table, outcome_table
from reviewer_app.review.file import ReviewFile
from reviewer_app.review.measuring import digest_of
from reviewer_app.review.pairs import Pair
from reviewer_app.review.queries import LabelNoiseReport
from reviewer_app.significance.label_noise import STRATA, label_noise


@dataclass(frozen=True, eq=False)
class _Queue:
    """The disagreements of a pair; `rows` are their example numbers in the order of the queue."""

    table: DisagreementTable
    judgeable: JudgeableExamples
    rows: NDArray[np.int64]


def write_judging_queue(file: ReviewFile, contents: Contents, pair: Pair, number: int, path: Path) -> int:
    """Write the first examples of a pair's queue to a new csv file, and return how many there are in it.

    Raises
    ------
    ReviewError
        ``no_labels``; as `write_queue` and `judgeable_examples`.
    """
    queue = _queue(file, contents, pair, example_table(file.connection, pair))
    rows = queue.rows[:number]
    write_queue(queue.table, rows, path)
    return len(rows)


def label_noise_report(
    file: ReviewFile, contents: Contents, pair: Pair, judged: Sequence[Path], planned: int | None, metric: str
) -> LabelNoiseReport:
    """Return what the judgements in some files say of a pair's difference in accuracy, at the plan's alpha.

    Raises
    ------
    ReviewError
        ``no_labels``; as `check_metric`, `judgeable_examples`, `read_judgements` and `drawn_judgements`.
    """
    check_metric(metric)
    alpha = contents.plan.plan.alpha
    queue = _queue(file, contents, pair, outcome_table(file.connection, pair))
    judgeable, table = queue.judgeable, queue.table
    ids = np.asarray(table.ids.to_pylist(), dtype=object)
    is_queued = np.zeros(len(ids), dtype=np.bool_)
    is_queued[queue.rows] = True

    def refused(place: int) -> Mapping[Judgement, str]:
        row = queue.rows[place]
        given = bool(judgeable.a_given[row]), bool(judgeable.b_given[row])
        return refused_judgements(STRATA[judgeable.strata[row]], *given, judgeable.n_labels)

    def labels(place: int) -> tuple[str, str]:
        a, b = (int(codes[queue.rows[place]]) for codes in (table.a, table.b))
        return _label(table, a), _label(table, b)

    examples = QueuedExamples(tuple(ids[queue.rows]), frozenset(ids[~is_queued]), labels, refused)
    drawn = drawn_judgements(read_judgements(judged), examples)
    noise = label_noise(
        judgeable.sizes,
        judgeable.n,
        judgeable.strata[queue.rows[: len(drawn.values)]],
        drawn.values,
        alpha=alpha,
        planned=planned,
        design_effect=judgeable.design_effect,
    )
    return LabelNoiseReport(
        dataset=pair.dataset.name,
        task=pair.dataset.spec.task,
        team_a=pair.name_a,
        team_b=pair.name_b,
        is_primary=contents.primary_metric(pair.dataset) == ACCURACY.id,
        noise=noise,
        sentence=label_noise_sentence(noise, pair.name_a, pair.name_b),
        findings=drawn.findings,
    )


def _label(table: DisagreementTable, code: int) -> str:
    return "" if code == NO_PREDICTION else table.labels[code]


def _queue(file: ReviewFile, contents: Contents, pair: Pair, table: DisagreementTable) -> _Queue:
    request = request_of(file, pair, contents.primary_metric(pair.dataset))
    judgeable = judgeable_examples(request, contents.plan.plan.alpha)
    disagreements = judgeable.disagreements.astype(np.int64)
    # Of the first runs alone, whose labels are judged: a further seed leaves the queue as it is.
    runs = sorted(str(runs[0].result_digest) for runs in (pair.runs_a, pair.runs_b))
    ids = table.ids.take(disagreements).to_pylist()
    order = queue_order(ids, digest_of("judging queue", pair.dataset.digest, runs))
    return _Queue(table, judgeable, disagreements[order])
