"""A shell on the terminal of this process."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.texts import _

_USUAL: Final = Path("/bin/sh")
_INTERVAL: Final = 60.0


class Shell:
    """The login shell of whoever runs this; ``/bin/sh`` where that is not there, as on the ISO."""

    def run(self, still: Callable[[], None]) -> None:
        """Run it until it ends; once a minute, and at first, `still` is called.

        Raises:
            WyrcanError: ``shell-missing``.
        """
        own = Path(pwd.getpwuid(os.getuid()).pw_shell)
        path = own if own.is_file() else _USUAL
        try:
            # A minus in front of its name makes it a login shell (login(1), "SYNOPSIS" of sh(1)).
            shell = subprocess.Popen([f"-{path.name}"], executable=path, cwd="/")
        except OSError as error:
            raise WyrcanError(
                "shell-missing",
                _("There is no shell on this system: {why} ({path}).").format(why=error.strerror, path=path),
                hint=_("Start from the Wyrcan ISO, which has one."),
            ) from error
        while True:
            still()
            try:
                shell.wait(_INTERVAL)
            except subprocess.TimeoutExpired:
                continue
            break
        _take_terminal_back()


def _take_terminal_back() -> None:
    """Be in front again: a shell that was killed has not given the terminal back (tcsetpgrp(3))."""
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        os.tcsetpgrp(sys.stdin.fileno(), os.getpgrp())
    finally:
        signal.signal(signal.SIGTTOU, before)
