"""Logging in to a registry that does not let just anybody in."""

from __future__ import annotations

from typing import Final

from wyrcan_tui.flows.keep import LOGIN_WARNING
from wyrcan_tui.plain.desk import Desk
from wyrcan_tui.plain.teletype import BackError
from wyrcan_tui.registry.credentials import Credential
from wyrcan_tui.texts import _, later

_HELP: Final = later(
    "The registry lets only its users in, or says more to them. Most registries want an access token instead of the "
    "password. The login is forgotten when the machine starts anew, unless it is to be kept with a choice."
)


def log_in(desk: Desk, host: str) -> None:
    """Ask for a name and a password; whether they are right shows at the next try.

    Raises:
        BackError: where somebody does not want to.
    """
    desk.opened(_("Log in to {host}").format(host=host))
    desk.say("\n" + _("Log in to {host}. Enter alone goes back.").format(host=host))
    user = _required(desk, _("User name: "))
    password = _required(desk, _("Password or access token, not shown: "), secret=True)
    desk.say(_(LOGIN_WARNING))
    keep = desk.agrees(_("Keep the login with the choice that is saved?"))
    desk.instructions.log_in(host, Credential(user, password), keep=keep)
    desk.read()


def _required(desk: Desk, prompt: str, *, secret: bool = False) -> str:
    if answer := desk.ask(prompt, _(_HELP), secret=secret):
        return answer
    raise BackError
