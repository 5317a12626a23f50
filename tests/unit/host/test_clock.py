"""Who may set the clock, and in which direction."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.rig import Rig
from wyrcan_tui.host.clock import Clock

RAM = "rootfs / rootfs rw 0 0\n"
DISK = RAM + "/dev/vda1 / ext4 rw 0 0\n"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine that runs from RAM."""
    rig = Rig(tmp_path / "machine")
    (rig.root / "proc/mounts").write_text(RAM)
    return rig


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock was set to; this host's own is left alone."""
    found: list[float] = []
    monkeypatch.setattr(time, "clock_settime", lambda clock, seconds: found.append(seconds))
    return found


def test_clock_is_set_forward(rig: Rig, times: list[float]) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    assert Clock(rig.root).set_forward(later)
    assert times == [later.timestamp()]


def test_clock_is_never_set_back(rig: Rig, times: list[float]) -> None:
    assert not Clock(rig.root).set_forward(datetime.now(UTC) - timedelta(seconds=1))
    assert times == []


def test_clock_that_ntp_has_set_is_left_alone(rig: Rig, times: list[float]) -> None:
    synchronized = rig.root / "run/systemd/timesync/synchronized"
    synchronized.parent.mkdir(parents=True)
    synchronized.touch()
    assert not Clock(rig.root).set_forward(datetime.now(UTC) + timedelta(days=1))
    assert times == []


def test_clock_of_a_system_that_is_not_ours_is_left_alone(rig: Rig, times: list[float]) -> None:
    (rig.root / "proc/mounts").write_text(DISK)
    assert not Clock(rig.root).set_forward(datetime.now(UTC) + timedelta(days=1))
    assert times == []


def test_clock_that_nobody_may_set_is_no_error(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(clock: int, seconds: float) -> None:
        raise PermissionError

    monkeypatch.setattr(time, "clock_settime", refuse)
    assert not Clock(rig.root).set_forward(datetime.now(UTC) + timedelta(days=1))
