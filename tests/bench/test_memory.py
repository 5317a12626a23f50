"""All memory that a process takes is counted, and none twice."""

import sys
from pathlib import Path

import pytest

from bench.memory import peak

MIB = 1 << 20
PYTHON_ITSELF = 30 * MIB
FILLED = """
import mmap, os
mib = 1 << 20
own = b"1" * (40 * mib)
memfd = os.memfd_create("initrd")
os.write(memfd, own)
"""
MAPPED = FILLED + "mapped = mmap.mmap(memfd, 40 * mib); assert mapped.find(b'2') < 0\n"
IN_A_CHILD = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {(FILLED + "import time; time.sleep(0.5)")!r}])
"""


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(FILLED, id="alone"),
        pytest.param(MAPPED, id="memfd mapped"),
        pytest.param(IN_A_CHILD, id="in a child"),
    ],
)
def test_memory_and_memfds_are_counted_once(script: str, tmp_path: Path) -> None:
    most, output = peak([sys.executable, "-c", script + "import time; time.sleep(0.5); print(7)"], tmp_path)
    assert output == "7\n"
    assert 80 * MIB < most < 80 * MIB + PYTHON_ITSELF
