from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reviewer_app.datasets.inference import infer_spec
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.spec import SPLITS, ColumnKind, DatasetSpec, Task, read_spec
from reviewer_app.datasets.table_files import read_table
from reviewer_app.errors import Finding, ReviewError

Infer = Callable[..., tuple[DatasetSpec, tuple[Finding, ...]]]


@pytest.fixture
def infer(tmp_path: Path) -> Infer:
    def from_text(text: str, folder: Path | None = None, **options: object) -> tuple[DatasetSpec, tuple[Finding, ...]]:
        path = tmp_path / "gold.csv"
        path.write_text(text)
        tables = {"test": read_table(path)}
        return infer_spec(tables, ImportOptions(**options), name="gold", folder=folder)  # type: ignore[arg-type]

    return from_text


def table(header: str, *rows: str) -> str:
    return "\n".join([header, *rows]) + "\n"


def test_labels_stand_in_code_point_order(infer: Infer) -> None:
    spec, findings = infer(table("example_id,label", "1,b", "2,Z", "3,a", "4,é"))
    assert spec.labels == ("Z", "a", "b", "é")
    assert spec.task is Task.CLASSIFICATION
    assert [finding.code for finding in findings] == ["spec_inferred"]


@pytest.mark.parametrize("header", ["ID,Target", "id,y_true", "EXAMPLE_ID,Gold", "id,label"])
def test_columns_are_known_by_name_whatever_the_case_and_said(infer: Infer, header: str) -> None:
    spec, findings = infer(table(header, "1,a", "2,b"))
    assert [spec.id, spec.target] == header.split(",")
    guessed = next(finding for finding in findings if finding.code == "columns_guessed")
    assert header.split(",")[0] in guessed.message


def test_an_id_with_unique_values_comes_before_one_without(infer: Infer) -> None:
    spec, _ = infer(table("example_id,id,label", "1,7,a", "1,8,b"))
    assert spec.id == "id"


def test_the_users_word_on_columns_comes_first(infer: Infer) -> None:
    text = table("name,id,label,class,town", "x,1,7,a,s", "y,2,8,b,t")
    spec, findings = infer(text, columns={"id": "name", "label": "class", "group": "town"})
    assert (spec.id, spec.target, spec.group) == ("name", "class", ("town",))
    assert spec.columns["town"] is ColumnKind.IGNORED
    assert [finding.code for finding in findings] == ["spec_inferred"]


@pytest.mark.parametrize("role", ["id", "label", "group"])
def test_a_column_that_was_named_and_is_not_there_is_refused(infer: Infer, role: str) -> None:
    with pytest.raises(ReviewError, match='has no column "gone"') as caught:
        infer(table("id,label", "1,a", "2,b"), columns={role: "gone"})
    assert caught.value.code == "no_such_column"


def test_roles_of_prediction_files_do_not_concern_the_gold_file(infer: Infer) -> None:
    spec, _ = infer(table("id,label", "1,a", "2,b"), columns={"score": "s", "confidence": "c"})
    assert spec.target == "label"


@pytest.mark.parametrize(
    ("header", "code", "role"), [("key,label", "no_id_column", "id"), ("id,answer", "no_label_column", "label")]
)
def test_a_missing_role_is_asked_for(infer: Infer, header: str, code: str, role: str) -> None:
    with pytest.raises(ReviewError, match=f"--column {role}=") as caught:
        infer(table(header, "1,a", "2,b"))
    assert caught.value.code == code
    name = header.split(",")[0 if role == "id" else 1]
    assert f"{role}={name}" in [remedy.value for remedy in caught.value.findings[0].remedies]


PAIRS = "id,label,left_name,right_name"


@pytest.mark.parametrize("positive", ["match", "1", "True", "YES", "positive"])
def test_pairs_with_two_labels_are_matching(infer: Infer, positive: str) -> None:
    spec, _ = infer(table(PAIRS, f"1,{positive},a,a", "2,other,a,b"))
    assert spec.task is Task.MATCHING
    assert spec.positive_label == positive


def test_the_positive_label_is_asked_where_it_is_not_plain(infer: Infer) -> None:
    text = table(PAIRS, "1,same,a,a", "2,different,a,b")
    with pytest.raises(ReviewError, match="--positive") as caught:
        infer(text)
    assert caught.value.code == "no_positive_label"
    assert [remedy.value for remedy in caught.value.findings[0].remedies] == ["different", "same"]
    assert infer(text, positive="same")[0].positive_label == "same"
    with pytest.raises(ReviewError, match="not among the labels"):
        infer(text, positive="match")


