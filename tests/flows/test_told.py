"""Booting what this machine has been told to boot, whatever fails besides."""

import platform
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.bootable import bootable_image
from tests.support.rig import Rig
from wyrcan_tui.flows.told import boot_as_told
from wyrcan_tui.host.medium import Carried

PATIENCE = 20.0


class BrokenDrive:
    """A drive that cannot even be looked for."""

    def read(self) -> Carried | None:
        """Fail as a kernel without the sockets that udev speaks through does."""
        raise OSError("there are no sockets")


def test_medium_that_cannot_be_asked_is_told_of_and_keeps_nobody_from_booting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Images are always made for amd64, whatever runs the tests.
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    layout = bootable_image().write_layout(tmp_path / "layout")
    rig = Rig(tmp_path / "machine", cmdline=f"wyr.img=oci:{layout}")
    said: list[str] = []
    boot_as_told(replace(rig.adapters, medium=BrokenDrive()), said.append)
    assert rig.kexec.executed
    deadline = time.monotonic() + PATIENCE
    while not said:
        assert time.monotonic() < deadline, "nothing is said of the medium"
        time.sleep(0.005)
    (sentence,) = said
    assert sentence.startswith("Wyrcan has a bug: OSError: there are no sockets (")
    assert sentence.endswith("). Nothing was changed. Please report it, with what you did.")
