"""Printing: results on stdout, findings, progress and errors on stderr."""

from __future__ import annotations

import codecs
import io
import json
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import click

from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.progress import Progress

EXIT_CONTENT = 1
"""The user's input is wrong in content; nothing was changed."""
EXIT_CELLS_FAILED = 3
"""The batch is done and some of its cells failed."""

_WIDTH_WITHOUT_TERMINAL = 1000
"""So wide that nothing is wrapped in a file or a pipe."""


_PLAIN = {"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{HORIZONTAL ELLIPSIS}": "..."}


def print_in_any_encoding() -> None:
    """Let stdout and stderr print what their encoding lacks in plain signs, else as escapes, rather than fail."""

    def plain(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeEncodeError)
        lacking = error.object[error.start : error.end]
        return "".join(_PLAIN.get(sign) or sign.encode("unicode_escape").decode() for sign in lacking), error.end

    codecs.register_error("reviewer_app_plain", plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="reviewer_app_plain")


def printable(text: str) -> str:
    """Return text from a file so that it cannot steer a terminal: control characters, but line ends, as escapes."""
    return "".join(
        character if character.isprintable() or character == "\n" else character.encode("unicode_escape").decode()
        for character in text
    )


def print_json(document: dict[str, Any]) -> None:
    """Print one JSON document on stdout, in ASCII where that is not UTF-8."""
    is_utf8 = (sys.stdout.encoding or "").replace("-", "").lower() == "utf8"
    click.echo(json.dumps(document, ensure_ascii=not is_utf8, indent=1, allow_nan=False))


def print_findings(findings: Iterable[Finding]) -> None:
    """Print findings on stderr, errors first, each with its first offenders and the options that answer it."""
    order = list(Severity)
    for finding in sorted(findings, key=lambda finding: order.index(finding.severity)):
        where = f"{printable(finding.file)}: " if finding.file and finding.file not in finding.message else ""
        click.echo(f"{finding.severity}: {where}{printable(finding.message)} [{finding.code}]", err=True)


def fail(error: ReviewError, *, as_json: bool = False) -> NoReturn:
    """Print what is wrong and end with exit code 1; in JSON the document holds the findings alone."""
    if as_json:
        print_json({"findings": [finding.to_json() for finding in error.findings]})
    print_findings(error.findings)
    sys.exit(EXIT_CONTENT)


def print_table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> None:
    """Print a table on stdout: the first `left` columns to the left, the others (numbers) to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, title=Text(printable(title)) if title else None, title_justify="left"
    )
    for number, heading in enumerate(headings):
        table.add_column(Text(printable(heading)), justify="left" if number < left else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    width = None if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL
    Console(file=sys.stdout, width=width, highlight=False).print(table)


@contextmanager
def shown_progress(what: str) -> Iterator[Progress]:
    """Show progress on stderr where that is a terminal; Ctrl+C cancels, and so does being told to end or hang up."""
    with _ending_is_cancelling(), _bar(what) as progress:
        yield progress


@contextmanager
def _ending_is_cancelling() -> Iterator[None]:
    """Let the block be ended in order: no process of a run and no temporary folder outlives it.

    Not for the window, whose event loop would not hear.
    """
    names = ("SIGTERM", "SIGHUP") if threading.current_thread() is threading.main_thread() else ()
    signals = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, signal.default_int_handler) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _bar(what: str) -> Iterator[Progress]:
    if not sys.stderr.isatty():
        yield Progress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=1.0)

        def listen(fraction: float | None, message: str) -> None:
            bar.update(task, completed=fraction or 0.0, description=printable(message or what))

        yield Progress(listen)
