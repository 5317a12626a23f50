"""The machine of the demo: a folder with the system files of one, read and written by the real classes of `host`."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from wyrcan_tui.demo.catalogue import private, public
from wyrcan_tui.demo.registry import served
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.host.cards import Cards
from wyrcan_tui.host.clock import Clock
from wyrcan_tui.host.efivars import EfiVariables
from wyrcan_tui.host.log import SystemLog
from wyrcan_tui.host.machine import Machine
from wyrcan_tui.host.medium import Carried
from wyrcan_tui.host.networkd import Networkd
from wyrcan_tui.host.settings import Settings
from wyrcan_tui.host.turn import Turn
from wyrcan_tui.progress import size_text
from wyrcan_tui.texts import _

_FILES: Final = {
    "proc/cpuinfo": "".join(f"processor\t: {number}\nmodel name\t: Made Up Processor\n\n" for number in range(4)),
    "proc/meminfo": "MemTotal:        7969178 kB\nMemFree:         7000000 kB\n",
    # Not in RAM: the clock of whoever tries the demo is theirs (host/clock.py).
    "proc/mounts": "/dev/vda1 / ext4 rw,relatime 0 0\n",
    "sys/class/dmi/id/sys_vendor": "Made Up\n",
    "sys/class/dmi/id/product_name": "Demo 1\n",
    "sys/class/dmi/id/product_serial": "DEMO-0001\n",
    "sys/class/dmi/id/bios_vendor": "Made Up\n",
    "sys/class/dmi/id/bios_version": "1.0\n",
    "sys/class/net/demo0/address": "52:54:00:12:34:56\n",
    "sys/class/net/demo0/carrier": "1\n",
    "sys/class/net/demo0/speed": "1000\n",
    "sys/class/net/demo1/address": "52:54:00:12:34:57\n",
    "sys/class/net/demo1/carrier": "0\n",
    # An address of a documentation network (RFC 3849), as if a router had told of it.
    "proc/net/if_inet6": "20010db8000000000000000000000007 02 40 00 00 demo0\n",
}
"""The system files that are the same every time."""


@contextmanager
def demo_machine() -> Iterator[Adapters]:
    """Have a machine and its two registries inside a ``with`` block; afterwards nothing is left of them.

    That is so, too, where a signal ends this process, as when its terminal is closed.
    """
    folder = tempfile.TemporaryDirectory(prefix="wyrcan-demo-")
    with _removed_when_ended(folder), folder as name:
        root = Path(name)
        machine = Machine(root)
        architecture = machine.platform.architecture
        with served(public(architecture)) as one, served(private(architecture), locked=True) as other:
            _write(root, {**_FILES, "proc/cmdline": f"wyr.registry={one} wyr.registry={other}\n"})
            (root / "sys/firmware/efi/efivars").mkdir(parents=True)
            yield Adapters(
                root,
                machine,
                EfiVariables(root),
                RecordedNetwork(root),
                NoMedium(),
                Settings(root),
                UnstartedKernel(),
                Turn(root),
                Clock(root),
                Cards(root),
                StuckSwitch(),
                NoShell(),
                SystemLog(root),
                NoStick(),
            )


class RecordedNetwork(Networkd):
    """Network settings that are written down, below the machine's root, and that nobody takes up."""

    def reload(self) -> None:
        """Leave the network of this computer alone."""


class NoMedium:
    """A drive with nothing in it."""

    def read(self) -> Carried | None:
        """Return that there is nothing."""
        return None


class UnstartedKernel:
    """Takes a kernel as the real machine does, and tells at the jump what would have been started."""

    def __init__(self) -> None:
        self._sizes = (0, 0)
        self._cmdline = ""

    def load(self, kernel: int, initrd: int, cmdline: str) -> None:
        """Note what was handed over."""
        self._sizes = (os.fstat(kernel).st_size, os.fstat(initrd).st_size)
        self._cmdline = cmdline

    def unload(self) -> None:
        """Forget it."""

    def execute(self) -> None:
        """Tell what would run now.

        Raises:
            WyrcanError: ``demo-ends-here``, always.
        """
        kernel, initrd = map(size_text, self._sizes)
        raise _end(
            _("A real machine would run the image now. This is a demo, so nothing was started."),
            kernel=kernel,
            initrd=initrd,
            words=self._cmdline or "none",
        )


class NoStick:
    """No stick to leave a file on."""

    def write(self, name: str, content: bytes) -> str:
        """Tell what would happen.

        Raises:
            WyrcanError: ``demo-ends-here``, always.
        """
        raise _end(_("A real machine would leave a file on its stick now. This is a demo, so nothing was started."))


class StuckSwitch:
    """A switch that does nothing to the computer that the demo runs on."""

    def restart(self) -> None:
        """Tell what would happen.

        Raises:
            WyrcanError: ``demo-ends-here``, always.
        """
        raise _end(_("A real machine would start anew now. This is a demo, so nothing was started."))

    def power_off(self) -> None:
        """Tell what would happen.

        Raises:
            WyrcanError: ``demo-ends-here``, always.
        """
        raise _end(_("A real machine would go off now. This is a demo, so nothing was started."))


class NoShell:
    """No shell: it would be one on the computer that the demo runs on."""

    def run(self, still: Callable[[], None]) -> None:
        """Tell what would happen.

        Raises:
            WyrcanError: ``demo-ends-here``, always.
        """
        raise _end(_("A real machine would open a shell now. This is a demo, so nothing was started."))


def _end(message: str, **facts: str) -> WyrcanError:
    return WyrcanError(
        "demo-ends-here",
        message,
        hint=_("Everything up to here was done as it is done on a machine."),
        **facts,
    )


@contextmanager
def _removed_when_ended(folder: tempfile.TemporaryDirectory[str]) -> Iterator[None]:
    def end(number: int, _frame: object) -> None:
        folder.cleanup()
        # Not by way of an exception: what draws on the terminal would be waited for, which may be gone.
        os._exit(128 + number)

    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, end) for number in numbers]
    try:
        yield
    finally:
        for number, reaction in zip(numbers, before, strict=True):
            signal.signal(number, reaction)


def _write(root: Path, files: dict[str, str]) -> None:
    # A serial terminal that is no console of the machine would get another speed (host/terminal.py).
    console = Path(os.ttyname(sys.stdin.fileno())).name if sys.stdin.isatty() else ""
    for name, content in {**files, "sys/class/tty/console/active": f"{console}\n"}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
