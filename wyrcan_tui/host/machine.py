"""What this machine is, and what it was started with."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wyrcan_tui.oci.platform import Platform

_PLACEHOLDERS: Final = frozenset(
    {
        "default string",
        "none",
        "not specified",
        "o.e.m.",
        "system manufacturer",
        "system product name",
        "system serial number",
        "to be filled by o.e.m.",
    }
)
"""What makers of boards leave in place of a name, in lower case."""


class Machine:
    """The machine whose system files are below `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def cmdline(self) -> str:
        """The command line of the kernel that runs now."""
        return (self._root / "proc/cmdline").read_text(errors="backslashreplace").strip()

    @property
    def platform(self) -> Platform:
        """What images must be made for.

        Raises:
            WyrcanError: ``architecture-unknown``.
        """
        return Platform.of_machine(platform.machine())

    @property
    def model(self) -> str:
        """Vendor and product as the firmware calls them (SMBIOS spec 7.2); empty where it does not know better."""
        for names in (("sys_vendor", "product_name"), ("board_vendor", "board_name")):
            vendor, product = (_told(self._root / "sys/class/dmi/id" / name) for name in names)
            if product:
                return product if product.startswith(vendor) else f"{vendor} {product}"
        return ""

    @property
    def serial(self) -> str:
        """The serial number that its maker gave it (SMBIOS spec 7.2); empty where the firmware does not know it.

        Only root may read it (``DMI_ATTR_ROOT`` of drivers/firmware/dmi-id.c).
        """
        return _told(self._root / "sys/class/dmi/id/product_serial")

    @property
    def firmware(self) -> str:
        """Who made its firmware, its version and its date (SMBIOS spec 7.1); empty where it does not tell."""
        names = ("bios_vendor", "bios_version", "bios_date")
        return " ".join(filter(None, (_told(self._root / "sys/class/dmi/id" / name) for name in names)))

    @property
    def processor(self) -> str:
        """What the first processor calls itself; empty where it has no name, as on arm64."""
        return next((value for name, value in self._processor_lines() if name == "model name"), "")

    @property
    def processors(self) -> int:
        """How many processors Linux uses."""
        return sum(name == "processor" for name, _ in self._processor_lines())

    @property
    def cores(self) -> int:
        """How many cores the processors are, which may be two for each; 0 where Linux does not tell, as on arm64."""
        cores, package = set(), ""
        # In this order, one core after the other (arch/x86/kernel/cpu/proc.c).
        for name, value in self._processor_lines():
            if name == "physical id":
                package = value
            elif name == "core id":
                cores.add((package, value))
        return len(cores)

    @property
    def memory(self) -> int:
        """Bytes of memory that Linux can use here."""
        for line in (self._root / "proc/meminfo").read_text().splitlines():
            name, _, value = line.partition(":")
            if name == "MemTotal":
                return int(value.split()[0]) * 1024
        return 0

    def _processor_lines(self) -> Iterator[tuple[str, str]]:
        for line in (self._root / "proc/cpuinfo").read_text(errors="replace").splitlines():
            name, _, value = line.partition(":")
            yield name.strip(), " ".join(value.split())


def _told(path: Path) -> str:
    try:
        text = " ".join(path.read_text(errors="replace").split())
    except OSError:
        return ""
    return "" if text.lower() in _PLACEHOLDERS else text
