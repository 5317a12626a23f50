"""Calls that are ended when they take too long."""

import threading
import time

import pytest

from wyrcan_tui.registry.watchdog import Watchdog


def test_what_takes_too_long_is_hung_up_on_whatever_it_makes_of_that() -> None:
    cut = threading.Event()
    with pytest.raises(TimeoutError), Watchdog(0.01, cut.set, TimeoutError()) as watchdog, watchdog.watching():
        assert cut.wait(60)


def test_failure_of_what_was_hung_up_on_is_not_what_is_told() -> None:
    cut = threading.Event()
    with (
        pytest.raises(TimeoutError) as raised,
        Watchdog(0.01, cut.set, TimeoutError()) as watchdog,
        watchdog.watching(),
    ):
        assert cut.wait(60)
        raise ConnectionResetError
    assert isinstance(raised.value.__cause__, ConnectionResetError)


def test_each_call_has_the_whole_time_and_what_is_between_them_does_not_count() -> None:
    cut = threading.Event()
    with Watchdog(1.0, cut.set, TimeoutError()) as watchdog:
        for _ in range(3):
            with watchdog.watching():
                time.sleep(0.4)
        time.sleep(1.1)
        with watchdog.watching():
            time.sleep(0.1)
        assert not cut.is_set()
        with pytest.raises(TimeoutError), watchdog.watching():
            assert cut.wait(60)


def test_one_thread_watches_any_number_of_calls_and_ends_with_them() -> None:
    def watching() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "watchdog" and thread not in before]

    before = threading.enumerate()
    with Watchdog(3600, lambda: None, TimeoutError()) as watchdog:
        assert watching() == []
        for _ in range(100):
            with watchdog.watching():
                pass
        (thread,) = watching()
    thread.join(60)
    assert not thread.is_alive()


def test_failure_in_time_stays_what_it_is() -> None:
    with pytest.raises(KeyError), Watchdog(3600, lambda: None, TimeoutError()) as watchdog, watchdog.watching():
        raise KeyError
