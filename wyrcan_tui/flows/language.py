"""Which language the menu speaks."""

from __future__ import annotations

from collections.abc import Mapping

from wyrcan_tui.kernel.request import parse_request
from wyrcan_tui.texts import choose_language


def speak(cmdline: str, environment: Mapping[str, str]) -> None:
    """Speak the language that ``wyr.lang=`` on the kernel command line asks for, else the environment (locale(7))."""
    named = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    choose_language(parse_request(cmdline).language or next(filter(None, named), ""))
