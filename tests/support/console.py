"""A program on a terminal of its own, and a person who sees its screen and types.

with Console(["wyrcan", "menu"], folder) as console:
    console.terminal.wait_for("Boot this machine")
"""

import fcntl
import os
import pty
import signal
import socket
import struct
import subprocess
import termios
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.terminal import COLUMNS, LINES, Terminal

SECONDS_TO_END = 20


class Console:
    """Runs a command on a pseudoterminal; what it wrote goes to the file ``console.log`` in `folder`."""

    def __init__(
        self,
        command: Sequence[str | Path],
        folder: Path,
        *,
        size: tuple[int, int] = (COLUMNS, LINES),
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._command = command
        self._log = folder / "console.log"
        self._size = size
        # pytest's workers tell a size of their own, which would count more than the terminal's.
        own = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
        self._environment = {**own, "TERM": "linux"}

    def __enter__(self) -> Self:
        self._controller, program = pty.openpty()
        columns, lines = self._size
        fcntl.ioctl(program, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "setsid", "--ctty", *self._command],
            stdin=program,
            stdout=program,
            stderr=program,
            env=self._environment,
        )
        os.close(program)
        self._near, far = socket.socketpair()
        self._threads = [
            threading.Thread(target=self._pass_output, name="output"),
            threading.Thread(target=self._pass_keys, name="keys"),
        ]
        for thread in self._threads:
            thread.start()
        self.terminal = Terminal(far, lambda seconds: seconds, self._log, self._size)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join()
        os.close(self._controller)
        self.terminal.close()
        self._near.close()

    def end(self) -> int:
        """Wait for the program to end; returns its exit code, which is a signal's number below zero."""
        return self._process.wait(SECONDS_TO_END)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        self._process.send_signal(number)

    def _pass_output(self) -> None:
        while data := self._output():
            self._near.sendall(data)
        # No more keys either.
        self._near.shutdown(socket.SHUT_RDWR)

    def _output(self) -> bytes:
        try:
            return os.read(self._controller, 65536)
        except OSError:
            # Nobody has the other side open any more.
            return b""

    def _pass_keys(self) -> None:
        while data := self._near.recv(65536):
            os.write(self._controller, data)
