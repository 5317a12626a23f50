"""A computer: a QEMU machine with its firmware, its boot medium, a serial line, and a screen where it has one.

    with Machine(folder, pace, firmware="uefi", medium=Usb(iso)) as machine:
        machine.terminal.wait_for("Wyrcan")
        machine.reset()
    machine.variables()     # what is in the firmware's memory, read from outside

It can be turned off and on again: the firmware's memory is kept in `folder`. On its network this host's loopback
is at 10.0.2.2, and nothing else can be reached.
"""

import json
import shutil
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Literal, Protocol, Self

from tests.support.child import Child
from tests.support.screen import ScreenReader
from tests.support.terminal import NotOnScreenError, Terminal
from tests.support.variables import Variable, add_variable, read_variables

HOST = "10.0.2.2"
"""This host's loopback, as the machine sees it."""

OVMF = Path("/usr/share/OVMF")
SECONDS_BETWEEN_LOOKS = 0.5

Firmware = Literal["bios", "uefi", "secureboot"]

FIRMWARE_FILES: dict[Firmware, tuple[str, str]] = {
    "uefi": ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"),
    "secureboot": ("OVMF_CODE_4M.ms.fd", "OVMF_VARS_4M.ms.fd"),
}


class Host(Protocol):
    """Knows how machines are run here."""

    @property
    def accelerator(self) -> str:
        """The means, by QEMU's name."""
        ...

    def limit(self, seconds: float) -> float:
        """The limit in seconds for what takes `seconds` on the reference host."""
        ...


class Medium(Protocol):
    """What a machine boots from."""

    def arguments(self) -> Sequence[str]:
        """How QEMU is told."""
        ...


@dataclass(frozen=True)
class Usb:
    """A USB stick that `image` was written onto. What the machine writes to it is forgotten at power-off."""

    image: Path

    def arguments(self) -> Sequence[str]:
        """How QEMU is told."""
        return [
            *("-device", "qemu-xhci"),
            *("-drive", f"if=none,id=medium,format=raw,snapshot=on,file={self.image}"),
            *("-device", "usb-storage,drive=medium,bootindex=0"),
        ]


@dataclass(frozen=True)
class Dvd:
    """A DVD that `image` was burnt to."""

    image: Path

    def arguments(self) -> Sequence[str]:
        """How QEMU is told."""
        return [
            *("-drive", f"if=none,id=medium,media=cdrom,format=raw,readonly=on,file={self.image}"),
            *("-device", "ide-cd,drive=medium,bootindex=0"),
        ]


@dataclass(frozen=True)
class Kernel:
    """No medium: QEMU itself loads a kernel with its command line, and an initrd when there is one."""

    kernel: Path
    cmdline: str = ""
    initrd: Path | None = None

    def arguments(self) -> Sequence[str]:
        """How QEMU is told."""
        initrd = ["-initrd", str(self.initrd)] if self.initrd else []
        return ["-kernel", str(self.kernel), "-append", self.cmdline, *initrd]


@dataclass(frozen=True)
class Served:
    """What the machine's network has for it: a folder, by TFTP, and the file there (or the URL) that DHCP tells."""

    folder: Path
    file: str


@dataclass(frozen=True)
class Cable:
    """A network cable from one machine straight to another; of its two ends, `first` is plugged in first.

    `port` is a free one on loopback that both ends have in common, `mac` the address of the card at this end.
    """

    port: int
    mac: str
    first: bool

    def arguments(self) -> Sequence[str]:
        """How QEMU is told."""
        name = f"cable-{self.mac.replace(':', '')}"
        # Without a speed, 802.3ad takes no card into a bond.
        return [
            # Not its "stream", of which QEMU 7.2 dies now and then when it begins.
            *("-netdev", f"socket,id={name},{'listen' if self.first else 'connect'}=127.0.0.1:{self.port}"),
            *("-device", f"virtio-net-pci,netdev={name},mac={self.mac},speed=1000,duplex=full,romfile="),
        ]


