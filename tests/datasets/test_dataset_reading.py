from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.reading import read_dataset
from reviewer_app.errors import ReviewError

SPEC: dict[str, Any] = {
    "name": "tiny",
    "task": "classification",
    "id": "id",
    "target": "label",
    "columns": {"text": "text", "size": "numeric"},
    "labels": ["Good", "Bad"],
}
TRAIN = "id,label,text,size\na1,Good,one,1\na2,Bad,two,\n"
TEST = "id,label,text,size\nt1,Good,three,3\nt2,Bad,,4.5\n"
Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    def make(spec: dict[str, Any] | None = SPEC, **files: str) -> Path:
        path = tmp_path / "tiny"
        path.mkdir(exist_ok=True)
        if spec is not None:
            (path / "dataset.json").write_text(json.dumps(spec))
        for split, text in ({"train": TRAIN, "test": TEST} | files).items():
            (path / f"{split}.csv").write_text(text)
        return path

    return make


def codes(dataset: Dataset) -> list[str]:
    return [finding.code for finding in dataset.findings]


def refused(path: Path, **options: Any) -> ReviewError:
    with pytest.raises(ReviewError) as caught:
        read_dataset(path, ImportOptions(**options))
    return caught.value


def test_a_folder_is_read_with_its_labels_as_codes_and_missing_values_as_null(folder: Folder) -> None:
    dataset = read_dataset(folder())
    assert list(dataset.splits) == ["train", "test"]
    assert dataset.test.ids.to_pylist() == ["t1", "t2"]
    assert dataset.test.y.dtype == np.uint16
    assert dataset.test.y.tolist() == [0, 1]
    assert dataset.test.features.to_pydict() == {"text": ["three", None], "size": [3.0, 4.5]}
    assert dataset.splits["train"].features["size"].to_pylist() == [1.0, None]


def test_csv_and_parquet_of_the_same_data_are_the_same_dataset(folder: Folder, tmp_path: Path) -> None:
    path = folder()
    from_csv = read_dataset(path)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(path / "dataset.json", other)
    train = {"id": ["a1", "a2"], "label": ["Good", "Bad"], "text": ["one", "two"], "size": [1, None]}
    test = {"id": ["t1", "t2"], "label": ["Good", "Bad"], "text": ["three", None], "size": [3.0, 4.5]}
    pq.write_table(pa.table(train), other / "train.parquet")
    pq.write_table(pa.table(test), other / "test.parquet")
    from_parquet = read_dataset(other)
    assert from_parquet.digest == from_csv.digest
    assert from_parquet.test.features.equals(from_csv.test.features)

    shutil.copy(other / "test.parquet", path)
    assert read_dataset(path).digest == from_csv.digest
    pq.write_table(pa.table(test | {"size": [3.0, 4.0]}), path / "test.parquet")
    error = refused(path)
    assert error.code == "splits_differ"
    assert "test.csv" in str(error)
    assert "size" in str(error)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"id": ["t1", "t3"]}, "ids differ"),
        ({"label": ["Bad", "Bad"]}, 'the example "t1"'),
        ({"text": ["three", "four"]}, "text"),
        ({"id": ["t1"], "label": ["Good"], "text": ["three"], "size": [3.0]}, "2 and 1 rows|1 and 2 rows"),
    ],
)
def test_twins_that_differ_are_told_by_what(folder: Folder, change: dict[str, Any], word: str) -> None:
    path = folder()
    test = {"id": ["t1", "t2"], "label": ["Good", "Bad"], "text": ["three", None], "size": [3.0, 4.5]}
    pq.write_table(pa.table(test | change), path / "test.parquet")
    with pytest.raises(ReviewError, match=word) as caught:
        read_dataset(path)
    assert caught.value.code == "splits_differ"


