"""The only way to a file of ``resources/``."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def resource(*parts: str) -> Path:
    """Return the path of a resource, wherever the project was installed from.

    A wheel carries the resources inside the package; a checkout or an editable install has them beside it.

    Parameters
    ----------
    *parts
        Path below ``resources/``, for example ``resource("icons", "run.svg")``.

    Raises
    ------
    FileNotFoundError
        If there is no such resource: a fault of the installation.
    """
    package = Path(str(files("reviewer_app")))
    inside = package / "resources"
    root = inside if inside.is_dir() else package.parent / "resources"
    path = root.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"resource {'/'.join(parts)!r} is missing from the installation (looked in {root})")
    return path
