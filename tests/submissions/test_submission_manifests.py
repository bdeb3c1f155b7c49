"""Reading what a team hands in."""

from __future__ import annotations

import gzip
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewer_app.errors import ReviewError, Severity
from reviewer_app.submissions.manifest import read_submission
from reviewer_app.submissions.submission import Limits, SubmissionKind

Folder = Callable[..., Path]

CODE = "class Matcher:\n    def fit(self, train, spec): ...\n    def predict(self, data): ...\n"
ALGORITHM = """team = "Catalog"
name = "n-grams"
version = "3"
kind = "algorithm"
entry = "matcher:Matcher"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Write a submission's folder: its manifest, and further files by name."""

    def make(manifest: str, files: dict[str, str | bytes] | None = None) -> Path:
        root = tmp_path / "submission"
        for name, content in {"submission.toml": manifest, **(files or {})}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return make


def problems(path: Path, **options: Any) -> list[str]:
    """Return the messages of a refusal."""
    with pytest.raises(ReviewError) as caught:
        read_submission(path, team="Catalog", **options)
    assert all(finding.severity is Severity.ERROR for finding in caught.value.findings)
    return [finding.message for finding in caught.value.findings]


def test_an_algorithm_is_read_as_written(folder: Folder) -> None:
    manifest = (
        ALGORITHM
        + """description = "what it does"
python = ">=3.11"
requirements = "requirements.txt"
home = "amazon-google"
tasks = ["matching"]
[limits]
memory_gb = 8
fit_s = 3600
predict_s = 0.5
"""
    )
    path = folder(manifest, {"matcher.py": CODE, "requirements.txt": "numpy\n"})
    submission = read_submission(path, team="Catalog")
    assert (submission.team, submission.name, submission.version) == ("Catalog", "n-grams", "3")
    assert submission.kind is SubmissionKind.ALGORITHM
    assert (submission.entry, submission.command) == ("matcher:Matcher", ())
    assert (submission.home, submission.tasks) == ("amazon-google", ("matching",))
    assert (submission.python, submission.requirements) == (">=3.11", "requirements.txt")
    assert submission.limits == Limits(8.0, 3600.0, 0.5)
    assert submission.findings == ()


def test_the_manifest_itself_may_be_named(folder: Folder) -> None:
    path = folder(ALGORITHM, {"matcher.py": CODE})
    by_file = read_submission(path / "submission.toml", team="Catalog")
    assert (by_file.path, by_file.digest) == (path, read_submission(path, team="Catalog").digest)


def test_a_command_keeps_its_parts(folder: Folder) -> None:
    manifest = ALGORITHM.replace('entry = "matcher:Matcher"', 'command = ["python", "train.py", "--job={job}"]')
    assert read_submission(folder(manifest), team="Catalog").command == ("python", "train.py", "--job={job}")


def test_prediction_files_are_named_by_dataset(folder: Folder) -> None:
    manifest = 'team = "Catalog"\nname = "n"\nversion = "1"\nkind = "predictions"\n[predictions]\nag = "out/ag.csv"\n'
    submission = read_submission(folder(manifest, {"out/ag.csv": "id,y_pred\n"}), team="Catalog")
    assert (submission.kind, submission.prediction_files) == (SubmissionKind.PREDICTIONS, {"ag": "out/ag.csv"})


@pytest.mark.parametrize(
    ("content", "format_"),
    [
        (pickle.dumps([1]), "joblib"),
        (gzip.compress(b"x", mtime=0), "joblib"),
        (b"\x78\x9cabc", "joblib"),
        (b"PK\x03\x04abcd", "skops"),
    ],
)
def test_a_models_format_is_told_from_its_first_bytes(folder: Folder, content: bytes, format_: str) -> None:
    manifest = 'team = "Catalog"\nname = "n"\nversion = "1"\nkind = "model"\n[model]\npath = "model.bin"\n'
    submission = read_submission(folder(manifest, {"model.bin": content}), team="Catalog")
    assert (submission.kind, submission.model_path, submission.model_format) == (
        SubmissionKind.MODEL,
        "model.bin",
        format_,
    )


