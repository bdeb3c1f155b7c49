"""Opening, creating and writing review files."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from reviewer_app.errors import ReviewError
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.store import connection as connection_module
from reviewer_app.store import migrations
from reviewer_app.store.connection import connect, create, one_view, open_file, save_copy, transaction
from reviewer_app.store.plans import read_plan
from reviewer_app.store.schema import APPLICATION_ID, SCHEMA_VERSION, VERSION_1


@pytest.fixture
def review(tmp_path: Path) -> Path:
    path = tmp_path / "a.review"
    create(path, "A title")
    return path


def test_a_new_file_is_a_review_of_this_version(review: Path) -> None:
    opened = open_file(review)

    assert (opened.read_only, opened.schema_version, opened.findings) == (False, SCHEMA_VERSION, ())
    with closing(sqlite3.connect(review)) as plain:
        pragmas = {
            name: plain.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("application_id", "user_version", "page_size", "journal_mode", "integrity_check")
        }
    assert pragmas == {
        "application_id": APPLICATION_ID,
        "user_version": SCHEMA_VERSION,
        "page_size": 16_384,
        "journal_mode": "delete",
        "integrity_check": "ok",
    }


def test_every_table_is_strict(review: Path) -> None:
    with closing(sqlite3.connect(review)) as plain:
        lax = plain.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 "
            "AND name NOT LIKE 'sqlite_%' AND name <> '_sqlite_migrations'"
        ).fetchall()

    assert lax == []


@pytest.mark.parametrize("name", ["a#b.review", "a?b.review", "a%20b.review", "a b ü.review", "file:x.review"])
def test_strange_names_are_the_files_that_they_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    create(path, "strange")
    copy = tmp_path / f"copy of {name}"
    with closing(connect(path)) as connection:
        save_copy(connection, copy)

    assert {entry.name for entry in tmp_path.iterdir()} == {name, f"copy of {name}"}
    assert open_file(path).path.name == name
    assert open_file(copy).path.name == copy.name


def test_nothing_is_overwritten(review: Path, tmp_path: Path) -> None:
    before = review.read_bytes()
    other = tmp_path / "other.txt"
    other.write_text("precious")

    with pytest.raises(ReviewError) as created:
        create(review)
    with closing(connect(review)) as connection, pytest.raises(ReviewError) as copied:
        save_copy(connection, other)

    assert created.value.code == copied.value.code == "file_exists"
    assert review.read_bytes() == before
    assert other.read_text() == "precious"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match="cannot be created") as error:
        create(tmp_path / "nowhere" / "a.review")

    assert error.value.code == "cannot_create"


def sqlite_of_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("CREATE TABLE t (x)")


NOT_REVIEWS = {
    "empty": (lambda path: path.write_bytes(b""), "not_a_review", "it is empty"),
    "text": (lambda path: path.write_text("hello " * 100), "not_a_review", "no SQLite database"),
    "short": (lambda path: path.write_bytes(b"SQLite format 3\x00"), "not_a_review", "no SQLite database"),
    "other": (sqlite_of_another_program, "not_a_review", "of another program"),
    "folder": (lambda path: path.mkdir(), "no_such_file", "is a folder"),
    "nothing": (lambda path: None, "no_such_file", "is not there"),
}


@pytest.mark.parametrize(("make", "code", "words"), NOT_REVIEWS.values(), ids=NOT_REVIEWS)
def test_what_is_no_review_is_refused_in_words(tmp_path: Path, make: object, code: str, words: str) -> None:
    path = tmp_path / "x.review"
    make(path)  # type: ignore[operator]

    with pytest.raises(ReviewError, match=words) as error:
        open_file(path)

    assert error.value.code == code


def test_links_that_lead_to_each_other_are_said(tmp_path: Path) -> None:
    one, other = tmp_path / "one.review", tmp_path / "other.review"
    one.symlink_to(other)
    other.symlink_to(one)

    with pytest.raises(ReviewError, match="in a circle") as error:
        open_file(one)

    assert error.value.code == "review_unreachable"


def test_a_file_that_was_copied_in_part_says_how_much_is_there(review: Path) -> None:
    whole = review.read_bytes()
    review.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(ReviewError, match=f"of {len(whole):,} bytes are there") as error:
        open_file(review)

    assert error.value.code == "review_incomplete"


def test_overwritten_pages_are_damage_in_words(review: Path) -> None:
    content = bytearray(review.read_bytes())
    content[100:16_384] = b"\xff" * (16_384 - 100)
    review.write_bytes(content)

    with pytest.raises(ReviewError) as error:
        open_file(review)

    assert error.value.code == "review_damaged"


def test_a_lost_table_is_damage_in_words(review: Path) -> None:
    with closing(sqlite3.connect(review)) as plain:
        plain.execute("DROP TABLE run")
        plain.commit()

    with pytest.raises(ReviewError, match="it has no run") as error:
        open_file(review)

    assert error.value.code == "review_damaged"


def test_a_newer_file_is_read_only_and_said(review: Path) -> None:
    with closing(sqlite3.connect(review)) as plain:
        plain.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = review.read_bytes()

    opened = open_file(review)

    assert opened.read_only
    assert [finding.code for finding in opened.findings] == ["newer_review"]
    assert review.read_bytes() == before


def test_a_newer_file_that_lacks_our_tables_is_refused_in_words(review: Path) -> None:
    with closing(sqlite3.connect(review)) as plain:
        plain.execute("DROP TABLE fix")
        plain.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")

    with pytest.raises(ReviewError, match="Install the newer version") as error:
        open_file(review)

    assert error.value.code == "newer_review"


def test_an_older_file_is_migrated_after_a_backup(review: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = SCHEMA_VERSION + 1
    steps = migrations._steps

    def more_steps() -> object:
        migrations_of_tomorrow = steps()

        @migrations_of_tomorrow(name=f"version {newer}")
        def add_table(database: object) -> None:
            database.execute("CREATE TABLE tomorrow (x INTEGER) STRICT")  # type: ignore[attr-defined]
            database.execute(f"PRAGMA user_version = {newer}")  # type: ignore[attr-defined]

        return migrations_of_tomorrow

    monkeypatch.setattr(migrations, "_steps", more_steps)
    monkeypatch.setattr(connection_module, "SCHEMA_VERSION", newer)

    opened = open_file(review)

    backup = review.with_name(f"a.schema-{SCHEMA_VERSION}.review")
    assert opened.schema_version == newer
    assert [finding.code for finding in opened.findings] == ["review_upgraded"]
    with closing(sqlite3.connect(review)) as new, closing(sqlite3.connect(backup)) as old:
        assert new.execute("SELECT count(*) FROM tomorrow").fetchone() == (0,)
        assert old.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert old.execute("SELECT title FROM review").fetchone() == ("A title",)


@pytest.fixture
def old_review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A review as the first version wrote it, with a plan."""
    path = tmp_path / "old.review"
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "VERSION_2", "")
        create(path, "From before")
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("PRAGMA user_version = 1")
        plain.execute("DELETE FROM _sqlite_migrations WHERE name = 'version 2'")
        plain.execute(
            "INSERT INTO plan (id, state, changed_at, alpha, n_resamples) "
            "VALUES (1, 'locked_before_results', '', 0.01, 9)"
        )
        plain.commit()
    return path


