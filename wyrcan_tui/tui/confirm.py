"""The screen in front of every step that cannot be taken back."""

from __future__ import annotations

from collections.abc import Callable

from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.tui.page import Page, scrolling, text


class ConfirmPage(Page):
    """Asks before something is written: says what, warns, and calls `confirmed` once the answer is yes."""

    keys = "Enter choose   Tab to the details, arrows scroll them   Esc back"

    def __init__(self, question: str, details: str, warning: str, answer: str, confirmed: Callable[[], None]) -> None:
        super().__init__()
        self._question = question
        self._details = details
        self._warning = warning
        self._answer = answer
        self._confirmed = confirmed

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return "Are you sure?"

    def body(self) -> list[Widget]:
        """The question, what exactly will be done, and the two answers, the harmless one first."""
        return [
            text(self._question),
            scrolling(text(self._details, name="details")),
            text(self._warning, kind="warning"),
            OptionList(Option("No, go back", "no"), Option(self._answer, "yes"), markup=False),
        ]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the answer."""
        if event.option_id == "yes":
            self.agree()
        else:
            self.action_back()

    def agree(self) -> None:
        """Leave the page and go on."""
        self.app.pop_screen()
        self._confirmed()
