"""The README tells the truth: its commands run and print what it shows, and it knows every command and option."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from reviewer_app.cli.main import COMMANDS, cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|text)\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


def test_the_tour_runs_and_prints_what_the_readme_shows(tmp_path, monkeypatch):
    for name in ("resources", "tests"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    printed = ""
    commands = 0
    for kind, block in BLOCKS:
        if kind == "text":
            for line in block.splitlines():
                assert line in printed
            continue
        for line in block.splitlines():
            words = shlex.split(line)
            if words[0] == "cd":
                monkeypatch.chdir(words[1])
                continue
            assert words[0] == "reviewer-app"
            if words[1] == "new":
                monkeypatch.chdir(tmp_path)
            if words[1] == "open":
                assert Path(words[2]).exists()
                continue
            result = CliRunner().invoke(cli, words[1:], prog_name="reviewer-app")
            expected = 1 if words[1] == "check-predictions" else 0
            assert result.exit_code == expected, result.output
            printed = result.output
            commands += 1
    assert commands >= 10


def test_the_two_commands_are_those_that_ci_runs():
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "pip install . && reviewer-app demo" in README
    assert 'pip install -e ".[test]" && python -m pytest' in README
    assert "reviewer-app demo" in ci
    assert "python -m pytest" in ci


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_stands_in_the_readme_and_has_an_example(name):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert f"`{name}" in README or f"`reviewer-app`, `{name}" in README
    assert command.help is not None
    assert f"reviewer-app {name}" in command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            longest = max(parameter.opts, key=len)
            assert f"{longest}`" in README or f"{longest} " in README or f"{longest}\n" in README, longest


@pytest.mark.parametrize(
    "name",
    [
        "class_algorithm/submission.toml",
        "class_algorithm/nearest_words.py",
        "command_algorithm/submission.toml",
        "command_algorithm/run.sh",
        "command_algorithm/frequent_label.py",
        "prediction_files/submission.toml",
    ],
)
def test_the_examples_of_submissions_are_those_that_the_tests_run(name):
    assert (ROOT / "tests" / "data" / "submissions" / name).read_text(encoding="utf-8") in README


def test_system_packages_for_the_window_are_those_that_ci_installs():
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    block = re.search(r"apt-get install ([^`]+)```", README)
    assert block is not None
    for package in block.group(1).replace("\\\n", " ").split():
        assert package in ci


def test_the_files_that_the_readme_links_to_exist():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
