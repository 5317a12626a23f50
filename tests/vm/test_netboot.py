"""Machines that have nothing but a network card load Wyrcan over it, in every way that firmware knows."""

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from tests.support.bucket import Bucket
from tests.support.machine import HOST, Firmware, Machine, Served
from tests.support.screen import ScreenReader
from tests.support.tiny import MARKER
from tests.support.variables import Variable
from tests.vm.conftest import BUILD, plain
from tests.vm.menu import leave_by
from tests.vm.test_choice import VENDOR

GLOBAL = UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c")


@pytest.fixture
def net(iso: Path, tmp_path: Path) -> Path:
    """A folder to serve, as ``build-iso.sh`` makes it, and the ISO in it, for a test to add to."""
    folder = tmp_path / "net"
    shutil.copytree(BUILD / "net", folder, copy_function=lambda source, copy: Path(copy).hardlink_to(source))
    (folder / iso.name).hardlink_to(iso)
    return folder


def address_at(url: str) -> list[Variable]:
    """What firmware keeps where somebody had it boot from a URL (UEFI 2.10, 3.1.3 "Load Options", 10.3.4.23 "URI")."""
    path = url.encode()
    nodes = struct.pack("<BBH", 3, 24, 4 + len(path)) + path + struct.pack("<BBH", 0x7F, 0xFF, 4)
    option = struct.pack("<IH", 1, len(nodes)) + "Wyrcan\0".encode("utf-16-le") + nodes
    return [Variable("Boot0042", GLOBAL, option), Variable("BootOrder", GLOBAL, struct.pack("<H", 0x42))]


def test_initrd_that_was_cut_short_is_named_and_loaded_again_and_the_menu_restarts_the_machine(
    net: Path, computer: Callable[..., Machine], reader: ScreenReader, initrd: Path
) -> None:
    (net / "machine.ipxe").write_text("#!ipxe\nset words console=ttyS0\nchain boot.ipxe\n")
    (net / "wyrcan.initrd").unlink()
    (net / "wyrcan.initrd").write_bytes(initrd.read_bytes()[: 20 << 20])
    with computer(firmware="bios", served=Served(net, "machine.ipxe"), screen=True) as machine:
        terminal = machine.terminal
        machine.wait_on_screen(reader, "No image is set", "the saved choice or the menu is next")
        terminal.wait_for("wyrcan.initrd is not whole", "Starting again in a minute", seconds=120)
        (net / "wyrcan.initrd").unlink()
        (net / "wyrcan.initrd").hardlink_to(initrd)
        leave_by(terminal, "Restart", "Yes, restart")
        machine.wait_on_screen(reader, "No image is set")


@pytest.mark.parametrize(("firmware", "file"), [("bios", "bios.pxe"), ("secureboot", "shimx64.efi")])
def test_pxe_loads_grub_which_gives_the_kernel_the_words_for_this_machine(
    pushed: str, computer: Callable[..., Machine], net: Path, firmware: Firmware, file: str
) -> None:
    (net / "grub/words.cfg").write_text(f'set words="wyr.registry={plain(pushed)} wyr.img={pushed}-not"\n')
    (net / "grub/52:54:00:12:34:56.cfg").write_text(f'set words="$words wyr.img={pushed}"\n')
    with computer(firmware=firmware, served=Served(net, file)) as machine:
        assert machine.terminal.wait_to_read(MARKER.pattern, seconds=240)["name"] == "pushed"


@pytest.mark.parametrize("file", ["wyrcan.efi", pytest.param("wyrcan.iso", marks=pytest.mark.long)])
def test_uefi_firmware_boots_from_a_url_and_then_what_was_saved(
    pushed: str, computer: Callable[..., Machine], net: Path, file: str
) -> None:
    choice = json.dumps({"image": pushed, "registries": [plain(pushed)]}).encode()
    with Bucket(net.parent / "server", net) as server:
        machine = computer(firmware="uefi")
        for variable in [
            *address_at(f"http://{HOST}:{server.port}/{file}"),
            Variable("Wyrcan", VENDOR, choice),
        ]:
            machine.add_variable(variable)
        with machine:
            assert machine.terminal.wait_to_read(MARKER.pattern, seconds=240)["name"] == "pushed"
