"""What the kernel and the services of this system wrote down (Documentation/ABI/testing/dev-kmsg, journalctl(1))."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from pathlib import Path
from typing import Final

_RECORD: Final = 8192
"""Bytes of the longest record (``PRINTK_MESSAGE_MAX`` of the kernel, and what is in front of it)."""
_LINE: Final = re.compile(r"^\d+,\d+,(\d+),[^;\n]*;(.*)$", re.MULTILINE)
"""``6,339,1234567,-;text``: level, number, microseconds since the start, flags, and what was said."""
_MICROSECONDS: Final = 1_000_000
_PATIENCE: Final = 10.0
_SERVICES: Final = ("_TRANSPORT=stdout", "_TRANSPORT=syslog", "_TRANSPORT=journal")
"""All but the kernel's own lines, which come from it, and from before the journal began."""


class SystemLog:
    """The logs of the machine whose system files are below `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def kernel(self, most: int) -> list[str]:
        """Return the last lines of the kernel's log, at most so many; none where it cannot be read."""
        try:
            file = os.open(self._root / "dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            return []
        try:
            records = _records(file)
        finally:
            os.close(file)
        # Further lines of a record begin with a space: they are properties, for programs.
        lines = _LINE.findall(records.decode(errors="replace"))
        return [f"[{int(time) / _MICROSECONDS:12.6f}] {words}" for time, words in lines[-most:]]

    def journal(self, most: int) -> list[str]:
        """Return the last lines of the services, at most so many; none where there is no journal, or no journalctl."""
        command = [
            "journalctl",
            "--quiet",
            "--no-pager",
            "--output=short-monotonic",
            "--no-hostname",
            f"--lines={most}",
        ]
        folder = self._root / "run/log/journal"
        if not folder.is_dir():
            return []
        try:
            done = subprocess.run(
                [*command, f"--directory={folder}", *_SERVICES],
                check=False,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_PATIENCE,
            )
        except (OSError, subprocess.TimeoutExpired):
            return []
        return done.stdout.splitlines()


def _records(file: int) -> bytes:
    records = b""
    # Where nothing more is there now, the kernel says so instead of waiting.
    with contextlib.suppress(BlockingIOError):
        while True:
            try:
                record = os.read(file, _RECORD)
            except BrokenPipeError:
                # The oldest was overwritten before it was read; the next call goes on behind it.
                continue
            if not record:
                break
            records += record
    return records
