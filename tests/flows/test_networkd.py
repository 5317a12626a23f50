"""What the real systemd-networkd makes of the files that we write."""

import os

import pytest

from tests.support.networkd import CARD, NETWORKD, configured
from wyrcan_tui.flows.network import Card, Network
from wyrcan_tui.flows.network_files import write
from wyrcan_tui.flows.network_handover import Handover
from wyrcan_tui.flows.network_setup import Setup, Typed
from wyrcan_tui.host.networkd import render

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not NETWORKD.exists(), reason="only root makes namespaces, and only where networkd is there"
)

FILES = write(
    Network().put(
        Card(
            CARD,
            setup=Setup.parse(
                Typed("10.9.0.7/24", "10.9.0.1", "2001:db8::7/64", "fe80::1", "10.9.0.1 2001:db8::53", "1400")
            ),
        )
    )
)


def test_both_addresses_name_servers_and_mtu_are_taken() -> None:
    found = configured({name: render(sections) for name, sections in FILES.items()})
    assert found.addresses == {"10.9.0.7/24", "2001:db8::7/64"}
    assert found.mtu == 1400
    assert found.state["DNS"] == "10.9.0.1 2001:db8::53"


def test_files_that_are_handed_over_come_before_those_of_an_image() -> None:
    own = {
        "10-static.network": "[Match]\nName=*\n\n[Network]\nAddress=10.8.0.7/24\n",
        "80-dhcp.network": "[Match]\nType=ether\n\n[Network]\nDHCP=yes\n",
    }
    ours = {name.decode(): content.decode() for name, content in Handover(FILES).files.items()}
    found = configured(own | ours)
    assert found.state["NETWORK_FILE"] == f"/run/systemd/network/00-wyrcan-10-{CARD}.network"
    assert found.addresses == {"10.9.0.7/24", "2001:db8::7/64"}
