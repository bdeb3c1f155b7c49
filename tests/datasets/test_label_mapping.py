from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.datasets.labels import label_mapping, propose_label_mapping
from reviewer_app.errors import ReviewError


@pytest.mark.parametrize(
    ("unknown", "known", "option", "mapping"),
    [
        (["Good "], ["Good", "Bad"], "trim", {"Good ": "Good"}),
        (["cafe\u0301"], ["caf\u00e9", "bar"], "trim", {"cafe\u0301": "caf\u00e9"}),
        (["good", "BAD"], ["Good", "Bad"], "casefold", {"good": "Good", "BAD": "Bad"}),
        ([" good"], ["Good", "Bad"], "casefold", {" good": "Good"}),
        (["1.0", "0.0"], ["0", "1"], "numbers", {"1.0": "1", "0.0": "0"}),
        (["True", "False"], ["0", "1"], "truth", {"True": "1", "False": "0"}),
        (["1", "0"], ["true", "false"], "truth", {"1": "true", "0": "false"}),
    ],
)
def test_the_first_step_that_makes_every_label_known_is_proposed(
    unknown: list[str], known: list[str], option: str, mapping: dict[str, str]
) -> None:
    proposal = propose_label_mapping(unknown, known)
    assert proposal is not None
    assert proposal.step.option == option
    assert proposal.mapping == mapping
    assert proposal.step.remedy.option == "labels"


@pytest.mark.parametrize(
    ("unknown", "known"),
    [
        (["0", "1", "2"], ["a", "b", "c"]),
        (["good", "other"], ["Good", "Bad"]),
        (["GOOD"], ["Good", "good"]),
        (["true"], ["1", "1.0"]),
        ([], ["a", "b"]),
    ],
)
def test_nothing_is_proposed_where_a_label_stays_unknown_or_two_known_ones_would_be_one(
    unknown: list[str], known: list[str]
) -> None:
    assert propose_label_mapping(unknown, known) is None


LABELS = st.lists(st.text(alphabet="aAbB01. teru", min_size=1, max_size=5), unique=True, min_size=1, max_size=5)


@given(LABELS, LABELS)
def test_a_proposal_maps_every_unknown_label_to_a_known_one(labels: list[str], known: list[str]) -> None:
    unknown = [label for label in labels if label not in known]
    proposal = propose_label_mapping(unknown, known)
    if proposal is not None:
        assert list(proposal.mapping) == unknown
        assert set(proposal.mapping.values()) <= set(known)


def test_the_users_word_maps_what_it_can() -> None:
    assert label_mapping("trim", ["a ", "x"], ["a", "b"]) == {"a ": "a"}


def test_a_file_maps_labels(tmp_path: Path) -> None:
    path = tmp_path / "map.csv"
    path.write_text("from,to\n0,no\n1,yes\n2,yes\n")
    assert label_mapping(str(path), ["0", "2", "7"], ["no", "yes"]) == {"0": "no", "2": "yes"}


@pytest.mark.parametrize(
    ("content", "word"),
    [("a,b\n1,2\n", "from and to"), ("from,to\n0,maybe\n", "line 2"), ("from,to\n0,no\n0,yes\n", "line 3")],
)
def test_a_mapping_file_that_decides_nothing(tmp_path: Path, content: str, word: str) -> None:
    path = tmp_path / "map.csv"
    path.write_text(content)
    with pytest.raises(ReviewError, match=word) as caught:
        label_mapping(str(path), ["0"], ["no", "yes"])
    assert caught.value.code == "labels_file"
