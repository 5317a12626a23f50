"""How much memory an image needs: one rule, whether it is told or a boot is refused by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.memory import Footprint, largest_initrd, largest_root

MB = 10**6


@given(st.integers(1, 4 << 30), st.integers(0, 64 << 30))
def test_what_is_told_is_what_a_boot_goes_by(initrd: int, unpacked: int) -> None:
    footprint = Footprint(initrd, unpacked)
    footprint.require(footprint.needed)
    assert largest_initrd(footprint.needed) >= initrd
    assert largest_root(footprint.needed) >= unpacked
    with pytest.raises(WyrcanError) as raised:
        footprint.require(footprint.needed - 1)
    assert raised.value.code == "memory-too-small"


def test_root_and_initrd_must_fit_side_by_side() -> None:
    assert Footprint(initrd=100 * MB, unpacked=850 * MB).needed == 1000 * MB


def test_initrd_must_fit_three_times_beside_the_system_that_loads_it() -> None:
    assert Footprint(initrd=100 * MB, unpacked=280 * MB).needed == 700 * MB
    assert largest_initrd(700 * MB) == 100 * MB


def test_machine_that_our_own_system_fills_has_room_for_none() -> None:
    assert largest_initrd(399 * MB) == 0


def test_no_machine_takes_an_initrd_of_more_than_4_gib() -> None:
    assert largest_initrd(1 << 40) == largest_initrd(0) == 4 << 30


def test_refusal_names_both_sides() -> None:
    with pytest.raises(WyrcanError) as raised:
        Footprint(100 * MB, 280 * MB).require(699 * MB)
    assert "needs 700.0 MB" in raised.value.message
    assert "has 699.0 MB" in raised.value.message


def test_root_of_almost_half_of_the_memory_is_given_more_room() -> None:
    footprint = Footprint(10 * MB, 450 * MB)
    assert footprint.words(1000 * MB) == ()
    assert footprint.words(999 * MB) == ("initramfs_options=size=90%",)


def test_machine_that_is_not_known_is_refused_nothing_and_told_nothing() -> None:
    footprint = Footprint(1 << 31, 1 << 40)
    footprint.require(0)
    assert footprint.words(0) == ()