def test_a_bare_file_is_a_test_split_and_a_spec_beside_it_is_not_used(folder: Folder) -> None:
    path = folder() / "test.csv"
    dataset = read_dataset(path)
    assert list(dataset.splits) == ["test"]
    assert dataset.folder is None
    assert dataset.spec.name == "test"
    assert dataset.spec.labels == ("Bad", "Good")
    assert read_dataset(path, name="gold").spec.name == "gold"


def test_a_folder_without_a_spec_is_understood(folder: Folder) -> None:
    dataset = read_dataset(folder(spec=None))
    assert dataset.spec.name == "tiny"
    assert dataset.spec.labels == ("Bad", "Good")
    assert "spec_inferred" in codes(dataset)


def test_a_folder_without_a_test_split(folder: Folder) -> None:
    path = folder()
    (path / "test.csv").unlink()
    error = refused(path)
    assert error.code == "no_test_split"
    assert "train.csv" in str(error)


@pytest.mark.parametrize(
    ("test", "code", "word"),
    [
        ("key,label,text,size\nt1,Good,a,1\n", "no_id_column", '"key"'),
        ("id,gold,text,size\nt1,Good,a,1\n", "no_label_column", '"gold"'),
        ("id,label,words\nt1,Good,a\n", "missing_columns", '"text", "size"'),
        ("id,label,text,size\nt1,Good,a,1\n,Bad,b,2\n", "empty_ids", "line 3"),
        ("id,label,text,size\nt1,Good,a,1\nt2,Bad,b,2\nt1,Bad,c,3\n", "duplicate_ids", "line 4"),
        ("id,label,text,size\nt1,Good,a,1\nt2,,b,2\n", "missing_labels", "line 3"),
        ("id,label,text,size\nt1,Good,a,many\n", "not_numeric", 'line 2: "many"'),
        ("id,label,text,size\na1,Good,a,1\n", "duplicate_ids", "train and test"),
    ],
)
def test_a_fault_is_refused_with_its_place(folder: Folder, test: str, code: str, word: str) -> None:
    error = refused(folder(test=test))
    assert error.code == code
    assert word in str(error)


@pytest.mark.parametrize(
    ("labels", "code", "option"),
    [
        (("Good ", "Bad"), "labels_match_after_trim", "trim"),
        (("good", "BAD"), "labels_match_ignoring_case", "casefold"),
    ],
)
def test_labels_that_match_after_a_step_are_read_on_the_users_word(
    folder: Folder, labels: tuple[str, str], code: str, option: str
) -> None:
    path = folder(test=f"id,label,text,size\nt1,{labels[0]},a,1\nt2,{labels[1]},b,2\n")
    error = refused(path)
    assert error.code == code
    assert f'"{labels[0]}"' in str(error)
    assert error.findings[0].remedies[0].value == option
    dataset = read_dataset(path, ImportOptions(labels=option))
    assert dataset.test.y.tolist() == [0, 1]
    assert "labels_mapped" in codes(dataset)


def test_unknown_labels_are_refused(folder: Folder) -> None:
    assert refused(folder(test="id,label,text,size\nt1,0,a,1\nt2,1,b,2\n")).code == "labels_disjoint"
    error = refused(folder(test="id,label,text,size\nt1,Good,a,1\nt2,Ugly,b,2\n"))
    assert error.code == "unknown_labels"
    assert 'line 3: "Ugly"' in str(error)


def test_the_said_number_of_rows_is_checked(folder: Folder) -> None:
    error = refused(folder(spec={**SPEC, "rows": {"train": 2, "validation": 1, "test": 3}}))
    assert error.code == "rows_differ"
    assert error.findings[0].first == ("validation: 1 said, 0 found", "test: 3 said, 2 found")


def test_columns_that_the_spec_does_not_name_are_said_and_left_out(folder: Folder) -> None:
    dataset = read_dataset(folder(test="id,label,text,size,more\nt1,Good,a,1,x\nt2,Bad,b,2,y\n"))
    assert dataset.test.features.column_names == ["text", "size"]
    assert "columns_not_in_spec" in codes(dataset)


