"""The pane beside a list of images: what the one is that the bar rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.timer import Timer
from textual.widgets import Static

from wyrcan_tui.errors import WyrcanError, printable
from wyrcan_tui.flows.facts import image_outline
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.progress import Meter
from wyrcan_tui.texts import _
from wyrcan_tui.tui.page import text

if TYPE_CHECKING:
    from wyrcan_tui.flows.forecast import Forecast
    from wyrcan_tui.tui.page import Page

REST: Final = 0.3
"""Seconds that the bar must rest on an entry before its manifest is asked for."""


class ImagePane(VerticalScroll):
    """Where there is room for it, asks for an image once the bar has rested on it, and stops when it goes on."""

    def __init__(self) -> None:
        super().__init__(id="pane")
        self._reference: Reference | None = None
        self._about = ""
        self._rest: Timer | None = None
        self._meter = Meter()

    def compose(self) -> ComposeResult:
        """What is told, and what stands in the way."""
        yield text(name="told")
        yield text(kind="error", name="hindrance")

    def on_show(self) -> None:
        """Catch up: where there was no room, nothing was asked."""
        self.resume()

    def resume(self) -> None:
        """Go on where `stop` was called."""
        self.rest_on(self._reference, self._about)

    def rest_on(self, reference: Reference | None, about: str = "") -> None:
        """Tell about another image from now on, None is none; `about` is what is known of it without asking."""
        self.stop()
        self._reference = reference
        self._about = about
        if not self.is_shown:
            return
        found = self._page.menu.forecasts.known(reference) if reference else None
        if found or not reference:
            self._tell(found)
        else:
            self._put(_("Looking ..."), "")
            self._rest = self.set_timer(REST, lambda: self._ask(reference))

    def stop(self) -> None:
        """Ask no more."""
        self._meter.cancel()
        if self._rest:
            self._rest.stop()
        self._rest = None

    def on_unmount(self) -> None:
        """Ask no more, as nobody looks."""
        self.stop()

    @property
    def is_shown(self) -> bool:
        """Whether there is room for it (menu.tcss)."""
        return bool(self.display and self.region.width)

    @property
    def _page(self) -> Page:
        return cast("Page", self.screen)

    def _ask(self, reference: Reference) -> None:
        menu = self._page.menu
        machine, meter = menu.adapters.machine, Meter()
        self._meter = meter

        def ask() -> Forecast | WyrcanError:
            return menu.forecasts.ask(reference, menu.decision.site, machine.platform, meter, memory=machine.memory)

        def tell(found: Forecast | WyrcanError) -> None:
            if reference == self._reference:
                self._tell(found)

        self._page.work_on(ask, tell)

    def _tell(self, found: Forecast | WyrcanError | None) -> None:
        match found:
            case None:
                self._put("", "")
            case WyrcanError():
                self._put("", str(found))
            case _:
                self._put("\n".join(image_outline(found)), str(found.refusal or ""))

    def _put(self, told: str, hindrance: str) -> None:
        whole = "\n\n".join(filter(None, (self._about, told)))
        self.query_one("#told", Static).update(printable(whole))
        self.query_one("#hindrance", Static).update(printable(hindrance))
