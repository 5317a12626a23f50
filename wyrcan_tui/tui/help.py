"""Help: what a screen is, and every key that does something there."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.containers import VerticalScroll
from textual.widget import Widget

from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.page import Page, text

_KEY: Final = 12
"""Columns that a key gets before what it does."""
_EVERYWHERE: Final = (
    (later("Up, Down"), later("move the bar in a list; a long text is scrolled")),
    (later("Page, End"), later("PageUp, PageDown, Home and End move it faster")),
    (later("Enter"), later("choose what the bar is at")),
    (later("Tab"), later("go to the next part of the screen; Shift+Tab goes back")),
    (later("Esc"), later("go back one step; what goes on here is stopped, without harm")),
    (later("?"), later("this help; in a line that is typed into, F1")),
    (later("F2"), later("what was done and what went wrong, with the logs of this machine")),
    (later("Mouse"), later("where there is one: click to choose, turn the wheel to scroll")),
)


class HelpPage(Page):
    """Shows the help of another page."""

    AUTO_FOCUS: ClassVar[str | None] = "VerticalScroll"

    keys = later("Up/Down scroll   Esc back")
    help = later("What a screen is, and every key that does something there.")
    remembered = False

    def __init__(self, about: Page) -> None:
        super().__init__()
        self._about = about

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("Help")

    def body(self) -> list[Widget]:
        """The help, then the keys: first those that only this page has."""
        own = {key for key, _does in self._about.help_keys}
        rows = [*self._about.help_keys, *(row for row in _EVERYWHERE if row[0] not in own)]
        keys = "\n".join(f"{_(key):<{_KEY}}{_(does)}" for key, does in rows)
        return [VerticalScroll(text(_(self._about.help)), text(_("Keys:"), name="of"), text(keys), id="whole")]
