"""Figures are compared within a round, and what was started is ended."""

import time
from pathlib import Path

import pytest

from bench.process import started
from bench.rounds import Contender


def test_a_ratio_is_the_median_of_those_within_each_round() -> None:
    slow = Contender("slow", [], seconds=[2.0, 30.0, 9.0])
    fast = Contender("fast", [], seconds=[1.0, 10.0, 1.0])
    # Not that of the medians, which is 9.
    assert slow.ratio(fast) == 3


def test_clock_begins_when_a_loaded_program_is_told_to(tmp_path: Path) -> None:
    # It takes two seconds to load and none to work.
    program = Contender("it", ["sh", "-c", "sleep 2; echo loaded; read line; echo done"], loaded=True)
    program.run(tmp_path)
    assert program.outputs == ["done\n"]
    assert program.seconds[0] < 2


def test_what_is_interrupted_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        started(["sh", "-c", "sleep 1000 & echo $!; wait"], tmp_path) as process,
    ):
        assert process.stdout
        child = int(process.stdout.readline())
        raise KeyboardInterrupt
    deadline = time.monotonic() + 5
    while runs(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not runs(child)


def runs(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        state = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
