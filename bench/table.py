"""A table in Markdown."""

from __future__ import annotations

from collections.abc import Sequence


def table(title: str, note: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a heading, a note, and the table below them; its columns but the first are numbers."""
    rule = ["---", *("---:" for _ in header[1:])]
    lines = [f"| {' | '.join(cells)} |" for cells in (header, rule, *rows)]
    return "\n".join([f"### {title}", "", note, "", *lines, ""])
