"""One heap for all threads of a process, which a thrifty one keeps small, and short turns with Python's lock."""

import subprocess
import sys

MEASURE = """
import threading
from wyrcan_tui.host.process import prepare_process

{call}
together = threading.Barrier(5)

def work():
    kept = [bytes(1000) for _ in range(1000)]
    together.wait()
    together.wait()

for _ in range(4):
    threading.Thread(target=work).start()
together.wait()
# glibc sets 64 MiB of addresses aside for the heap of a thread, and forbids what it does not use yet.
aside = 0
with open("/proc/self/maps") as maps:
    for line in maps:
        if " ---p " in line:
            start, end = line.split()[0].split("-")
            aside += int(end, 16) - int(start, 16)
print(aside)
together.wait()
"""

KEPT = """
import ctypes
from wyrcan_tui.host.process import prepare_process

prepare_process(thrifty={thrifty})
piece = 512 << 10
# Once such a block has been free, glibc keeps the next ones: a program that had one large block will want more.
del (first := [bytearray(piece)])[:]
blocks = [bytearray(piece) for _ in range(64)]
last = bytearray(1000)
del blocks[:-1]
with open("/proc/self/status") as status:
    print(next(int(line.split()[1]) << 10 for line in status if line.startswith("RssAnon")))
"""


def set_aside(call: str) -> int:
    """Bytes of addresses that are forbidden while four threads have memory."""
    command = [sys.executable, "-c", MEASURE.format(call=call)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)


def test_threads_share_one_heap() -> None:
    assert set_aside("") - set_aside("prepare_process()") > 4 * (48 << 20)


def test_thrifty_process_keeps_no_large_block_that_is_free() -> None:
    kept, given_back = (
        int(
            subprocess.run(
                [sys.executable, "-c", KEPT.format(thrifty=thrifty)], capture_output=True, text=True, check=True
            ).stdout
        )
        for thrifty in (False, True)
    )
    assert kept - given_back > 16 << 20


def test_thread_that_waits_for_python_gets_it_soon() -> None:
    # How soon it is in the end is for the system as well: with other work on all processors it takes longer.
    program = "import sys; from wyrcan_tui.host.process import prepare_process; prepare_process()"
    asked = f"{program}; print(sys.getswitchinterval() < 0.001)"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True).stdout == b"True\n"


def test_threads_compute_side_by_side_and_not_against_each_other() -> None:
    program = "import os; from wyrcan_tui.host.process import prepare_process; prepare_process()"
    asked = f"{program}; print(os.sched_getscheduler(0) == os.SCHED_BATCH)"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True).stdout == b"True\n"
