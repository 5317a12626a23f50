"""The networkd files that the words become, byte for byte."""

from pathlib import Path

from tests.support.rig import Rig
from wyrcan_tui.flows.instructions import Instructions

WORDS = (
    "wyr.net.eth.Match.Type=ether wyr.net.eth.Network.Address=192.0.2.7/24 wyrcan.net.eth.Network.Gateway=192.0.2.1 "
    'wyr.net.eth.Network.DNS="192.0.2.1 192.0.2.2" wyr.net.netdev.br0.NetDev.Kind=bridge '
    "wyr.net.link.10-a.Match.MACAddress=52:54:00:12:34:56 wyr.net.link.10-a.Link.Name=uplink"
)
SAVED = b'{"network":{"eth.network":{"Match":{"Name":"eth*"},"Network":{"DHCP":"yes"}}},"cmdline":[],"image":null}'


def written(rig: Rig) -> dict[str, str]:
    """What networkd finds once the machine was told what to do."""
    Instructions(rig.adapters).follow()
    return {path.name: path.read_text() for path in (rig.root / "run/systemd/network").iterdir()}


def test_words_become_the_files_that_2_1_2_wrote(tmp_path: Path) -> None:
    assert written(Rig(tmp_path, cmdline=WORDS)) == {
        "eth.network": (
            "[Match]\nType=ether\n\n[Network]\nAddress=192.0.2.7/24\nGateway=192.0.2.1\nDNS=192.0.2.1 192.0.2.2\n\n"
        ),
        "br0.netdev": "[NetDev]\nKind=bridge\n\n",
        "10-a.link": "[Match]\nMACAddress=52:54:00:12:34:56\n\n[Link]\nName=uplink\n\n",
    }


def test_saved_files_are_the_same_as_those_of_words(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.save(SAVED)
    assert written(rig) == {"eth.network": "[Match]\nName=eth*\n\n[Network]\nDHCP=yes\n\n"}
