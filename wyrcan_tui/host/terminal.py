"""The terminal that a menu runs on."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
from pathlib import Path
from typing import Final

_PLAIN_KINDS: Final = ("", "dumb", "unknown")
"""What TERM says of a terminal that nobody knows, or that can nothing but print (term(7))."""
_USUAL_SIZE: Final = (24, 80)
_USUAL_SPEED: Final = termios.B115200
_STANDARD_OUTPUT: Final = 1


def moves_cursor(kind: str) -> bool:
    """Tell whether a terminal of this kind, the value of TERM, can be drawn on; where nobody knows, it is believed to.

    The terminal's description tells (terminfo(5), ``cursor_address``), where this system has it: the ISO has none.
    """
    if kind in _PLAIN_KINDS:
        return False
    try:
        import curses  # noqa: PLC0415 - the ISO's Python is without it
    except ImportError:
        return True
    try:
        curses.setupterm(kind, _STANDARD_OUTPUT)
    except curses.error:
        return True
    return curses.tigetstr("cup") is not None


def prepare_terminal(root: Path, file: int) -> str:
    """Make the terminal behind an open file usable, and return its name (``ttyS0``).

    A serial line tells no size, so 80x24 is assumed; and one that is not the kernel's console has a speed nobody
    chose (Linux starts with 9600), so it gets what remote consoles use, 115200.

    Raises:
        OSError: where the file is no terminal.
    """
    name = Path(os.ttyname(file)).name
    rows, columns, _, _ = struct.unpack("HHHH", fcntl.ioctl(file, termios.TIOCGWINSZ, bytes(8)))
    if not (rows and columns):
        fcntl.ioctl(file, termios.TIOCSWINSZ, struct.pack("HHHH", *_USUAL_SIZE, 0, 0))
    if name.startswith("ttyS") and name not in _consoles(root):
        attributes = termios.tcgetattr(file)
        attributes[4] = attributes[5] = _USUAL_SPEED
        termios.tcsetattr(file, termios.TCSANOW, attributes)
    return name


def _consoles(root: Path) -> list[str]:
    return (root / "sys/class/tty/console/active").read_text().split()
