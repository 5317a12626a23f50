"""Restarting this machine and switching it off: systemctl(1), which needs no D-Bus for that where root calls it."""

from __future__ import annotations

import subprocess

from wyrcan_tui.errors import WyrcanError


class Power:
    """The switch of this machine. What runs is stopped in order first; both return as soon as that has begun."""

    def restart(self) -> None:
        """Start this machine anew.

        Raises:
            WyrcanError: ``power-refused``.
        """
        _run("reboot", "restart")

    def power_off(self) -> None:
        """Switch this machine off.

        Raises:
            WyrcanError: ``power-refused``.
        """
        _run("poweroff", "switch off")


def _run(verb: str, words: str) -> None:
    try:
        done = subprocess.run(["systemctl", verb], check=False, capture_output=True, text=True)
        if done.returncode == 0:
            return
        reason = done.stderr.strip().rstrip(".") or f"systemctl ended with {done.returncode}"
    except OSError as error:
        reason = f"systemctl: {error.strerror}"
    raise WyrcanError(
        "power-refused",
        f"This machine does not {words}: {' '.join(reason.split())}.",
        hint="Run as root, or use the machine's own switch.",
    )
