from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewer_app.cli.main import cli


@pytest.mark.parametrize(
    ("arguments", "expected"), [((), None), (("open",), None), (("open", "a.review"), Path("a.review"))]
)
def test_the_window_opens_on_the_review_and_its_exit_code_is_the_commands(arguments, expected):
    opened = []

    def opener(review: Path | None) -> int:
        opened.append(review)
        return 7

    assert CliRunner().invoke(cli, arguments, obj=opener).exit_code == 7
    assert opened == [expected]


def test_without_qts_libraries_it_says_so_and_nothing_else_is_lost():
    def opener(review: Path | None) -> int:
        raise ImportError("libEGL.so.1: cannot open shared object file")

    result = CliRunner().invoke(cli, ["open"], obj=opener)
    assert result.exit_code == 1
    assert "libEGL.so.1" in result.output
    assert "every other command works" in result.output