def test_the_team_that_the_user_names_wins_and_a_difference_is_said(folder: Folder) -> None:
    submission = read_submission(folder(ALGORITHM, {"matcher.py": CODE}), team="Other", name="new", version="9")
    assert (submission.team, submission.name, submission.version) == ("Other", "new", "9")
    (finding,) = submission.findings
    assert (finding.code, finding.severity) == ("team_differs", Severity.INFO)
    assert '"Catalog"' in finding.message
    assert '"Other"' in finding.message


def test_everything_wrong_with_keys_is_said_at_once_with_key_and_line(folder: Folder) -> None:
    manifest = """team = "Catalog"
name = 3
kind = "algoritm"
entri = "matcher:Matcher"
tasks = ["regression"]
command = "python train.py"
[limits]
memory_gb = "much"
fits = 3
[predictions]
ag = 7
"""
    found = problems(folder(manifest))
    assert found == [
        "submission/submission.toml: version is missing.",
        'submission/submission.toml, line 2: name is 3; it must be text in quotes, for example "3".',
        'submission/submission.toml, line 3: kind is "algoritm"; it must be "predictions", "model" or "algorithm".',
        "submission/submission.toml, line 4: entri is not a key of submission.toml (did you mean entry).",
        'submission/submission.toml, line 5: tasks holds "regression"; it must be "classification" or "matching".',
        'submission/submission.toml, line 6: command is "python train.py"; it must be a list, for example '
        '["first", "second"].',
        'submission/submission.toml, line 8: limits.memory_gb is "much"; it must be a number.',
        "submission/submission.toml, line 9: limits.fits is not a key of submission.toml (did you mean fit_s).",
        'submission/submission.toml, line 11: predictions.ag is 7; it must be text in quotes, for example "3".',
    ]


@pytest.mark.parametrize(
    ("change", "with_", "message"),
    [
        ('entry = "matcher:Matcher"\n', "", "needs either entry"),
        ('"matcher:Matcher"\n', '"matcher:Matcher"\ncommand = ["python", "{job}"]\n', "both are given"),
        ('"algorithm"', '"model"', 'kind is "model", which needs the table [model]'),
        ('"algorithm"', '"predictions"', "needs the table [predictions]"),
        ('"algorithm"', '"predictions"', 'entry is for kind = "algorithm"'),
        ('"Catalog"', '"  "', "team is empty"),
        ('"matcher:Matcher"', '"matcher.Matcher"', 'must be written "module:Class"'),
        ('"matcher:Matcher"', '"other:Matcher"', "needs the file other.py"),
        ('"matcher:Matcher"', '"matcher:Learner"', "names the class Learner, which matcher.py does not have"),
        ('"3"\n', '"3"\nrequirements = "../requirements.txt"\n', "leaves the folder"),
        ('"3"\n', '"3"\nrequirements = "/etc/hosts"\n', "is an absolute path"),
        ('"3"\n', '"3"\nrequirements = "C:\\\\x.txt"\n', "is an absolute path"),
        ('"3"\n', '"3"\nrequirements = ".env"\n', "is hidden"),
        ('"3"\n', '"3"\nrequirements = "absent.txt"\n', "does not exist"),
        ('"matcher:Matcher"\n', '"matcher:Matcher"\n[limits]\nfit_s = 0\n', "limits.fit_s is 0.0; it must be above 0"),
        ('"matcher:Matcher"\n', '"matcher:Matcher"\n[model]\npath = "m"\n', 'model is for kind = "model"'),
    ],
)
def test_what_does_not_fit_together_is_said(folder: Folder, change: str, with_: str, message: str) -> None:
    assert change in ALGORITHM
    found = problems(folder(ALGORITHM.replace(change, with_), {"matcher.py": CODE, ".env": "x"}))
    assert any(message in one for one in found), found


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("[]", "command is empty"),
        ('["python", "train.py"]', 'has no "{job}"'),
        ('["python", "{job}", "{data}"]', 'holds "{data}"; the only placeholder is "{job}"'),
    ],
)
def test_a_command_is_told_where_its_job_is_and_nothing_else(folder: Folder, command: str, message: str) -> None:
    found = problems(folder(ALGORITHM.replace('entry = "matcher:Matcher"', f"command = {command}")))
    assert len(found) == 1
    assert message in found[0]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("class Matcher(Base): ...", None),
        ("from package import Matcher", None),
        ("import package as Matcher", None),
        ("Matcher = make()", None),
        ("try:\n    from fast import Matcher\nexcept ImportError:\n    Matcher = None", None),
        ("class Matcher:\n    fit = predict = None", None),
        ('"\\d"\nclass Matcher(Base): ...', None),
        ("class Matcher:\n    def fit(self, train, spec): ...", "has no method predict"),
        ("class Matcher: ...", "has no method fit and predict"),
        ("def outer():\n    class Matcher: ...", "it defines no class"),
        ("class Matchr: ...", "it has Matchr"),
        ("class Matcher(:", "is not valid Python: line 1"),
        ("x = '\0'", "null bytes"),
        ("x = " + "(" * 5000 + ")" * 5000, "names matcher.py"),
    ],
)
def test_the_entry_is_looked_up_in_the_source_without_running_it(
    folder: Folder, code: str, message: str | None
) -> None:
    path = folder(ALGORITHM, {"matcher.py": f"raise SystemExit(1)\n{code}" if message is None else code})
    if message is None:
        assert read_submission(path, team="Catalog").entry == "matcher:Matcher"
    else:
        (found,) = problems(path)
        assert 'line 5: entry "matcher:Matcher"' in found
        assert message in found


