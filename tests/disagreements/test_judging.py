"""The order in which disagreements are judged, the file of a queue, and which judgements of it count."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reviewer_app.disagreements.judgements import (
    VALUES,
    DrawnJudgements,
    Judgement,
    QueuedExamples,
    drawn_judgements,
    read_judgements,
    refused_judgements,
)
from reviewer_app.disagreements.judging_queue import queue_order, write_queue
from reviewer_app.disagreements.table import DisagreementTable
from reviewer_app.errors import ReviewError
from reviewer_app.significance.corrected_difference import UNCLEAR

Write = Callable[..., Path]
FIRST_FOUR = ["e375", "e243", "e62", "e178"]
QUEUE = QueuedExamples(("q1", "q2", "q3", "q4", "q5"), frozenset({"agreed"}), lambda _: ("yes", "no"), lambda _: {})


def codes(found: DrawnJudgements) -> list[str]:
    return [finding.code for finding in found.findings]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write (id, judgement) rows as a csv file."""

    def written(*rows: tuple[str, ...], name: str = "judged.csv", header: str = "example_id,judgement") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *(",".join(row) for row in rows), ""]), encoding="utf-8")
        return path

    return written


class TestTheOrder:
    IDS = tuple(f"e{number}" for number in range(400))

    def test_it_is_the_same_on_every_machine(self) -> None:
        assert [self.IDS[place] for place in queue_order(self.IDS, "seed")[:4]] == FIRST_FOUR

    def test_it_depends_on_the_seed_and_on_nothing_else(self) -> None:
        order = [self.IDS[place] for place in queue_order(self.IDS, "seed")]
        assert sorted(order) == sorted(self.IDS)
        assert order != [self.IDS[place] for place in queue_order(self.IDS, "another")]
        turned_round = self.IDS[::-1]
        assert order == [turned_round[place] for place in queue_order(turned_round, "seed")]
        fewer = self.IDS[:100]
        assert [fewer[place] for place in queue_order(fewer, "seed")] == [name for name in order if name in fewer]

    def test_every_example_is_first_about_equally_often(self) -> None:
        first = np.bincount([queue_order(self.IDS[:4], str(seed))[0] for seed in range(800)], minlength=4)
        assert (abs(first - 200) < 4 * np.sqrt(800 * 0.25 * 0.75)).all()


class TestTheFile:
    def test_it_shows_labels_and_features_and_asks_for_a_judgement(
        self, table: DisagreementTable, tmp_path: Path
    ) -> None:
        write_queue(table, np.array([3, 1]), tmp_path / "queue.csv")
        rows = list(csv.DictReader((tmp_path / "queue.csv").read_text(encoding="utf-8").splitlines()))
        assert list(rows[0]) == [
            "example_id", "gold", "a_label", "b_label", "judgement", "note", "title", "price", "feature:gold",
        ]  # fmt: skip
        assert [row["example_id"] for row in rows] == ["e3", "e1"]
        assert rows[1]["title"] == "apple"
        assert all(row["judgement"] == row["note"] == "" for row in rows)

    def test_one_that_exists_is_left_alone(self, table: DisagreementTable, tmp_path: Path) -> None:
        path = tmp_path / "queue.csv"
        path.write_text("judged")
        with pytest.raises(ReviewError, match="may hold judgements") as refused:
            write_queue(table, np.array([0]), path)
        assert refused.value.code == "file_exists"
        assert path.read_text() == "judged"

    def test_it_is_csv(self, table: DisagreementTable, tmp_path: Path) -> None:
        with pytest.raises(ReviewError, match=r"ends in \.csv"):
            write_queue(table, np.array([0]), tmp_path / "queue.parquet")

    def test_a_folder_that_is_not_there_is_said(self, table: DisagreementTable, tmp_path: Path) -> None:
        with pytest.raises(ReviewError, match="cannot be written") as refused:
            write_queue(table, np.array([0]), tmp_path / "absent" / "queue.csv")
        assert refused.value.code == "cannot_write"


class TestReading:
    def test_judgements_are_read_whatever_the_case_and_the_blanks(self, write: Write) -> None:
        found = read_judgements([write(("q1", " A_right "), ("q2", ""), ("q3", "unclear"))])
        assert [(name, one.judgement, one.place) for name, one in found.items()] == [
            ("q1", Judgement.A_RIGHT, "line 2"),
            ("q2", None, "line 3"),
            ("q3", Judgement.UNCLEAR, "line 4"),
        ]

    def test_an_unknown_word_is_refused_with_line_and_value(self, write: Write) -> None:
        with pytest.raises(ReviewError, match=r'judged.csv: 1 judgement not understood \(line 3: "maybe"\)') as refused:
            read_judgements([write(("q1", "a_right"), ("q2", "maybe"))])
        assert refused.value.code == "unknown_judgements"

    def test_two_judgements_of_an_example_are_refused_where_they_differ(self, write: Write) -> None:
        assert len(read_judgements([write(("q1", "a_right"), ("q1", "a_right"), ("q1", ""))])) == 1
        with pytest.raises(ReviewError, match=r'"q1": a_right \(line 2\), b_right \(line 3\)') as refused:
            read_judgements([write(("q1", "a_right"), ("q1", "b_right"))])
        assert refused.value.code == "conflicting_judgements"

    def test_several_files_are_one(self, write: Write) -> None:
        first = write(("q1", "a_right"), name="first.csv")
        longer = write(("q1", ""), ("q2", "b_right"), name="longer.csv")
        for files in ([first, longer], [longer, first]):
            found = read_judgements(files)
            assert {name: one.judgement for name, one in found.items()} == {
                "q1": Judgement.A_RIGHT,
                "q2": Judgement.B_RIGHT,
            }

    @pytest.mark.parametrize(
        ("header", "code"), [("id,judgement", "no_id_column"), ("example_id,label", "no_judgement_column")]
    )
    def test_a_file_without_its_columns_is_refused(self, write: Write, header: str, code: str) -> None:
        with pytest.raises(ReviewError, match="has no column") as refused:
            read_judgements([write(("q1", "a_right"), header=header)])
        assert refused.value.code == code

    def test_a_row_without_an_id_is_refused(self, write: Write) -> None:
        with pytest.raises(ReviewError, match=r"1 row without an example_id \(line 3\)"):
            read_judgements([write(("q1", "a_right"), ("", "b_right"))])


