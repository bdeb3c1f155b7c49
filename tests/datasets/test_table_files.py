from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reviewer_app.datasets.table_files import TableFile, read_column_names, read_table, refuse_guessed_text
from reviewer_app.errors import ReviewError
from reviewer_app.progress import Cancelled, Progress

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: bytes | str, name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def refused(path: Path, **options: object) -> ReviewError:
    with pytest.raises(ReviewError) as caught:
        read_table(path, **options)  # type: ignore[arg-type]
    return caught.value


def codes(file: TableFile) -> list[str]:
    return [finding.code for finding in file.findings]


READING_ERRORS = {"empty.csv", "header_only.csv", "truncated.parquet", "xlsx_renamed.csv"}
READING_INFOS = {"semicolon.csv", "latin1.csv", "csv_named.parquet", "utf16.csv"}


def malformed_files() -> list[dict[str, str]]:
    index = Path(__file__).parent.parent / "data" / "malformed" / "INDEX.csv"
    with index.open(newline="") as file:
        return [row for row in csv.DictReader(file) if (index.parent / row["file"]).exists()]


class TestMalformedFiles:
    @pytest.mark.parametrize("row", malformed_files(), ids=lambda row: row["file"])
    def test_every_file_is_read_or_refused_as_the_index_says(self, row: dict[str, str], test_data: Path) -> None:
        path = test_data / "malformed" / row["file"]
        if row["file"] in READING_ERRORS:
            error = refused(path)
            assert error.code == row["code"]
            assert row["file"] in str(error)
        elif row["file"] in READING_INFOS:
            assert codes(read_table(path)) == [row["code"]]
        else:
            assert codes(read_table(path)) == []

    @pytest.mark.parametrize("name", ["bom_utf8.csv", "crlf.csv", "utf16.csv", "semicolon.csv", "csv_named.parquet"])
    def test_another_layout_of_the_good_file_gives_the_same_table(self, name: str, test_data: Path) -> None:
        good = read_table(test_data / "malformed" / "good_predictions.csv")
        other = read_table(test_data / "malformed" / name)
        assert other.table.equals(good.table)

    def test_quoted_line_breaks_are_no_rows_and_count_as_lines(self, test_data: Path) -> None:
        file = read_table(test_data / "malformed" / "quoted_newlines.csv")
        assert file.table.num_rows == 60
        lines = (test_data / "malformed" / "quoted_newlines.csv").read_text().split("\n")
        for row in (1, 30, 59):
            line = lines[file.line_numbers([row])[0] - 1]
            assert line.startswith(file.table["example_id"][row].as_py() + ",")

    def test_ids_of_sixteen_digits_stay_different(self, test_data: Path) -> None:
        file = read_table(test_data / "malformed" / "huge_int_ids.csv")
        assert len(set(file.table["example_id"].to_pylist())) == 60

    def test_latin1_is_read_and_says_where_utf8_ends(self, test_data: Path) -> None:
        file = read_table(test_data / "malformed" / "latin1.csv")
        assert file.first_bad_byte == 122
        assert file.encoding_guessed
        assert "byte 122" in file.findings[0].message
        assert "é" in "".join(file.table["note"].to_pylist())
        refuse_guessed_text(file, ["example_id", "predicted_label"])
        with pytest.raises(ReviewError) as caught:
            refuse_guessed_text(file, ["example_id", "note"])
        assert caught.value.code == "encoding_guessed"
        assert "--encoding" in str(caught.value)

    def test_ten_thousand_columns_are_read_as_they_are(self, test_data: Path) -> None:
        assert read_table(test_data / "malformed" / "ten_thousand_columns.csv").table.shape == (5, 10_002)

    def test_a_gzip_bomb_stops_at_the_row_limit(self, shared_data: Path) -> None:
        error = refused(shared_data / "malformed" / "expands_1000x.csv.gz", max_rows=100_600)
        assert error.code == "too_many_rows"
        assert "100,600" in str(error)


