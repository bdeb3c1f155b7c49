"""The format of ``submission.toml``: its keys, their types, and what is wrong with one, all at once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reviewer_app.errors import Finding, ReviewError, Severity

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

MANIFEST = "submission.toml"
"""Name of the file that describes a submission's folder."""

_FORBID_UNKNOWN: dict[str, Any] = {"extra": "forbid"}
_PLACEHOLDER = re.compile(r"\{(\w*)\}")


@dataclass
class ModelTable:
    """The table ``[model]``."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _FORBID_UNKNOWN
    path: str
    format: Literal["joblib", "skops"] | None = None


@dataclass
class LimitsTable:
    """The table ``[limits]``."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _FORBID_UNKNOWN
    memory_gb: float | None = None
    fit_s: float | None = None
    predict_s: float | None = None


@dataclass
class Manifest:
    """The keys of ``submission.toml``; what is not here is refused."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _FORBID_UNKNOWN
    team: str
    name: str
    version: str
    kind: Literal["predictions", "model", "algorithm"]
    description: str = ""
    entry: str | None = None
    command: list[str] | None = None
    python: str | None = None
    requirements: str | None = None
    home: str | None = None
    tasks: list[Literal["classification", "matching"]] = field(default_factory=list)
    predictions: dict[str, str] | None = None
    model: ModelTable | None = None
    limits: LimitsTable = field(default_factory=LimitsTable)


_KEYS = {
    "": tuple(key.name for key in fields(Manifest)),
    "model": tuple(key.name for key in fields(ModelTable)),
    "limits": tuple(key.name for key in fields(LimitsTable)),
}
"""The known keys of each table."""


def parse_manifest(raw: bytes, file: str) -> tuple[Manifest, ManifestProblems]:
    """Return what a manifest says, of the right types, and where further problems with it are gathered.

    Parameters
    ----------
    raw
        The file's content.
    file
        What it is called in messages.

    Raises
    ------
    ReviewError
        ``manifest_not_toml``; or all at once ``manifest_key_missing``, ``manifest_key_unknown`` and
        ``manifest_value_wrong``.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        text = raw.decode("utf-8-sig")
        values = tomllib.loads(text)
    except UnicodeDecodeError as error:
        message = f"{file} is not UTF-8 text from byte {error.start} on. Save it as UTF-8."
        raise ReviewError.of("manifest_not_toml", message, file=file) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        message = f"{file} is not valid TOML: {error}."
        raise ReviewError.of("manifest_not_toml", message, file=file) from error
    problems = ManifestProblems(_lines_of_keys(text), file)
    try:
        return TypeAdapter(Manifest).validate_python(values), problems
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _say(detail, problems)
        raise problems.error() from error


def _lines_of_keys(text: str) -> dict[tuple[str, ...], int]:
    """Return the line (from 1) on which each key of a TOML text stands; keys inside inline tables have none.

    tomllib keeps no positions. This looks at the start of each line, which may miss an exotic spelling, never a value.
    """
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line):
            table = (header[1].strip("\"'"),)
            lines.setdefault(table, number)
        elif key := re.match(r"""\s*("[^"]*"|'[^']*'|[\w-]+)\s*=""", line):
            lines.setdefault((*table, key[1].strip("\"'")), number)
    return lines


class ManifestProblems:
    """Collects what is wrong with a manifest, each with the key's name and line."""

    def __init__(self, lines: dict[tuple[str, ...], int], file: str) -> None:
        self._lines = lines
        self._file = file
        self._findings: list[tuple[int, Finding]] = []

    def add(self, key: str, message: str, code: str = "manifest_value_wrong") -> None:
        """Add a problem of a key (with a dot after its table); `message` follows the key's name."""
        path = tuple(key.split(".", 1))
        line = self._lines.get(path) or self._lines.get(path[:1]) or 0
        where = f"{self._file}, line {line}" if line else self._file
        first = (f"line {line}: {key}",) if line else ()
        finding = Finding(code, Severity.ERROR, f"{where}: {key} {message}.", file=self._file, first=first)
        self._findings.append((line, finding))

    def __bool__(self) -> bool:
        return bool(self._findings)

    def error(self) -> ReviewError:
        """Return all of them as one error, in the order of their lines."""
        return ReviewError([finding for _, finding in sorted(self._findings, key=lambda found: found[0])])


