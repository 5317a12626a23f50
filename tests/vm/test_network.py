"""Two machines with two cables between them: what somebody sets in the menu of one carries packets to the other."""

import re
from pathlib import Path

from tests.support.machine import Cable, Kernel, Machine
from tests.support.pace import Pace
from tests.support.server import free_port
from tests.support.terminal import Terminal
from tests.vm.menu import choose

HERE = ("52:54:00:00:0a:01", "52:54:00:00:0a:02")
THERE = ("52:54:00:00:0b:01", "52:54:00:00:0b:02")
SWITCH = {
    "netdev.bond.NetDev.Name": "bond0",
    "netdev.bond.NetDev.Kind": "bond",
    "netdev.bond.Bond.Mode": "802.3ad",
    "netdev.bond.Bond.MIIMonitorSec": "100ms",
    "netdev.vlan.NetDev.Name": "vlan7",
    "netdev.vlan.NetDev.Kind": "vlan",
    "netdev.vlan.VLAN.Id": "7",
    "cards.Match.PermanentMACAddress": f'"{" ".join(THERE)}"',
    "cards.Network.Bond": "bond0",
    "bond.Match.Name": "bond0",
    "bond.Network.VLAN": "vlan7",
    "bond.Network.LinkLocalAddressing": "no",
    "vlan.Match.Name": "vlan7",
    "vlan.Network.Address": "10.7.0.1/24",
    "vlan.Network.DHCPServer": "yes",
    # It would wait for a disk to keep them on.
    "vlan.DHCPServer.PersistLeases": "no",
    "vlan.Network.IPv6SendRA": "yes",
    "vlan.IPv6Prefix.Prefix": "2001:db8:7::/64",
}
"""What makes of the other machine a switch with LACP on its ports, and a DHCP server and IPv6 router in VLAN 7."""


BOND = "/sys/class/net/bond0/bonding"
NOBODY = "00:00:00:00:00:00"
"""What a bond has for a partner that does not speak LACP (bonding.rst, "ad_partner_mac")."""


def partner_by_lacp(terminal: Terminal) -> str:
    """Wait in a shell, from the first page on, until both ports are in one aggregator; return the partner's address.

    A bond carries packets without any LACP as well, by one port then (bonding.rst, "ad_num_ports").
    """
    choose(terminal, "Restart, power off")
    choose(terminal, "Open a shell here")
    terminal.wait_for("wyrcan#")
    # On the ISO there is nothing but the shell itself that could read a file.
    terminal.type(f'until read n <{BOND}/ad_num_ports && [ "$n" = 2 ]; do :; done\n')
    terminal.type(f'read mac <{BOND}/ad_partner_mac; echo "$n ports with $mac"\n')
    found: re.Match[str] = terminal.wait_to_read(r"2 ports with ([0-9a-f:]{17})")
    return found[1]


def use(terminal: Terminal) -> None:
    """Go over the lines of a form, which stay as they are, to what uses them."""
    terminal.type("\r" * 6)
    choose(terminal, "Use these settings now")


def test_vlan_on_a_bond_by_802_3ad_gets_its_addresses_from_the_other_end(
    kernel: Path, initrd: Path, pace: Pace, tmp_path: Path
) -> None:
    words = " ".join(f"wyr.net.{key}={value}" for key, value in SWITCH.items())
    ports = free_port(), free_port()

    def machine(name: str, macs: tuple[str, ...], more: str, *, first: bool) -> Machine:
        cables = [Cable(port, mac, first) for port, mac in zip(ports, macs, strict=True)]
        medium = Kernel(kernel, f"quiet wyr.menu wyr.shell {more}", initrd)
        return Machine(tmp_path / name, pace, firmware="bios", medium=medium, cables=cables, memory_mib=1024)

    with machine("there", THERE, words, first=True) as there, machine("here", HERE, "", first=False) as here:
        there.terminal.wait_for("Network vlan7: connected", "10.7.0.1", seconds=120)
        terminal = here.terminal
        choose(terminal, "Network ...")
        choose(terminal, "Make a bond")
        for mac in HERE:
            choose(terminal, mac)
        choose(terminal, "Go on")
        terminal.wait_for("Network bond0")
        use(terminal)
        terminal.wait_for("Now: connected")
        choose(terminal, "Add a VLAN")
        terminal.wait_for("A VLAN on bond0")
        terminal.type("7\r")
        terminal.wait_for("Network bond0.7", "not used yet")
        use(terminal)
        terminal.wait_for("Now: connected, 10.7.0.", "2001:db8:7:")

        terminal.press("escape")
        terminal.wait_for("Network bond0", "Add a VLAN")
        terminal.press("escape")
        terminal.wait_for("Make a bond")
        terminal.press("escape")
        assert partner_by_lacp(terminal) != NOBODY
        assert partner_by_lacp(there.terminal) == HERE[0]
