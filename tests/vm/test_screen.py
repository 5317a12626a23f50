"""The menu is shown by whatever a machine has: in a font of its screen's size, and without colours where so told."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.fonts import console_font
from tests.support.machine import Firmware, Kernel, Machine
from tests.support.screen import Alphabet, ScreenReader
from tests.vm.menu import BAR, choose, leave_by
from tests.vm.test_media import SCREENS


@dataclass(frozen=True)
class Screen:
    """A screen of so many pixels, or in text mode, and the font that it should have."""

    firmware: Firmware
    resolution: tuple[int, int] | None
    font: str
    width: int

    @property
    def name(self) -> str:
        """What to call it."""
        return "x".join(map(str, self.resolution)) if self.resolution else "text"


@pytest.mark.long
@pytest.mark.parametrize(
    "kind",
    [
        Screen("uefi", (800, 600), "16", 8),
        # In text mode the hardware puts a column between the characters.
        Screen("bios", None, "16", 9),
    ],
    ids=lambda kind: kind.name,
)
def test_screen_has_a_font_of_its_size(
    kernel: Path, initrd: Path, computer: Callable[..., Machine], kind: Screen
) -> None:
    reader = ScreenReader([Alphabet.of_font(console_font(kind.font), kind.width)])
    medium = Kernel(kernel, "quiet", initrd)
    with computer(firmware=kind.firmware, medium=medium, screen=kind.resolution or True, serial=False) as machine:
        screen = machine.wait_on_screen(reader, "This machine:", "Type a reference", "Enter choose")
        machine.photograph(SCREENS / f"{kind.name}.png")
        assert "·" not in screen, "something cannot be shown"
        machine.press("down", "down", "down", "down", "ret")
        machine.wait_on_screen(reader, "Which image?", *(["╔═════", "═════╝"] if kind.resolution else []))
        machine.photograph(SCREENS / f"{kind.name}-typed.png")


def test_serial_terminal_without_colours_shows_the_machine_has_a_shell_and_switches_it_off(
    kernel: Path, initrd: Path, computer: Callable[..., Machine]
) -> None:
    medium = Kernel(kernel, "quiet wyr.shell systemd.setenv=NO_COLOR=1", initrd)
    with computer(firmware="bios", medium=medium) as machine:
        terminal = machine.terminal
        terminal.wait_for("This machine: QEMU", "BIOS", "connected, 10.0.2.15", seconds=120)
        terminal.wait_for("Next: waits for you", "Type a reference", "Enter choose")
        # The bar may be drawn after all the words.
        terminal.wait_until(lambda: len(terminal.text_in_reverse) == 3, "title, bar and keys in reverse")
        assert terminal.text_on(BAR) == []
        title, bar, keys = terminal.text_in_reverse
        assert title.startswith("Wyrcan")
        assert bar == "docker.io"
        assert keys.startswith("Enter choose")
        assert terminal.screen.isascii()

        choose(terminal, "Restart, power off")
        choose(terminal, "Open a shell here")
        terminal.wait_for("wyrcan#")
        # It has no screen, and so no menu there.
        terminal.type("systemctl is-active wyrcan-boot wyrcan-menu@ttyS0 wyrcan-menu@tty1\n")
        terminal.wait_to_read(r"\nactive\s+active\s+inactive\s")
        terminal.type("exit\n")
        terminal.wait_for("Open a shell here", "Enter choose")
        terminal.press("escape")

        leave_by(terminal, "Power off", "Yes, switch off")
        machine.wait_until_off()
