"""The terminal that a menu runs on."""

import os
import pty
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fonts import font_file
from wyrcan_tui.host.terminal import (
    ASCII,
    Abilities,
    Colours,
    moves_cursor,
    prepare_terminal,
    terminal_abilities,
)


@pytest.fixture
def terminal() -> Iterator[int]:
    """A terminal whose size nobody has set."""
    controller, terminal = pty.openpty()
    yield terminal
    os.close(terminal)
    os.close(controller)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine whose kernel has its console on ttyS0."""
    console = tmp_path / "sys/class/tty/console/active"
    console.parent.mkdir(parents=True)
    console.write_text("tty0 ttyS0\n")
    return tmp_path


def speed_on(monkeypatch: pytest.MonkeyPatch, terminal: int, root: Path, line: str) -> int:
    """The speed that a line of that name gets; it starts with 9600 baud."""
    attributes = termios.tcgetattr(terminal)
    attributes[4] = attributes[5] = termios.B9600
    termios.tcsetattr(terminal, termios.TCSANOW, attributes)
    monkeypatch.setattr(os, "ttyname", lambda file: f"/dev/{line}")
    assert prepare_terminal(root, terminal) == line
    speed: int = termios.tcgetattr(terminal)[5]
    return speed


def test_line_that_tells_no_size_gets_80_by_24(root: Path, terminal: int) -> None:
    prepare_terminal(root, terminal)
    assert os.get_terminal_size(terminal) == (80, 24)


def test_size_that_somebody_set_stays(root: Path, terminal: int) -> None:
    termios.tcsetwinsize(terminal, (50, 132))
    prepare_terminal(root, terminal)
    assert os.get_terminal_size(terminal) == (132, 50)


def test_name_is_the_device_without_its_folder(root: Path, terminal: int) -> None:
    assert prepare_terminal(root, terminal) == Path(os.ttyname(terminal)).name


def test_serial_line_that_is_no_console_gets_the_usual_speed(
    monkeypatch: pytest.MonkeyPatch, root: Path, terminal: int
) -> None:
    assert speed_on(monkeypatch, terminal, root, "ttyS1") == termios.B115200


@pytest.mark.parametrize("line", ["ttyS0", "tty1"])
def test_console_of_the_kernel_and_the_screen_keep_their_speed(
    monkeypatch: pytest.MonkeyPatch, root: Path, terminal: int, line: str
) -> None:
    assert speed_on(monkeypatch, terminal, root, line) == termios.B9600


def test_file_that_is_no_terminal_is_refused(root: Path) -> None:
    with (root / "sys/class/tty/console/active").open() as file, pytest.raises(OSError, match="ioctl"):
        prepare_terminal(root, file.fileno())


@pytest.mark.parametrize(
    ("ability", "moves"), [("", False), ("cup=\\E[%i%p1%d;%p2%dH,", True)], ids=["printer", "screen"]
)
def test_description_of_a_terminal_tells_whether_its_cursor_can_be_moved(
    tmp_path: Path, ability: str, moves: bool
) -> None:
    source = tmp_path / "source"
    source.write_text(f"ours|a terminal of ours,\n\tam, cols#80, cr=\\r, ind=\\n, {ability}\n")
    subprocess.run(["tic", "-o", tmp_path, source], check=True)
    # A process reads one description only.
    program = "from wyrcan_tui.host.terminal import moves_cursor; print(moves_cursor('ours'))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "TERMINFO": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{moves}\n"


def test_terminal_that_nobody_describes_is_believed_to_move_its_cursor() -> None:
    assert moves_cursor("a-kind-that-nobody-knows")


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"TERM": "linux"}, Colours.SIXTEEN),
        ({"TERM": "xterm"}, Colours.SIXTEEN),
        ({"TERM": "vte-256color"}, Colours.SIXTEEN),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, Colours.MANY),
        ({"TERM": "xterm", "COLORTERM": "24bit"}, Colours.MANY),
        ({"TERM": "xterm", "COLORTERM": "truecolor", "NO_COLOR": "1"}, Colours.NONE),
        ({"TERM": "xterm", "NO_COLOR": ""}, Colours.SIXTEEN),
        ({"TERM": "vt100"}, Colours.NONE),
        ({"TERM": "vt220"}, Colours.NONE),
        ({"TERM": "xterm-mono"}, Colours.NONE),
        ({"TERM": "dumb"}, Colours.NONE),
        ({}, Colours.NONE),
    ],
)
def test_colours_are_what_the_environment_says(terminal: int, environment: dict[str, str], colours: Colours) -> None:
    assert terminal_abilities("3", terminal, environment).colours is colours


@pytest.mark.parametrize(
    ("environment", "characters"),
    [
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "de_DE.utf8"}, None),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, None),
        ({"LANG": "C.UTF-8", "LC_ALL": "C"}, ASCII),
        ({"LANG": "de_DE.ISO-8859-1"}, ASCII),
        ({}, ASCII),
    ],
)
def test_characters_in_a_window_are_those_of_the_locale(
    terminal: int, environment: dict[str, str], characters: frozenset[str] | None
) -> None:
    assert terminal_abilities("3", terminal, {"TERM": "xterm", **environment}).characters == characters


@pytest.mark.parametrize("line", ["ttyS0", "ttyAMA0", "hvc0"])
def test_nobody_knows_what_else_than_plain_characters_the_end_of_a_serial_line_has(terminal: int, line: str) -> None:
    abilities = terminal_abilities(line, terminal, {"TERM": "xterm", "LANG": "C.UTF-8"})
    assert abilities == Abilities(Colours.SIXTEEN, ASCII)


def test_screen_that_tells_nothing_has_plain_characters_and_sixteen_colours(terminal: int) -> None:
    environment = {"TERM": "linux", "LANG": "C.UTF-8", "COLORTERM": "truecolor"}
    assert terminal_abilities("tty1", terminal, environment) == Abilities(Colours.SIXTEEN, ASCII)


def test_screen_that_takes_no_font_keeps_its_own(monkeypatch: pytest.MonkeyPatch, root: Path, terminal: int) -> None:
    fonts = root / "usr/share/consolefonts"
    fonts.mkdir(parents=True)
    (fonts / "Terminus16.psf").write_bytes(font_file("16"))
    monkeypatch.setattr(os, "ttyname", lambda file: "/dev/tty1")
    assert prepare_terminal(root, terminal) == "tty1"
