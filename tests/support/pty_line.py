"""A program on a terminal of its own, and the other end of that as a socket, as a machine's serial line is one.

with program_on_terminal([sys.executable, "-c", CODE]) as line:
    terminal = Terminal(line, lambda seconds: seconds, tmp_path / "log")
"""

import os
import pty
import socket
import subprocess
import termios
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_SIZE: Final = (24, 80)
_CHUNK: Final = 1 << 16


@contextmanager
def program_on_terminal(command: Sequence[str | Path]) -> Iterator[socket.socket]:
    """Run a program in front of a terminal of 80 by 24; it is ended at the end."""
    controller, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, _SIZE)
    ours, line = socket.socketpair()

    def to_line() -> None:
        # Once nobody has the terminal open any more, reading fails.
        with suppress(OSError):
            while data := os.read(controller, _CHUNK):
                ours.sendall(data)

    def to_program() -> None:
        with suppress(OSError):
            while data := ours.recv(_CHUNK):
                os.write(controller, data)

    # setsid(1) makes the terminal the one that the program and its shells are in front of.
    program = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "setsid", "--ctty", *command],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    pumps = [threading.Thread(target=pump, daemon=True) for pump in (to_line, to_program)]
    for pump in pumps:
        pump.start()
    try:
        yield line
    finally:
        program.kill()
        program.wait()
        ours.shutdown(socket.SHUT_RDWR)
        for pump in pumps:
            pump.join()
        ours.close()
        line.close()
        os.close(controller)
