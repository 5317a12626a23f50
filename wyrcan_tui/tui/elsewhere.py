"""What the others do: the unattended boot, or somebody at another console of this machine."""

from __future__ import annotations

from textual.widget import Widget

from wyrcan_tui.flows.elsewhere import sentence
from wyrcan_tui.flows.unattended import OWNER
from wyrcan_tui.host.turn import Status
from wyrcan_tui.progress import size_text
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.bar import bar_text
from wyrcan_tui.tui.page import Page, keys_line, text


class ElsewherePage(Page):
    """Shows the boot that goes on without this console; the unattended one ends at the press of a key."""

    keys = ""
    help = later(
        "This machine boots already: by itself, as it was told to, or because somebody at another console said so.\n\n"
        "A boot that goes on by itself stops at the press of any key, without harm, and the menu opens. One that was "
        "started at another console can be stopped only there; this screen goes by itself when it is over."
    )
    remembered = False

    def __init__(self, status: Status) -> None:
        super().__init__()
        self._status = status

    @property
    def keys_text(self) -> str:
        """What the line of keys says."""
        if self._status.owner == OWNER:
            return _("Press any key to open the menu")
        return keys_line(_("Wait, or stop it there"))

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("Booting {reference}").format(reference=self._status.reference)

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
        total = _("{bar} {done} of {total}").format(
            bar=bar_text(status.done, status.total), done=size_text(status.done), total=size_text(status.total)
        )
        self.put("total", total if status.total else "")
        self.put("failed", _("The last try failed: {error}").format(error=status.error) if status.error else "")
        self.put("problems", status.problems)
        self.put("keys", self.keys_text)