class TestValuesStayAsWritten:
    def test_nothing_is_guessed_in_csv(self, write: Write) -> None:
        values = ["007", "7", "NA", "None", "null", "01", "1.0", "true", "", "2024-01-01", " x ", "nan"]
        path = write("id,v\n" + "".join(f'a{i},"{value}"\n' for i, value in enumerate(values)))
        assert read_table(path).table["v"].to_pylist() == values

    def test_columns_named_as_numeric_are_numbers_where_all_of_them_are(self, write: Write) -> None:
        path = write("id,p,q\na,0.5,1\nb,,2e-3\n")
        table = read_table(path, numeric=["p", "q", "absent"]).table
        assert table["p"].to_pylist() == [0.5, None]
        assert table["q"].to_pylist() == [1.0, 0.002]
        assert table["id"].type == pa.string()

    def test_one_value_that_is_no_number_leaves_all_columns_as_text(self, write: Write) -> None:
        table = read_table(write("id,p,q\na,0.5,1\nb,x,2\n"), numeric=["p", "q"]).table
        assert table["p"].to_pylist() == ["0.5", "x"]
        assert table["q"].to_pylist() == ["1", "2"]

    def test_parquet_keeps_its_types_and_counts_rows(self, tmp_path: Path) -> None:
        table = pa.table({"id": [1, 2], "x": [0.5, None], "y": ["a", ""]})
        pq.write_table(table, tmp_path / "t.parquet")
        file = read_table(tmp_path / "t.parquet")
        assert file.table.equals(table)
        assert file.place(1) == "row 2"

    def test_a_value_longer_than_a_block_is_read(self, write: Write) -> None:
        long = "x" * 3_000_000
        assert read_table(write(f"id,v\na,{long}\nb,y\n")).table["v"].to_pylist() == [long, "y"]

    def test_the_header_may_hold_quotes_and_line_breaks(self, write: Write) -> None:
        file = read_table(write('"a\nb","c""d"\n1,2\n'))
        assert file.column_names == ("a\nb", 'c"d')
        assert file.place(0) == "line 3"


class TestLineNumbers:
    def test_blank_lines_and_quoted_breaks_count(self, write: Write) -> None:
        file = read_table(write('\n\na,b\n1,2\n\n3,"x\n\ny"\n5,6'))
        assert file.table["a"].to_pylist() == ["1", "3", "5"]
        assert file.places([0, 1, 2]) == ["line 4", "line 6", "line 9"]

    def test_rows_may_be_asked_for_in_any_order(self, write: Write) -> None:
        file = read_table(write("a,b\r\n" + "1,2\r\n" * 9))
        assert file.line_numbers([8, 0, 3, 0]) == [10, 2, 5, 2]

    def test_a_compressed_file_has_lines_too(self, write: Write) -> None:
        file = read_table(write(gzip.compress(b"a,b\n1,2\n3,4\n", mtime=0), "t.csv.gz"))
        assert file.place(1) == "line 3"
        assert codes(file) == []


