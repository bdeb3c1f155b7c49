"""What stands in the table's cells, and how little is fetched for it."""

from __future__ import annotations

import csv
import io
from html import unescape

import numpy as np
import pyarrow as pa
import pytest
from fake_evidence import huge_table, pairs_table
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from reviewer_app.ui.models.example_columns import CELL_CHARACTERS, ColumnRole, cell_text, example_columns, one_line
from reviewer_app.ui.models.example_table_model import CACHED_PAGES, PAGE_COLUMNS, PAGE_ROWS, ExampleTableModel
from reviewer_app.ui.models.row_text import COPIED_ROWS, chosen_rows, rows_as_text

MILLIONS = 10_000_000


def test_records_of_a_pair_stand_side_by_side_after_labels_and_scores() -> None:
    titles = [column.title for column in example_columns(pairs_table())]
    assert titles == ["id", "gold", "A", "B", "score A", "score B", "gap", "left title", "right title", "left price"]


def test_without_scores_there_are_no_columns_for_them() -> None:
    nothing = np.full(8, np.nan)
    table = pairs_table(a_confidence=nothing, task="classification")
    assert [column.title for column in example_columns(table)][:6] == [
        "id",
        "gold",
        "A",
        "B",
        "confidence B",
        "left title",
    ]


def test_a_jump_anywhere_fetches_one_page(qtbot: QtBot) -> None:
    table, model = _shown(MILLIONS)
    model.index(7_654_321, 0).data()
    assert table.page_calls == [(7_654_321 // PAGE_ROWS * PAGE_ROWS, 4)]


def test_a_page_at_hand_is_not_fetched_again_and_old_ones_are_forgotten(qtbot: QtBot) -> None:
    table, model = _shown(MILLIONS)
    for _ in range(3):
        model.index(0, 1).data()
    assert len(table.page_calls) == 1
    for page in range(1, CACHED_PAGES + 1):
        model.index(page * PAGE_ROWS, 1).data()
    model.index(0, 1).data()
    assert len(table.page_calls) == CACHED_PAGES + 2


def test_columns_out_of_sight_are_not_fetched(qtbot: QtBot) -> None:
    wide = pa.table({f"feature {number}": ["x"] * 8 for number in range(500)})
    table = pairs_table(features=wide, kinds=dict.fromkeys(wide.column_names, "text"))
    model = ExampleTableModel()
    model.show_table(table, example_columns(table))
    model.show_rows(np.arange(8, dtype=np.int32))
    model.index(0, 0).data()
    assert [n_columns for _, n_columns in table.page_calls] == [PAGE_COLUMNS]
    assert model.index(0, 400).data() == "x"


def test_headers_sizes_and_alignment_fetch_nothing(qtbot: QtBot) -> None:
    table, model = _shown(MILLIONS)
    assert model.rowCount() == MILLIONS
    model.headerData(2, Qt.Orientation.Horizontal)
    model.index(5, 2).data(Qt.ItemDataRole.TextAlignmentRole)
    assert model.row_of(9_999_999) == 9_999_999
    assert table.page_calls == []


def test_an_example_outside_the_filter_has_no_row(qtbot: QtBot) -> None:
    _, model = _shown(100)
    model.show_rows(np.array([5, 7], np.int32))
    assert [model.row_of(number) for number in (7, 6)] == [1, None]


@pytest.mark.parametrize(
    ("value", "role", "text"),
    [
        (None, ColumnRole.TEXT, "–"),
        ("", ColumnRole.TEXT, "–"),
        (float("nan"), ColumnRole.NUMBER, "–"),
        (2007.0, ColumnRole.NUMBER, "2007"),
        (-0.5, ColumnRole.NUMBER, "-0.5"),
        (1e300, ColumnRole.NUMBER, "1e+300"),
        (0.005, ColumnRole.CONFIDENCE, "0.01"),
        ("None", ColumnRole.TEXT, "None"),
        ("two\nlines\tand tab", ColumnRole.TEXT, "two lines and tab"),
    ],
)
def test_values_are_written_on_one_line_as_they_are(value: object, role: ColumnRole, text: str) -> None:
    assert cell_text(value, role) == text


@given(st.text(max_size=3 * CELL_CHARACTERS))
def test_a_cell_is_one_short_line_whatever_the_text(text: str) -> None:
    line = one_line(text)
    assert len(line) <= CELL_CHARACTERS + 1
    assert "\n" not in line
    assert line.endswith("…") or line == " ".join(text.split())


def test_a_tooltip_shows_markup_of_the_data_as_text(qtbot: QtBot) -> None:
    evil = '<img src="file:///etc/passwd"> & a long tail of words'
    table = pairs_table(ids=pa.array([evil] * 8))
    model = ExampleTableModel()
    model.show_table(table, example_columns(table))
    model.show_rows(np.arange(8, dtype=np.int32))
    tooltip = model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tooltip
    assert evil in unescape(tooltip)


@given(st.lists(st.tuples(st.integers(0, 60_000), st.integers(1, 9_000)), max_size=4))
def test_no_more_than_ten_thousand_rows_are_copied(parts: list[tuple[int, int]]) -> None:
    rows = np.arange(70_000, dtype=np.int32)[::-1].copy()
    ranges = [range(start, start + length) for start, length in parts]
    wanted = [int(rows[row]) for part in ranges for row in part]
    assert chosen_rows(rows, ranges).tolist() == wanted[:COPIED_ROWS]


@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_copied_text_reads_back_as_it_was(delimiter: str) -> None:
    features = pa.table({"note": ["tab\there", 'say "no"', "two\nlines", "a,b", None, "", "x", "y"]})
    table = pairs_table(features=features, kinds={"note": "text"})
    rows = np.arange(8, dtype=np.int32)
    text = rows_as_text(table, rows, ["id", "b", "note"], delimiter)
    read = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    assert read[0] == ["id", "b", "note"]
    assert [row[2] for row in read[1:]] == ["tab\there", 'say "no"', "two\nlines", "a,b", "", "", "x", "y"]
    assert read[8][1] == ""


def _shown(n_examples: int) -> tuple[object, ExampleTableModel]:
    table = huge_table(n_examples)
    model = ExampleTableModel()
    model.show_table(table, example_columns(table))
    model.show_rows(np.arange(n_examples, dtype=np.int32))
    return table, model
