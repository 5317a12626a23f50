"""Ending what this machine does."""

from pathlib import Path

import pytest

from tests.support.rig import Rig
from wyrcan_tui.flows.power import restart_into_setup, why_no_setup

POSSIBLE = b"\x01" + bytes(7)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine with UEFI."""
    return Rig(tmp_path / "machine")


def test_setup_can_be_asked_for_where_the_firmware_says_so(rig: Rig) -> None:
    rig.set_firmware("OsIndicationsSupported", POSSIBLE)
    assert why_no_setup(rig.adapters.variables) == ""


@pytest.mark.parametrize("value", [b"\x02" + bytes(7), None])
def test_firmware_that_does_not_open_its_setup_is_told(rig: Rig, value: bytes | None) -> None:
    if value:
        rig.set_firmware("OsIndicationsSupported", value)
    assert "does not open its setup when asked" in why_no_setup(rig.adapters.variables)


def test_machine_without_uefi_is_told(tmp_path: Path) -> None:
    assert "not started by UEFI" in why_no_setup(Rig(tmp_path / "bios", uefi=False).adapters.variables)


def test_firmware_that_cannot_be_asked_is_told(rig: Rig) -> None:
    (rig.variable.parent / "OsIndicationsSupported-8be4df61-93ca-11d2-aa0d-00e098032b8c").mkdir()
    assert "cannot be read" in why_no_setup(rig.adapters.variables)


def test_wish_for_the_setup_is_written_before_the_restart_and_leaves_other_wishes(rig: Rig) -> None:
    rig.set_firmware("OsIndications", b"\x04" + bytes(7))
    restart_into_setup(rig.adapters.variables, rig.power)
    assert rig.firmware("OsIndications") == b"\x05" + bytes(7)
    assert rig.power.asked == ["restart"]
