"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real datasets, predictions and malformed files, which are not part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the folder of real data is not at {SHARED_DATA}; the files that most tests need are in tests/data")
    return SHARED_DATA


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Small files that come with the project."""
    return ROOT / "tests" / "data"
