"""The kernel's own messages (Documentation/ABI/testing/dev-kmsg)."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_LONGEST: Final = 8192
"""Bytes of the longest record (the kernel's PRINTK_MESSAGE_MAX); it gives none to who has less room."""
_RECORD: Final = re.compile(rb"\d+,\d+,(?P<at>\d+),[^;]*;(?P<words>.*)")
"""``6,339,1234567,-;text``: level, number, microseconds since the start, flags, and what was said."""
# What `dev_warn` puts in front (driver, device), then the words of drivers/base/firmware_loader/main.c, or of Debian's
# kernel, which has its own; -2 is "no such file".
_LACKING = re.compile(
    r"(?P<driver>\S+) (?P<device>\S+): "
    r"(?:Direct firmware load for (?P<file>\S+) failed with error -2"
    r"|firmware: failed to load (?P<debian>\S+) \(-2\))"
)


@dataclass(frozen=True, slots=True)
class Record:
    """A message: microseconds since the kernel started, and what was said."""

    at: int
    words: str


@dataclass(frozen=True, slots=True)
class LackingFirmware:
    """A device whose driver asked for a firmware file that is not there."""

    driver: str
    device: str
    file: str


class KernelLog:
    """The log of the kernel whose device files are below `root`, from its oldest message on.

    Attributes:
        file: its open file, which can be polled for new messages; None where there is none, or none for us.
    """

    def __init__(self, root: Path) -> None:
        self._rest = b""
        self.file: int | None = None
        try:
            self.file = os.open(root / "dev/kmsg", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            # On a workstation it is for root only; nothing depends on it.
            return

    def read(self) -> list[str]:
        """Return what was said since the log was read last; never waits for more."""
        return [record.words for record in self.records()]

    def records(self) -> list[Record]:
        """Return the messages that have come since the log was read last; never waits for one."""
        records = []
        while data := self._record():
            *lines, self._rest = (self._rest + data).split(b"\n")
            # What begins with a space tells more of the message before it, for programs.
            records += [
                Record(int(match["at"]), match["words"].decode(errors="replace"))
                for line in lines
                if (match := _RECORD.fullmatch(line))
            ]
        return records

    def close(self) -> None:
        """Close the file."""
        if self.file is not None:
            os.close(self.file)
            self.file = None

    def _record(self) -> bytes:
        while self.file is not None:
            try:
                return os.read(self.file, _LONGEST)
            except BrokenPipeError:
                # What was next has been overwritten by newer messages; the kernel goes on with the oldest it has.
                continue
            except OSError:
                break
        return b""


def lacking_firmware(message: str) -> LackingFirmware | None:
    """Return what a message of the kernel says about a firmware file that is not there; None where it says nothing."""
    match = _LACKING.match(message)
    return match and LackingFirmware(match["driver"], match["device"], match["file"] or match["debian"])
