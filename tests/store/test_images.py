"""Images that a review keeps."""

from __future__ import annotations

import io
import os
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reviewer_app.progress import Cancelled, Progress
from reviewer_app.store.images import LARGEST_ORIGINAL, LONGEST_SIDE, keep_images


def noise(path: Path, width: int, height: int, mode: str = "RGB") -> bytes:
    channels = len(mode)
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, channels), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path.read_bytes()


def test_small_images_are_kept_as_they_are_and_large_ones_smaller(tmp_path: Path) -> None:
    small = noise(tmp_path / "small.png", 64, 64)
    large = noise(tmp_path / "large.png", 1_600, 800)
    noise(tmp_path / "clear.png", 1_200, 1_200, "RGBA")
    assert len(small) <= LARGEST_ORIGINAL < len(large)

    kept, findings = keep_images(tmp_path, ["small.png", "large.png", "clear.png", "small.png"], Progress())

    by_path = {image.path: image for image in kept}
    assert list(by_path) == ["small.png", "large.png", "clear.png"]
    assert (by_path["small.png"].data, by_path["small.png"].reduced) == (small, False)
    assert by_path["large.png"].original_bytes == len(large)
    shown = Image.open(io.BytesIO(by_path["large.png"].data))
    assert (shown.format, shown.size) == ("JPEG", (LONGEST_SIDE, LONGEST_SIDE // 2))
    clear = Image.open(io.BytesIO(by_path["clear.png"].data))
    assert (clear.format, clear.mode) == ("PNG", "RGBA")
    assert [(finding.code, finding.count, finding.first) for finding in findings] == [
        ("images_reduced", 2, ("large.png", "clear.png"))
    ]


@pytest.mark.parametrize("path", ["../secret.png", "{absolute}", "link.png", "gone.png", "folder", "a\0b.png"])
def test_nothing_outside_the_folder_gets_into_a_review(tmp_path: Path, path: str) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    folder = tmp_path / "data"
    (folder / "folder").mkdir(parents=True)
    (folder / "link.png").symlink_to(secret)

    kept, findings = keep_images(folder, [path.format(absolute=secret)], Progress())

    assert kept == ()
    assert [(finding.code, finding.count) for finding in findings] == [("images_not_kept", 1)]


def test_a_large_file_that_is_no_image_is_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"no image" * LARGEST_ORIGINAL)

    kept, findings = keep_images(tmp_path, ["x.png"], Progress())

    assert kept == ()
    assert findings[0].first == ("x.png",)


def test_an_image_that_unpacks_to_gigabytes_is_left_out(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    side = (60_000).to_bytes(4, "big")
    header = chunk(b"IHDR", side + side + bytes([8, 2, 0, 0, 0]))
    filler = chunk(b"IDAT", zlib.compress(b"\0" * 2**20) + os.urandom(LARGEST_ORIGINAL))
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + header + filler + chunk(b"IEND", b""))

    kept, findings = keep_images(tmp_path, ["bomb.png"], Progress())

    assert kept == ()
    assert findings[0].code == "images_not_kept"


def test_keeping_images_can_be_cancelled(tmp_path: Path) -> None:
    progress = Progress()
    progress.cancel()

    with pytest.raises(Cancelled):
        keep_images(tmp_path, ["a.png"], progress)
