from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reviewer_app.cli.main import cli

Invoke = Callable[..., Result]


@pytest.fixture
def invoke() -> Invoke:
    """Run a command in this process; a traceback fails the test."""

    def run(*arguments: object) -> Result:
        result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="reviewer-app")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def invoke_json(invoke: Invoke) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Run a command with ``--json`` and return its exit code and document."""

    def run(*arguments: object) -> tuple[int, dict[str, Any]]:
        result = invoke(*arguments, "--json")
        return result.exit_code, json.loads(result.stdout, parse_constant=_refuse)

    return run


def _refuse(constant: str) -> float:
    raise AssertionError(f"{constant} is no JSON")