class TestWhatCounts:
    def test_values_say_who_is_right(self) -> None:
        assert {str(word): value for word, value in VALUES.items()} == {
            "a_right": 1,
            "b_right": -1,
            "both_acceptable": 0,
            "label_wrong": 0,
            "both_wrong": 0,
            "unclear": UNCLEAR,
        }

    def test_the_order_of_the_file_does_not_matter(self, write: Write) -> None:
        judged = read_judgements([write(("q3", "both_wrong"), ("q1", "a_right"), ("q2", "b_right"))])
        found = drawn_judgements(judged, QUEUE)
        assert found.values.tolist() == [1, -1, 0]
        assert codes(found) == ["judged_labels_not_named"]

    def test_what_was_left_empty_at_the_end_is_not_judged_yet(self, write: Write) -> None:
        judged = read_judgements([write(("q1", "a_right"), ("q2", ""), ("q3", ""))])
        assert drawn_judgements(judged, QUEUE).values.tolist() == [1]

    def test_what_was_left_empty_before_is_unclear_and_named(self, write: Write) -> None:
        judged = read_judgements([write(("q1", "a_right"), ("q2", ""), ("q3", "b_right"))])
        found = drawn_judgements(judged, QUEUE)
        assert found.values.tolist() == [1, UNCLEAR, -1]
        assert [(one.code, one.count, one.first) for one in found.findings][:1] == [
            ("skipped_in_queue", 1, ('line 3: "q2"',))
        ]

    def test_what_nobody_drew_is_left_out_and_named(self, write: Write) -> None:
        judged = read_judgements([write(("q1", "a_right"), ("q4", "b_right"), ("agreed", "a_right"))])
        found = drawn_judgements(judged, QUEUE)
        assert found.values.tolist() == [1]
        assert [(one.code, one.first) for one in found.findings][:2] == [
            ("judged_outside_queue", ('line 3: "q4"',)),
            ("judged_agreements", ('line 4: "agreed"',)),
        ]

    def test_nothing_judged_is_nothing_drawn(self, write: Write) -> None:
        assert drawn_judgements({}, QUEUE).values.tolist() == []
        judged = read_judgements([write(("q1", ""), ("q2", ""))])
        assert drawn_judgements(judged, QUEUE).values.tolist() == []

    def test_a_stranger_is_refused(self, write: Write) -> None:
        judged = read_judgements([write(("q1", "a_right"), ("x9", ""))])
        with pytest.raises(ReviewError, match=r'1 id not among the test examples \(line 3: "x9"\)') as refused:
            drawn_judgements(judged, QUEUE)
        assert refused.value.code == "unknown_examples"


class TestWhoseLabels:
    HEADER = "example_id,judgement,a_label,b_label"

    def test_those_of_a_and_b_are_accepted(self, write: Write) -> None:
        judged = read_judgements([write(("q1", "a_right", "yes", "no"), header=self.HEADER)])
        found = drawn_judgements(judged, QUEUE)
        assert found.values.tolist() == [1]
        assert codes(found) == []

    @pytest.mark.parametrize(
        ("a", "b", "remedy"),
        [("no", "yes", "A and B are exchanged"), ("yes", "maybe", "Judge a queue of this pair as it is now")],
    )
    def test_others_are_refused(self, write: Write, a: str, b: str, remedy: str) -> None:
        judged = read_judgements([write(("q1", "a_right", a, b), ("q2", "", "x", "y"), header=self.HEADER)])
        with pytest.raises(ReviewError, match=remedy) as refused:
            drawn_judgements(judged, QUEUE)
        assert refused.value.code == "other_labels_judged"
        assert refused.value.errors[0].first == ('line 2: "q1"',)


class TestWhatCannotBe:
    def test_a_team_without_a_prediction_is_not_right(self) -> None:
        assert set(refused_judgements("only_a", True, False, 3)) == {Judgement.B_RIGHT, Judgement.BOTH_ACCEPTABLE}
        assert set(refused_judgements("only_b", False, True, 3)) == {Judgement.A_RIGHT, Judgement.BOTH_ACCEPTABLE}

    def test_of_two_labels_one_is_right(self) -> None:
        neither = {Judgement.LABEL_WRONG, Judgement.BOTH_WRONG}
        assert set(refused_judgements("only_a", True, True, 2)) == neither
        assert set(refused_judgements("only_a", True, True, 3)) == set()
        assert set(refused_judgements("both_wrong_different", True, True, 2)) == set()

    def test_it_is_refused_with_line_and_reason(self, write: Write) -> None:
        refused = [refused_judgements("only_a", True, True, 2), {}, {}, {}, {}]
        judged = read_judgements([write(("q1", "label_wrong"))])
        with pytest.raises(ReviewError, match="write b_right if the gold label is wrong") as error:
            drawn_judgements(judged, QueuedExamples(QUEUE.ids, QUEUE.agreements, QUEUE.labels, refused.__getitem__))
        assert error.value.code == "impossible_judgements"
        assert error.value.errors[0].first == ('line 2: "q1"',)
