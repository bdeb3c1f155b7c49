"""The file of results: a heading, and a section for each benchmark, each of which can be rewritten alone."""

from __future__ import annotations

from pathlib import Path

_HEADING = (
    "# Benchmarks\n\n"
    "Written by `python -m benchmarks` (`--only` rewrites one section and keeps the others). Contenders take turns in "
    "one run; medians (least to most). Answers are compared as well as times.\n"
)
_SECTION = "## "


def write_section(file: Path, section: str) -> None:
    """Write a section that begins with its title "## ...": in the place of the one of that title, else at the end."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    sections = {_title(kept): kept for kept in _sections(text)}
    sections[_title(section)] = section
    file.write_text("\n".join([_HEADING, *(f"{kept.strip()}\n" for kept in sections.values())]), encoding="utf-8")


def _sections(text: str) -> list[str]:
    """Return the sections of a file, each with its title; what stands before the first is left out."""
    return [_SECTION + part for part in f"\n{text}".split(f"\n{_SECTION}")[1:]]


def _title(section: str) -> str:
    return section.strip().splitlines()[0]
