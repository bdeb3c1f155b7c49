"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
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


@pytest.fixture(scope="session")
def shop_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Gold labels with features of 600 articles, and two teams' predictions; the first is better at red ones alone."""
    folder = tmp_path_factory.mktemp("shop")
    rng = np.random.default_rng(5)
    colours = rng.choice(["red", "green", "blue"], 600)
    labels = rng.choice(["yes", "no"], 600)
    a_wrong = rng.random(600) < np.where(colours == "red", 0.05, 0.25)
    b_wrong = rng.random(600) < np.where(colours == "red", 0.45, 0.25)
    prices = [f"{price:.2f}" if rng.random() < 0.8 else "" for price in rng.gamma(2.0, 30.0, 600)]
    stories = ["".join(rng.choice(list("abc "), rng.integers(5, 80))).strip() or "a" for _ in range(600)]
    gold = [f"e{number},{colours[number]},{prices[number]},{stories[number]},{labels[number]}" for number in range(600)]
    (folder / "shop.csv").write_text("\n".join(["id,colour,price,story,label", *gold]) + "\n")
    for name, wrong in (("reds.csv", a_wrong), ("plain.csv", b_wrong)):
        rows = [
            f"e{number},{labels[number] if not wrong[number] else 'yes' if labels[number] == 'no' else 'no'}"
            for number in range(600)
        ]
        (folder / name).write_text("\n".join(["id,prediction", *rows]) + "\n")
    return folder / "shop.csv", folder / "reds.csv", folder / "plain.csv"
