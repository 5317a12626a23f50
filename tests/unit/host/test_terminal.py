"""The terminal that a menu runs on."""

import os
import pty
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from wyrcan_tui.host.terminal import moves_cursor, prepare_terminal


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
