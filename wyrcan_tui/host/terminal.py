"""The terminal that a menu runs on."""

from __future__ import annotations

import contextlib
import enum
import fcntl
import os
import re
import struct
import termios
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wyrcan_tui.host.font import console_characters, font_for_screen, set_font

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


_SCREEN: Final = re.compile(r"tty\d+")
"""The names of the Linux console's own terminals (console(4))."""
_WINDOW: Final = re.compile(r"\d+")
"""The names of terminals of programs, which are numbers below /dev/pts (pts(4)): they tell by the environment."""
_COLOURLESS: Final = re.compile(r"dumb|unknown|vt\d.*|.*-m(ono)?")
"""The names of kinds of terminals without colours (term(7))."""
ASCII: Final = frozenset(map(chr, range(0x20, 0x7F)))


class Colours(enum.Enum):
    """What colours a terminal has."""

    NONE = enum.auto()
    SIXTEEN = enum.auto()
    MANY = enum.auto()


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a terminal can do.

    Attributes:
        colours: the colours that it has.
        characters: the characters that it can show; None where nothing is known that it cannot.
    """

    colours: Colours
    characters: frozenset[str] | None


def prepare_terminal(root: Path, file: int) -> str:
    """Make the terminal behind an open file usable, and return its name (``ttyS0``).

    A serial line tells no size, so 80x24 is assumed; and one that is not the kernel's console has a speed nobody
    chose (Linux starts with 9600), so it gets what remote consoles use, 115200. The screen gets the font that this
    system brings for it.

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
    if _SCREEN.fullmatch(name):
        # With the font that the kernel has built in the menu can be read, too.
        with contextlib.suppress(OSError, ValueError):
            if font := font_for_screen(root):
                set_font(file, font)
    return name


def terminal_abilities(name: str, file: int, environment: Mapping[str, str]) -> Abilities:
    """Return what the terminal of this name behind an open file can do.

    The Linux console tells what it can show. Nobody knows what is at the other end of a serial line, so it gets the
    characters that all have. A terminal of a program says so in the environment: by NO_COLOR (no-color.org), TERM,
    COLORTERM (terminals that have 24 bits for a colour set it to "truecolor" or "24bit") and the locale (locale(7)).
    """
    kind = environment.get("TERM", "dumb")
    if environment.get("NO_COLOR") or _COLOURLESS.fullmatch(kind):
        colours = Colours.NONE
    elif environment.get("COLORTERM") in ("truecolor", "24bit") and not _SCREEN.fullmatch(name):
        colours = Colours.MANY
    else:
        colours = Colours.SIXTEEN
    characters: frozenset[str] | None = ASCII
    if _SCREEN.fullmatch(name):
        with contextlib.suppress(OSError):
            characters = console_characters(file)
    elif _WINDOW.fullmatch(name) and _speaks_utf8(environment):
        characters = None
    return Abilities(colours, characters)


def _speaks_utf8(environment: Mapping[str, str]) -> bool:
    # The first that is set counts.
    locale = next(filter(None, map(environment.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "")
    return locale.lower().replace("-", "").endswith("utf8")


def _consoles(root: Path) -> list[str]:
    return (root / "sys/class/tty/console/active").read_text().split()
