"""A machine's network as systemd-networkd files, and back (systemd.network(5), systemd.netdev(5)).

The contract's JSON has each key of a section once. What networkd takes several of, addresses and the VLANs on a card,
is written with spaces after the key: ``{"VLAN": "eth0.5", "VLAN ": "eth0.6"}``. "Whitespace immediately before or after
the = is ignored" (systemd.syntax(7)), so to networkd both are one key, and to the JSON they are two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.network import Bond, Card, Interface, Mode, Network, Vlan
from wyrcan_tui.flows.network_setup import Method, Setup, Typed
from wyrcan_tui.host.networkd import NetworkFiles

_PREFIX: Final = "10-"
"""In front of an interface's name: of the files that match, networkd takes the first by its name, and the one that is
for that interface alone must come before what is for all."""
_MONITOR: Final = "100ms"
"""How often a bond looks whether its cards have a signal; left out, it never does (bonding.rst, "miimon")."""

Section = Mapping[str, str]
_DHCP: Final = {
    (True, True): "yes",
    (True, False): "ipv4",
    (False, True): "ipv6",
    (False, False): "no",
}
"""``DHCP=`` by whether IPv4 and IPv6 are automatic."""


def file_names(interface: str) -> tuple[str, str]:
    """Return the names of the files that are about an interface: its ``.network`` and its ``.netdev``."""
    return f"{_PREFIX}{interface}.network", f"{_PREFIX}{interface}.netdev"


def write(network: Network) -> NetworkFiles:
    """Return the files for a network, with those that were written otherwise as they are."""
    files: dict[str, Mapping[str, Section]] = dict(network.others)
    for interface in network.interfaces:
        settings, device = file_names(interface.name)
        files[settings] = _settings(network, interface)
        match interface:
            case Bond(name, members, mode):
                mac = network.cards[members[0]].mac
                # Left to networkd, the MAC address is made from the machine id, which is new at every start.
                named = {"Name": name, "Kind": "bond", **({"MACAddress": mac} if mac else {})}
                files[device] = {"NetDev": named, "Bond": {"Mode": str(mode), "MIIMonitorSec": _MONITOR}}
            case Vlan(tag=tag):
                files[device] = {"NetDev": {"Name": interface.name, "Kind": "vlan"}, "VLAN": {"Id": str(tag)}}
    return files


def read(files: NetworkFiles) -> Network:
    """Return the network that files are for, as far as `write` would make the same of it; the rest are `others`."""
    network = Network()
    for make in (_cards, _bonds, _vlans):
        for interface in make(files, network):
            network = _put(network, interface)
    while wrong := next((name for name in map(_name, network.interfaces) if not _same(network, name, files)), None):
        network = network.without(wrong)
    written = write(network)
    return replace(network, others={name: sections for name, sections in files.items() if name not in written})


def _settings(network: Network, interface: Interface) -> Mapping[str, Section]:
    match interface:
        case Card(_, mac) if mac:
            # VLANs and bonds have the MAC address of a card too, but not as one that is their own for ever.
            match_ = {"PermanentMACAddress": mac}
        case _:
            match_ = {"Name": interface.name}
    if bond := network.bond_of(interface.name):
        return {"Match": match_, "Network": {"Bond": bond.name}}
    setup = interface.setup
    keys = {"DHCP": _DHCP[setup.four is Method.AUTO, setup.six is Method.AUTO]}
    if setup.six is not Method.AUTO:
        keys["IPv6AcceptRA"] = "no"
    if setup.six is Method.OFF:
        keys["LinkLocalAddressing"] = "no"
    keys |= _repeated("Address", map(str, setup.addresses))
    keys |= _repeated("Gateway", map(str, setup.gateways))
    if setup.dns:
        keys["DNS"] = " ".join(map(str, setup.dns))
    keys |= _repeated("VLAN", (vlan.name for vlan in network.vlans_on(interface.name)))
    sections: dict[str, Section] = {"Match": match_, "Network": keys}
    if setup.mtu:
        sections["Link"] = {"MTUBytes": str(setup.mtu)}
    # The address of the card names us, as it does for PXE: the machine id is new at every start.
    if setup.four is Method.AUTO:
        sections["DHCPv4"] = {"ClientIdentifier": "mac"}
    if setup.six is Method.AUTO:
        sections["DHCPv6"] = {"DUIDType": "link-layer"}
    return sections


def _repeated(key: str, values: Iterable[str]) -> dict[str, str]:
    return {key + " " * place: value for place, value in enumerate(values)}


def _values(section: Section, key: str) -> list[str]:
    return [value for name, value in section.items() if name.rstrip() == key]


def _name(interface: Interface) -> str:
    return interface.name


def _same(network: Network, interface: str, files: NetworkFiles) -> bool:
    written = write(network)
    return all(written.get(name) == files.get(name) for name in file_names(interface))


def _put(network: Network, interface: Interface) -> Network:
    try:
        return network.put(interface)
    except WyrcanError:
        # Whoever wrote this knows more than the menu; it stays as it is.
        return network


def _cards(files: NetworkFiles, _: Network) -> Iterable[Interface]:
    for file, sections in files.items():
        name = file.removeprefix(_PREFIX).removesuffix(".network")
        if file == file_names(name)[0] and file_names(name)[1] not in files:
            yield Card(name, sections.get("Match", {}).get("PermanentMACAddress", ""), _setup(sections))


def _bonds(files: NetworkFiles, network: Network) -> Iterable[Interface]:
    for name, sections in _devices(files, "bond"):
        members = [card for card in network.cards if _section(files, card).get("Bond") == name]
        mac = sections["NetDev"].get("MACAddress", "")
        members.sort(key=lambda card: network.cards[card].mac != mac)
        mode = sections.get("Bond", {}).get("Mode", "")
        if members and mode in {*Mode}:
            yield Bond(name, tuple(members), Mode(mode), _setup(files.get(file_names(name)[0], {})))


def _vlans(files: NetworkFiles, network: Network) -> Iterable[Interface]:
    devices = dict(_devices(files, "vlan"))
    for parent in (*network.cards, *network.bonds):
        for name in _values(_section(files, parent), "VLAN"):
            tag = devices.get(name, {}).get("VLAN", {}).get("Id", "")
            if tag.isascii() and tag.isdigit():
                yield Vlan(parent, int(tag), _setup(files.get(file_names(name)[0], {})))


def _devices(files: NetworkFiles, kind: str) -> Iterable[tuple[str, Mapping[str, Section]]]:
    for sections in files.values():
        device = sections.get("NetDev", {})
        if device.get("Kind") == kind and "Name" in device:
            yield device["Name"], sections


def _section(files: NetworkFiles, interface: str) -> Section:
    return files.get(file_names(interface)[0], {}).get("Network", {})


def _setup(sections: Mapping[str, Section]) -> Setup:
    """Read what a file gives an interface; what cannot be read makes another file than this one, which tells."""
    network = sections.get("Network", {})
    if "Bond" in network:
        return Setup()
    dhcp = network.get("DHCP", "no")
    addresses, gateways = _values(network, "Address"), _values(network, "Gateway")
    try:
        return Setup.parse(
            Typed(
                _first(addresses, ":", has=False) or ("auto" if dhcp in ("yes", "ipv4") else "off"),
                _first(gateways, ":", has=False),
                _first(addresses, ":", has=True) or ("auto" if dhcp in ("yes", "ipv6") else "off"),
                _first(gateways, ":", has=True),
                network.get("DNS", ""),
                sections.get("Link", {}).get("MTUBytes", ""),
            )
        )
    except WyrcanError:
        return Setup()


def _first(values: list[str], sign: str, *, has: bool) -> str:
    return next((value for value in values if (sign in value) is has), "")
