"""A rootfs in a directory: nothing is ever written anywhere else."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.image import Device, Dir, File, Hardlink, Member, Symlink
from tests.support.stack import merge
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.directory import DirectoryWriter


def write(root: Path, *stack: Sequence[Member]) -> None:
    """Write the merged layers into `root`."""
    writer = DirectoryWriter(root)
    merge(stack, writer)
    writer.finish()


def test_directory_keeps_its_mode_and_time_whatever_is_written_into_it(tmp_path: Path) -> None:
    write(tmp_path, [Dir("d", 0o550, mtime=5), File("d/a", b"1", mtime=6)])
    assert (stat.S_IMODE((tmp_path / "d").stat().st_mode), (tmp_path / "d").stat().st_mtime) == (0o550, 5)
    assert (tmp_path / "d/a").stat().st_mtime == 6


@pytest.mark.parametrize("mtime", [-(1 << 40), -1, 1 << 33, 1 << 70])
def test_time_is_clamped_to_what_an_initrd_holds(tmp_path: Path, mtime: int) -> None:
    write(tmp_path, [File("a", mtime=mtime)])
    assert (tmp_path / "a").stat().st_mtime == (0 if mtime < 0 else 0xFFFFFFFF)


def test_link_in_place_of_a_directory_leads_nothing_out(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o755)
    root = tmp_path / "root"
    root.mkdir()
    write(root, [Dir("d", 0o4711), Symlink("d", str(outside))])
    assert (root / "d").is_symlink()
    assert stat.S_IMODE(outside.stat().st_mode) == 0o755
    with pytest.raises(WyrcanError):
        write(root, [Symlink("e", str(outside)), File("e/a")])
    assert list(outside.iterdir()) == []


def test_link_s_own_owner_and_time_are_set_and_not_its_target_s(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.touch(mode=0o600)
    os.utime(outside, (7, 7))
    root = tmp_path / "root"
    root.mkdir()
    write(root, [Symlink("a", str(outside))])
    assert (stat.S_IMODE(outside.stat().st_mode), outside.stat().st_mtime) == (0o600, 7)


def test_replaced_file_does_not_change_its_other_names(tmp_path: Path) -> None:
    write(tmp_path, [File("a", b"1"), Hardlink("b", "a")], [File("a", b"2")])
    assert ((tmp_path / "a").read_bytes(), (tmp_path / "b").read_bytes()) == (b"2", b"1")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes device nodes")
def test_device_is_made_by_root(tmp_path: Path) -> None:
    write(tmp_path, [Device("null", 1, 3, mode=0o666)])
    status = (tmp_path / "null").stat()
    assert (status.st_mode, status.st_rdev) == (stat.S_IFCHR | 0o666, os.makedev(1, 3))


def test_what_cannot_be_written_is_an_error_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(WyrcanError) as raised:
        write(tmp_path / "missing", [File("a")])
    assert raised.value.code == "unpack-failed"
    assert str(tmp_path / "missing/a") in raised.value.message


def test_name_that_is_too_long_for_the_file_system_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(WyrcanError) as raised:
        write(tmp_path, [File("a" * 300)])
    assert raised.value.code == "unpack-failed"
