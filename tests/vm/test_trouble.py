"""What is missing is said, and once it is there, the machine goes on."""

from collections.abc import Callable
from pathlib import Path

from tests.support.image import Image
from tests.support.machine import Kernel, Machine, Usb
from tests.support.registry import Registry
from tests.support.tiny import CMDLINE, MARKER
from tests.vm.conftest import seen
from tests.vm.menu import choose


def test_registry_that_is_not_there_is_an_error_until_it_is_there(
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
        terminal.wait_for("Type a reference")


def test_unattended_machine_says_that_a_tag_is_missing_and_boots_when_it_is_there(
    registry: Registry,
    tiny: Callable[..., Image],
    computer: Callable[..., Machine],
    kernel: Path,
    initrd: Path,
) -> None:
    registry.push_image("demo/tiny", "old", tiny("old"))
    words = (
        f"quiet wyr.registry=http://{seen(registry)} wyr.img={seen(registry)}/demo/tiny:new "
        'wyr.arg="tiny.extra=yes tiny.more" wyr.arg=tiny.last'
    )
    with computer(firmware="bios", medium=Kernel(kernel, words, initrd)) as machine:
        terminal = machine.terminal
        terminal.wait_for("The last try failed", "new", "old", "Trying again", "Press any key")
        registry.push_image("demo/tiny", "new", tiny("new"))
        booted = terminal.wait_to_read(MARKER.pattern)
        assert booted["name"] == "new"
        assert booted["cmdline"] == f"{CMDLINE} tiny.extra=yes tiny.more tiny.last"
