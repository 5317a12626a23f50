"""Booting what somebody at a console chose: the other consoles see it, and nothing else boots meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.unattended import status_of
from wyrcan_tui.host.turn import Turn
from wyrcan_tui.progress import Meter, Progress, Report

_PATIENCE: Final = 45.0
"""Seconds to wait for an unattended boot to stop: it may be waiting for a registry that does not answer."""
_POLL: Final = 0.2


def boot_attended(
    turn: Turn, console: str, reference: str, boot: Callable[[Meter], None], report: Report
) -> tuple[Meter, Callable[[], None]]:
    """Return a meter that can stop the boot, and what boots when it is called (in a thread of its own).

    The call raises what `boot` raises, and ``turn-taken`` where another console boots already.
    """

    def tell(progress: Progress) -> None:
        turn.tell(status_of(progress, console, reference))
        report(progress)

    def run() -> None:
        turn.attend()
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                with turn.taken(console):
                    return boot(meter)
            except WyrcanError as error:
                if error.code != "turn-taken" or time.monotonic() > deadline:
                    raise
            meter.pause(_POLL)

    meter = Meter(tell)
    return meter, run
