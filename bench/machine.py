"""The machine and the tools that the figures belong to."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path
from typing import Final

_PACKAGES: Final = (
    "docker-registry",
    "nginx",
    "skopeo",
    "umoci",
    "cpio",
    "zstd",
    "curl",
    "openssl",
    "isal",
    "pigz",
    "gzip",
)


def describe() -> str:
    """Return processor, cores, memory, kernel, and the versions of all that takes part."""
    cpuinfo = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(": ")[2] for line in cpuinfo if line.startswith("model name")), "unknown processor")
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    software = [f"Linux {platform.release()}", f"Python {platform.python_version()}", *_versions()]
    return f"{model}, {cores} cores, {memory:.0f} GiB; {', '.join(software)}.\n"


def _versions() -> list[str]:
    command = ["dpkg-query", "--show", "--showformat", "${Package} ${Version}\n", *_PACKAGES]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
