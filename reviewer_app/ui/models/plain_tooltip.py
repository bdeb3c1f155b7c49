"""Tooltips of what a dataset or a submission says: Qt takes what looks like markup for markup."""

from __future__ import annotations

from html import escape


def plain_tooltip(text: str) -> str:
    """Return a tooltip that shows a text as it is, wrapped."""
    return f"<p style='white-space: pre-wrap'>{escape(text)}</p>"
