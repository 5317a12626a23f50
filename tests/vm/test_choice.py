"""Somebody picks an image once, and the machine boots it from then on with nobody there."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from tests.support.image import Image
from tests.support.machine import Kernel, Machine, Usb
from tests.support.registry import Registry
from tests.support.tiny import CMDLINE, MARKER, UNPACKED, kernel_release
from tests.support.variables import Variable
from tests.vm.conftest import seen
from tests.vm.menu import add_words, choose, pick

VENDOR = UUID("6987e713-a5ff-4ec2-ad55-c1fca471ed2d")


def saved(machine: Machine) -> list[Variable]:
    """What the firmware of a machine holds for Wyrcan."""
    return [variable for variable in machine.variables() if variable.vendor == VENDOR]


def test_choice_is_made_once_and_boots_from_then_on(
    registry: Registry, medium: Path, tiny: Callable[..., Image], kernel: Path, computer: Callable[..., Machine]
) -> None:
    registry.push_image("demo/tiny", "stable", tiny("old"))
    machine = computer(firmware="uefi", medium=Usb(medium))

    with machine:
        terminal = machine.terminal
        pick(terminal, seen(registry), "demo/tiny", "stable")
        add_words(terminal, "tiny.extra=yes tiny.more")
        choose(terminal, "Boot always")
        choose(terminal, "Yes, save it and boot")
        booted = terminal.wait_to_read(MARKER.pattern)
        assert booted["name"] == "old"
        assert booted["cmdline"] == f"{CMDLINE} tiny.extra=yes tiny.more"
        assert booted["release"] == kernel_release(kernel.read_bytes())
        assert booted.groupdict().items() >= UNPACKED.items()

    (variable,) = saved(machine)
    assert variable.name == "Wyrcan"
    assert variable.attributes == 7
    assert json.loads(variable.data) == {
        "network": {},
        "cmdline": ["tiny.extra=yes", "tiny.more"],
        "image": f"{seen(registry)}/demo/tiny:stable",
        "registries": [f"http://{seen(registry)}"],
    }

    registry.push_image("demo/tiny", "stable", tiny("new"))
    with machine:
        again = machine.terminal.wait_to_read(MARKER.pattern, seconds=90)
        assert again.groupdict() == booted.groupdict() | {"name": "new"}

    assert saved(machine) == [variable]


@pytest.mark.long
def test_invalid_choice_is_shown_and_not_overwritten_unasked(
    registry: Registry, start: Kernel, tiny: Callable[..., Image], computer: Callable[..., Machine]
) -> None:
    registry.push_image("demo/tiny", "stable", tiny("old"))
    invalid = Variable("Wyrcan", VENDOR, b'{"image": "half a ch')
    machine = computer(firmware="uefi", medium=start)
    machine.add_variable(invalid)

    with machine:
        terminal = machine.terminal
        terminal.wait_for("The saved choice cannot be understood")
        choose(terminal, "Look at the saved choice")
        terminal.wait_for('{"image": "half a ch')
        terminal.press("escape")
        pick(terminal, seen(registry), "demo/tiny", "stable")
        choose(terminal, "Boot always")
        choose(terminal, "Yes, save it and boot")
        terminal.wait_for("Something is saved already", '{"image": "half a ch')
        choose(terminal, "No, go back")
        terminal.wait_for("Boot once")

    assert saved(machine) == [invalid]