class TestRefusals:
    def test_ragged_rows_are_named_with_lines_and_counts(self, write: Write) -> None:
        error = refused(write("a,b,c\n1,2,3\n\n4,5\n6,7,8,9\n"))
        assert error.code == "unreadable"
        assert error.findings[0].first == ("line 4: 2 fields", "line 5: 4 fields")
        assert error.findings[0].count == 2

    @pytest.mark.parametrize("end", ['1,2,"3\n4,5,6\n7,8,9\n', '1,2,"3\n4,5,6\n7,8,9'])
    def test_a_quote_that_is_never_closed_swallows_no_rows(self, write: Write, end: str) -> None:
        error = refused(write("a,b,c\n1,2,3\n" + end))
        assert "line 3" in str(error)
        assert "quote" in str(error)

    def test_a_last_value_with_a_line_break_is_no_open_quote(self, write: Write) -> None:
        assert read_table(write('a,b\n1,"x\ny"\n')).table["b"].to_pylist() == ["x\ny"]

    @pytest.mark.parametrize("content", ["a,b", "a,b\n", "a", "a,b\n\n\n"])
    def test_a_header_alone_has_no_rows(self, write: Write, content: str) -> None:
        assert refused(write(content)).code == "no_rows"

    def test_blank_space_is_an_empty_file(self, write: Write) -> None:
        assert refused(write(" \n\n")).code == "empty_file"

    def test_two_columns_of_one_name_are_not_chosen_between(self, write: Write) -> None:
        error = refused(write("id,label,label\na,1,2\n"))
        assert error.code == "duplicate_columns"
        assert '"label": columns 2, 3' in str(error)

    def test_two_columns_of_one_name_in_parquet(self, tmp_path: Path) -> None:
        pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["x", "x"]), tmp_path / "t.parquet")
        assert refused(tmp_path / "t.parquet").code == "duplicate_columns"

    def test_more_rows_than_allowed(self, write: Write, tmp_path: Path) -> None:
        assert refused(write("a,b\n" + "1,2\n" * 11), max_rows=10).code == "too_many_rows"
        assert read_table(write("a,b\n" + "1,2\n" * 10), max_rows=10).table.num_rows == 10
        pq.write_table(pa.table({"a": range(11)}), tmp_path / "t.parquet")
        assert refused(tmp_path / "t.parquet", max_rows=10).code == "too_many_rows"

    def test_a_text_that_expands_beyond_belief(self, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("reviewer_app.datasets.file_contents._MOST_BYTES", 1 << 16)
        content = b"a,b\n" + b"1,2\n" * 100_000
        assert read_table(write(content)).table.num_rows == 100_000
        assert refused(write(gzip.compress(content, mtime=0), "t.csv.gz")).code == "too_many_rows"

    def test_a_line_that_never_ends(self, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("reviewer_app.datasets.file_contents._LONGEST_LINE", 1 << 10)
        assert "Line 1 is longer" in str(refused(write(b"a" * 2000)))

    def test_a_parquet_file_without_rows(self, tmp_path: Path) -> None:
        pq.write_table(pa.table({"a": pa.array([], pa.string())}), tmp_path / "t.parquet")
        assert refused(tmp_path / "t.parquet").code == "no_rows"

    def test_a_parquet_file_with_a_broken_middle(self, write: Write) -> None:
        assert refused(write(b"PAR1" + b"x" * 40 + b"PAR1", "t.parquet")).code == "unreadable"

    def test_a_gzip_file_that_breaks_off(self, write: Write) -> None:
        content = gzip.compress(b"a,b\n" + b"1,2\n" * 100_000, mtime=0)
        error = refused(write(content[: len(content) // 2], "t.csv.gz"))
        assert error.code == "unreadable"
        assert "incomplete" in str(error) or "breaks off" in str(error)

    @pytest.mark.parametrize("end", [b"\x00garbage", b"\x1f\x8bgarbage"])
    def test_a_gzip_file_that_ends_in_garbage(self, write: Write, end: bytes) -> None:
        content = gzip.compress(b"a,b\n" + b"1,2\n" * 100_000, mtime=0) + end
        assert refused(write(content, "t.csv.gz")).code == "unreadable"

    def test_a_damaged_gzip_file(self, write: Write) -> None:
        content = bytearray(gzip.compress(bytes(i * i % 251 for i in range(100_000)), mtime=0))
        content[len(content) // 2] ^= 0xFF
        assert refused(write(bytes(content), "t.jsonl.gz")).code == "unreadable"

    @pytest.mark.parametrize(
        ("content", "word"),
        [
            (b"<!DOCTYPE html><html>", "web page"),
            (b"\x80\x04\x95\x00\x00", "pickle"),
            (b"SQLite format 3\x00" + b"\x00" * 90, "SQLite"),
            (b'[{"id": 1}]', "JSON"),
            (b"PK\x03\x04xxxxxxxx", "zip"),
            (b"BZh91AY", "bzip2"),
            (b"id,\x00\x01\x02", "zero bytes"),
            (gzip.compress(b"PAR1" + b"x" * 20, mtime=0), "inside gzip"),
        ],
    )
    def test_what_is_no_table_is_called_by_its_name(self, write: Write, content: bytes, word: str) -> None:
        error = refused(write(content))
        assert error.code == "unreadable"
        assert word in str(error)

    def test_an_old_excel_workbook(self, write: Write) -> None:
        assert refused(write(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")).code == "is_xlsx"

    def test_paths_that_lead_to_no_file(self, tmp_path: Path) -> None:
        assert refused(tmp_path).code == "is_folder"
        assert refused(tmp_path / "absent.csv").code == "not_found"

    def test_a_file_without_permission(self, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        path = write("a,b\n1,2\n")

        def forbidden(*_: object, **__: object) -> None:
            raise PermissionError

        monkeypatch.setattr(Path, "open", forbidden)
        assert refused(path).code == "no_permission"

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in the file system")
    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.csv")
        assert refused(tmp_path / "pipe.csv").code == "unreadable"

    def test_cancelling_stops_reading(self, write: Write) -> None:
        progress = Progress()
        progress.cancel()
        with pytest.raises(Cancelled):
            read_table(write("a,b\n1,2\n"), progress=progress)


class TestNames:
    @pytest.mark.parametrize("stem", ["größe 名前", "100% #1?", b"\xff".decode("utf-8", "surrogateescape")])
    def test_a_file_may_be_called_anything(self, tmp_path: Path, stem: str) -> None:
        try:
            (tmp_path / f"{stem}.csv").write_bytes(b"a,b\n1,2\n")
        except (OSError, UnicodeError):
            pytest.skip("this system has no such file names")
        (tmp_path / f"{stem}.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n", mtime=0))
        with (tmp_path / f"{stem}.parquet").open("wb") as file:
            pq.write_table(pa.table({"a": ["1"], "b": ["2"]}), file)
        for suffix in ("csv", "csv.gz", "parquet"):
            assert read_table(tmp_path / f"{stem}.{suffix}").table.to_pylist() == [{"a": "1", "b": "2"}]


class TestSeparators:
    @pytest.mark.parametrize("separator", [";", "\t", "|"])
    def test_another_separator_is_found_in_the_header_and_said(self, write: Write, separator: str) -> None:
        file = read_table(write(f"a{separator}b\n1,5{separator}2\n"))
        assert file.table.to_pylist() == [{"a": "1,5", "b": "2"}]
        assert codes(file) == ["separator_detected"]

    def test_a_comma_in_the_header_is_the_separator_whatever_else_stands_there(self, write: Write) -> None:
        file = read_table(write("a;x,b;y;z\n1;2,3;4;5\n"))
        assert file.column_names == ("a;x", "b;y;z")
        assert codes(file) == []

    def test_a_single_column_needs_no_separator(self, write: Write) -> None:
        assert read_table(write("id\na\nb\n")).table["id"].to_pylist() == ["a", "b"]


class TestEncodings:
    def test_the_users_word_is_taken_and_nothing_is_said(self, write: Write) -> None:
        file = read_table(write("a,b\né,2\n".encode("cp1252")), encoding="cp1252")
        assert file.table["a"].to_pylist() == ["é"]
        assert codes(file) == []
        refuse_guessed_text(file, ["a"])

    @pytest.mark.parametrize("encoding", ["klingon", "rot13", "undefined"])
    def test_what_is_no_encoding_of_text_is_refused(self, write: Write, encoding: str) -> None:
        assert encoding in str(refused(write("a,b\n1,2\n"), encoding=encoding))

    def test_the_users_word_may_be_wrong(self, write: Write) -> None:
        error = refused(write("a,b\né,2\n".encode("cp1252")), encoding="utf-8")
        assert "byte 4" in str(error)

    def test_utf16_that_is_said_and_has_no_mark_is_what_windows_writes(self, write: Write) -> None:
        content = "a,b\né,2\n".encode("utf-16-le")
        assert read_table(write(content), encoding="utf-16").table["a"].to_pylist() == ["é"]

    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
    def test_utf16_without_a_mark_needs_the_users_word(self, write: Write, encoding: str) -> None:
        content = "a,b\né,2\n".encode(encoding)
        assert refused(write(content)).code == "unreadable"
        assert read_table(write(content), encoding=encoding).table["a"].to_pylist() == ["é"]

    def test_a_mark_never_ends_up_in_the_first_columns_name(self, write: Write) -> None:
        content = "a,b\né,2\n".encode("utf-16")
        for encoding in (None, "utf-16-le", "utf-16"):
            assert read_table(write(content), encoding=encoding).column_names == ("a", "b")
        assert read_table(write("a,b\n1,2\n".encode("utf-8-sig"))).column_names == ("a", "b")

    @pytest.mark.parametrize(
        ("encoding", "text"),
        [
            ("cp1252", "1,Müller\n2,Jörg Größe\n3,Zoë\n"),
            ("cp1251", "1,Привет мир\n2,Москва большая река\n3,слово\n" * 3),
            ("shift_jis", "1,こんにちは世界\n2,東京都\n3,日本語テキスト\n" * 3),
        ],
    )
    def test_common_encodings_are_recognised(self, write: Write, encoding: str, text: str) -> None:
        file = read_table(write(("id,name\n" + text).encode(encoding)))
        expected = [line.split(",")[1] for line in text.splitlines()]
        assert file.table["name"].to_pylist() == expected
        assert codes(file) == ["encoding_detected"]

    def test_a_header_that_is_not_utf8(self, write: Write) -> None:
        path = write("id,größe\na,1\n".encode("cp1252"))
        assert read_table(path).column_names == ("id", "größe")
        assert read_column_names(path) == ("id", "größe")


class TestColumnNames:
    def test_names_are_read_without_the_rows(self, write: Write, tmp_path: Path) -> None:
        pq.write_table(pa.table({"x": [1], "y": [2]}), tmp_path / "t.parquet")
        assert read_column_names(tmp_path / "t.parquet") == ("x", "y")
        assert read_column_names(write("a;b\n1;2;3;4\n")) == ("a", "b")
        assert read_column_names(write('{"k": 1}\n{"m": 2}\n', "t.jsonl")) == ("k", "m")


class TestJsonLines:
    def test_values_are_text_as_written(self, write: Write) -> None:
        lines = '{"id": 7, "p": 1.50, "b": true, "n": null, "t": ""}\n\n{"id": "007", "more": [1, "é"]}\n'
        file = read_table(write(lines, "t.jsonl"))
        assert file.table.to_pylist() == [
            {"id": "7", "p": "1.50", "b": "true", "n": None, "t": "", "more": None},
            {"id": "007", "p": None, "b": None, "n": None, "t": None, "more": '["1", "é"]'},
        ]
        assert file.places([0, 1]) == ["line 1", "line 3"]
        assert file.format == "jsonl"

    def test_a_compressed_file_and_another_name(self, write: Write) -> None:
        content = b'{"id": "a"}\n'
        assert codes(read_table(write(gzip.compress(content, mtime=0), "t.jsonl.gz"))) == []
        assert codes(read_table(write(content, "t.csv"))) == ["content_differs_from_name"]

    @pytest.mark.parametrize(
        ("content", "code", "word"),
        [
            ('{"id": 1}\n{"id": 2\n', "unreadable", "Line 2"),
            ('{\n"id": 1}\n', "unreadable", "Line 1"),
            ('{"id": 1}\n[1]\n', "unreadable", "Line 2"),
            ('{"id": 1, "id": 2}\n', "duplicate_columns", '"id"'),
            ("{}\n{}\n", "no_rows", "no rows"),
        ],
    )
    def test_lines_that_are_no_object(self, write: Write, content: str, code: str, word: str) -> None:
        error = refused(write(content, "t.jsonl"))
        assert error.code == code
        assert word in str(error)

    def test_rows_of_all_batches_are_kept_in_order(self, write: Write) -> None:
        n = 70_000
        file = read_table(write("".join(f'{{"id": {i}}}\n' for i in range(n)) + '{"late": 1}\n', "t.jsonl"))
        assert file.table["id"].to_pylist() == [*map(str, range(n)), None]
        assert file.table["late"].null_count == n

    def test_the_row_limit_holds(self, write: Write) -> None:
        assert refused(write('{"id": 1}\n' * 11, "t.jsonl"), max_rows=10).code == "too_many_rows"
