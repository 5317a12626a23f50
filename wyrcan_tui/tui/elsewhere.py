"""What the others do: the unattended boot, or somebody at another console of this machine."""

from __future__ import annotations

from textual.widget import Widget

from wyrcan_tui.flows.elsewhere import sentence
from wyrcan_tui.flows.unattended import OWNER
from wyrcan_tui.host.turn import Status
from wyrcan_tui.progress import size_text
from wyrcan_tui.tui.bar import bar_text
from wyrcan_tui.tui.page import Page, text


class ElsewherePage(Page):
    """Shows the boot that goes on without this console; the unattended one ends at the press of a key."""

    def __init__(self, status: Status) -> None:
        super().__init__()
        self._status = status

    @property
    def keys_text(self) -> str:
        """What the line of keys says."""
        return "Press any key to open the menu" if self._status.owner == OWNER else "Wait, or stop it there"

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return f"Booting {self._status.reference}"

    def body(self) -> list[Widget]:
        """What is done, how far it is, and what went wrong before."""
        return [
            text(name="note"),
            text(name="total"),
            text(kind="error", name="failed"),
            text(kind="warning", name="problems"),
        ]

    def on_mount(self) -> None:
        """Show the status that led here."""
        self.show(self._status)

    def action_back(self) -> None:
        """Stay: this page goes when the boot it shows is over."""

    def show(self, status: Status) -> None:
        """Show a newer status."""
        self._status = status
        if not self.query("#note"):
            # It is shown as soon as there is a page to show it on.
            return
        self.put("note", sentence(status))
        total = f"{bar_text(status.done, status.total)} {size_text(status.done)} of {size_text(status.total)}"
        self.put("total", total if status.total else "")
        self.put("failed", f"The last try failed: {status.error}" if status.error else "")
        self.put("problems", status.problems)
        self.put("keys", self.keys_text)
