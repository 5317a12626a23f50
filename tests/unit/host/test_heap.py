"""One heap for all threads of a process."""

import subprocess
import sys

MEASURE = """
import threading
from wyrcan_tui.host.heap import share_heap

{call}
found = []

def work():
    kept = [bytes(1000) for _ in range(1000)]
    # glibc sets 64 MiB of addresses aside for the heap of a thread, and forbids what it does not use yet.
    with open("/proc/self/maps") as maps:
        found.append(sum(" ---p " in line for line in maps))

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(max(found))
"""


def stretches_set_aside(call: str) -> int:
    """How many stretches of addresses are forbidden once threads have taken memory."""
    command = [sys.executable, "-c", MEASURE.format(call=call)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)


def test_threads_share_one_heap() -> None:
    assert stretches_set_aside("share_heap()") < stretches_set_aside("")
