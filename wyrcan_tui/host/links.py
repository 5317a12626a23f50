"""Network interfaces as sysfs shows them (Documentation/ABI/testing/sysfs-class-net)."""

from __future__ import annotations

import fcntl
import socket
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address
from pathlib import Path
from typing import Final

from wyrcan_tui.host.attribute import attribute

_GET_ADDRESS: Final = 0x8915
_LOOPBACK: Final = "lo"


@dataclass(frozen=True, slots=True)
class Link:
    """A network interface.

    Attributes:
        name: as Linux calls it.
        mac: its MAC address.
        carrier: whether a cable with a signal is in it.
        addresses: its addresses, without those that are good for nothing but its own cable.
        speed: in Mbit/s; 0 where it is not known.
        driver: what Linux drives its card with; empty where there is no card behind it, as behind a bond.
    """

    name: str
    mac: str
    carrier: bool
    addresses: tuple[str, ...]
    speed: int = 0
    driver: str = ""


def read_links(root: Path) -> list[Link]:
    """Return all interfaces but loopback, by name."""
    folder = root / "sys/class/net"
    if not folder.is_dir():
        return []
    addresses = _addresses_6(root)
    names = sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name != _LOOPBACK)
    return [
        Link(
            name,
            attribute(folder / name / "address"),
            attribute(folder / name / "carrier") == "1",
            (*_addresses_4(name), *addresses[name]),
            _speed(folder / name),
            _driver(folder / name),
        )
        for name in names
    ]


def own_mac(root: Path, name: str) -> str:
    """Return the MAC address that a network card has for ever; empty where it gets another at each start.

    ``NET_ADDR_PERM`` of include/uapi/linux/netdevice.h is what the kernel takes for its permanent address.
    """
    folder = root / "sys/class/net" / name
    return attribute(folder / "address") if attribute(folder / "addr_assign_type") == "0" else ""


def _speed(folder: Path) -> int:
    speed = attribute(folder / "speed")
    # Where nobody knows, virtual cards say -1.
    return int(speed) if speed.isdecimal() else 0


def _driver(folder: Path) -> str:
    try:
        return (folder / "device/driver").readlink().name
    except OSError:
        return ""


def _addresses_4(name: str) -> tuple[str, ...]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            answer = fcntl.ioctl(probe, _GET_ADDRESS, name.encode().ljust(256, b"\0"))
        except OSError:
            return ()
    return (socket.inet_ntoa(answer[20:24]),)


def _addresses_6(root: Path) -> Mapping[str, list[str]]:
    found = defaultdict[str, list[str]](list)
    for line in attribute(root / "proc/net/if_inet6").splitlines():
        digits, *_, interface = line.split()
        address = IPv6Address(int(digits, 16))
        if not address.is_link_local:
            found[interface].append(str(address))
    return found
