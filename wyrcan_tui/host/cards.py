"""Network cards as they are on their buses, used or not (Documentation/ABI/testing/sysfs-bus-pci)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wyrcan_tui.host.attribute import attribute

_NETWORK: Final = "0x02"
_ETHERNET: Final = "0x0200"
"""How the class of a PCI device begins (PCI Code and ID Assignment Specification 1.3): any network controller, and
those for a cable; the drivers of the others are not on our ISO, so that they have none says nothing."""


@dataclass(frozen=True, slots=True)
class Card:
    """A network card: its PCI address, and its vendor and device number as ``lspci -nn`` writes them."""

    address: str
    number: str


class Cards:
    """The network cards of the machine whose system files are below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def without_driver(self) -> list[Card]:
        """Return the cards for a cable that no driver has taken, by address."""
        found = (self.root / "sys/bus/pci/devices").glob("*")
        return [
            Card(path.name, f"{_number(path / 'vendor')}:{_number(path / 'device')}")
            for path in sorted(found)
            if attribute(path / "class").startswith(_ETHERNET) and not (path / "driver").exists()
        ]

    def has(self, device: str) -> bool:
        """Return whether the device that the kernel calls so on its bus, PCI or USB, is a network card."""
        if attribute(self.root / "sys/bus/pci/devices" / device / "class").startswith(_NETWORK):
            return True
        return any((self.root / "sys/bus" / bus / "devices" / device / "net").is_dir() for bus in ("pci", "usb"))


def _number(path: Path) -> str:
    return attribute(path).removeprefix("0x")
