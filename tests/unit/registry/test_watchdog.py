"""Calls that are ended when they take too long."""

import threading

import pytest

from wyrcan_tui.registry.watchdog import watchdog


def test_what_takes_too_long_is_hung_up_on_whatever_it_makes_of_that() -> None:
    cut = threading.Event()
    with pytest.raises(TimeoutError), watchdog(0.01, cut.set, TimeoutError()):
        assert cut.wait(60)


def test_failure_of_what_was_hung_up_on_is_not_what_is_told() -> None:
    cut = threading.Event()
    with pytest.raises(TimeoutError) as raised, watchdog(0.01, cut.set, TimeoutError()):
        assert cut.wait(60)
        raise ConnectionResetError
    assert isinstance(raised.value.__cause__, ConnectionResetError)


def test_what_ends_in_time_is_left_alone() -> None:
    cut = threading.Event()
    with watchdog(3600, cut.set, TimeoutError()):
        pass
    with pytest.raises(KeyError), watchdog(3600, cut.set, TimeoutError()):
        raise KeyError
    assert not cut.is_set()