def test_the_task_is_as_the_user_says(infer: Infer) -> None:
    assert infer(table(PAIRS, "1,1,a,a", "2,0,a,b"), task="classification")[0].task is Task.CLASSIFICATION
    spec, _ = infer(table("id,label", "1,1", "2,0"), task="matching", metric="mcc")
    assert (spec.task, spec.positive_label, spec.metric) == (Task.MATCHING, "1", "mcc")
    with pytest.raises(ReviewError) as caught:
        infer(table("id,label", "1,a", "2,b", "3,c"), task="matching")
    assert caught.value.code == "not_two_labels"
    with pytest.raises(ReviewError) as caught:
        infer(table("id,label", "1,a", "2,b"), task="ranking")
    assert caught.value.code == "unknown_task"


def test_kinds_follow_the_values_and_say_why(infer: Infer, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "0.png").write_bytes(b"png")
    rows = [
        f"{i},{'ab'[i % 2]},{i}.5,0{i:04d},{'red' if i % 3 else 'blue'},words {i},2024-01-{i + 1:02d}"
        f",pictures/{i}.png,,{i}.png"
        for i in range(20)
    ]
    spec, findings = infer(table("id,label,price,zip,colour,text,day,picture,nothing,other", *rows), folder=tmp_path)
    assert {column: str(kind) for column, kind in spec.columns.items()} == {
        "price": "numeric",
        "zip": "categorical",
        "colour": "categorical",
        "text": "text",
        "day": "datetime",
        "picture": "image",
        "nothing": "ignored",
        "other": "text",
    }
    reasons = "\n".join(findings[0].first)
    for column in spec.columns:
        assert f'"{column}"' in reasons


def test_types_of_parquet_decide_where_there_are_any(tmp_path: Path) -> None:
    day = datetime.date(2024, 1, 2)
    columns = {
        "id": ["a", "b"],
        "label": [0, 1],
        "count": [1, 2],
        "day": [day, day],
        "flag": [True, False],
        "vector": [[1.0], [2.0]],
    }
    pq.write_table(pa.table(columns), tmp_path / "test.parquet")
    spec, _ = infer_spec({"test": read_table(tmp_path / "test.parquet")}, ImportOptions(), name="typed")
    assert spec.labels == ("0", "1")
    assert {column: str(kind) for column, kind in spec.columns.items()} == {
        "count": "numeric",
        "day": "datetime",
        "flag": "text",
        "vector": "ignored",
    }


def test_one_label_alone_is_a_dataset_of_one_class(infer: Infer) -> None:
    spec, _ = infer(table("example_id,label", "1,a", "2,a"))
    assert spec.labels == ("a",)


def test_more_labels_than_there_are_codes(infer: Infer) -> None:
    with pytest.raises(ReviewError, match="65,536 different labels") as caught:
        infer(table("id,label", *(f"{i},l{i}" for i in range(65_536))))
    assert caught.value.code == "too_many_labels"


def test_no_image_is_looked_for_outside_the_folder(infer: Infer, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "0.png").write_bytes(b"png")
    spec, _ = infer(table("id,label,picture", "1,a,../0.png", "2,b,../0.png"), folder=inner)
    assert spec.columns["picture"] is not ColumnKind.IMAGE


def test_numbers_in_one_split_and_text_in_another_are_text(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("id,label,x,only\n1,a,5,1\n2,b,6,2\n")
    (tmp_path / "test.csv").write_text("id,label,x\n3,a,5\n4,c,many\n")
    tables = {split: read_table(tmp_path / f"{split}.csv") for split in ("train", "test")}
    spec, _ = infer_spec(tables, ImportOptions(), name="two")
    assert spec.columns == {"x": ColumnKind.TEXT, "only": ColumnKind.IGNORED}
    assert spec.labels == ("a", "b", "c")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_real_sets_are_understood_without_their_spec(shared_data: Path, suffix: str) -> None:
    n_columns = n_same = 0
    for folder in sorted((shared_data / "datasets").iterdir()):
        expected, _ = read_spec(folder / "dataset.json")
        tables = {split: read_table(folder / f"{split}.{suffix}") for split in SPLITS}
        spec, _ = infer_spec(tables, ImportOptions(), name=expected.name, folder=folder)
        for name in ("task", "id", "target", "labels", "positive_label"):
            assert getattr(spec, name) == getattr(expected, name)
        assert list(spec.columns) == list(expected.columns)
        n_columns += len(spec.columns)
        n_same += sum(kind is expected.columns[column] for column, kind in spec.columns.items())
    assert n_columns - n_same <= 7


def test_the_kinds_that_the_user_says_are_taken(infer: Infer) -> None:
    spec, _ = infer(table("id,label,code,words", "1,a,10,x", "2,b,20,y"), kinds={"code": "categorical"})
    assert spec.columns["code"] == "categorical"


@pytest.mark.parametrize(
    ("kinds", "code"), [({"gone": "text"}, "no_such_column"), ({"code": "colour"}, "unknown_kind")]
)
def test_kinds_that_cannot_be_are_refused(infer: Infer, kinds: dict[str, str], code: str) -> None:
    with pytest.raises(ReviewError) as caught:
        infer(table("id,label,code", "1,a,10", "2,b,20"), kinds=kinds)
    assert caught.value.code == code
