"""What commands say beside what they print: how far they are, what was lost, and what is wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from wyrcan_tui.errors import printable
from wyrcan_tui.image.losses import SHOWN, Loss
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


def tell(text: str) -> None:
    """Print a line on standard error."""
    print(f"wyrcan: {text}", file=sys.stderr)


def print_losses(losses: Sequence[Loss]) -> None:
    """Tell what of an image cannot be kept, and where all of it is told where that is much."""
    for loss in losses:
        tell(printable(loss.sentence))
    if any(len(loss.files) > SHOWN for loss in losses):
        tell(_("`{command}` names all the files.").format(command="wyrcan check --json"))
