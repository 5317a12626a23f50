"""What tests of several floors need: a machine whose clock is ours to set, and a clock that is not this host's."""

import time
from pathlib import Path

import pytest

from tests.support.rig import Rig


@pytest.fixture
def rig_in_ram(tmp_path: Path) -> Rig:
    """A machine that runs from RAM."""
    rig = Rig(tmp_path / "machine")
    (rig.root / "proc/mounts").write_text("rootfs / rootfs rw 0 0\n")
    return rig


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock was set to; this host's own is left alone."""
    found: list[float] = []
    monkeypatch.setattr(time, "clock_settime", lambda clock, seconds: found.append(seconds))
    return found