def test_a_review_of_the_first_version_keeps_its_plan(old_review: Path) -> None:
    opened = open_file(old_review)

    assert (opened.schema_version, [finding.code for finding in opened.findings]) == (2, ["review_upgraded"])
    with closing(connect(old_review)) as connection:
        record = read_plan(connection)
    assert (record.plan.alpha, record.plan.n_resamples, record.plan.correction) == (0.01, 9, Correction.HOLM)
    assert (record.state, record.at_results) == ("locked_before_results", None)


def test_an_old_review_that_cannot_be_written_is_refused_with_what_to_do(
    old_review: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "_is_read_only", lambda connection, path: True)

    with pytest.raises(ReviewError, match="Copy it to a folder") as error:
        open_file(old_review)

    assert error.value.code == "old_review_read_only"


def test_a_file_that_a_browser_left_in_wal_mode_is_put_back(review: Path) -> None:
    with closing(sqlite3.connect(review)) as plain:
        plain.execute("PRAGMA journal_mode = WAL")
        plain.execute("UPDATE review SET title = 'noted elsewhere'")
        plain.commit()

    open_file(review)

    with closing(sqlite3.connect(review)) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert plain.execute("SELECT title FROM review").fetchone() == ("noted elsewhere",)
    assert {entry.name for entry in review.parent.iterdir()} == {"a.review"}


@pytest.mark.skipif(os.name == "nt", reason="permissions of files are other ones on Windows")
def test_a_write_protected_file_is_opened_for_reading(review: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write to every file")
    review.chmod(0o400)

    assert open_file(review).read_only


def test_a_failed_transaction_leaves_every_byte(review: Path) -> None:
    before = review.read_bytes()

    def half(connection: sqlite3.Connection) -> None:
        with transaction(connection, "a.review"):
            connection.execute("UPDATE review SET title = 'half done'")
            connection.execute("DELETE FROM no_such_table")

    with closing(connect(review)) as connection:
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            half(connection)

        assert not connection.in_transaction
    assert review.read_bytes() == before
    assert not review.with_name("a.review-journal").exists()


def test_a_second_writer_is_told_that_the_file_is_busy(review: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "_BUSY_SECONDS", 0.05)
    with (
        closing(connect(review)) as one,
        closing(connect(review)) as other,
        transaction(one, "a.review"),
        pytest.raises(ReviewError, match="Another program is writing") as error,
        transaction(other, "a.review"),
    ):
        pytest.fail("two writers at once")

    assert error.value.code == "review_busy"


def test_a_reader_sees_one_moment_while_another_thread_writes(review: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "_BUSY_SECONDS", 0.05)
    refused: list[str] = []

    def write() -> None:
        with closing(connect(review)) as writer:
            try:
                with transaction(writer, "a.review"):
                    writer.execute("UPDATE review SET title = 'new'")
            except ReviewError as error:
                refused.append(error.code)

    with closing(connect(review)) as reader:
        with one_view(reader, "a.review"):
            first = reader.execute("SELECT title FROM review").fetchone()[0]
            thread = threading.Thread(target=write)
            thread.start()
            thread.join()
            assert reader.execute("SELECT title FROM review").fetchone()[0] == first
        assert refused == ["review_busy"]
        write()
        assert reader.execute("SELECT title FROM review").fetchone()[0] == "new"


def test_a_copy_on_another_disk_holds_everything(review: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.review"
    with closing(connect(review)) as connection:
        save_copy(connection, copy)
    moved = tmp_path / "moved" / "b.review"
    moved.parent.mkdir()
    shutil.copy(copy, moved)

    opened = open_file(moved)

    assert opened.schema_version == SCHEMA_VERSION
    with closing(connect(moved)) as connection:
        assert connection.execute("SELECT title FROM review").fetchone()["title"] == "A title"


def test_the_schema_falls_into_whole_statements() -> None:
    found = list(migrations.statements(VERSION_1))

    assert all(sqlite3.complete_statement(statement) for statement in found)
    assert sum(statement.startswith("CREATE TRIGGER") for statement in found) == 2
    assert "".join("".join(found).split()) == "".join(VERSION_1.split())