class Machine:
    """One computer. Turned on by `power_on` or ``with``, off by `power_off` or the end of the ``with``.

    As most servers it has a serial line; a `screen` too where that is asked for, of so many pixels or as QEMU has it.
    """

    def __init__(
        self,
        folder: Path,
        host: Host,
        *,
        firmware: Firmware = "uefi",
        medium: Medium | None = None,
        served: Served | None = None,
        disks: Sequence[Path] = (),
        memory_mib: int = 2048,
        serial: bool = True,
        cables: Sequence[Cable] = (),
        screen: bool | tuple[int, int] = False,
        mac: str = "52:54:00:12:34:56",
        serial_number: str = "",
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._host = host
        self._firmware = firmware
        self._medium = medium
        self._served = served
        self._disks = disks
        self._memory_mib = memory_mib
        self._serial = serial
        self._cables = cables
        self._screen = screen
        self._mac = mac
        self._serial_number = serial_number
        self._boots = count(1)
        self._qemu: Child | None = None
        self._terminal: Terminal | None = None
        self._monitor: Monitor | None = None
        self._sockets: TemporaryDirectory[str] | None = None
        if firmware != "bios":
            shutil.copyfile(OVMF / FIRMWARE_FILES[firmware][1], self._memory)

    @property
    def terminal(self) -> Terminal:
        """The terminal at the serial line of the machine, which is on."""
        assert self._terminal, "the machine is off or has no serial line"
        return self._terminal

    def power_on(self) -> None:
        """Turn it on; the terminal sees every character from the first one on.

        Raises:
            RuntimeError: QEMU does not start; the message holds what it says.
        """
        boot = next(self._boots)
        # A socket's path may have 107 bytes at most, and a test's folder can have a longer one.
        self._sockets = TemporaryDirectory(prefix="machine-")
        line, monitor = Path(self._sockets.name, "line"), Path(self._sockets.name, "monitor")
        self._qemu = Child(self._command(line, monitor), self.folder / f"qemu-{boot}.log")
        try:
            if self._serial:
                connection = self._connect(line)
                self._terminal = Terminal(connection, self._host.limit, self.folder / f"serial-{boot}.log")
            self._monitor = Monitor(self._connect(monitor))
        except BaseException:
            self.power_off()
            raise

    def power_off(self) -> None:
        """Pull the plug. A machine that is off stays off."""
        if self._qemu:
            self._qemu.end()
        if self._terminal:
            self._terminal.close()
        if self._monitor:
            self._monitor.close()
        if self._sockets:
            self._sockets.cleanup()
        self._qemu = self._terminal = self._monitor = self._sockets = None

    def wait_until_off(self, seconds: float = 60) -> None:
        """Wait until it has gone off by itself."""
        assert self._qemu, "the machine is off"
        limit = self._host.limit(seconds)
        deadline = time.monotonic() + limit
        while self._qemu.runs:
            assert time.monotonic() < deadline, f"the machine is still on after {limit:.0f} s"
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def __enter__(self) -> Self:
        self.power_on()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.power_off()

    def reset(self) -> None:
        """Press the reset button; the terminal forgets what it saw."""
        self._control("system_reset")
        if self._terminal:
            self._terminal.clear()

    def press(self, *keys: str) -> None:
        """Press keys of the machine's own keyboard, by QEMU's names such as ``"ret"`` or ``"esc"``."""
        for key in keys:
            self._control("send-key", keys=[{"type": "qcode", "data": key}])

    def photograph(self, path: Path) -> Path:
        """Write what the machine's screen shows to `path`, a ``.png`` or ``.ppm`` file; returns `path`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._control("screendump", filename=str(path), format=path.suffix.removeprefix("."))
        return path

    def wait_on_screen(self, reader: ScreenReader, *words: str, seconds: float = 60) -> str:
        """Wait until all the `words` are on the machine's own screen at once; returns the screen.

        Raises:
            NotOnScreenError: they did not come; the message shows the screen.
        """
        limit = self._host.limit(seconds)
        deadline = time.monotonic() + limit
        while True:
            screen = reader.read(self.photograph(self.folder / "screen.ppm").read_bytes())
            if all(word in screen for word in words):
                return screen
            if time.monotonic() > deadline:
                wanted = " and ".join(map(repr, words))
                raise NotOnScreenError(f"{limit:.0f} s passed while waiting for {wanted}. The screen:\n{screen}")
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def variables(self) -> list[Variable]:
        """The firmware's variables, read from outside; of a machine that is off they are certain."""
        return read_variables(self._memory.read_bytes())

    def add_variable(self, variable: Variable) -> None:
        """Put a new variable into the memory of the machine, which is off."""
        assert self._qemu is None, "the firmware of a machine that is on would not notice"
        self._memory.write_bytes(add_variable(self._memory.read_bytes(), variable))

    @property
    def _memory(self) -> Path:
        return self.folder / "firmware-memory.fd"

    def _command(self, line: Path, monitor: Path) -> list[str]:
        secure = self._firmware == "secureboot"
        kvm = self._host.accelerator == "kvm"
        wire, card = "user,id=net", f"virtio-net-pci,netdev=net,mac={self._mac}"
        if self._served:
            wire += f",tftp={self._served.folder},bootfile={self._served.file}"
            card += ",bootindex=0"
        if not self._served or self._firmware != "bios":
            # In the card's ROM is iPXE. Without anything to boot it only takes time to look for that; and UEFI firmware
            # has a PXE of its own, while this iPXE of 2019 tells shim no size of what it loaded.
            card += ",romfile="
        command = [
            "qemu-system-x86_64",
            *("-nodefaults", "-no-user-config", "-display", "none"),
            *("-machine", f"q35,smm={'on' if secure else 'off'}"),
            *("-accel", "kvm" if kvm else "tcg,thread=multi", "-cpu", "host" if kvm else "max", "-smp", "2"),
            *("-m", str(self._memory_mib)),
            *("-netdev", wire, "-device", card),
            *("-chardev", f"socket,id=monitor,server=on,wait=off,path={monitor}", "-mon", "monitor,mode=control"),
        ]
        if self._screen:
            pixels = ",xres={},yres={}".format(*self._screen) if isinstance(self._screen, tuple) else ""
            command += ["-device", f"VGA{pixels}"]
        if self._serial:
            command += ["-chardev", f"socket,id=line,server=on,wait=on,path={line}", "-serial", "chardev:line"]
        if self._serial_number:
            command += ["-smbios", f"type=1,serial={self._serial_number}"]
        for number, disk in enumerate(self._disks):
            command += ["-drive", f"if=none,id=disk{number},format=raw,file={disk}"]
            command += ["-device", f"virtio-blk-pci,drive=disk{number}"]
        if self._firmware != "bios":
            code = OVMF / FIRMWARE_FILES[self._firmware][0]
            command += ["-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={code}"]
            command += ["-drive", f"if=pflash,format=raw,unit=1,file={self._memory}"]
            command += ["-global", f"driver=cfi.pflash01,property=secure,value={'on' if secure else 'off'}"]
        for cable in self._cables:
            command += cable.arguments()
        return [*command, *(self._medium.arguments() if self._medium else ())]

    def _connect(self, path: Path) -> socket.socket:
        assert self._qemu
        deadline = time.monotonic() + self._host.limit(10)
        while True:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(str(path))
            except OSError:
                connection.close()
                if not self._qemu.runs or time.monotonic() > deadline:
                    raise RuntimeError(f"QEMU does not start: {self._qemu.log.read_text()}") from None
                time.sleep(0.05)
            else:
                return connection

    def _control(self, command: str, **arguments: object) -> None:
        assert self._monitor, "the machine is off"
        self._monitor.execute(command, arguments)


class Monitor:
    """QEMU's control connection (its "QEMU Machine Protocol", QMP)."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._answers = connection.makefile("rb")
        self.execute("qmp_capabilities", {})

    def execute(self, command: str, arguments: dict[str, object]) -> None:
        """Have QEMU do something, and wait until it is done.

        Raises:
            RuntimeError: QEMU refuses, or has ended; the message holds why.
        """
        # One that ends with something still to be read resets the connection.
        with suppress(ConnectionError):
            self._connection.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
            # Its greeting and its events come between.
            for line in self._answers:
                answer = json.loads(line)
                if "error" in answer:
                    raise RuntimeError(f"QEMU refuses {command}: {answer['error']['desc']}")
                if "return" in answer:
                    return
        raise RuntimeError(f"QEMU ended before it answered {command}")

    def close(self) -> None:
        """End the connection."""
        self._answers.close()
        self._connection.close()
