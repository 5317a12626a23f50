"""What is told of an error to somebody who was not there: a text to keep, to send and to photograph."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from wyrcan_tui import __version__
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.history import History
from wyrcan_tui.flows.redaction import redacted
from wyrcan_tui.host.stick import Stick
from wyrcan_tui.oci.reference import Reference

_GIB: Final = 1 << 30


def error_report(
    error: WyrcanError, reference: Reference | None, adapters: Adapters, history: History, now: datetime
) -> str:
    """Return all that is known of an error, what tells most at first. No secret is in it."""
    firmware = "UEFI" if adapters.variables.supported else "BIOS"
    lines = [f"{error.code}: {error.message}"]
    lines += [f"What to do: {error.hint}"] if error.hint else []
    lines += [f"{name}: {value}" for name, value in error.context.items()]
    lines += [f"image: {reference}"] if reference else []
    lines += [
        f"machine: {adapters.machine.platform}, {adapters.machine.memory / _GIB:.1f} GiB of memory, {firmware}",
        f"Wyrcan TUI {__version__}, {now:%Y-%m-%d %H:%M:%S} UTC",
    ]
    if history.events:
        lines += ["", "What was done and what went wrong:", *map(str, history.events)]
    return redacted("\n".join(lines))


def keep_report(report: str, stick: Stick, now: datetime) -> str:
    """Leave a report on the boot medium, and return where it is, in words.

    Raises:
        WyrcanError: what `Stick.write` raises.
    """
    return stick.write(f"wyrcan-error-{now:%Y%m%d-%H%M%S}.txt", f"{report}\n".encode())
