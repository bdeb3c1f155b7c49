from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reviewer_app.datasets.table_files import TableFile, read_table
from reviewer_app.datasets.values import is_number, numeric_values, quoted_values, text_values
from reviewer_app.errors import ReviewError

DAY = datetime.datetime(2020, 1, 2)


@pytest.fixture
def typed(tmp_path: Path) -> Callable[[pa.Array], TableFile]:
    def write(values: pa.Array) -> TableFile:
        pq.write_table(pa.table({"x": values}), tmp_path / "t.parquet")
        return read_table(tmp_path / "t.parquet")

    return write


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., TableFile]:
    def write(*values: str) -> TableFile:
        path = tmp_path / "t.csv"
        path.write_text("x,y\n" + "".join(f'"{value}",1\n' for value in values))
        return read_table(path)

    return write


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (
            pa.array([1.0, 0.1, None, np.nan, -0.0, 1e15, 1e20]),
            ["1", "0.1", None, None, "0", "1000000000000000", "1e+20"],
        ),
        (pa.array([1.0, 0.1], pa.float32()), ["1", "0.1"]),
        (pa.array([1, 2], pa.uint64()), ["1", "2"]),
        (pa.array([True, None]), ["true", None]),
        (pa.array([DAY.date()]), ["2020-01-02"]),
        (pa.array([DAY, None]), ["2020-01-02", None]),
        (pa.array([DAY, DAY.replace(hour=3)]), ["2020-01-02 00:00:00", "2020-01-02 03:00:00"]),
        (pa.array([DAY.replace(microsecond=5)]), ["2020-01-02 00:00:00.000005"]),
        (pa.array([decimal.Decimal("1.00"), decimal.Decimal("10.50")]), ["1", "10.5"]),
        (pa.array([decimal.Decimal("100")]), ["100"]),
        (pa.array(["a", "", "None", "NA"]), ["a", None, "None", "NA"]),
        (pa.array(["a", None]).dictionary_encode(), ["a", None]),
        (pa.array(["a"], pa.large_string()), ["a"]),
        (pa.array([None], pa.null()), [None]),
    ],
)
def test_typed_values_have_one_text(
    typed: Callable[[pa.Array], TableFile], values: pa.Array, text: list[str | None]
) -> None:
    assert text_values(typed(values), "x").to_pylist() == text


@pytest.mark.parametrize("values", [pa.array([[1]]), pa.array([b"\xff"]), pa.array([{"a": 1}])])
def test_what_has_no_text_is_refused(typed: Callable[[pa.Array], TableFile], values: pa.Array) -> None:
    with pytest.raises(ReviewError, match='column "x"') as caught:
        text_values(typed(values), "x")
    assert caught.value.code == "not_text"


def test_numbers_in_text_are_read_and_missing_ones_are_null(written: Callable[..., TableFile]) -> None:
    values, findings = numeric_values(written("1", "", "nan", " 2.5 ", "+3", "-1e5", ".5", "NaN"), "x")
    assert values.to_pylist() == [1.0, None, None, 2.5, 3.0, -1e5, 0.5, None]
    assert findings == ()


def test_typed_numbers_are_float64(typed: Callable[[pa.Array], TableFile]) -> None:
    assert numeric_values(typed(pa.array([1, None], pa.int8())), "x")[0].to_pylist() == [1.0, None]
    assert numeric_values(typed(pa.array([1.1, np.nan], pa.float32())), "x")[0].to_pylist() == [1.1, None]
    assert numeric_values(typed(pa.array([decimal.Decimal("1.50")])), "x")[0].to_pylist() == [1.5]
    assert numeric_values(typed(pa.array([None], pa.null())), "x")[0].to_pylist() == [None]


@pytest.mark.parametrize("value", ["None", "1,5", "x", "0x10", "1_000", "true", "null", "1 000"])
def test_a_text_that_is_no_number_is_refused_with_its_line(written: Callable[..., TableFile], value: str) -> None:
    with pytest.raises(ReviewError) as caught:
        numeric_values(written("1", value), "x")
    assert caught.value.code == "not_numeric"
    assert caught.value.findings[0].first == (f'line 3: "{value}"',)


def test_truth_values_are_no_numbers(typed: Callable[[pa.Array], TableFile]) -> None:
    with pytest.raises(ReviewError, match="row 1"):
        numeric_values(typed(pa.array([True])), "x")


def test_integers_that_float64_cannot_tell_apart_are_said(
    typed: Callable[[pa.Array], TableFile], written: Callable[..., TableFile]
) -> None:
    exact = 2**53
    _, findings = numeric_values(typed(pa.array([exact, exact + 1, -exact - 1, None])), "x")
    assert [(finding.code, finding.count) for finding in findings] == [("integer_above_2_53", 2)]
    assert findings[0].first[0] == f'row 2: "{exact + 1}"'
    _, findings = numeric_values(typed(pa.array([exact + 1], pa.uint64())), "x")
    assert findings[0].count == 1
    _, findings = numeric_values(written(str(exact), str(exact + 1), f"-000{exact + 1}", "1" * 21, "1e300"), "x")
    assert findings[0].count == 3


def test_is_number_ignores_missing_values() -> None:
    assert is_number(pa.chunked_array([["1", None, " 2 "]]))
    assert not is_number(pa.chunked_array([["1", "x"]]))


def test_offenders_are_quoted_with_place_and_value(written: Callable[..., TableFile]) -> None:
    file = written("a", "b ", "c")
    assert quoted_values(file, "x", np.array([1, 2])) == ('line 3: "b "', 'line 4: "c"')
