"""Images that are kept in a review: originals where they are small, else made smaller."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reviewer_app.errors import Finding, Severity
from reviewer_app.progress import Progress

LARGEST_ORIGINAL = 256 * 1024
"""Bytes up to which an image is kept as it is."""
LONGEST_SIDE = 1_024
"""Pixels of the longer side of an image that is made smaller."""

_LARGEST_FILE = 256 * 2**20
_N_FIRST = 5


@dataclass(frozen=True)
class KeptImage:
    """An image as it is kept; `path` is as the dataset writes it, `reduced` says that it is not the original."""

    path: str
    original_bytes: int
    reduced: bool
    data: bytes


def keep_images(
    folder: Path, paths: Iterable[str], progress: Progress
) -> tuple[tuple[KeptImage, ...], tuple[Finding, ...]]:
    """Return the images of a dataset folder as they are kept, and what is to be said of it.

    Images that are missing, lie outside the folder or cannot be decoded though they are large are left out, and said;
    nothing outside the folder is ever read, because a review is mailed to others.
    """
    root = folder.resolve()
    kept: list[KeptImage] = []
    left_out: list[str] = []
    wanted = list(dict.fromkeys(paths))
    for number, path in enumerate(wanted):
        progress.report(number / len(wanted), "keeping images")
        image = _keep(root, path)
        if image is None:
            left_out.append(path)
        else:
            kept.append(image)
    return tuple(kept), tuple(_findings([image.path for image in kept if image.reduced], left_out))


def _keep(root: Path, path: str) -> KeptImage | None:
    try:
        file = (root / path).resolve()
        if not file.is_relative_to(root) or not file.is_file() or file.stat().st_size > _LARGEST_FILE:
            return None
        data = file.read_bytes()
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return None
    if len(data) <= LARGEST_ORIGINAL:
        return KeptImage(path, len(data), reduced=False, data=data)
    smaller = _reduce(data)
    return None if smaller is None else KeptImage(path, len(data), reduced=True, data=smaller)


def _reduce(data: bytes) -> bytes | None:
    """Return a smaller JPEG (PNG where there is transparency), or None where the image cannot be decoded."""
    import warnings

    from PIL import Image

    try:
        with warnings.catch_warnings():
            # A file of some kilobytes that unpacks to gigabytes is refused, not merely warned of.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                transparent = image.has_transparency_data
                smaller = image.convert("RGBA" if transparent else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        return None
    out = io.BytesIO()
    if transparent:
        smaller.save(out, "PNG", optimize=True)
    else:
        smaller.save(out, "JPEG", quality=85)
    return out.getvalue()


def _findings(reduced: list[str], left_out: list[str]) -> list[Finding]:
    findings = []
    if reduced:
        findings.append(
            Finding(
                "images_reduced",
                Severity.INFO,
                f"{len(reduced):,} images are larger than {LARGEST_ORIGINAL // 1024} KB; the review keeps them with "
                f"{LONGEST_SIDE:,} pixels at most. Runs use the originals.",
                len(reduced),
                first=tuple(reduced[:_N_FIRST]),
            )
        )
    if left_out:
        findings.append(
            Finding(
                "images_not_kept",
                Severity.WARNING,
                f"{len(left_out):,} images are not kept in the review: they are missing, lie outside the dataset's "
                "folder, or cannot be decoded.",
                len(left_out),
                first=tuple(left_out[:_N_FIRST]),
            )
        )
    return findings
