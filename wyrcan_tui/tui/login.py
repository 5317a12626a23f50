"""Logging in to a registry that does not let just anybody in."""

from __future__ import annotations

from collections.abc import Callable

from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.flows.decide import Decision
from wyrcan_tui.flows.keep import LOGIN_WARNING
from wyrcan_tui.registry.credentials import Credential
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.page import Page, text


class LoginPage(Page):
    """Asks for a name and a password, and calls `go_on` once they are known; whether they are right shows then."""

    keys = later("Tab next   Enter choose   Esc back")
    help = later(
        "The registry lets only its users in, or says more to them. Most registries want an access token instead of "
        "the password. The login is forgotten when the machine starts anew, unless it is to be kept with a choice."
    )
    help_keys = ((later("Tab"), later("go to the next line, and to the list")),)

    def __init__(self, host: str, go_on: Callable[[], None]) -> None:
        super().__init__()
        self._host = host
        self._go_on = go_on

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("Log in to {host}").format(host=self._host)

    def body(self) -> list[Widget]:
        """The name, the password (or a token), and how long they are kept."""
        return [
            Input(placeholder=_("user name"), id="user"),
            Input(placeholder=_("password or access token"), password=True, id="password"),
            text(kind="error", name="wrong"),
            OptionList(
                Option(_("Log in until this machine is started anew"), "forget"),
                Option(_("Log in, and keep it with the choice that is saved"), "keep"),
                markup=False,
            ),
            text(_(LOGIN_WARNING), kind="warning"),
        ]

    def on_input_submitted(self) -> None:
        """Go on to the next line."""
        self.focus_next()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the login, and go on with what it was needed for."""
        user, password = (self.query_one(f"#{name}", Input).value for name in ("user", "password"))
        if not user or not password:
            self.put("wrong", _("Both a user name and a password are needed."))
            return
        instructions = self.menu.instructions
        instructions.log_in(self._host, Credential(user, password), keep=event.option_id == "keep")
        self.work_on(instructions.read, self._continue)

    def _continue(self, decision: Decision) -> None:
        self.menu.decision = decision
        self.app.pop_screen()
        self._go_on()
