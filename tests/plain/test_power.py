"""Leaving the menu: every way is asked about, and taken only after a yes."""

from pathlib import Path

import pytest

from tests.plain.person import Person, somebody_at
from tests.support.rig import Rig

SETUP = "Restart into the firmware setup"
POSSIBLE = b"\x01" + bytes(7)


def answer(person: Person, word: str) -> None:
    """Answer whether somebody is sure."""
    person.wait_for("What is being done at any of its consoles ends.", "Are you sure?")
    person.wait_for_question()
    person.type(word)


@pytest.mark.parametrize(("entry", "asked"), [("Restart", "restart"), ("Power off", "power off")])
def test_machine_is_switched_only_after_a_yes(rig: Rig, entry: str, asked: str) -> None:
    with somebody_at(rig) as person:
        person.choose("Restart, power off")
        person.choose(f"  {entry}")
        answer(person, "no")
        person.wait_for("Power off")
        assert person.power.asked == []
        person.choose(f"  {entry}")
        answer(person, "yes")
        person.wait_for("This machine will", "now.")
        person.wait_until(lambda: person.power.asked == [asked], "the switch")


def test_firmware_setup_is_asked_for_and_then_the_machine_restarts(rig: Rig) -> None:
    rig.set_firmware("OsIndicationsSupported", POSSIBLE)
    with somebody_at(rig) as person:
        person.choose("Restart, power off")
        person.choose(SETUP)
        answer(person, "yes")
        person.wait_until(lambda: person.power.asked == ["restart"], "the restart")
    assert rig.firmware("OsIndications") == POSSIBLE


def test_firmware_that_opens_no_setup_is_told_instead_of_offered(rig: Rig) -> None:
    with somebody_at(rig) as person:
        person.choose("Restart, power off")
        person.wait_for("This firmware does not open its setup when asked", "1 Restart", "2 Power off")
        assert not any(SETUP in line for line in person.lines)


def test_shell_is_offered_only_to_who_can_write_the_kernel_command_line(rig: Rig) -> None:
    with somebody_at(rig) as person:
        person.choose("Restart, power off")
        person.wait_for("2 Power off")
        person.wait_for_question()
        assert not any("shell" in line for line in person.lines)


@pytest.mark.parametrize("end", ["exit", "stty raw; kill -KILL $$"])
def test_shell_runs_on_the_terminal_and_leads_back(tmp_path: Path, end: str) -> None:
    rig = Rig(tmp_path / "open", cmdline="wyr.shell")
    with somebody_at(rig) as person:
        person.choose("Restart, power off")
        person.choose("Open a shell here")
        person.wait_for("when you type: exit")
        person.type("trap; echo $0 is $((6 * 7))")
        person.wait_for("sh is 42")
        assert rig.turn.attended
        person.type(end)
        person.choose("Open a shell here")
        person.wait_for("when you type: exit")
        person.type("exit")
        person.wait_for("Power off")
        person.wait_for_question()
        # The shell may draw; the menu, before and after it, may not.
        person.forget_printed()
        person.type("b")
        person.wait_for("This machine:")
