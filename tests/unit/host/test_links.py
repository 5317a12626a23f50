"""Network interfaces as sysfs shows them."""

from pathlib import Path

import pytest

from tests.support.rig import Rig
from wyrcan_tui.host.links import Link, read_links


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine."""
    return Rig(tmp_path / "machine")


@pytest.mark.parametrize(("told", "speed"), [("1000\n", 1000), ("-1\n", 0), ("", 0)])
def test_speed_is_told_where_the_card_knows_it(rig: Rig, told: str, speed: int) -> None:
    rig.plug("wired0")
    (rig.root / "sys/class/net/wired0/speed").write_text(told)
    assert [link.speed for link in read_links(rig.root)] == [speed]


def test_links_are_told_by_name_without_loopback(rig: Rig) -> None:
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
    assert read_links(rig.root) == [
        Link("wired0", "52:54:00:00:00:01", True, ("2001:db8::7",)),
        Link("wired1", "52:54:00:00:00:02", False, ("2001:db8::8",)),
    ]


def test_link_that_is_down_has_no_carrier_to_read(rig: Rig) -> None:
    rig.plug("wired0")
    (rig.root / "sys/class/net/wired0/carrier").unlink()
    assert read_links(rig.root) == [Link("wired0", "52:54:00:12:34:56", False, ())]


def test_driver_is_told_where_there_is_a_card(rig: Rig) -> None:
    rig.plug("bond0")
    rig.plug("wired0", driver="ixgbe")
    assert [(link.name, link.driver) for link in read_links(rig.root)] == [("bond0", ""), ("wired0", "ixgbe")]
