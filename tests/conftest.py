"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, and no deadline: the time of a test depends on what else the machine does.
settings.register_profile("reproducible", deadline=None, derandomize=True)
settings.load_profile("reproducible")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real datasets, predictions and malformed files, which are not part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder of real data is not beside the project; what most tests need is in tests/data")
    return SHARED_DATA


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Small files that come with the project."""
    return ROOT / "tests" / "data"
