"""A bar that tells how far something is."""

from __future__ import annotations

_BAR = 24


def bar_text(done: int, total: int) -> str:
    """Return a bar of plain characters, which every terminal has."""
    filled = _BAR * min(done, total) // total if total else _BAR
    return f"[{'#' * filled}{'.' * (_BAR - filled)}]"
