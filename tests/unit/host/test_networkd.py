"""The network as networkd is told and as it tells."""

import time
from pathlib import Path

import pytest

from tests.support.rig import Rig
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.host.networkd import Link, Networkd, render

FILES = {"eth.network": {"Match": {"Name": "eth*"}, "Network": {"DHCP": "yes", "DNS": "192.0.2.1"}}}
TEXT = "[Match]\nName=eth*\n\n[Network]\nDHCP=yes\nDNS=192.0.2.1\n"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine."""
    return Rig(tmp_path / "machine")


@pytest.fixture
def networkd(rig: Rig) -> Networkd:
    """Its network."""
    return rig.adapters.networkd


def test_sections_become_the_text_that_networkd_reads() -> None:
    assert render(FILES["eth.network"]) == TEXT
    assert render({}) == ""


def test_files_are_written_where_networkd_looks_until_the_next_boot(rig: Rig, networkd: Networkd) -> None:
    assert networkd.apply(FILES)
    assert (rig.root / "run/systemd/network/eth.network").read_text() == TEXT


def test_unchanged_files_are_told_and_not_touched(rig: Rig, networkd: Networkd) -> None:
    networkd.apply(FILES)
    path = rig.root / "run/systemd/network/eth.network"
    before = path.stat().st_mtime_ns
    time.sleep(0.01)
    assert not networkd.apply(FILES)
    assert path.stat().st_mtime_ns == before


def test_changed_file_is_told(networkd: Networkd) -> None:
    networkd.apply(FILES)
    assert networkd.apply({"eth.network": {"Match": {"Name": "en*"}}})


def test_nothing_to_apply_makes_nothing(rig: Rig, networkd: Networkd) -> None:
    assert not networkd.apply({})
    assert not (rig.root / "run/systemd").exists()


def test_settings_that_cannot_be_written_are_told(rig: Rig, networkd: Networkd) -> None:
    (rig.root / "run/systemd").write_text("in the way")
    with pytest.raises(WyrcanError) as caught:
        networkd.apply(FILES)
    assert caught.value.code == "network-unwritable"
    assert "Not a directory" in caught.value.message


def test_links_are_told_by_name_without_loopback(rig: Rig, networkd: Networkd) -> None:
    rig.plug("wired1", address="52:54:00:00:00:02", carrier=False)
    rig.plug("wired0", address="52:54:00:00:00:01")
    rig.plug("lo")
    (rig.root / "sys/class/net/bonding_masters").write_text("")
    (rig.root / "proc/net").mkdir()
    (rig.root / "proc/net/if_inet6").write_text(
        "fe800000000000005054000000000001 02 40 20 80   wired0\n"
        "20010db8000000000000000000000007 02 40 00 80   wired0\n"
        "20010db8000000000000000000000008 03 40 00 80   wired1\n"
    )
    assert networkd.links() == [
        Link("wired0", "52:54:00:00:00:01", True, ("2001:db8::7",)),
        Link("wired1", "52:54:00:00:00:02", False, ("2001:db8::8",)),
    ]


def test_link_that_is_down_has_no_carrier_to_read(rig: Rig, networkd: Networkd) -> None:
    rig.plug("wired0")
    (rig.root / "sys/class/net/wired0/carrier").unlink()
    assert networkd.links() == [Link("wired0", "52:54:00:12:34:56", False, ())]


@pytest.mark.parametrize(
    ("state", "online"),
    [
        ("OPER_STATE=routable\nCARRIER_STATE=carrier\n", True),
        ("OPER_STATE=degraded\nCARRIER_STATE=carrier\n", False),
        ("ADDRESS_STATE=routable\n", False),
        (None, True),
    ],
)
def test_machine_is_online_when_networkd_says_routable_or_is_not_in_charge(
    rig: Rig, networkd: Networkd, state: str | None, online: bool
) -> None:
    if state is not None:
        (rig.root / "run/systemd/netif").mkdir(parents=True)
        (rig.root / "run/systemd/netif/state").write_text(state)
    assert networkd.online is online
