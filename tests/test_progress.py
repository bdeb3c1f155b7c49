"""How far a long function is, told from part to whole."""

from __future__ import annotations

from reviewer_app.progress import Progress


def test_a_part_tells_its_share_of_the_whole_under_the_last_message() -> None:
    told: list[tuple[float | None, str]] = []
    whole = Progress(lambda fraction, message: told.append((fraction, message)))
    whole.report(0.5, "comparing on pets")
    part = whole.part(0.5, 1.0).part(0.0, 0.5)
    part.report(0.5)
    part.report(1.0, "nearly there")
    whole.report(None)
    assert told == [
        (0.5, "comparing on pets"),
        (0.625, "comparing on pets"),
        (0.75, "nearly there"),
        (None, "nearly there"),
    ]
