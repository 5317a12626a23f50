"""A table in Markdown."""

from __future__ import annotations

from collections.abc import Sequence


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a heading and the table below it, the numbers in all columns but the first to the right."""
    rule = ["---", *("---:" for _ in header[1:])]
    lines = [f"| {' | '.join(cells)} |" for cells in (header, rule, *rows)]
    return "\n".join([f"### {title}", "", *lines, ""])
