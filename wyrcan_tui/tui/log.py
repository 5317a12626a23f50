"""The log: what was done and what went wrong in this menu, and what the system wrote down."""

from __future__ import annotations

from typing import ClassVar

from textual.containers import VerticalScroll
from textual.widget import Widget

from wyrcan_tui.flows.history import SystemLines, system_lines
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.page import Page, text


class LogPage(Page):
    """Shows the log as it is when the page opens, the menu's own part first. No secret is in it."""

    AUTO_FOCUS: ClassVar[str | None] = "VerticalScroll"

    keys = later("Up/Down scroll   PageDown, End go on   Esc back")
    help = later(
        "What was done and what went wrong in this menu since it started, with the time in UTC; below it the last "
        "lines of this system's services and of its kernel, where they can be read.\n\n"
        "Passwords, tokens and keys are left out: three dots stand in their place."
    )
    remembered = False

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("What was done and what went wrong")

    def body(self) -> list[Widget]:
        """The three parts, one below the other."""
        events = "\n".join(str(event) for event in self.menu.history.events)
        return [
            VerticalScroll(
                text(_("In this menu (UTC):"), kind="step"),
                text(events or _("Nothing yet."), name="events"),
                text(_("Services of this system:"), kind="step"),
                text(_("Reading ..."), name="services"),
                text(_("Its kernel:"), kind="step"),
                text(_("Reading ..."), name="kernel"),
                id="whole",
            )
        ]

    def on_mount(self) -> None:
        """Read what the system wrote down."""
        log = self.menu.adapters.log
        self.work_on(lambda: system_lines(log), self._show)

    def _show(self, lines: SystemLines) -> None:
        nothing = _("Nothing that can be read here.")
        self.put("services", "\n".join(lines.services) or nothing)
        self.put("kernel", "\n".join(lines.kernel) or nothing)
