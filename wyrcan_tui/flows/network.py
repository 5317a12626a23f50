"""The network that somebody wants a machine to have: its cards, bonds of several, and VLANs on either. Pure values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from wyrcan_tui.flows.network_setup import Setup, invalid
from wyrcan_tui.host.networkd import NetworkFiles
from wyrcan_tui.texts import _, later

LONGEST_NAME: Final = 15
"""Characters of the longest name of an interface (IFNAMSIZ less the final NUL, include/uapi/linux/if.h)."""
_NAME: Final = re.compile(rf"[A-Za-z0-9._@+-]{{1,{LONGEST_NAME}}}")
"""Names that mean themselves alone, to networkd, where ``*`` is any, and on a kernel command line."""
_MAC: Final = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.IGNORECASE)
HIGHEST_TAG: Final = 4094
"""The highest number of a VLAN (IEEE 802.1Q, 9.6: 0 and 4095 have a meaning of their own)."""
_ETHERNET: Final = 1500
"""The MTU of Ethernet where nobody says another."""


class Mode(StrEnum):
    """How the cards of a bond share the work (Documentation/networking/bonding.rst, "mode")."""

    LACP = "802.3ad"
    BACKUP = "active-backup"
    ROUND_ROBIN = "balance-rr"

    @property
    def meaning(self) -> str:
        """What it asks of the switch, or what it does, for people."""
        return _(_MEANINGS[self])

    @property
    def following(self) -> Mode:
        """The mode after it, and the first one after the last."""
        modes = list(Mode)
        return modes[(modes.index(self) + 1) % len(modes)]


_MEANINGS: Final = {
    Mode.LACP: later("the switch must know it (LACP)"),
    Mode.BACKUP: later("one works, the others wait"),
    Mode.ROUND_ROBIN: later("all in turn; the switch must know it"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A network card: its name, its own MAC address (empty where it has none that lasts), and what it is given.

    While it is a bond's, that `setup` does not count.
    """

    name: str
    mac: str = ""
    setup: Setup = field(default_factory=Setup)


@dataclass(frozen=True, slots=True)
class Bond:
    """Several cards that act as one: their names, the one that lends its MAC address at first."""

    name: str
    members: tuple[str, ...]
    mode: Mode = Mode.LACP
    setup: Setup = field(default_factory=Setup)


@dataclass(frozen=True, slots=True)
class Vlan:
    """A VLAN on a card or a bond."""

    parent: str
    tag: int
    setup: Setup = field(default_factory=Setup)

    @property
    def name(self) -> str:
        """Its interface's name, one of those that dracut.cmdline(7) knows for a VLAN with that number."""
        name = f"{self.parent}.{self.tag}"
        return name if len(name) <= LONGEST_NAME else f"vlan{self.tag}"


Interface = Card | Bond | Vlan


