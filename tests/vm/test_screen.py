"""The machine's own screen shows the menu in a font of its size, with all that is drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.fonts import console_font
from tests.support.machine import Firmware, Kernel, Machine, Usb
from tests.support.screen import Alphabet, ScreenReader
from tests.vm.menu import BAR
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


@pytest.mark.parametrize(
    "kind",
    [
        Screen("uefi", (800, 600), "16", 8),
        Screen("uefi", (1920, 1080), "24x12", 12),
        # In text mode the hardware puts a column between the characters.
        Screen("bios", None, "16", 9),
    ],
    ids=lambda kind: kind.name,
)
def test_screen_has_a_font_of_its_size(iso: Path, computer: Callable[..., Machine], kind: Screen) -> None:
    reader = ScreenReader([Alphabet.of_font(console_font(kind.font), kind.width)])
    with computer(firmware=kind.firmware, medium=Usb(iso), resolution=kind.resolution, serial=False) as machine:
        screen = machine.wait_on_screen(reader, "This machine:", "Type a reference", "Enter choose")
        machine.photograph(SCREENS / f"{kind.name}.png")
        assert "·" not in screen, "something cannot be shown"
        machine.press("down", "down", "down", "down", "ret")
        machine.wait_on_screen(reader, "Which image?", *(["╔═════", "═════╝"] if kind.resolution else []))
        machine.photograph(SCREENS / f"{kind.name}-typed.png")


def test_serial_terminal_gets_no_colours_where_it_is_told_to_have_none(
    kernel: Path, initrd: Path, computer: Callable[..., Machine]
) -> None:
    medium = Kernel(kernel, "quiet systemd.setenv=NO_COLOR=1", initrd)
    with computer(firmware="bios", medium=medium) as machine:
        machine.terminal.wait_for("This machine:", "Type a reference", "Enter choose")
        terminal = machine.terminal
        assert terminal.text_on(BAR) == []
        title, *bars, keys = terminal.text_in_reverse
        assert title.startswith("Wyrcan")
        assert "docker.io" in bars
        assert keys.startswith("Enter choose")
        assert terminal.screen.isascii()