def test_an_entry_may_lie_in_a_package(folder: Folder) -> None:
    manifest = ALGORITHM.replace("matcher:Matcher", "code.models:Matcher")
    assert read_submission(folder(manifest, {"code/models/__init__.py": CODE}), team="Catalog").entry is not None


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ('path = "absent.joblib"', "does not exist"),
        ('path = "notes.txt"', "neither a joblib nor a skops file"),
        ('path = "model.joblib"\nformat = "skops"', 'model.format is "skops", but model.joblib is a joblib file'),
        ('path = "model.joblib"\nformat = "onnx"', 'it must be "joblib" or "skops"'),
    ],
)
def test_a_model_must_be_there_and_be_what_it_says(folder: Folder, model: str, message: str) -> None:
    manifest = f'team = "Catalog"\nname = "n"\nversion = "1"\nkind = "model"\n[model]\n{model}\n'
    (found,) = problems(folder(manifest, {"model.joblib": pickle.dumps(1), "notes.txt": "hello"}))
    assert message in found


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("team = ", "is not valid TOML"),
        (b"team = '\xff'", "is not UTF-8 text from byte 8 on"),
        ("#" * 2_000_000, "larger than 1 MB"),
    ],
)
def test_what_is_no_toml_is_said_to_be_none(folder: Folder, manifest: str | bytes, message: str) -> None:
    (found,) = problems(folder("", {"submission.toml": manifest}))
    assert message in found


def test_a_byte_order_mark_does_not_matter(folder: Folder) -> None:
    path = folder("\ufeff" + ALGORITHM, {"matcher.py": CODE})
    assert read_submission(path, team="Catalog").name == "n-grams"


def test_a_folder_without_a_manifest_is_told_how_to_get_one(tmp_path: Path) -> None:
    (found,) = problems(tmp_path)
    assert "has no submission.toml" in found
    assert 'kind = "algorithm"' in found


def test_a_bare_prediction_file_is_a_submission_for_one_dataset(tmp_path: Path) -> None:
    path = tmp_path / "our best.csv.gz"
    path.write_bytes(b"x")
    submission = read_submission(path, team="Catalog")
    assert (submission.kind, submission.name, submission.version) == (SubmissionKind.PREDICTIONS, "our best", "1")
    assert submission.prediction_files == {"": "our best.csv.gz"}
    assert read_submission(path, team="Catalog", name="given", version="2").name == "given"


@pytest.mark.parametrize(("name", "format_"), [("m.joblib", "joblib"), ("m.pkl", "joblib"), ("m.skops", "skops")])
def test_a_bare_model_is_never_opened(tmp_path: Path, name: str, format_: str) -> None:
    path = tmp_path / name
    if format_ == "skops":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("schema.json", "not json")
    else:
        path.write_bytes(b"\x80\x04 this would raise if it were loaded")
    submission = read_submission(path, team="Catalog")
    assert (submission.kind, submission.model_path, submission.model_format) == (SubmissionKind.MODEL, name, format_)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("model.joblib", b"id,y_pred\n", "begins like neither a joblib nor a skops file"),
        ("matcher.py", CODE.encode(), "handed in as a folder"),
        ("submission.zip", b"PK\x03\x04", "not an archive"),
    ],
)
def test_a_bare_file_that_is_no_submission_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    (found,) = problems(tmp_path / name)
    assert message in found


