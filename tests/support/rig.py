"""A machine in a folder: its system files are real files there, and only the jump into the next kernel is recorded.

rig = Rig(tmp_path, cmdline="wyr.timeout=3")
rig.save(b'{"image": ...}')            # as if it had been in the firmware
boot(order, ..., rig.kexec, ...)
rig.kexec.booted.cmdline
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.host.cards import Cards
from wyrcan_tui.host.clock import Clock
from wyrcan_tui.host.efivars import EfiVariables
from wyrcan_tui.host.log import SystemLog
from wyrcan_tui.host.machine import Machine
from wyrcan_tui.host.medium import Carried, read_carried
from wyrcan_tui.host.networkd import Networkd
from wyrcan_tui.host.settings import Settings
from wyrcan_tui.host.shell import Shell
from wyrcan_tui.host.turn import Turn

VARIABLE = "Wyrcan-6987e713-a5ff-4ec2-ad55-c1fca471ed2d"
ATTRIBUTES = bytes([7, 0, 0, 0])
"""Non-volatile, boot and runtime access, as efivarfs has them in front of a value."""


@dataclass(frozen=True)
class Booted:
    """What a kernel was started with."""

    kernel: bytes
    initrd: bytes
    cmdline: str


@dataclass
class RecordedKexec:
    """Takes kernels as the real one does, and keeps what it was given instead of jumping."""

    loaded: list[Booted] = field(default_factory=list)
    executed: bool = False

    def load(self, kernel: int, initrd: int, cmdline: str) -> None:
        """Keep what the open files hold."""
        self.loaded.append(Booted(_content(kernel), _content(initrd), cmdline))

    def unload(self) -> None:
        """Forget what was loaded last."""
        self.loaded.pop()

    def execute(self) -> None:
        """Take note of the jump."""
        assert self.loaded, "nothing was loaded"
        self.executed = True

    @property
    def booted(self) -> Booted:
        """What runs now."""
        assert self.executed, "nothing was booted"
        return self.loaded[-1]


@dataclass
class RecordedPower:
    """Keeps what it was asked for, in order; this host goes on."""

    asked: list[str] = field(default_factory=list)

    def restart(self) -> None:
        """Take note."""
        self.asked.append("restart")

    def power_off(self) -> None:
        """Take note."""
        self.asked.append("power off")


@dataclass(frozen=True)
class MediumFile:
    """A boot medium that is there already; its ``wyrcan.json`` may be missing."""

    path: Path

    def read(self) -> Carried:
        """What is in its folder."""
        return read_carried(self.path.parent)


@dataclass
class StickFolder:
    """A boot stick that is a folder; `refusal` is what it says to being written."""

    path: Path
    refusal: WyrcanError | None = None

    def write(self, name: str, content: bytes) -> str:
        """Leave a file in the folder."""
        if self.refusal:
            raise self.refusal
        self.path.mkdir(exist_ok=True)
        (self.path / name).write_bytes(content)
        return f"{name} on WYRCAN-ESP (/dev/sda2)"


class Rig:
    """The machine below `root`. `memory` is in bytes; without `uefi` it was started by a BIOS."""

    def __init__(self, root: Path, *, uefi: bool = True, cmdline: str = "", memory: int = 2 << 30) -> None:
        self.root = root
        self.kexec = RecordedKexec()
        self.power = RecordedPower()
        self.variable = root / "sys/firmware/efi/efivars" / VARIABLE
        self.medium = root / "medium/wyrcan.json"
        self.turn = Turn(root)
        self.stick = StickFolder(root / "stick")
        for folder in ("proc", "run", "sys/class/net", "medium"):
            (root / folder).mkdir(parents=True)
        if uefi:
            self.variable.parent.mkdir(parents=True)
        (root / "proc/cmdline").write_text(f"{cmdline}\n")
        (root / "proc/meminfo").write_text(f"MemTotal:    {memory // 1024} kB\nMemFree:     1024 kB\n")
        (root / "proc/cpuinfo").write_text(
            "processor\t: 0\nmodel name\t: Some  CPU\n\nprocessor\t: 1\nmodel name\t: Some  CPU\n"
        )
        # Not in RAM: as on a workstation, nothing here may set the clock, which is this host's own.
        (root / "proc/mounts").write_text("/dev/vda1 / ext4 rw,relatime 0 0\n")
        self.adapters = Adapters(
            root,
            Machine(root),
            EfiVariables(root),
            Networkd(root),
            MediumFile(self.medium),
            Settings(root),
            self.kexec,
            self.turn,
            Clock(root),
            Cards(root),
            self.power,
            Shell(),
            SystemLog(root),
            self.stick,
        )

    def save(self, value: bytes) -> None:
        """Put a value into the EFI variable, as if it had always been there."""
        self.variable.write_bytes(ATTRIBUTES + value)

    @property
    def saved(self) -> bytes | None:
        """The EFI variable's value; None where there is none."""
        return self.variable.read_bytes()[len(ATTRIBUTES) :] if self.variable.exists() else None

    def set_firmware(self, name: str, value: bytes) -> None:
        """Give one of the firmware's own variables a value, by its name."""
        (self.variable.parent / f"{name}-8be4df61-93ca-11d2-aa0d-00e098032b8c").write_bytes(ATTRIBUTES + value)

    def firmware(self, name: str) -> bytes:
        """The value of one of the firmware's own variables."""
        content = (self.variable.parent / f"{name}-8be4df61-93ca-11d2-aa0d-00e098032b8c").read_bytes()
        return content[len(ATTRIBUTES) :]

    def describe(self, **names: str) -> None:
        """Give the machine names, as its firmware does: ``sys_vendor="Dell Inc."``."""
        folder = self.root / "sys/class/dmi/id"
        folder.mkdir(parents=True)
        for name, text in names.items():
            (folder / name).write_text(f"{text}\n")

    def insert(self, card: str, *, number: str = "8086:15f3", driver: str = "", kind: str = "0x020000") -> None:
        """Put a card into the PCI slot with this address, of a vendor and device `number` and a `kind` (its class)."""
        folder = self.root / "sys/bus/pci/devices" / card
        folder.mkdir(parents=True)
        for name, text in zip(("vendor", "device"), number.split(":"), strict=True):
            (folder / name).write_text(f"0x{text}\n")
        (folder / "class").write_text(f"{kind}\n")
        if driver:
            (folder / "driver").mkdir()

    def log_kernel(self, *messages: str) -> None:
        """Have the kernel say this."""
        (self.root / "dev").mkdir(exist_ok=True)
        with (self.root / "dev/kmsg").open("a") as log:
            log.writelines(f"4,{number},5140900,-;{text}\n DEVICE=+pci\n" for number, text in enumerate(messages))

    def plug(
        self,
        interface: str,
        *,
        address: str = "52:54:00:12:34:56",
        carrier: bool = True,
        speed: int = -1,
        driver: str = "",
    ) -> None:
        """Add a network interface with this MAC address of its own, and a speed in Mbit/s where it is known."""
        folder = self.root / "sys/class/net" / interface
        folder.mkdir()
        (folder / "address").write_text(f"{address}\n")
        (folder / "addr_assign_type").write_text("0\n")
        (folder / "carrier").write_text(f"{int(carrier)}\n")
        (folder / "speed").write_text(f"{speed}\n")
        if driver:
            (folder / "device").mkdir()
            (folder / "device/driver").symlink_to(f"../../../../bus/pci/drivers/{driver}")


def _content(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)
