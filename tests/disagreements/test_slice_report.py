"""What is said of slices, in sentences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reviewer_app.disagreements.filters import Condition
from reviewer_app.disagreements.slice_report import SliceAlone, SliceReport
from reviewer_app.disagreements.slices import SliceFilter
from reviewer_app.evaluation.inputs import Gold, Predictions
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.significance.halves import Halves
from reviewer_app.significance.slice_tests import SliceSample
from reviewer_app.significance.slices import SliceStatus, search_slices

WINS = (30, 2, 30, 2)
FADES = (30, 2, 9, 9)
TIES = (9, 9, 9, 9)
AGREES = (0, 0, 0, 0)


def report_of(
    *slices: tuple[int, int, int, int], metric: str = "accuracy", task: str = "classification"
) -> SliceReport:
    """Return a search over slices of 200 examples: only A, only B on the searched half, then on the other."""
    only_a, only_b, part = [], [], []
    for number, (a_here, b_here, a_there, b_there) in enumerate(slices):
        for n_a, n_b in ((a_here, b_here), (a_there, b_there)):
            only_a += [True] * n_a + [False] * (100 - n_a)
            only_b += [False] * n_a + [True] * n_b + [False] * (100 - n_a - n_b)
        part += [number] * 200
    finding = np.arange(len(part)) % 200 < 100
    cost = np.array([[0.0, 1.0], [1.0, 0.0]])
    gold = Gold(np.zeros(len(part), int), 2, costs=cost)
    a, b = (Predictions(np.array(wrong, dtype=int)) for wrong in (only_b, only_a))
    masks = [np.array(part) == number for number in range(len(slices))]
    search = search_slices(SliceSample(METRICS[metric], gold, a, b), masks, Halves(finding, ~finding))
    filters = tuple(SliceFilter((Condition("kind", "=", f"k{number}"),)) for number in range(len(slices)))
    return SliceReport("things", task, "Reds", "Blues", metric, filters, search)


def test_confirmed_slices_are_named_with_who_is_better_and_by_how_much() -> None:
    assert report_of(WINS, TIES, TIES).sentence == (
        "Of 3 slices tried on one half of the examples, 1 was found and 1 is confirmed on the other: Reds is better "
        "where kind = k0 (+28.0 points, unlike the rest)."
    )


def test_a_lower_cost_is_better() -> None:
    assert "Reds is better where kind = k0 (−0.2800" in report_of(WINS, TIES, TIES, metric="mean_cost").sentence


def test_of_many_confirmed_slices_three_are_named() -> None:
    sentence = report_of(*[WINS] * 5, TIES).sentence
    assert "5 were found and 5 are confirmed on the other: " in sentence
    assert sentence.count("is better where") == 3
    assert sentence.endswith("; and 2 more.")
    assert "unlike" not in report_of(*[WINS] * 5).sentence


def test_what_is_not_confirmed_is_called_a_guess() -> None:
    report = report_of(FADES, TIES)
    assert report.sentence == (
        "Of 2 slices tried on one half of the examples, 1 was found, and none is confirmed on the other half: take "
        "them as guesses."
    )
    assert [one.status for one in report.ordered] == [SliceStatus.FOUND, SliceStatus.NOT_FOUND]


def test_nothing_found_is_not_called_equal() -> None:
    sentence = report_of(TIES, TIES).sentence
    assert sentence.startswith("Of 2 slices tried on one half of the examples, none was found")
    assert "equal" not in sentence


def test_too_few_differences_everywhere_is_said() -> None:
    report = report_of(AGREES, AGREES, task="matching")
    assert "in none do the teams differ on enough pairs" in report.sentence
    assert any("2 slices could not be tested" in note for note in report.notes)
    assert not any("Benjamini" in note for note in report.notes)


def test_why_nothing_could_be_tested_is_said() -> None:
    report = report_of(TIES)
    search = replace(report.search, not_defined="no two independent halves: nearly all examples are one group")
    assert replace(report, search=search).sentence == (
        "No slice of things could be tested: no two independent halves: nearly all examples are one group."
    )


def test_notes_say_how_many_were_looked_at_and_what_was_left_out() -> None:
    report = report_of(WINS, TIES)
    assert report.notes[0] == (
        "Searched on 200 examples (Benjamini-Hochberg over 2 slices), confirmed on 200 others (Holm over what was "
        "found), each at 0.05. Other halves could show others: what is not found is not shown to be equal."
    )
    assert any("outside the slice" in note for note in report.notes)
    assert not any("seeds" in note for note in report.notes)
    more = replace(report, n_runs=3, search=replace(report.search, n_left_out=12))
    assert any("12 examples that join records of both halves" in note for note in more.notes)
    assert any("first run of each team" in note for note in more.notes)


def test_slices_stand_in_the_order_of_what_was_shown() -> None:
    report = report_of(TIES, AGREES, FADES, WINS, (20, 2, 20, 2))
    assert [report.name(one) for one in report.ordered] == [f"kind = k{number}" for number in (3, 4, 2, 0, 1)]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (WINS, "p < 0.0001, elsewhere +0.0 (p < 0.0001 that both are the same)"),
        (AGREES, "no test: fewer than 10 examples differ, elsewhere"),
    ],
)
def test_one_slice_alone_is_called_exploratory(counts: tuple[int, int, int, int], said: str) -> None:
    whole = report_of(counts, TIES)
    only_a = np.concatenate([np.arange(200) < counts[0] + counts[2], np.arange(200) < 20])
    only_b = np.concatenate([np.zeros(200, bool), (np.arange(200) >= 20) & (np.arange(200) < 40)])
    gold = Gold(np.zeros(400, int), 2)
    sample = SliceSample(METRICS["accuracy"], gold, Predictions(only_b.astype(int)), Predictions(only_a.astype(int)))
    mask = np.arange(400) < 200
    alone = SliceAlone(
        "things", "classification", "Reds", "Blues", "accuracy", whole.filters[0], sample.numbers(mask),
        sample.contrast(mask, ~mask),
    )  # fmt: skip
    assert alone.sentence.startswith("Where kind = k0 (200 examples of things): A minus B ")
    assert said in alone.sentence
    assert alone.sentence.endswith("Exploratory: of one slice, as if no other had been looked at.")
