"""The menu line by line, on a real serial line: numbers typed, and a jump."""

from collections.abc import Callable
from pathlib import Path

from tests.support.image import Image
from tests.support.machine import Kernel, Machine
from tests.support.registry import Registry
from tests.support.terminal import Terminal
from tests.support.tiny import CMDLINE, MARKER
from tests.vm.conftest import seen


def choose(terminal: Terminal, entry: str) -> None:
    """Wait until the entry can be chosen, and type the number in front of it."""
    line = rf"(?m)^ +(\d+)  {entry}[^\n]*\n(?:[^\n]+\n)*Choice: $"
    number = terminal.wait_to_read(line)[1]
    terminal.clear()
    terminal.type(f"{number}\r")


def test_unattended_boot_is_stopped_by_enter_and_an_image_is_picked_by_numbers_alone(
    registry: Registry,
    tiny: Callable[..., Image],
    computer: Callable[..., Machine],
    kernel: Path,
    initrd: Path,
) -> None:
    registry.push_image("demo/tiny", "stable", tiny("plain"))
    told = f"{seen(registry)}/demo/tiny:testing"
    words = (
        "quiet TERM=dumb console=ttyS0,9600 wyr.ui=plain wyr.timeout=600 "
        f"wyr.registry=http://{seen(registry)} wyr.img={told}"
    )
    with computer(firmware="bios", medium=Kernel(kernel, words, initrd)) as machine:
        terminal = machine.terminal
        terminal.wait_to_read(rf"Booting {told} in \d+ seconds\. Press Enter")
        terminal.clear()
        terminal.type("\r")
        terminal.wait_to_read(r"10\.0\.2\.15")
        choose(terminal, seen(registry))
        choose(terminal, "demo/tiny")
        choose(terminal, "stable")
        terminal.wait_to_read("Bootable: yes")
        choose(terminal, "Boot this image")
        choose(terminal, "Boot once")
        terminal.wait_to_read("The system is starting")
        assert b"\x1b" not in terminal.log.read_bytes(), "a printer prints what should have moved a cursor"
        booted = terminal.wait_to_read(MARKER.pattern)
        assert booted["name"] == "plain"
        assert booted["cmdline"] == CMDLINE
