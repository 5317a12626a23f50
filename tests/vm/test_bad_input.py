"""Whatever a machine is told wrongly is named on its screen, keeps nobody from the menu, and is kept as it is."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.support.image import Image, Index
from tests.support.machine import Kernel, Machine
from tests.support.registry import Registry
from tests.support.terminal import Terminal
from tests.support.variables import Variable
from tests.vm.conftest import seen
from tests.vm.test_choice import VENDOR, saved

NETWORK = ["Match.Type=ether", "Network.DHCP=yes", "Network.Address=not-an-address"]
"""Settings of one file, of which systemd takes all but the last."""


def wait_for_sentences(terminal: Terminal, *sentences: str, seconds: float = 60) -> None:
    """Wait until all the `sentences` are on the screen at once, wherever their lines end."""
    wanted = " and ".join(map(repr, sentences))
    terminal.wait_until(lambda: all(it in " ".join(terminal.screen.split()) for it in sentences), wanted, seconds)


def test_other_architecture_later_version_and_settings_that_networkd_rejects_are_named_and_the_menu_opens(
    registry: Registry, tiny: Callable[..., Image], kernel: Path, initrd: Path, computer: Callable[..., Machine]
) -> None:
    registry.push_image("demo/tiny", "arm", Index([replace(tiny("arm"), architecture="arm64")]))
    registry.push_image("demo/tiny", "stable", tiny("stable"))
    choice = {"version": 9, "image": f"{seen(registry)}/demo/tiny:stable", "retries": {"most": 3}}
    later = Variable("Wyrcan", VENDOR, json.dumps(choice).encode())
    words = [f"wyr.registry=http://{seen(registry)}", f"wyr.img={seen(registry)}/demo/tiny:arm"]
    words += [f"wyr.net.lan.{setting}" for setting in NETWORK]
    start = Kernel(kernel, " ".join(["quiet", *words]), initrd)
    named = [
        "Wyrcan does not know these keys of the choice in the EFI variable, and leaves them as they are: "
        "version, retries.",
        "systemd does not take Address=not-an-address in lan.network:",
    ]
    machine = computer(firmware="uefi", medium=start)
    machine.add_variable(later)

    with machine:
        terminal = machine.terminal
        wait_for_sentences(
            terminal,
            "The last try failed: The image is not made for linux/amd64, only for linux/arm64.",
            *named,
            "Press any key to open the menu",
            seconds=120,
        )
        terminal.press("enter")
        wait_for_sentences(terminal, "Type a reference", *named)

    assert saved(machine) == [later]
