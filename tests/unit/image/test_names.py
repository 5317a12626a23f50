"""Names are found in their own directory, whatever they look like."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wyrcan_tui.image import names as names_module
from wyrcan_tui.image.names import Names

# What looks like the numbers, or parts, of a record.
letters = st.sampled_from(b"\xff\n/0123af%x").filter(lambda byte: byte != ord("/"))
names = st.binary(min_size=1, max_size=300).map(lambda name: name.replace(b"/", b"").replace(b"\0", b"") or b"x")
names |= st.lists(letters, min_size=1, max_size=4).map(bytes)
directories = st.integers(0, 40) | st.integers(0, 1 << 31)


@given(
    keys=st.sets(st.tuples(directories, names), max_size=200),
    others=st.sets(st.tuples(directories, names)),
    buckets=st.sampled_from([1, names_module.BUCKETS]),
)
def test_each_name_has_its_number_and_no_other_has_one(
    keys: set[tuple[int, bytes]], others: set[tuple[int, bytes]], buckets: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names_module, "BUCKETS", buckets)
        check(keys, others)


def check(keys: set[tuple[int, bytes]], others: set[tuple[int, bytes]]) -> None:
    """Put names into a table, and look for them and for others."""
    found = Names()
    numbers = dict(zip(keys, count(1 << 8, 7919), strict=False))
    for (directory, name), number in numbers.items():
        found.add(directory, name, number)
    assert {key: found.find(*key) for key in keys} == numbers
    assert all(found.find(*key) is None for key in others - keys)
    for directory in {directory for directory, _ in keys | others}:
        assert sorted(found.inside(directory)) == sorted(name for at, name in keys if at == directory)
