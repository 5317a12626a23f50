"""Who may set the clock, and in which direction."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.rig import Rig
from wyrcan_tui.host.clock import Clock

RAM = "rootfs / rootfs rw 0 0\n"
DISK = RAM + "/dev/vda1 / ext4 rw 0 0\n"


def test_clock_is_set_forward(rig_in_ram: Rig, times: list[float]) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    assert Clock(rig_in_ram.root).set_forward(later)
    assert times == [later.timestamp()]


def test_clock_is_never_set_back(rig_in_ram: Rig, times: list[float]) -> None:
    assert not Clock(rig_in_ram.root).set_forward(datetime.now(UTC) - timedelta(seconds=1))
    assert times == []


def test_clock_that_ntp_has_set_is_left_alone(rig_in_ram: Rig, times: list[float]) -> None:
    synchronized = rig_in_ram.root / "run/systemd/timesync/synchronized"
    synchronized.parent.mkdir(parents=True)
    synchronized.touch()
    assert not Clock(rig_in_ram.root).set_forward(datetime.now(UTC) + timedelta(days=1))
    assert times == []


def test_clock_of_a_system_that_is_not_ours_is_left_alone(rig_in_ram: Rig, times: list[float]) -> None:
    (rig_in_ram.root / "proc/mounts").write_text(DISK)
    assert not Clock(rig_in_ram.root).set_forward(datetime.now(UTC) + timedelta(days=1))
    assert times == []


def test_clock_that_nobody_may_set_is_no_error(rig_in_ram: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(clock: int, seconds: float) -> None:
        raise PermissionError

    monkeypatch.setattr(time, "clock_settime", refuse)
    assert not Clock(rig_in_ram.root).set_forward(datetime.now(UTC) + timedelta(days=1))
