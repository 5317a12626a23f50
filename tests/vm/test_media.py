"""The ISO starts machines of both kinds, from both media, with and without a serial port."""

from collections.abc import Callable
from pathlib import Path

from tests.support.fonts import console_font
from tests.support.image import Image
from tests.support.machine import Dvd, Machine, Usb
from tests.support.registry import Registry
from tests.support.screen import Alphabet, ScreenReader
from tests.support.tiny import CMDLINE, MARKER, UNPACKED
from tests.vm.conftest import BUILD, medium_with, seen
from tests.vm.menu import choose, pick
from tests.vm.test_choice import saved

SCREENS = BUILD / "screens"
"""Where pictures are kept for people to look at."""


def test_uefi_machine_boots_once_from_dvd_into_an_initrd_of_lz4(
    registry: Registry, medium: Path, tiny: Callable[..., Image], computer: Callable[..., Machine]
) -> None:
    registry.push_image("demo/tiny", "stable", tiny("dvd", "LZ4"))
    machine = computer(firmware="uefi", medium=Dvd(medium))
    with machine:
        pick(machine.terminal, seen(registry), "demo/tiny", "stable")
        choose(machine.terminal, "Boot once")
        booted = machine.terminal.wait_to_read(MARKER.pattern)
        assert booted["name"] == "dvd"
        assert booted["cmdline"] == CMDLINE
        assert booted.groupdict().items() >= UNPACKED.items()
    assert saved(machine) == []


def test_bios_machine_is_told_what_is_lost_and_that_it_cannot_save_and_boots_once_from_dvd_without_compression(
    registry: Registry, medium: Path, tiny: Callable[..., Image], computer: Callable[..., Machine]
) -> None:
    registry.push_image("demo/tiny", "stable", tiny("dvd", "BZIP2", capable=True))
    with computer(firmware="bios", medium=Dvd(medium)) as machine:
        terminal = machine.terminal
        lost = "Capabilities are lost on 1 file (security.capability): /bin/capable."
        pick(terminal, seen(registry), "demo/tiny", "stable", lost)
        choose(terminal, "Boot always")
        choose(terminal, "Yes, save it and boot")
        terminal.wait_for("not started by UEFI firmware", "UEFI mode", "wyrcan.json")
        choose(terminal, "Go back")
        choose(terminal, "Boot once")
        booted = terminal.wait_to_read(MARKER.pattern)
        assert booted["name"] == "dvd"
        assert booted.groupdict().items() >= UNPACKED.items()


def test_machine_without_serial_port_shows_the_menu_in_a_large_font_on_its_large_screen(
    registry: Registry,
    medium: Path,
    tiny: Callable[..., Image],
    computer: Callable[..., Machine],
    reader: ScreenReader,
) -> None:
    registry.push_image("demo/tiny", "stable", tiny("screen"))
    large = ScreenReader([Alphabet.of_font(console_font("24x12"), 12)])
    with computer(firmware="uefi", medium=Usb(medium), serial=False, screen=(1920, 1080)) as machine:
        shown = machine.wait_on_screen(large, "Wyrcan", seen(registry), "Type a reference")
        assert "·" not in shown, "something cannot be shown"
        machine.photograph(SCREENS / "menu.png")
        machine.press("ret")
        machine.wait_on_screen(reader, f"Repositories of {seen(registry)}", "demo/tiny")
        machine.press("ret")
        machine.wait_on_screen(reader, f"Tags of {seen(registry)}/demo/tiny", "stable")
        machine.press("ret")
        machine.wait_on_screen(reader, "Bootable: yes")
        machine.photograph(SCREENS / "image.png")
        machine.press("ret")
        machine.wait_on_screen(reader, "Boot once", "Boot always")
        machine.press("ret")
        machine.wait_on_screen(reader, f"WYRCAN-TINY screen cmdline=[{CMDLINE}]")


def test_bios_machine_takes_network_and_image_from_the_medium_unattended(
    iso: Path,
    registry: Registry,
    tiny: Callable[..., Image],
    computer: Callable[..., Machine],
    tmp_path: Path,
) -> None:
    registry.push_image("demo/tiny", "stable", tiny("medium"))
    content: dict[str, object] = {
        "network": {
            "10-wired.link": {"Match": {"OriginalName": "*"}, "Link": {"Name": "wired7"}},
            "wired.network": {"Match": {"Name": "wired7"}, "Network": {"Address": "10.0.2.77/24"}},
        },
        "cmdline": ["tiny.extra=yes"],
        "image": f"{seen(registry)}/demo/tiny:missing",
        "registries": [f"http://{seen(registry)}"],
    }
    with computer(firmware="bios", medium=Usb(medium_with(iso, tmp_path, content))) as machine:
        terminal = machine.terminal
        terminal.wait_for("The last try failed", "there are: stable", "Press any key")
        terminal.press("escape")
        terminal.wait_for("Network wired7", "10.0.2.77", "missing  tiny.extra=yes  (from the boot medium)")
        registry.push_image("demo/tiny", "missing", tiny("medium"))
        choose(terminal, "(from the boot medium)")
        choose(terminal, "Boot once")
        booted = terminal.wait_to_read(MARKER.pattern)
        assert booted["name"] == "medium"
        assert booted["cmdline"] == f"{CMDLINE} tiny.extra=yes"
