"""The screen in front of every step that cannot be taken back."""

from __future__ import annotations

from collections.abc import Callable

from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.page import Page, scrolling, text


class ConfirmPage(Page):
    """Asks before something is written: says what, warns, and calls `confirmed` once the answer is yes."""

    keys = later("Enter choose   Tab details, arrows scroll   Esc back")
    help = later(
        "What you chose cannot be taken back once it is done, so it is shown here in full before anything happens.\n\n"
        "Nothing is changed unless you choose the answer that begins with yes."
    )
    help_keys = ((later("Tab"), later("go to the details, which Up and Down then scroll, and back to the answers")),)

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
        return _("Are you sure?")

    def body(self) -> list[Widget]:
        """The question, what exactly will be done, and the two answers, the harmless one first."""
        details = scrolling(text(self._details, name="details"))
        details.set_class(not self._details, "hidden")
        return [
            text(self._question),
            details,
            text(self._warning, kind="warning"),
            OptionList(Option(_("No, go back"), "no"), Option(self._answer, "yes"), markup=False),
        ]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the answer."""
        if event.option_id == "yes":
            self.agree()
        else:
            self.action_back()

    def agree(self) -> None:
        """Leave the page and go on."""
        if self.is_in_front:
            self.app.pop_screen()
            self._confirmed()
