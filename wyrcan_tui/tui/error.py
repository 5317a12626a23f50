"""The screen for everything that goes wrong: what happened, why, what to do, and how to go on."""

from __future__ import annotations

from collections.abc import Callable

from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.remedy import doctor_helps, login_helps_at
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui import behind
from wyrcan_tui.tui.login import LoginPage
from wyrcan_tui.tui.page import Page, scrolling, text
from wyrcan_tui.tui.report import ReportPage


class ErrorPage(Page):
    """Shows an error. `retry`, where given, is offered; it or `back` is called after the page is gone.

    Where the way to the image `reference` may be what fails, finding out why is offered, too.
    """

    keys = later("Enter choose   Tab details, arrows scroll   Esc back")
    help = later(
        "Something did not work: what happened is said in red, below it what can be done about it, and the facts.\n\n"
        "Trying again does the same once more, for what may have healed by itself or been mended meanwhile. Going back "
        "leads to where something else can be chosen or typed; what was typed is still there. The details are all "
        "that is known, to keep on the boot medium or to take along as a QR code."
    )
    help_keys = ((later("Tab"), later("go to the facts, which Up and Down then scroll, and back to the list")),)
    remembered = False

    def __init__(
        self,
        error: WyrcanError,
        retry: Callable[[], None] | None,
        back: Callable[[], None],
        reference: Reference | None,
    ) -> None:
        super().__init__()
        self._error = error
        self._retry = retry
        self._back = back
        self._about = reference
        self._reference = reference if doctor_helps(error) else None

    @property
    def _host(self) -> str:
        """The registry where a login may help; empty where none does, or nothing could be done with it."""
        return login_helps_at(self._error) if self._retry else ""

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("That did not work")

    def body(self) -> list[Widget]:
        """What happened, what to do, further facts, and the ways on."""
        error = self._error
        widgets: list[Widget] = [text(error.message, kind="error", name="what")]
        if error.hint:
            widgets.append(text(error.hint, name="todo"))
        facts = [f"{name}: {value}" for name, value in error.context.items()]
        widgets.append(scrolling(text("\n".join([*facts, _("code: {code}").format(code=error.code)]), name="why")))
        options = [Option(_("Log in ..."), "login")] if self._host else []
        options += [Option(_("Try again"), "retry")] if self._retry else []
        options += [Option(_("Find out why ..."), "why")] if self._reference else []
        options.append(Option(_("Go back and change it") if self._retry else _("Go back"), "back"))
        options.append(Option(_("Details: save them, or show them as a QR code ..."), "details"))
        widgets.append(OptionList(*options, markup=False))
        return widgets

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go the way that was chosen."""
        if event.option_id == "login" and self._retry:
            self.go_to(LoginPage(self._host, self._try_again))
        elif event.option_id == "retry":
            self._try_again()
        elif event.option_id == "why":
            self.go_to(behind.doctor_page(self._reference))
        elif event.option_id == "details":
            self.go_to(ReportPage(self._error, self._about))
        else:
            self.action_back()

    def _try_again(self) -> None:
        if not self.is_in_front:
            return
        self.app.pop_screen()
        if self._retry:
            self._retry()

    def action_back(self) -> None:
        """Leave the page."""
        if self.is_in_front:
            self.app.pop_screen()
            self._back()
