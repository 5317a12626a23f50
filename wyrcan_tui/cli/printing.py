"""Progress on a plain terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from wyrcan_tui.progress import Meter, Progress, size_text
from wyrcan_tui.texts import _


@contextmanager
def printed_progress(*, quiet: bool) -> Iterator[Meter]:
    """Return a meter whose progress goes to standard error: one line that changes, or single lines off a terminal."""
    if quiet:
        yield Meter()
        return
    live = sys.stderr.isatty()
    shown = ""

    def report(progress: Progress) -> None:
        nonlocal shown
        if live:
            print(f"\r\x1b[K{_line(progress)}", end="", file=sys.stderr, flush=True)
        elif progress.sentence != shown:
            shown = progress.sentence
            print(shown, file=sys.stderr, flush=True)

    try:
        yield Meter(report)
    finally:
        if live:
            print(file=sys.stderr)


def _line(progress: Progress) -> str:
    if not progress.total:
        return progress.sentence
    amount = _("{done} of {total}").format(done=size_text(progress.done), total=size_text(progress.total))
    return f"{progress.sentence} {amount}"