def test_the_users_word_on_metric_positive_label_and_task(folder: Folder, test_data: Path) -> None:
    assert read_dataset(folder(), ImportOptions(metric="mcc")).spec.metric == "mcc"
    assert refused(folder(), task="matching").code == "task_conflict"
    gadgets = test_data / "datasets" / "gadgets"
    assert read_dataset(gadgets, ImportOptions(positive="non_match")).spec.positive_label == "non_match"
    assert refused(gadgets, positive="yes").code == "unknown_positive_label"


def test_ignored_columns_of_a_group_are_kept_apart_from_the_features(test_data: Path) -> None:
    dataset = read_dataset(test_data / "datasets" / "flowers")
    assert "garden" not in dataset.test.features.column_names
    assert dataset.test.key_columns is not None
    assert dataset.test.key_columns.column_names == ["garden"]


class TestImages:
    @pytest.fixture
    def with_images(self, folder: Folder) -> Folder:
        def make(*paths: str) -> Path:
            rows = "".join(f"t{i},{'Good' if i % 2 else 'Bad'},{path}\n" for i, path in enumerate(paths))
            path = folder(
                spec={**SPEC, "columns": {"image": "image"}},
                test="id,label,image\n" + rows,
                train="id,label,image\na,Good,\nb,Bad,\n",
            )
            (path / "images").mkdir(exist_ok=True)
            (path / "images" / "1.png").write_bytes(b"1")
            (path / "images" / "2.png").write_bytes(b"2")
            return path

        return make

    def test_the_content_of_images_is_part_of_the_digest(self, with_images: Folder) -> None:
        path = with_images("images/1.png", "images/2.png")
        before = read_dataset(path).digest
        (path / "images" / "2.png").write_bytes(b"3")
        assert read_dataset(path).digest != before

    def test_missing_images_are_said(self, with_images: Folder) -> None:
        dataset = read_dataset(with_images("images/1.png", "images/9.png", ""))
        finding = next(finding for finding in dataset.findings if finding.code == "missing_images")
        assert finding.count == 1
        assert finding.first == ('"t1": "images/9.png"',)

    @pytest.mark.parametrize(
        "path",
        [
            "../secret.png",
            "images/../../secret.png",
            "/etc/hostname",
            "C:\\secret.png",
            "..\\secret.png",
            "\\\\host\\share.png",
        ],
    )
    def test_a_path_that_leaves_the_folder_is_refused(self, with_images: Folder, path: str) -> None:
        error = refused(with_images("images/1.png", path))
        assert error.code == "image_outside_folder"
        assert f'line 3: "{path}"' in str(error)

    def test_a_link_that_leaves_the_folder_is_refused(self, with_images: Folder, tmp_path: Path) -> None:
        (tmp_path / "secret.png").write_bytes(b"secret")
        path = with_images("images/link.png", "images/1.png")
        (path / "images" / "link.png").symlink_to(tmp_path / "secret.png")
        assert refused(path).code == "image_outside_folder"

    def test_a_name_that_no_file_can_have_is_a_missing_image(self, with_images: Folder) -> None:
        assert "missing_images" in codes(read_dataset(with_images("images/1.png", "x" * 300 + "/" + "y" * 5000)))

    def test_a_link_to_itself_is_refused(self, with_images: Folder) -> None:
        folder = with_images("images/1.png", "images/loop.png")
        (folder / "images" / "loop.png").symlink_to(folder / "images" / "loop.png")
        assert refused(folder).code == "image_outside_folder"

    def test_a_link_inside_the_folder_is_followed(self, with_images: Folder) -> None:
        path = with_images("images/link.png", "images/2.png")
        (path / "images" / "link.png").symlink_to(path / "images" / "1.png")
        assert "missing_images" not in codes(read_dataset(path))
