"""Restarting this machine and switching it off: systemctl(1), which needs no D-Bus for that where root calls it."""

from __future__ import annotations

import subprocess

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.texts import _


class Power:
    """The switch of this machine. What runs is stopped in order first; both return as soon as that has begun."""

    def restart(self) -> None:
        """Start this machine anew.

        Raises:
            WyrcanError: ``power-refused``.
        """
        _run("reboot", _("This machine does not restart: {why}."))

    def power_off(self) -> None:
        """Switch this machine off.

        Raises:
            WyrcanError: ``power-refused``.
        """
        _run("poweroff", _("This machine does not switch off: {why}."))


def _run(verb: str, refusal: str) -> None:
    try:
        done = subprocess.run(["systemctl", verb], check=False, capture_output=True, text=True)
        if done.returncode == 0:
            return
        reason = done.stderr.strip().rstrip(".") or _("systemctl ended with {status}").format(status=done.returncode)
    except OSError as error:
        reason = f"systemctl: {error.strerror}"
    raise WyrcanError(
        "power-refused",
        refusal.format(why=" ".join(reason.split())),
        hint=_("Run as root, or use the machine's own switch."),
    )
