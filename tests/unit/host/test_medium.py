"""The choice on the boot medium, read from real disks."""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from tests.support.disk import Disk, reason_against_disks
from wyrcan_tui.host.medium import FILE, BootMedium, Carried

pytestmark = pytest.mark.skipif(bool(reason_against_disks()), reason=reason_against_disks() or "disks can be attached")

PATIENCE = 20.0
"""Seconds that no test needs: one that lasts so long has found nothing."""


def test_file_beside_the_iso_s_own_is_found(tmp_path: Path) -> None:
    with Disk(tmp_path, whole={FILE: b"on the whole"}, partition={}):
        assert BootMedium(PATIENCE).read() == Carried(b"on the whole")


def test_file_in_the_partition_is_found(tmp_path: Path) -> None:
    with Disk(tmp_path, whole={}, partition={FILE: b"in the partition"}):
        assert BootMedium(PATIENCE).read() == Carried(b"in the partition")


def test_file_beside_the_iso_s_own_comes_first(tmp_path: Path) -> None:
    with Disk(tmp_path, whole={FILE: b"first"}, partition={FILE: b"second"}):
        assert BootMedium(PATIENCE).read() == Carried(b"first")


def test_medium_without_the_file_is_given_up_in_time(tmp_path: Path) -> None:
    with Disk(tmp_path, whole={"other.json": b"{}"}, partition={}):
        began = time.monotonic()
        assert BootMedium(0.5).read() is None
        assert 0.5 <= time.monotonic() - began < PATIENCE


def test_partition_is_waited_for_while_somebody_has_the_whole_disk_mounted(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with Disk(tmp_path, whole={}, partition={FILE: b"in the partition"}) as disk, ThreadPoolExecutor() as pool:
        subprocess.run(["mount", "-o", "ro", disk.device, elsewhere], check=True)
        reading = pool.submit(BootMedium(PATIENCE).read)
        time.sleep(0.5)
        subprocess.run(["umount", elsewhere], check=True)
        assert reading.result() == Carried(b"in the partition")


def test_readers_that_look_at_the_same_time_all_find_the_file(tmp_path: Path) -> None:
    readers = 3

    def read() -> Carried | None:
        start.wait()
        return BootMedium(PATIENCE).read()

    start = Barrier(readers)
    with Disk(tmp_path, whole={}, partition={FILE: b"found"}), ThreadPoolExecutor(readers) as pool:
        for _ in range(5):
            reading = [pool.submit(read) for _ in range(readers)]
            assert [each.result() for each in reading] == [Carried(b"found")] * readers
