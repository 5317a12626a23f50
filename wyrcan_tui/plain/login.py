"""Logging in to a registry that does not let just anybody in."""

from __future__ import annotations

from wyrcan_tui.flows.keep import LOGIN_WARNING
from wyrcan_tui.plain.desk import Desk
from wyrcan_tui.plain.teletype import BackError
from wyrcan_tui.registry.credentials import Credential


def log_in(desk: Desk, host: str) -> None:
    """Ask for a name and a password; whether they are right shows at the next try.

    Raises:
        BackError: where somebody does not want to.
    """
    desk.say(f"\nLog in to {host}. Enter alone goes back.")
    user = _required(desk, "User name: ")
    password = _required(desk, "Password or access token, not shown: ", secret=True)
    desk.say(LOGIN_WARNING)
    keep = desk.agrees("Keep the login with the choice that is saved?")
    desk.instructions.log_in(host, Credential(user, password), keep=keep)
    desk.read()


def _required(desk: Desk, prompt: str, *, secret: bool = False) -> str:
    if answer := desk.ask(prompt, secret=secret):
        return answer
    raise BackError
