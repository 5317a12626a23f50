"""Network cards, used or not."""

from pathlib import Path

import pytest

from tests.support.rig import Rig
from wyrcan_tui.host.cards import Card, Cards

WIRELESS = "0x028000"
DISK = "0x010802"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine."""
    return Rig(tmp_path / "machine")


@pytest.fixture
def cards(rig: Rig) -> Cards:
    """Its cards."""
    return rig.adapters.cards


def test_wired_card_without_a_driver_is_told_and_nothing_else(rig: Rig, cards: Cards) -> None:
    assert cards.without_driver() == []
    rig.insert("0000:03:00.0", number="14e4:1657")
    rig.insert("0000:02:00.0")
    rig.insert("0000:04:00.0", driver="igc")
    rig.insert("0000:05:00.0", kind=WIRELESS)
    rig.insert("0000:06:00.0", kind=DISK)
    assert cards.without_driver() == [Card("0000:02:00.0", "8086:15f3"), Card("0000:03:00.0", "14e4:1657")]


def test_network_cards_of_every_kind_and_bus_are_known_from_the_rest(rig: Rig, cards: Cards) -> None:
    rig.insert("0000:02:00.0")
    rig.insert("0000:05:00.0", kind=WIRELESS)
    rig.insert("0000:06:00.0", kind=DISK)
    (rig.root / "sys/bus/usb/devices/2-1:1.0/net").mkdir(parents=True)
    (rig.root / "sys/bus/usb/devices/2-2:1.0").mkdir()
    devices = ["0000:02:00.0", "0000:05:00.0", "0000:06:00.0", "2-1:1.0", "2-2:1.0", "gone"]
    assert [device for device in devices if cards.has(device)] == ["0000:02:00.0", "0000:05:00.0", "2-1:1.0"]
