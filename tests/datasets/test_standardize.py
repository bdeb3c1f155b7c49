from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.digests import column_digest
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.reading import read_dataset
from reviewer_app.datasets.spec import ColumnKind
from reviewer_app.datasets.standardize import SHARES, standardize
from reviewer_app.datasets.structure import record_components, structure_of
from reviewer_app.datasets.table_files import read_table
from reviewer_app.datasets.values import column_values
from reviewer_app.datasets.writing import write_csv
from reviewer_app.errors import ReviewError

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


def write_table(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def flowers(path: Path, n: int = 200) -> Path:
    rng = np.random.default_rng(3)
    rows = [f'{"ab"[int(i % 4 == 0)]},"text, {i} ""quoted""",{rng.normal()},{i % 20}' for i in range(n)]
    return write_table(path / "raw.csv", "label,text,x,town", rows)


def ids(dataset: Dataset) -> dict[str, set[str]]:
    return {name: set(split.ids.to_pylist()) for name, split in dataset.splits.items()}


def codes(dataset: Dataset) -> list[str]:
    return [finding.code for finding in dataset.findings]


class TestWritingCsv:
    @given(st.lists(st.tuples(TEXTS, st.one_of(st.none(), st.floats(allow_nan=False)), TEXTS), min_size=1, max_size=6))
    def test_what_is_written_is_read_back_to_the_last_bit(self, rows: list[tuple[str, float | None, str]]) -> None:
        table = pa.table(
            {
                "id": [f"row-{i}" for i in range(len(rows))],
                "a": pa.array([row[0] or None for row in rows], pa.string()),
                "x": pa.array([row[1] for row in rows], pa.float64()),
                'b, "quoted"': pa.array([row[2] or None for row in rows], pa.string()),
            }
        )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "t.csv"
            write_csv(table, path)
            file = read_table(path)
            for name in table.column_names:
                kind = ColumnKind.NUMERIC if name == "x" else ColumnKind.TEXT
                values, _ = column_values(file, name, kind)
                assert column_digest(values) == column_digest(table[name])

    def test_quotes_stand_only_where_they_are_needed(self, tmp_path: Path) -> None:
        write_csv(pa.table({"id": ["a", "b"], "t": ['say "x"', None], "n": [1.0, 0.1]}), tmp_path / "t.csv")
        assert (tmp_path / "t.csv").read_bytes() == b'id,t,n\na,"say ""x""",1\nb,,0.1\n'


class TestSplittingATable:
    def test_shares_and_strata_are_kept_and_no_row_is_lost(self, tmp_path: Path) -> None:
        dataset = standardize(flowers(tmp_path), tmp_path / "flowers", seed=1)
        for name, share in SHARES.items():
            assert abs(dataset.splits[name].n_examples - 200 * share) <= 1
        for split in dataset.splits.values():
            assert abs((split.y == 1).mean() - 0.25) < 0.03
        everywhere = ids(dataset)
        assert set.union(*everywhere.values()) == {f"row-{i:05d}" for i in range(1, 201)}
        assert dataset.spec.name == "flowers"
        assert {"ids_generated", "split_made", "spec_inferred"} <= set(codes(dataset))

    def test_the_folder_is_a_dataset_of_its_own(self, tmp_path: Path) -> None:
        dataset = standardize(flowers(tmp_path), tmp_path / "flowers")
        again = read_dataset(tmp_path / "flowers")
        assert again.digest == dataset.digest
        assert again.spec == dataset.spec
        assert again.spec.rows == {name: split.n_examples for name, split in again.splits.items()}
        assert sorted(path.name for path in tmp_path.iterdir()) == ["flowers", "raw.csv"]

    def test_values_come_through_unchanged(self, tmp_path: Path) -> None:
        source = flowers(tmp_path)
        with source.open(newline="") as file:
            written = {f"row-{i:05d}": row for i, row in enumerate(csv.DictReader(file), start=1)}
        dataset = standardize(source, tmp_path / "flowers")
        for split in dataset.splits.values():
            rows = zip(split.ids.to_pylist(), split.features.to_pylist(), split.y, strict=True)
            for example_id, features, code in rows:
                assert features["text"] == written[example_id]["text"]
                assert features["x"] == float(written[example_id]["x"])
                assert dataset.spec.labels[code] == written[example_id]["label"]

    def test_the_seed_decides_and_without_one_the_data_do(self, tmp_path: Path) -> None:
        source = flowers(tmp_path)
        made = [standardize(source, tmp_path / str(i), seed=seed) for i, seed in enumerate((1, 1, 2, None, None))]
        first, same, other, derived, derived_again = (ids(dataset) for dataset in made)
        assert first == same
        assert first != other
        assert derived == derived_again
        assert "seed 1" in made[0].spec.source["split"]

    def test_equal_rows_stay_in_one_split(self, tmp_path: Path) -> None:
        rows = [f"{'ab'[i % 2]},text {i % 30}" for i in range(120)]
        dataset = standardize(write_table(tmp_path / "raw.csv", "label,text", rows), tmp_path / "d")
        assert set(dataset.splits) == {"train", "validation", "test"}
        assert not {"test_rows_in_train", "test_rows_in_validation", "validation_rows_in_train"} & set(codes(dataset))

    def test_groups_stay_whole(self, tmp_path: Path) -> None:
        options = ImportOptions(columns={"group": "town"})
        dataset = standardize(flowers(tmp_path), tmp_path / "d", options)
        assert dataset.spec.group == ("town",)
        towns = [set(split.key_columns["town"].to_pylist()) for split in dataset.splits.values() if split.key_columns]
        assert len(towns) == 3
        assert sum(map(len, towns)) == len(set.union(*towns)) == 20

    def test_pairs_that_share_records_stay_together_where_that_is_possible(self, tmp_path: Path) -> None:
        rows = [f"{int(i % 3 == 0)},left {i // 4},right {i // 2}" for i in range(160)]
        source = write_table(tmp_path / "raw.csv", "label,left_a,right_a", rows)
        dataset = standardize(source, tmp_path / "d")
        assert "records_split" not in codes(dataset)
        assert "shared_records" not in codes(dataset)

    def test_where_it_is_not_possible_it_is_said(self, tmp_path: Path) -> None:
        rows = [f"{int(i % 3 == 0)},left {i % 5},right {i}" for i in range(160)]
        dataset = standardize(write_table(tmp_path / "raw.csv", "label,left_a,right_a", rows), tmp_path / "d")
        assert "records_split" in codes(dataset)
        component = record_components(structure_of(dataset, "test"))
        assert len(component) == 32

    def test_a_label_of_few_examples_is_trained_on_first_and_tested_next(self, tmp_path: Path) -> None:
        labels = ["common"] * 90 + ["single"] + ["pair"] * 2 + ["trio"] * 3
        rows = [f"{label},text {i}" for i, label in enumerate(labels)]
        dataset = standardize(write_table(tmp_path / "raw.csv", "label,text", rows), tmp_path / "d")
        train, test = (
            {dataset.spec.labels[code] for code in dataset.splits[name].y.tolist()} for name in ("train", "test")
        )
        assert train == {"common", "single", "pair", "trio"}
        assert test == {"common", "trio"}

    def test_own_ids_are_kept(self, tmp_path: Path) -> None:
        rows = [f"x{i},{'ab'[i % 2]},t{i}" for i in range(20)]
        dataset = standardize(write_table(tmp_path / "raw.csv", "ID,label,text", rows), tmp_path / "d")
        assert dataset.spec.id == "ID"
        assert set.union(*ids(dataset).values()) == {f"x{i}" for i in range(20)}
        assert "ids_generated" not in codes(dataset)

    def test_integers_too_large_for_numbers_are_still_said(self, tmp_path: Path) -> None:
        rows = [f"x{i},{'ab'[i % 2]},{2**53 + i}" for i in range(20)]
        dataset = standardize(write_table(tmp_path / "raw.csv", "id,label,n", rows), tmp_path / "d")
        assert "integer_above_2_53" in codes(dataset)


class TestChangingTheFormat:
    @pytest.mark.parametrize("name", ["flowers", "gadgets"])
    @pytest.mark.parametrize(
        ("file_format", "suffixes"), [("csv", {".csv"}), ("parquet", {".parquet"}), ("both", {".csv", ".parquet"})]
    )
    def test_a_dataset_is_the_same_in_every_format(
        self, test_data: Path, tmp_path: Path, name: str, file_format: Any, suffixes: set[str]
    ) -> None:
        source = test_data / "datasets" / name
        dataset = standardize(source, tmp_path / "d", file_format=file_format)
        assert dataset.digest == read_dataset(source).digest
        assert {path.suffix for path in (tmp_path / "d").iterdir() if path.is_file()} == {".json"} | suffixes
        written = json.loads((tmp_path / "d" / "dataset.json").read_text(encoding="utf-8"))
        assert written == json.loads((source / "dataset.json").read_text(encoding="utf-8"))

    def test_images_and_ignored_columns_come_along(self, test_data: Path, tmp_path: Path) -> None:
        source = test_data / "datasets" / "flowers"
        standardize(source, tmp_path / "d", file_format="parquet")
        for image in (source / "images").iterdir():
            assert (tmp_path / "d" / "images" / image.name).read_bytes() == image.read_bytes()
        assert pq.read_table(tmp_path / "d" / "test.parquet")["garden"][0].as_py() == "garden 13"

    def test_a_folder_without_a_spec_gets_one(self, tmp_path: Path) -> None:
        source = tmp_path / "raw"
        source.mkdir()
        write_table(source / "train.csv", "id,label,text", ["a,x,one", "b,y,two"])
        write_table(source / "test.csv", "id,label,text", ["c,x,three", "d,y,four"])
        dataset = standardize(source, tmp_path / "d")
        assert (tmp_path / "d" / "dataset.json").is_file()
        assert codes(dataset).count("small_classes") == 1


class TestNothingIsOverwrittenOrLeftBehind:
    def test_a_folder_that_is_not_empty_is_refused(self, tmp_path: Path) -> None:
        source = flowers(tmp_path)
        (tmp_path / "d").mkdir()
        (tmp_path / "d" / "note.txt").write_text("mine")
        with pytest.raises(ReviewError) as caught:
            standardize(source, tmp_path / "d")
        assert caught.value.code == "folder_not_empty"
        assert [path.name for path in (tmp_path / "d").iterdir()] == ["note.txt"]

    def test_an_empty_folder_is_filled(self, tmp_path: Path) -> None:
        (tmp_path / "d").mkdir()
        standardize(flowers(tmp_path), tmp_path / "d")
        assert (tmp_path / "d" / "dataset.json").is_file()

    def test_too_few_rows_to_split(self, tmp_path: Path) -> None:
        source = write_table(tmp_path / "raw.csv", "label,text", ["a,x", "b,y"])
        with pytest.raises(ReviewError) as caught:
            standardize(source, tmp_path / "d")
        assert caught.value.code == "too_few_rows"
        assert [path.name for path in tmp_path.iterdir()] == ["raw.csv"]

    def test_a_failure_while_writing_leaves_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        source = flowers(tmp_path)
        monkeypatch.setattr("reviewer_app.datasets.standardize.write_dataset", full)
        with pytest.raises(ReviewError, match="No space left") as caught:
            standardize(source, tmp_path / "d")
        assert caught.value.code == "not_written"
        assert [path.name for path in tmp_path.iterdir()] == ["raw.csv"]