@dataclass(frozen=True, slots=True)
class Network:
    """All that is wanted of a machine's network.

    Attributes:
        cards, bonds, vlans: the interfaces by their names; what is not among them does as the system has it.
        others: networkd files that somebody wrote otherwise than `network_files` does; they are kept as they are.
    """

    cards: Mapping[str, Card] = field(default_factory=dict)
    bonds: Mapping[str, Bond] = field(default_factory=dict)
    vlans: Mapping[str, Vlan] = field(default_factory=dict)
    others: NetworkFiles = field(default_factory=dict)

    @property
    def interfaces(self) -> tuple[Interface, ...]:
        """All interfaces: cards, then bonds, then VLANs."""
        return (*self.cards.values(), *self.bonds.values(), *self.vlans.values())

    def find(self, name: str) -> Interface | None:
        """Return the interface of that name; None where nothing is wanted of it."""
        return self.cards.get(name) or self.bonds.get(name) or self.vlans.get(name)

    def bond_of(self, card: str) -> Bond | None:
        """Return the bond that a card belongs to."""
        return next((bond for bond in self.bonds.values() if card in bond.members), None)

    def vlans_on(self, parent: str) -> tuple[Vlan, ...]:
        """Return the VLANs on a card or a bond."""
        return tuple(vlan for vlan in self.vlans.values() if vlan.parent == parent)

    def put(self, interface: Interface) -> Network:
        """Return the network with that interface in it, instead of one that has its name.

        Raises:
            WyrcanError: ``network-invalid`` where it does not go together with the others.
        """
        match interface:
            case Card(name):
                changed = replace(self, cards={**self.cards, name: interface})
            case Bond(name):
                changed = replace(self, bonds={**self.bonds, name: interface})
            case Vlan(name=name):
                before = self.vlans.get(name)
                if before and before.parent != interface.parent:
                    wrong = _("{interface} has a VLAN under the name {name} already: remove that one first.")
                    raise invalid([wrong.format(interface=before.parent, name=name)])
                changed = replace(self, vlans={**self.vlans, name: interface})
        changed.require_sound(interface)
        return changed

    def without(self, name: str) -> Network:
        """Return the network without an interface and the VLANs on it; a bond goes with its cards, and they with it."""
        bond = self.bonds.get(name) or self.bond_of(name)
        gone = {name, *((bond.name, *bond.members) if bond else ())}
        return replace(
            self,
            cards={other: card for other, card in self.cards.items() if other not in gone},
            bonds={other: kept for other, kept in self.bonds.items() if other not in gone},
            vlans={other: vlan for other, vlan in self.vlans.items() if not gone & {other, vlan.parent}},
        )

    def require_sound(self, interface: Interface) -> None:
        """Refuse an interface that does not go together with the others.

        Raises:
            WyrcanError: ``network-invalid``, with one sentence for each thing that is wrong.
        """
        wrong = [*self._wrong_with(interface), *self._taken_addresses(interface)]
        if wrong:
            raise invalid(wrong)

    def _wrong_with(self, interface: Interface) -> Iterable[str]:
        name = interface.name
        if sum(name in kind for kind in (self.cards, self.bonds, self.vlans)) > 1:
            yield _("There are two interfaces of the name {name}.").format(name=name)
        if not _NAME.fullmatch(name):
            yield _("{name} is no name of an interface.").format(name=repr(name))
        match interface:
            case Card(mac=mac) if mac and not _MAC.fullmatch(mac):
                yield _("{mac} is no MAC address of a card.").format(mac=repr(mac))
            case Bond(members=members):
                yield from self._wrong_with_members(name, members)
            case Vlan(parent=parent, tag=tag, setup=setup):
                if not 1 <= tag <= HIGHEST_TAG:
                    yield _no_tag()
                if self.bond_of(parent):
                    yield _("{interface} belongs to a bond: the VLAN goes onto that.").format(interface=parent)
                below = self.find(parent)
                if below is None or isinstance(below, Vlan):
                    yield _("{interface} is no card and no bond that a VLAN can be on.").format(interface=parent)
                elif setup.mtu and setup.mtu > (below.setup.mtu or _ETHERNET):
                    wrong = _("MTU: {interface} has {bytes}, and a VLAN on it cannot have more.")
                    yield wrong.format(interface=parent, bytes=below.setup.mtu or _ETHERNET)
        for vlan in self.vlans_on(name):
            if vlan.setup.mtu and vlan.setup.mtu > (interface.setup.mtu or _ETHERNET):
                wrong = _("MTU: {interface} on it has {bytes}, and cannot have more than this.")
                yield wrong.format(interface=vlan.name, bytes=vlan.setup.mtu)

    def _wrong_with_members(self, name: str, members: tuple[str, ...]) -> Iterable[str]:
        if not members:
            yield _("A bond needs a card at least.")
        for member in members:
            if member not in self.cards:
                yield _("{card} is no card that a bond can have.").format(card=member)
            elif any(member in bond.members for other, bond in self.bonds.items() if other != name):
                yield _("{card} belongs to another bond already.").format(card=member)
            elif vlans := self.vlans_on(member):
                wrong = _("{card} has VLANs on it ({vlans}): remove them first.")
                yield wrong.format(card=member, vlans=", ".join(vlan.name for vlan in vlans))

    def _taken_addresses(self, interface: Interface) -> Iterable[str]:
        mine = {address.ip for address in interface.setup.addresses}
        for other in self.interfaces:
            if other.name == interface.name or self.bond_of(other.name):
                continue
            for address in other.setup.addresses:
                if address.ip in mine:
                    wrong = _("{interface} has the address {address} already.")
                    yield wrong.format(interface=other.name, address=address.ip)


def parse_tag(text: str) -> int:
    """Read a VLAN's number.

    Raises:
        WyrcanError: ``network-invalid``.
    """
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= HIGHEST_TAG):
        raise invalid([_no_tag()])
    return int(text)


def _no_tag() -> str:
    return _("A VLAN has a number from 1 to {highest}.").format(highest=HIGHEST_TAG)
