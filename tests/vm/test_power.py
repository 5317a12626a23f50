"""The first page of a real machine, and the ways to leave it."""

from collections.abc import Callable
from pathlib import Path

from tests.support.machine import Kernel, Machine, Usb
from tests.support.terminal import Terminal
from tests.vm.menu import choose


def leave_by(terminal: Terminal, entry: str, answer: str) -> None:
    """Go from the first page to one of the ways to leave, and take it."""
    choose(terminal, "Restart, power off")
    choose(terminal, entry)
    terminal.wait_for("Are you sure?")
    choose(terminal, answer)


def test_machine_shows_itself_opens_a_shell_restarts_and_goes_off(
    kernel: Path, initrd: Path, computer: Callable[..., Machine]
) -> None:
    machine = computer(firmware="bios", medium=Kernel(kernel, "quiet wyr.shell", initrd))
    with machine:
        terminal = machine.terminal
        terminal.wait_for("This machine: QEMU", "BIOS", "connected, 10.0.2.15", seconds=120)
        terminal.wait_for("Next: waits for you")

        choose(terminal, "Restart, power off")
        choose(terminal, "Open a shell here")
        terminal.wait_for("wyrcan#")
        terminal.type("systemctl is-active wyrcan-boot\n")
        terminal.wait_for("\nactive")
        terminal.type("exit\n")
        terminal.wait_for("Open a shell here", "Enter choose")
        terminal.press("escape")

        leave_by(terminal, "Restart", "Yes, restart")
        terminal.wait_until(lambda: "This machine" not in terminal.screen, "the end of the menu")
        terminal.clear()
        terminal.wait_for("This machine: QEMU", seconds=120)

        leave_by(terminal, "Power off", "Yes, switch off")
        machine.wait_until_off()


def test_uefi_machine_is_restarted_into_the_setup_of_its_firmware(iso: Path, computer: Callable[..., Machine]) -> None:
    with computer(firmware="uefi", medium=Usb(iso)) as machine:
        terminal = machine.terminal
        terminal.wait_for("This machine: QEMU", "UEFI,", "Secure Boot off", seconds=120)
        leave_by(terminal, "Restart into the firmware setup", "Yes, restart into the setup of its firmware")
        terminal.wait_for("Device Manager", "Boot Manager", seconds=120)