def test_a_path_that_does_not_exist_and_a_team_without_a_name_are_refused(tmp_path: Path) -> None:
    assert problems(tmp_path / "absent.csv") == [f"There is no file or folder {tmp_path / 'absent.csv'}."]
    with pytest.raises(ReviewError, match="--team NAME"):
        read_submission(tmp_path, team=" ")


def test_the_digest_follows_every_file_that_counts_and_no_other(folder: Folder) -> None:
    path = folder(ALGORITHM, {"matcher.py": CODE, "data/words.txt": "a"})

    def digest() -> str:
        return read_submission(path, team="Catalog").digest

    first = digest()
    assert digest() == first
    for ignored in (".git/HEAD", "__pycache__/matcher.pyc", "data/.cache"):
        (path / ignored).parent.mkdir(exist_ok=True)
        (path / ignored).write_text("ignored", encoding="utf-8")
    assert digest() == first
    (path / "data" / "words.txt").write_text("b", encoding="utf-8")
    changed = digest()
    assert changed != first
    (path / "data" / "words.txt").rename(path / "data" / "terms.txt")
    assert digest() not in (first, changed)


def test_the_digest_does_not_depend_on_where_the_folder_lies(folder: Folder, tmp_path: Path) -> None:
    path = folder(ALGORITHM, {"matcher.py": CODE})
    before = read_submission(path, team="Catalog").digest
    assert read_submission(path.rename(tmp_path / "elsewhere"), team="Catalog").digest == before


@pytest.mark.skipif(os.name == "nt", reason="links and pipes are made the POSIX way here")
def test_links_that_leave_the_folder_and_special_files_are_all_refused_at_once(folder: Folder, tmp_path: Path) -> None:
    path = folder(ALGORITHM, {"matcher.py": CODE})
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (path / "out.txt").symlink_to(tmp_path / "secret.txt")
    (path / "gone.txt").symlink_to("nothing")
    (path / "folder").symlink_to(tmp_path)
    (path / "inner").mkdir()
    (path / "loop").symlink_to(path / "inner")
    os.mkfifo(path / "pipe")
    with pytest.raises(ReviewError) as caught:
        read_submission(path, team="Catalog")
    assert {finding.file: finding.code for finding in caught.value.findings} == {
        "out.txt": "link_leaves_folder",
        "gone.txt": "link_to_nothing",
        "folder": "link_leaves_folder",
        "loop": "link_to_folder",
        "pipe": "special_file",
    }


@pytest.mark.skipif(os.name == "nt", reason="links are made the POSIX way here")
def test_a_link_inside_the_folder_counts_by_its_content(folder: Folder) -> None:
    path = folder(ALGORITHM, {"matcher.py": CODE, "words.txt": "a"})
    (path / "link.txt").symlink_to("words.txt")
    first = read_submission(path, team="Catalog").digest
    (path / "words.txt").write_text("b", encoding="utf-8")
    assert read_submission(path, team="Catalog").digest != first


def test_a_folder_or_file_that_is_too_large_is_refused_in_words(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reviewer_app.submissions import folder_contents

    path = folder(ALGORITHM, {"matcher.py": CODE, "weights.bin": b"x" * 3000})
    with monkeypatch.context() as patch:
        patch.setattr(folder_contents, "MAX_FILES", 2)
        assert "holds more than 2 files" in problems(path)[0]
    monkeypatch.setattr(folder_contents, "MAX_BYTES", 2048)
    assert "the most that a submission may be" in problems(path)[0]
    assert "the most that a submission may be" in problems((path / "weights.bin").rename(path / "weights.csv"))[0]


def test_reading_a_large_folder_can_be_cancelled(folder: Folder) -> None:
    from reviewer_app.progress import Cancelled, Progress

    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        read_submission(folder(ALGORITHM, {"matcher.py": CODE}), team="Catalog", progress=progress)
