"""Files that are left on real disks, laid out as our ISO is on a stick."""

import subprocess
from pathlib import Path

import pytest

from tests.support.disk import Disk, reason_against_disks
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.host.stick import BootStick

pytestmark = pytest.mark.skipif(bool(reason_against_disks()), reason=reason_against_disks() or "disks can be attached")

PATIENCE = 20.0
"""Seconds that no test needs."""


def content(device: str, name: str, folder: Path) -> bytes:
    """What is in a file on a device, as whoever plugs it in elsewhere finds it."""
    folder.mkdir()
    subprocess.run(["mount", "-o", "ro", device, folder], check=True)
    try:
        return (folder / name).read_bytes()
    finally:
        subprocess.run(["umount", folder], check=True)


def test_file_is_in_the_partition_and_nothing_stays_mounted(tmp_path: Path) -> None:
    with Disk(tmp_path, whole={}, partition={}, writable=True) as disk:
        place = BootStick(PATIENCE).write("wyrcan-error.txt", b"what happened")
        assert place == f"wyrcan-error.txt on WYRCAN-ESP ({disk.device}p1)"
        assert disk.device not in Path("/proc/mounts").read_text()
        assert content(f"{disk.device}p1", "wyrcan-error.txt", tmp_path / "elsewhere") == b"what happened"


def test_medium_that_is_protected_is_said_to_be(tmp_path: Path) -> None:
    with Disk(tmp_path, whole={}, partition={}), pytest.raises(WyrcanError) as caught:
        BootStick(0.0).write("wyrcan-error.txt", b"what happened")
    assert caught.value.code == "medium-read-only"
    assert "a DVD, or is protected" in caught.value.message
    assert "QR code" in caught.value.hint


def test_full_medium_is_told_and_has_no_half_file(tmp_path: Path) -> None:
    with Disk(tmp_path, whole={}, partition={"old.txt": b"old"}, writable=True) as disk:
        with pytest.raises(WyrcanError) as caught:
            BootStick(PATIENCE).write("wyrcan-error.txt", bytes(64 << 20))
        assert caught.value.code == "medium-full"
        assert content(f"{disk.device}p1", "old.txt", tmp_path / "elsewhere") == b"old"
        with pytest.raises(FileNotFoundError):
            content(f"{disk.device}p1", "wyrcan-error.txt", tmp_path / "again")


def test_machine_without_a_boot_medium_is_told_so() -> None:
    with pytest.raises(WyrcanError) as caught:
        BootStick(0.0).write("wyrcan-error.txt", b"what happened")
    assert caught.value.code == "medium-missing"
    assert "Plug the stick in again" in caught.value.hint
