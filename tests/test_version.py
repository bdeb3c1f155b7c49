"""The version that stands in files is the one that is installed."""

from __future__ import annotations

import tomllib
from pathlib import Path

from reviewer_app import __version__

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def test_the_package_and_its_metadata_have_one_version() -> None:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