def _say(detail: ErrorDetails, problems: ManifestProblems) -> None:
    """Add what pydantic found, in words."""
    import difflib

    location = [part for part in detail["loc"] if isinstance(part, str)]
    key = ".".join(location)
    kind, value = detail["type"], _as_toml(detail["input"])
    if kind == "missing":
        problems.add(key, "is missing", "manifest_key_missing")
    elif kind == "unexpected_keyword_argument":
        known = _KEYS[".".join(location[:-1])]
        close = difflib.get_close_matches(location[-1], known, n=1)
        hint = f"did you mean {close[0]}" if close else f"known keys are {', '.join(known)}"
        problems.add(key, f"is not a key of {MANIFEST} ({hint})", "manifest_key_unknown")
    else:
        expected = {
            "literal_error": detail.get("ctx", {}).get("expected", "").replace("'", '"'),
            "string_type": 'text in quotes, for example "3"',
            "list_type": 'a list, for example ["first", "second"]',
            "float_type": "a number",
            "float_parsing": "a number",
            "dict_type": f"a table, written [{key}]",
            "dataclass_type": f"a table, written [{key}]",
        }
        verb = "holds" if len(location) < len(detail["loc"]) else "is"
        problems.add(key, f"{verb} {value}; it must be {expected.get(kind, detail['msg'])}")


def _as_toml(value: object) -> str:
    """Return a value much as it stands in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def check_meaning(manifest: Manifest, problems: ManifestProblems) -> None:
    """Check what the values mean together, without looking at files."""
    for key in ("team", "name", "version"):
        if not getattr(manifest, key).strip():
            problems.add(key, "is empty")
    given = {"entry": manifest.entry, "command": manifest.command}
    named = [key for key, value in given.items() if value is not None]
    if manifest.kind == "algorithm" and len(named) != 1:
        reason = 'is "algorithm", which needs either entry = "module:Class" or command = [...]'
        problems.add("kind", f"{reason}; {'both are given' if named else 'neither is given'}")
    if manifest.kind != "algorithm":
        for key in named:
            problems.add(key, f'is for kind = "algorithm", and this is "{manifest.kind}"')
    if manifest.kind == "model" and manifest.model is None:
        problems.add("kind", 'is "model", which needs the table [model] with its path')
    if manifest.kind != "model" and manifest.model is not None:
        problems.add("model", f'is for kind = "model", and this is "{manifest.kind}"')
    if manifest.kind == "predictions" and not manifest.predictions:
        problems.add("kind", 'is "predictions", which needs the table [predictions] with a file per dataset')
    if manifest.kind != "predictions" and manifest.predictions is not None:
        problems.add("predictions", f'is for kind = "predictions", and this is "{manifest.kind}"')
    for key in _KEYS["limits"]:
        value = getattr(manifest.limits, key)
        if value is not None and not 0 < value < float("inf"):
            problems.add(f"limits.{key}", f"is {value}; it must be above 0")
    if manifest.command is not None:
        _check_command(manifest.command, problems)


def _check_command(command: list[str], problems: ManifestProblems) -> None:
    """Check that a command is told where its job is, and is promised nothing else."""
    placeholders = [name for part in command for name in _PLACEHOLDER.findall(part)]
    unknown = sorted({name for name in placeholders if name != "job"})
    if not command or not command[0].strip():
        problems.add("command", "is empty; its first part is the program")
    elif "job" not in placeholders:
        problems.add("command", 'has no "{job}", the place for the path of job.json')
    if unknown:
        written = ", ".join(f'"{{{name}}}"' for name in unknown)
        problems.add("command", f'holds {written}; the only placeholder is "{{job}}"')
