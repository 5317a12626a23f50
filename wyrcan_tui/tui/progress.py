"""The boot, as it goes on."""

from __future__ import annotations

import time
from dataclasses import replace

from textual.widget import Widget

from wyrcan_tui.flows.attended import boot_attended
from wyrcan_tui.flows.boot import Order, boot
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.progress import Item, Meter, Progress, Stage, size_text
from wyrcan_tui.tui.bar import bar_text
from wyrcan_tui.tui.page import Page, text

_INTERVAL = 0.25
_MOST_ITEMS = 12


class ProgressPage(Page):
    """Fetches, packs, loads and jumps, and shows how far it is; Escape stops it without harm."""

    keys = "Esc stop and go back"

    def __init__(self, order: Order) -> None:
        super().__init__()
        self._order = order
        self._now = Progress(Stage.RESOLVE, "Beginning.")
        self._since = time.monotonic()

    @property
    def reference(self) -> Reference:
        """The image that the page is about."""
        return self._order.reference

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return f"Booting {self._order.reference}"

    def body(self) -> list[Widget]:
        """What is done now, the whole, and the layers."""
        return [text(name="note"), text(name="total"), text(name="layers")]

    def on_mount(self) -> None:
        """Begin."""
        self.set_interval(_INTERVAL, self._refresh_progress)
        self._begin()

    def _begin(self) -> None:
        adapters = self.menu.adapters

        def start(meter: Meter) -> None:
            boot(
                # Somebody may have logged in since the last try.
                replace(self._order, site=self.menu.decision.site),
                adapters.machine.platform,
                adapters.kexec,
                adapters.networkd,
                meter,
                memory=adapters.machine.memory,
            )

        self.meter, go = boot_attended(adapters.turn, self.menu.tty, str(self._order.reference), start, self._report)

        def run() -> None:
            self._since = time.monotonic()
            go()

        self.work_on(run, lambda _: None)

    def _report(self, progress: Progress) -> None:
        # Only kept here: how often it is drawn is for the screen to say, and costs the transfer nothing.
        self._now = progress

    def _refresh_progress(self) -> None:
        now = self._now
        self.put("note", now.sentence)
        if not now.total:
            return
        elapsed = max(0.1, time.monotonic() - self._since)
        speed = now.done / elapsed
        total = f"{bar_text(now.done, now.total)} {size_text(now.done)} of {size_text(now.total)}, {size_text(speed)}/s"
        self.put("total", total)
        self.put("layers", "\n".join(_layer_lines(now.items)))


def _layer_lines(items: tuple[Item, ...]) -> list[str]:
    lines = [
        f"{item.name}  {bar_text(item.done, item.total)} {size_text(item.total)}"
        for item in items
        # With many layers, those that are under way say more than those that are done or wait.
        if len(items) <= _MOST_ITEMS or 0 < item.done < item.total
    ]
    return lines[:_MOST_ITEMS]
