"""A disk that is laid out as our ISO is on a stick: a file system on the whole of it, and another in its partition.

with Disk(folder, whole={"wyrcan.json": b"{}"}, partition={}) as disk:
    disk.device        # /dev/loop0; /dev/loop0p1 is the partition
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_SIZE: Final = 4 << 20
"""Bytes of each of the two file systems, which lie one behind the other."""
_SECTOR: Final = 512
_UDEV: Final = Path("/run/udev/data")


def reason_against_disks() -> str:
    """Why no disk can be attached here; empty where nothing is in the way."""
    if os.geteuid() != 0:
        return "only root may attach loop devices"
    if not Path("/dev/loop-control").exists():
        return "this kernel has no loop devices"
    trial = subprocess.run(["losetup", "--find"], check=False, capture_output=True, text=True)
    return trial.stderr.strip()


class Disk:
    """The disk, with these files on the whole of it (label WYRCAN) and in its partition (label WYRCAN-ESP).

    It is protected from being written, as a DVD is, unless it is `writable`.
    """

    def __init__(
        self, folder: Path, *, whole: Mapping[str, bytes], partition: Mapping[str, bytes], writable: bool = False
    ) -> None:
        self.device = ""
        self._protection = [] if writable else ["--read-only"]
        self._image = folder / "disk"
        with self._image.open("wb") as image:
            for number, (label, files) in enumerate({"WYRCAN": whole, "WYRCAN-ESP": partition}.items()):
                image.seek(number * _SIZE)
                image.write(_file_system(folder / label, label, files))

    def __enter__(self) -> Self:
        attach = ["losetup", "--find", "--show", "--partscan", *self._protection, str(self._image)]
        self.device = subprocess.run(attach, check=True, capture_output=True, text=True).stdout.strip()
        # There is no partition table to read: not every kernel could.
        sectors = str(_SIZE // _SECTOR)
        subprocess.run(["addpart", self.device, "1", sectors, sectors], check=True)
        if Path("/run/udev/control").exists():
            subprocess.run(["udevadm", "settle"], check=True)
        else:
            # What udev would write about the two, had it been running.
            _UDEV.mkdir(parents=True, exist_ok=True)
            for record, label in self._records().items():
                record.write_text(f"E:ID_FS_LABEL={label}\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not Path("/run/udev/control").exists():
            for record in self._records():
                record.unlink()
        subprocess.run(["losetup", "--detach", self.device], check=True)

    def _records(self) -> dict[Path, str]:
        labels = {self.device: "WYRCAN", f"{self.device}p1": "WYRCAN-ESP"}
        numbers = {Path(device).stat().st_rdev: label for device, label in labels.items()}
        return {_UDEV / f"b{os.major(number)}:{os.minor(number)}": label for number, label in numbers.items()}


def _file_system(path: Path, label: str, files: Mapping[str, bytes]) -> bytes:
    content = path.with_suffix(".content")
    content.mkdir()
    for name, data in files.items():
        (content / name).write_bytes(data)
    options = ["-q", "-O", "^has_journal", "-L", label, "-d", str(content)]
    make = ["mkfs.ext4", *options, str(path), f"{_SIZE // 1024}k"]
    subprocess.run(make, check=True, capture_output=True)
    return path.read_bytes()
