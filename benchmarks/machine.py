"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version


def machine_line(libraries: Sequence[str]) -> str:
    """Return one line of Markdown that names cores, system, Python and the versions of the libraries."""
    versions = ", ".join(f"{name} {version(name)}" for name in libraries)
    return (
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python "
        f"{platform.python_version()}; {versions}."
    )
