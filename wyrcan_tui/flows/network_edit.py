"""Changing a machine's network one interface at a time, as somebody at a console does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wyrcan_tui.flows.network import Bond, Card, Interface, Vlan
from wyrcan_tui.flows.network_files import file_names, read, write
from wyrcan_tui.flows.network_setup import invalid
from wyrcan_tui.host.links import Link
from wyrcan_tui.host.networkd import Networkd, NetworkFiles
from wyrcan_tui.registry.proxy import Proxy
from wyrcan_tui.texts import _


@dataclass(frozen=True, slots=True)
class Shown:
    """An interface that is there, or should be.

    Attributes:
        interface: what is wanted of it.
        bond: the bond that it belongs to.
        link: how it is now; None where it is not there.
    """

    interface: Interface
    bond: Bond | None
    link: Link | None

    @property
    def name(self) -> str:
        """The interface's name."""
        return self.interface.name

    @property
    def state(self) -> str:
        """How it is now: its signal and its addresses."""
        if self.link is None:
            return _("not there")
        signal = _("connected") if self.link.carrier else _("no cable")
        if self.bond:
            return _("{signal}, one of {bond}").format(signal=signal, bond=self.bond.name)
        return ", ".join([signal, *(self.link.addresses or [_("no address yet")])])

    @property
    def kind(self) -> str:
        """What it is, in a few words."""
        match self.interface:
            case Bond(members=members, mode=mode):
                return _("{mode} of {cards}").format(mode=mode, cards=", ".join(members))
            case Vlan(parent=parent, tag=tag):
                return _("VLAN {number} on {interface}").format(number=tag, interface=parent)
            case Card(mac=mac):
                return mac or (self.link.mac if self.link else _("a card"))


def shown(files: NetworkFiles, networkd: Networkd) -> list[Shown]:
    """Return all interfaces of this machine and those that the files want, by their names."""
    network = read(files)
    links = {link.name: link for link in networkd.links()}
    names = sorted({*links, *(interface.name for interface in network.interfaces)})
    return [
        Shown(
            network.find(name) or Card(name, networkd.own_mac(name)),
            network.bond_of(name),
            links.get(name),
        )
        for name in names
    ]


def free_cards(files: NetworkFiles, networkd: Networkd) -> list[Card]:
    """Return the cards that a new bond can have: those that are in none, and have no VLANs on them."""
    network = read(files)
    found = [it.interface for it in shown(files, networkd) if not it.bond and not network.vlans_on(it.name)]
    return [card for card in found if isinstance(card, Card)]


def new_bond_name(files: NetworkFiles, networkd: Networkd) -> str:
    """Return a name for a bond that nothing has."""
    taken = {it.name for it in shown(files, networkd)}
    return next(name for number in range(len(taken) + 1) if (name := f"bond{number}") not in taken)


def with_interface(files: NetworkFiles, interface: Interface, beside: Iterable[Card] = ()) -> NetworkFiles:
    """Return files that want this of an interface, and anything of the cards that it is made of.

    Raises:
        WyrcanError: ``network-invalid`` where it does not go together with what is wanted of the others, or where a
            file about it was written by hand.
    """
    network = read(files)
    for name in (interface.name, *(card.name for card in beside)):
        for file in file_names(name):
            if file in network.others:
                wrong = _("{file} was written by hand: change {interface} there, or remove that file.")
                raise invalid([wrong.format(file=file, interface=name)])
    for card in beside:
        if network.find(card.name) is None:
            network = network.put(card)
    return write(network.put(interface))


def without_interface(files: NetworkFiles, name: str) -> NetworkFiles:
    """Return files that want nothing of an interface any more, nor of what is made of it."""
    return write(read(files).without(name))


def is_same(name: str, one: NetworkFiles, other: NetworkFiles) -> bool:
    """Tell whether both want the same of an interface."""
    return read(one).find(name) == read(other).find(name)


def proxy_place(proxy: Proxy) -> str:
    """Return where a proxy is, without a login, and without the usual ``http://``; empty where there is none."""
    return proxy.without_login().url.removeprefix("http://")


def hand_written(files: NetworkFiles) -> tuple[str, ...]:
    """Return the names of the files that somebody wrote by hand: they stay as they are, and count."""
    return tuple(read(files).others)
