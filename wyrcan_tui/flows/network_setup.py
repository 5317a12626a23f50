"""What one network interface is given: how it gets its addresses, or which; read from what a person types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface, ip_address, ip_interface
from typing import Final

from wyrcan_tui.errors import WyrcanError

_SMALLEST_MTU: Final = {4: 68, 6: 1280}
"""Bytes that every link must carry for IPv4 (RFC 791, section 3.2) and for IPv6 (RFC 8200, section 5)."""
_LARGEST_MTU: Final = 65535
_EXAMPLE: Final = {4: "10.0.0.7/24", 6: "2001:db8::7/64"}
_LABELS: Final = {
    "four": "IPv4",
    "gateway4": "IPv4 gateway",
    "six": "IPv6",
    "gateway6": "IPv6 gateway",
    "dns": "DNS",
    "mtu": "MTU",
}


class Method(StrEnum):
    """How an interface gets its addresses of one kind where nobody gives it one, in a person's words.

    ``auto`` is DHCP for IPv4; for IPv6 it is what the routers say, and DHCPv6 where they say so.
    """

    AUTO = "auto"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the lines of a form, by the names that `Setup` has for it."""

    four: str = "auto"
    gateway4: str = ""
    six: str = "auto"
    gateway6: str = ""
    dns: str = ""
    mtu: str = ""

    @staticmethod
    def labels() -> dict[str, str]:
        """Return the lines' names in the order of the form, and what a person calls them."""
        return {line.name: _LABELS[line.name] for line in fields(Typed)}


@dataclass(frozen=True, slots=True)
class Setup:
    """What an interface is given; of each kind at most one address, as the form has one line for it.

    Attributes:
        four: its IPv4 address, or how it gets one; `six` the same for IPv6.
        gateway4: where all goes that is for other networks; `gateway6` the same for IPv6.
        dns: name servers, besides those that DHCP or a router tells.
        mtu: bytes of the largest packet; None leaves it as it is.
    """

    four: IPv4Interface | Method = Method.AUTO
    gateway4: IPv4Address | None = None
    six: IPv6Interface | Method = Method.AUTO
    gateway6: IPv6Address | None = None
    dns: tuple[IPv4Address | IPv6Address, ...] = ()
    mtu: int | None = None

    @classmethod
    def parse(cls, typed: Typed) -> Setup:
        """Read what was typed.

        Raises:
            WyrcanError: ``network-invalid``, with a sentence for every line that is wrong, which begins with its name.
        """
        wrong: list[str] = []
        four = _method_or_address(typed.four, 4, wrong)
        six = _method_or_address(typed.six, 6, wrong)
        gateway4 = _gateway(typed.gateway4, 4, four, wrong)
        gateway6 = _gateway(typed.gateway6, 6, six, wrong)
        dns = tuple(_name_servers(typed.dns, wrong))
        mtu = _mtu(typed.mtu, 4 if six is Method.OFF else 6, wrong)
        if wrong:
            raise invalid(wrong)
        # What was read by its version is of that version; nothing else is left once nothing is wrong.
        assert isinstance(four, IPv4Interface | Method)
        assert isinstance(six, IPv6Interface | Method)
        assert gateway4 is None or isinstance(gateway4, IPv4Address)
        assert gateway6 is None or isinstance(gateway6, IPv6Address)
        return cls(four, gateway4, six, gateway6, dns, mtu)

    def typed(self) -> Typed:
        """Return what a person would type for this."""
        return Typed(
            str(self.four),
            str(self.gateway4 or ""),
            str(self.six),
            str(self.gateway6 or ""),
            " ".join(map(str, self.dns)),
            str(self.mtu or ""),
        )

    @property
    def addresses(self) -> tuple[IPv4Interface | IPv6Interface, ...]:
        """The addresses that are given here."""
        return tuple(given for given in (self.four, self.six) if not isinstance(given, Method))

    @property
    def gateways(self) -> tuple[IPv4Address | IPv6Address, ...]:
        """The gateways that are given here."""
        return tuple(gateway for gateway in (self.gateway4, self.gateway6) if gateway)


def invalid(sentences: Iterable[str]) -> WyrcanError:
    """Return the error about settings that cannot be used: ``network-invalid``."""
    return WyrcanError("network-invalid", " ".join(sentences), hint="Change what it names; nothing else is lost.")


def _method_or_address(text: str, version: int, wrong: list[str]) -> IPv4Interface | IPv6Interface | Method | None:
    text, label = text.strip().lower(), _LABELS["four" if version == 4 else "six"]
    if text in ("", "dhcp", *Method):
        return Method.OFF if text == Method.OFF else Method.AUTO
    try:
        found = ip_interface(text)
    except ValueError:
        wrong.append(f"{label}: {text!r} is no address; write it like {_EXAMPLE[version]}, or auto, or off.")
        return None
    if found.version != version:
        wrong.append(f"{label}: {text} is an IPv{found.version} address.")
        return None
    if "/" not in text:
        wrong.append(f"{label}: after {text} comes the length of its network, as in {_EXAMPLE[version]}.")
    elif found.is_multicast or found.is_loopback or found.is_unspecified:
        wrong.append(f"{label}: {found.ip} cannot be the address of an interface.")
    elif found.network.num_addresses > 2 and found.ip == found.network.network_address:
        wrong.append(f"{label}: {found.ip} is the name of the network {found.network}, not an address in it.")
    elif version == 4 and found.network.num_addresses > 2 and found.ip == found.network.broadcast_address:
        wrong.append(f"{label}: {found.ip} is for all in the network {found.network}, not the address of one.")
    return found


def _gateway(
    text: str, version: int, own: IPv4Interface | IPv6Interface | Method | None, wrong: list[str]
) -> IPv4Address | IPv6Address | None:
    text, label = text.strip(), _LABELS[f"gateway{version}"]
    if not text:
        return None
    try:
        gateway = ip_address(text)
    except ValueError:
        wrong.append(f"{label}: {text!r} is no address.")
        return None
    if gateway.version != version:
        wrong.append(f"{label}: {text} is an IPv{gateway.version} address.")
    elif isinstance(own, Method):
        wrong.append(f"{label}: it goes with an address that is given here; with {own} there is none.")
    elif own is not None and gateway == own.ip:
        wrong.append(f"{label}: {gateway} is the address of this machine itself.")
    elif own is not None and gateway not in own.network and not gateway.is_link_local:
        wrong.append(f"{label}: {gateway} is not in the network {own.network}, so it cannot be reached.")
    return gateway


def _name_servers(text: str, wrong: list[str]) -> Iterator[IPv4Address | IPv6Address]:
    for word in text.replace(",", " ").split():
        try:
            yield ip_address(word)
        except ValueError:
            wrong.append(f"{_LABELS['dns']}: {word!r} is no address of a name server.")


def _mtu(text: str, version: int, wrong: list[str]) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) <= _LARGEST_MTU):
        wrong.append(f"{_LABELS['mtu']}: {text!r} is no number of bytes up to {_LARGEST_MTU}.")
        return None
    if int(text) < _SMALLEST_MTU[version]:
        wrong.append(f"{_LABELS['mtu']}: IPv{version} needs {_SMALLEST_MTU[version]} bytes at least.")
    return int(text)
