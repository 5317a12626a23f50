"""Leaving the menu: every way is asked about, and taken only after a yes."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pty_line import program_on_terminal
from tests.support.rig import RecordedPower, Rig
from tests.support.terminal import Terminal
from tests.tui.person import PATIENCE, Person, somebody_at
from wyrcan_tui.errors import WyrcanError

SETUP = "Restart into the firmware setup"
POSSIBLE = b"\x01" + bytes(7)
NOT_TODAY = WyrcanError("power-refused", "This machine does not restart: not today.", hint="Run as root.")

MENU = """\
import sys
from pathlib import Path
from tests.support.rig import Rig
from wyrcan_tui.tui.app import run_menu

sys.exit(run_menu(Rig(Path(sys.argv[1]), cmdline="wyr.shell").adapters))
"""


async def open_page(person: Person) -> None:
    """Go to the ways to leave."""
    await person.choose("Restart, power off")
    await person.wait_for_page("Restart, power off")


async def restart(person: Person) -> None:
    """Go there, and have the machine restart."""
    await open_page(person)
    await person.choose("Restart")
    await person.choose("Yes, restart")


@pytest.mark.parametrize(
    ("entry", "answer", "asked"),
    [("Restart", "Yes, restart", "restart"), ("Power off", "Yes, switch off", "power off")],
)
async def test_machine_is_switched_only_after_a_yes(rig: Rig, entry: str, answer: str, asked: str) -> None:
    async with somebody_at(rig) as person:
        await open_page(person)
        await person.choose(entry)
        await person.wait_for("Are you sure?")
        person.check_page()
        assert person.selected == "No, go back"
        await person.press("enter")
        await person.wait_for_page("Restart, power off")
        assert rig.power.asked == []
        await person.choose(entry)
        await person.choose(answer)
        await person.wait_for("This machine will", "now.")
        await person.wait_until(lambda: rig.power.asked == [asked], "the switch")


async def test_firmware_setup_is_asked_for_and_then_the_machine_restarts(rig: Rig) -> None:
    rig.set_firmware("OsIndicationsSupported", POSSIBLE)
    async with somebody_at(rig) as person:
        await open_page(person)
        await person.choose(SETUP)
        await person.choose("Yes, restart into the setup of its firmware")
        await person.wait_until(lambda: rig.power.asked == ["restart"], "the restart")
    assert rig.firmware("OsIndications") == POSSIBLE


async def test_firmware_that_opens_no_setup_is_told_instead_of_offered(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        await open_page(person)
        await person.wait_for("This firmware does not open its setup when asked")
        person.check_page()
        assert person.options == ["Restart", "Power off"]


async def test_machine_that_does_not_restart_says_why(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(power: RecordedPower) -> None:
        raise NOT_TODAY

    monkeypatch.setattr(RecordedPower, "restart", refuse)
    async with somebody_at(rig) as person:
        await restart(person)
        await person.wait_for("This machine does not restart: not today.")
        await person.press("escape")
        await person.wait_for_page("Restart, power off")
        await person.wait_until(lambda: "now." not in person.text, "the end of the restart")


@pytest.mark.parametrize("refused", [False, True])
async def test_who_goes_back_while_the_machine_is_switched_learns_what_comes_of_it(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    gate = threading.Event()

    def take_time(power: RecordedPower) -> None:
        assert gate.wait(PATIENCE)
        if refused:
            raise NOT_TODAY

    monkeypatch.setattr(RecordedPower, "restart", take_time)
    async with somebody_at(rig) as person:
        await restart(person)
        await person.wait_for("This machine will restart now.")
        await person.press("escape")
        await person.choose("Power off")
        await person.wait_for("This machine will restart now.")
        assert person.heading == "Restart, power off"
        gate.set()
        if refused:
            await person.wait_for("This machine does not restart: not today.")
        else:
            await person.wait_for_page("Boot this machine straight into a container image")
    assert rig.power.asked == []


async def test_shell_is_offered_only_to_who_can_write_the_kernel_command_line(rig: Rig, tmp_path: Path) -> None:
    async with somebody_at(rig) as person:
        await open_page(person)
        assert not any("shell" in option for option in person.options)
    async with somebody_at(Rig(tmp_path / "open", cmdline="wyr.shell")) as person:
        await open_page(person)
        person.check_page()
        await person.choose("Open a shell here")
        await person.wait_for("This terminal cannot be given to a shell.")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A real terminal with a menu on it that may open a shell."""
    with program_on_terminal([sys.executable, "-c", MENU, tmp_path / "machine"]) as line:
        terminal = Terminal(line, lambda seconds: seconds, tmp_path / "log")
        terminal.wait_for("Restart, power off")
        yield terminal


def open_shell(terminal: Terminal) -> None:
    """Go from the first page into the shell."""
    terminal.wait_until_still()
    terminal.press("end", "enter")
    terminal.wait_for("Open a shell here")
    terminal.wait_until_still()
    terminal.press("down", "down", "enter")
    terminal.wait_for("when you type: exit")


def test_shell_runs_on_the_terminal_and_leads_back(terminal: Terminal, tmp_path: Path) -> None:
    open_shell(terminal)
    terminal.type("echo $0 is $((6 * 7))\n")
    terminal.wait_for("sh is 42")
    assert (tmp_path / "machine/run/wyrcan/attended").exists()
    terminal.type("exit\n")
    terminal.wait_for("Power off", "Enter choose")
    terminal.press("escape")
    terminal.wait_for("This machine:")


def test_menu_comes_back_also_from_a_shell_that_was_killed(terminal: Terminal) -> None:
    open_shell(terminal)
    terminal.type("kill -KILL $$\n")
    terminal.wait_for("Power off", "Enter choose")
    terminal.press("escape")
    terminal.wait_for("This machine:")
