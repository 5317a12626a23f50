"""Metadata is kept in little memory, and comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.memory import peak
from wyrcan_tui.image.metadata import MetadataRow
from wyrcan_tui.kernel.cpio import Metadata

owners = st.integers(0, 2) | st.integers(0, 0xFFFFFFFE)
times = st.integers(-2, 2) | st.integers(1 - (1 << 63), (1 << 63) - 1)
metadata = st.builds(Metadata, st.integers(0, 0o177777), owners, owners, times)
numbers = st.integers(0, 30)


@given(steps=st.lists(st.tuples(numbers, metadata | st.none())))
def test_each_number_has_what_it_was_given_last(steps: list[tuple[int, Metadata | None]]) -> None:
    row, expected = MetadataRow(), dict[int, Metadata | None].fromkeys(range(40))
    for number, latest in steps:
        expected[number] = latest
        if latest:
            row.put(number, latest)
        else:
            row.forget(number)
    assert {number: row.get(number) for number in expected} == expected


@pytest.mark.parametrize("times", [1, 20_000], ids=["one time", "as many times"])
def test_many_take_little_whether_their_times_differ_or_not(times: int) -> None:
    number = 20_000

    def fill() -> None:
        row = MetadataRow()
        for place in range(number):
            row.put(place, Metadata(0o100644, 0, place % 3, place % times))

    # An array that has just grown is there twice.
    assert peak(fill) < 30 * number
