"""A machine's network as words for a kernel, for a system that does not run networkd.

``ip=`` is the kernel's own (Documentation/admin-guide/nfs/nfsroot.rst); dracut.cmdline(7) has more methods for it, IPv6
addresses in brackets, and the words ``bond=``, ``vlan=``, ``ifname=`` and ``nameserver=``. systemd-network-generator(8)
and the initrds of several distributions read them the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface

from wyrcan_tui.flows.network import Interface, Network
from wyrcan_tui.flows.network_setup import Method, Setup

_MOST_SERVERS = 2
"""Name servers that one ``ip=`` may name."""


def words(network: Network) -> tuple[str, ...]:
    """Return the words; what is in `Network.others` cannot be said in any."""
    return tuple(_words(network))


def _words(network: Network) -> Iterator[str]:
    for card in network.cards.values():
        if card.mac:
            # What an interface is called is for each system to say, and the next one may say otherwise.
            yield f"ifname={card.name}:{card.mac}"
    for bond in network.bonds.values():
        mtu = f":{bond.setup.mtu}" if bond.setup.mtu else ""
        yield f"bond={bond.name}:{','.join(bond.members)}:mode={bond.mode},miimon=100{mtu}"
    for vlan in network.vlans.values():
        yield f"vlan={vlan.name}:{vlan.parent}"
    for interface in network.interfaces:
        if not network.bond_of(interface.name):
            yield from _addressing(interface)


def _addressing(interface: Interface) -> Iterator[str]:
    setup = interface.setup
    # With an MTU there is no room for name servers: one place is for either.
    at_hand = () if setup.mtu else setup.dns[:_MOST_SERVERS]
    if isinstance(setup.four, Method) and isinstance(setup.six, Method):
        at_hand = ()
    tail = f":{setup.mtu}" if setup.mtu else "".join(f":{_bracketed(server)}" for server in at_hand)
    yield from (f"ip={host}{interface.name}:{method}{tail}" for host, method in _hosts(setup))
    yield from (f"nameserver={_bracketed(server)}" for server in setup.dns if server not in at_hand)


def _hosts(setup: Setup) -> Iterator[tuple[str, str]]:
    """Yield what ``ip=`` says before the interface's name, and after it."""
    if isinstance(setup.six, IPv6Interface):
        gateway = _bracketed(setup.gateway6) if setup.gateway6 else ""
        yield f"{_bracketed(setup.six.ip)}::{gateway}:{setup.six.network.prefixlen}::", "off"
    elif setup.six is Method.AUTO and setup.four is Method.OFF:
        # Beside IPv4 it needs no word: the kernel hears routers by itself.
        yield ":::::", "auto6"
    # The kernel itself knows IPv4 alone, and goes by the last word that it gets.
    if isinstance(setup.four, IPv4Interface):
        yield f"{setup.four.ip}::{setup.gateway4 or ''}:{setup.four.netmask}::", "off"
    elif setup.four is Method.AUTO:
        yield ":::::", "dhcp"


def _bracketed(address: IPv4Address | IPv6Address) -> str:
    return f"[{address}]" if isinstance(address, IPv6Address) else str(address)
