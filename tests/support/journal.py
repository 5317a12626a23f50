"""A journal as systemd writes it, with what services said.

write_journal(root, [{"SYSLOG_IDENTIFIER": "systemd", "MESSAGE": "first"}])
"""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

START = 1_760_000_000
"""The second, since 1970, in which all of it was said, one thing after each microsecond."""


def write_journal(root: Path, entries: Sequence[Mapping[str, str]]) -> None:
    """Write the journal of the machine whose system files are below `root`; fields as systemd.journal-fields(7) has."""
    folder = root / "run/log/journal" / ("2" * 32)
    folder.mkdir(parents=True)
    exported = "".join(
        f"__REALTIME_TIMESTAMP={START * 1_000_000 + number}\n__MONOTONIC_TIMESTAMP={number}\n_BOOT_ID={'1' * 32}\n"
        + "".join(f"{name}={value}\n" for name, value in entry.items())
        + "\n"
        for number, entry in enumerate(entries, 1)
    )
    make = ["/usr/lib/systemd/systemd-journal-remote", f"--output={folder}/system.journal", "-"]
    subprocess.run(make, input=exported, text=True, check=True, capture_output=True, timeout=60)
