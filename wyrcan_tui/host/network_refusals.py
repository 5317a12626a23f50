"""What systemd says of network files that it does not take as they are (systemd.network(5), systemd.journal-fields(7)).

It goes on without what it does not understand, and tells the journal alone.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FOLDER: Final = "run/systemd/network"
_NAMED: Final = re.compile(rf"/{_FOLDER}/([^/\"\s]+?\.(?:network|netdev|link))(?::(\d+))?(?!\w)(?:: )?")
"""A file, and mostly a line of it, as networkd and udev name it in what they say (``log_syntax`` in systemd's
``shared/conf-parser.h`` has it in front)."""
_REFUSES: Final = re.compile("ignoring|unknown", re.IGNORECASE)
_MICROSECONDS: Final = 1_000_000
_PATIENCE: Final = 10.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something in a network file that does not count.

    Attributes:
        file: the file's name.
        setting: the line as it stands there; empty where it is about the file as a whole.
        said: why, as systemd says it.
    """

    file: str
    setting: str
    said: str


def read_refusals(root: Path, files: Container[str]) -> list[Refusal]:
    """Return what is refused of `files`, names of network files, as they are now, below `root`.

    Empty where networkd does not run, and where there is no journal, or no journalctl.
    """
    journal = root / "run/log/journal"
    if not journal.is_dir() or not (root / "run/systemd/netif/state").exists():
        return []
    command = ["journalctl", "--quiet", "--priority=warning", "--output=json", "--output-fields=MESSAGE"]
    try:
        done = subprocess.run([*command, f"--directory={journal}"], check=False, capture_output=True, timeout=_PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return []
    found = (_refusal(root, files, entry) for entry in _entries(done.stdout))
    # It is said again whenever the files are read.
    return list(dict.fromkeys(refusal for refusal in found if refusal))


def _entries(lines: bytes) -> Iterator[dict[str, str]]:
    for line in lines.splitlines():
        # The last one is cut short where journalctl was ended.
        with contextlib.suppress(ValueError):
            yield json.loads(line)


def _refusal(root: Path, files: Container[str], entry: dict[str, str]) -> Refusal | None:
    # What is no text is a list of bytes.
    message = str(entry.get("MESSAGE"))
    named = _NAMED.search(message)
    if named is None or named[1] not in files:
        return None
    path = root / _FOLDER / named[1]
    try:
        written, lines = path.stat().st_mtime, path.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    if int(entry.get("__REALTIME_TIMESTAMP", 0)) < written * _MICROSECONDS:
        # It was about another content of this file.
        return None
    number = int(named[2] or 0)
    said = message.removeprefix(named[0]).replace(f"/{_FOLDER}/", "").strip()
    if not _REFUSES.search(said):
        # Others only advise, as that nobody should be able to read a file with a key.
        return None
    return Refusal(named[1], lines[number - 1] if 0 < number <= len(lines) else "", said)
