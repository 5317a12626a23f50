"""A registry that is missing is said, and once it is there, the menu goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.image import Image
from tests.support.machine import Machine, Usb
from tests.support.registry import Registry
from tests.vm.conftest import seen
from tests.vm.menu import choose, leave_by


@pytest.mark.long
def test_registry_that_is_not_there_is_an_error_until_it_is_there_and_the_machine_restarts_into_its_setup(
    registry: Registry, medium: Path, tiny: Callable[..., Image], computer: Callable[..., Machine]
) -> None:
    registry.push_image("demo/tiny", "stable", tiny("late"))
    registry.stop()
    with computer(firmware="uefi", medium=Usb(medium)) as machine:
        terminal = machine.terminal
        choose(terminal, seen(registry))
        terminal.wait_for("That did not work", seen(registry), "Try again")
        registry.start()
        choose(terminal, "Try again")
        terminal.wait_for(f"Repositories of {seen(registry)}", "demo/tiny")
        terminal.press("escape")
        terminal.wait_for("This machine: QEMU", "UEFI,", "Secure Boot off", "Type a reference")
        leave_by(terminal, "Restart into the firmware setup", "Yes, restart into the setup of its firmware")
        terminal.wait_for("Device Manager", "Boot Manager", seconds=120)
