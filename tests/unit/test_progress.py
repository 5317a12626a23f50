"""How fast something goes on."""

import pytest

from wyrcan_tui.progress import Pace


class Watch:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    """The clock."""
    return Watch()


def run(pace: Pace, watch: Watch, speeds: list[int], done: int = 0) -> int:
    """Go on for a second with each of the speeds, and return how much is done."""
    pace.take(done)
    for speed in speeds:
        watch.now += 1
        done += speed
        pace.take(done)
    return done


def test_nothing_is_known_at_first(watch: Watch) -> None:
    pace = Pace(watch)
    assert (pace.speed, pace.left(100)) == (0.0, None)
    pace.take(50)
    assert (pace.speed, pace.left(100)) == (0.0, None)


def test_speed_is_that_of_the_last_seconds(watch: Watch) -> None:
    pace = Pace(watch)
    done = run(pace, watch, [1000] * 60 + [10] * 5)
    assert pace.speed == 10
    assert pace.left(done + 200) == 20


def test_transfer_that_stands_still_has_no_speed_and_no_end(watch: Watch) -> None:
    pace = Pace(watch)
    run(pace, watch, [1000, 1000, *[0] * 5])
    assert (pace.speed, pace.left(5000)) == (0.0, None)


def test_transfer_that_begins_anew_is_measured_anew(watch: Watch) -> None:
    pace = Pace(watch)
    run(pace, watch, [1000] * 5)
    run(pace, watch, [20] * 2)
    assert pace.speed == 20


def test_more_than_all_leaves_nothing(watch: Watch) -> None:
    pace = Pace(watch)
    run(pace, watch, [100])
    assert pace.left(50) == 0
