"""Noise on the kernel command line: it is split, understood or refused in words, in bounded memory."""

from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzz import targets
from tests.fuzz.damage import damaged, thoroughly
from tests.fuzz.memory import within_memory
from tests.fuzz.seeds import SEEDS


@given(st.binary(max_size=300))
@example(b"wyr.timeout=" + b"9" * 5000)
@thoroughly
def test_noise_is_a_command_line(data: bytes) -> None:
    within_memory(targets.command_line, data)


@given(damaged(SEEDS["command-line"]))
@thoroughly
def test_damaged_command_line_is_understood_or_told_of(data: bytes) -> None:
    within_memory(targets.command_line, data)
