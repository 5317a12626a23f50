"""Beside the list of the first page: all that is known of the machine, for who has never seen it before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll

from wyrcan_tui.flows.chosen import chosen_details
from wyrcan_tui.flows.decide import Decision
from wyrcan_tui.flows.glance import Glance
from wyrcan_tui.flows.history import SystemLines, system_lines
from wyrcan_tui.texts import _
from wyrcan_tui.tui.page import text

if TYPE_CHECKING:
    from wyrcan_tui.tui.page import Page


class Overview(VerticalScroll):
    """The machine, its network, what was chosen for it and the last lines of the logs, where there is room for it."""

    def __init__(self) -> None:
        super().__init__(id="pane")
        self._shown: dict[str, str | Mapping[str, str]] = {}
        self._is_reading = False
        self._is_outdated = False

    def compose(self) -> ComposeResult:
        """The parts, each below its name."""
        for name, title in (
            ("details", _("This machine:")),
            ("interfaces", _("Its network:")),
            ("chosen", _("Chosen for it:")),
            ("events", _("The last in this menu (UTC):")),
            ("services", _("The last of its services:")),
            ("kernel", _("The last of its kernel:")),
        ):
            yield text(title, kind="part")
            yield Vertical(id=name, classes="note")

    def on_show(self) -> None:
        """Catch up: where there was no room, nothing was read."""
        self.read_logs()

    def show_machine(self, glance: Glance) -> None:
        """Show the machine as it is now."""
        self._put("details", glance.details)
        self._put("interfaces", "\n".join(glance.interfaces) or _("No interface that Linux knows."))
        self.read_logs()

    def show_choice(self, decision: Decision) -> None:
        """Show what the machine was told."""
        self._put("chosen", chosen_details(decision) or _("Nothing so far."))

    def read_logs(self) -> None:
        """Show the last lines of the logs as they are now, where there is room for them."""
        page = cast("Page", self.screen)
        if not (self.display and self.region.width and page.is_in_front):
            return
        # One reading at a time: links that come and go ask for many.
        self._is_outdated = self._is_reading
        if self._is_reading:
            return
        self._is_reading = True
        log = page.menu.adapters.log
        page.work_on(lambda: system_lines(log), self._show_logs)

    def _show_logs(self, lines: SystemLines) -> None:
        self._is_reading = False
        most = max(3, self.size.height // 8)
        events = cast("Page", self.screen).menu.history.events[-most:]
        nothing = _("Nothing that can be read here.")
        self._put("events", "\n".join(map(str, events)) or _("Nothing yet."))
        self._put("services", "\n".join(lines.services[-most:]) or nothing)
        self._put("kernel", "\n".join(lines.kernel[-most:]) or nothing)
        if self._is_outdated:
            self.read_logs()

    def _put(self, part: str, content: str | Mapping[str, str]) -> None:
        """Show lines, or facts by name; what stays as it is costs a slow line nothing."""
        if self._shown.get(part) == content:
            return
        self._shown[part] = content
        box = self.query_one(f"#{part}", Vertical)
        box.remove_children()
        if isinstance(content, str):
            box.mount(text(content, kind="step"))
        else:
            box.mount(*(_fact(name, value) for name, value in content.items()))


def _fact(name: str, value: str) -> Horizontal:
    """Return a row; where the value is longer than its line, it goes on below its own beginning."""
    return Horizontal(text(name, kind="name"), text(value, kind="found"), classes="step")
