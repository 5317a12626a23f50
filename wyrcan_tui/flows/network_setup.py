"""What one network interface is given: how it gets its addresses, or which; read from what a person types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface, ip_address, ip_interface
from typing import Final, TypeVar

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.texts import _, later

_SMALLEST_MTU: Final = {4: 68, 6: 1280}
"""Bytes that every link must carry for IPv4 (RFC 791, section 3.2) and for IPv6 (RFC 8200, section 5)."""
_LARGEST_MTU: Final = 65535
EXAMPLES: Final = {4: "10.0.0.7/24", 6: "2001:db8::7/64"}
"""An address with the length of its network, by the version of IP."""
_LABELS: Final = {
    "four": later("IPv4"),
    "gateway4": later("IPv4 gateway"),
    "six": later("IPv6"),
    "gateway6": later("IPv6 gateway"),
    "dns": later("DNS"),
    "mtu": later("MTU"),
}

_Address = TypeVar("_Address", IPv4Interface | IPv6Interface, IPv4Address | IPv6Address)


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
        return {line.name: _(_LABELS[line.name]) for line in fields(Typed)}

    @staticmethod
    def examples(mtu: str) -> Typed:
        """Return what people are shown who do not know what to type; `mtu` is what is said of the last line."""
        either = _("{auto}, {off}, or an address: {address}")
        gateway = _("for example {gateway}").format(gateway="10.0.0.1")
        gateways = _("for example {gateway}, or {neighbour}").format(gateway="2001:db8::1", neighbour="fe80::1")
        four, six = (
            either.format(auto=Method.AUTO, off=Method.OFF, address=EXAMPLES[version]) for version in sorted(EXAMPLES)
        )
        return Typed(four, gateway, six, gateways, _("several with spaces between them"), mtu)


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
        four = _method_or_address(typed.four, _Line("four", 4), wrong)
        six = _method_or_address(typed.six, _Line("six", 6), wrong)
        gateway4 = _gateway(typed.gateway4, _Line("gateway4", 4), four, wrong)
        gateway6 = _gateway(typed.gateway6, _Line("gateway6", 6), six, wrong)
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
    return WyrcanError("network-invalid", " ".join(sentences), hint=_("Change what it names; nothing else is lost."))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the form that an address goes into: its name, and the version of IP that it is about."""

    name: str
    version: int

    @property
    def label(self) -> str:
        return _(_LABELS[self.name])


def _method_or_address(text: str, line: _Line, wrong: list[str]) -> IPv4Interface | IPv6Interface | Method | None:
    text, label, version = text.strip().lower(), line.label, line.version
    if text in ("", "dhcp", *Method):
        return Method.OFF if text == Method.OFF else Method.AUTO
    no_address = _("{line}: {text} is no address; write it like {example}, or {auto}, or {off}.")
    found = _of_version(ip_interface, text, line, no_address, wrong)
    if found is None:
        return None
    if "/" not in text:
        lacking = _("{line}: after {address} comes the length of its network, as in {example}.")
        wrong.append(lacking.format(line=label, address=text, example=EXAMPLES[version]))
    elif found.is_multicast or found.is_loopback or found.is_unspecified:
        wrong.append(_("{line}: {address} cannot be the address of an interface.").format(line=label, address=found.ip))
    elif found.network.num_addresses > 2 and found.ip == found.network.network_address:
        name = _("{line}: {address} is the name of the network {network}, not an address in it.")
        wrong.append(name.format(line=label, address=found.ip, network=found.network))
    elif version == 4 and found.network.num_addresses > 2 and found.ip == found.network.broadcast_address:
        for_all = _("{line}: {address} is for all in the network {network}, not the address of one.")
        wrong.append(for_all.format(line=label, address=found.ip, network=found.network))
    return found


def _gateway(
    text: str, line: _Line, own: IPv4Interface | IPv6Interface | Method | None, wrong: list[str]
) -> IPv4Address | IPv6Address | None:
    text, label = text.strip(), line.label
    if not text:
        return None
    gateway = _of_version(ip_address, text, line, _("{line}: {text} is no address."), wrong)
    if gateway is None:
        return None
    if isinstance(own, Method):
        lonely = _("{line}: it goes with an address that is given here; with {method} there is none.")
        wrong.append(lonely.format(line=label, method=own))
    elif own is not None and gateway == own.ip:
        wrong.append(_("{line}: {address} is the address of this machine itself.").format(line=label, address=gateway))
    elif own is not None and gateway not in own.network and not gateway.is_link_local:
        outside = _("{line}: {address} is not in the network {network}, so it cannot be reached.")
        wrong.append(outside.format(line=label, address=gateway, network=own.network))
    return gateway


def _of_version(
    read: Callable[[str], _Address], text: str, line: _Line, otherwise: str, wrong: list[str]
) -> _Address | None:
    """Read an address of the line's version, or say of that line what is wrong: `otherwise` where it is none at all."""
    try:
        found = read(text)
    except ValueError:
        facts = {"example": EXAMPLES[line.version], "auto": Method.AUTO, "off": Method.OFF}
        wrong.append(otherwise.format(line=line.label, text=repr(text), **facts))
        return None
    if found.version != line.version:
        other = _("{line}: {address} is an IPv{version} address.")
        wrong.append(other.format(line=line.label, address=text, version=found.version))
        return None
    return found


def _name_servers(text: str, wrong: list[str]) -> Iterator[IPv4Address | IPv6Address]:
    for word in text.replace(",", " ").split():
        try:
            yield ip_address(word)
        except ValueError:
            none = _("{line}: {text} is no address of a name server.")
            wrong.append(none.format(line=_(_LABELS["dns"]), text=repr(word)))


def _mtu(text: str, version: int, wrong: list[str]) -> int | None:
    text, label = text.strip(), _(_LABELS["mtu"])
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) <= _LARGEST_MTU):
        none = _("{line}: {text} is no number of bytes up to {largest}.")
        wrong.append(none.format(line=label, text=repr(text), largest=_LARGEST_MTU))
        return None
    if int(text) < _SMALLEST_MTU[version]:
        small = _("{line}: IPv{version} needs {bytes} bytes at least.")
        wrong.append(small.format(line=label, version=version, bytes=_SMALLEST_MTU[version]))
    return int(text)
