"""How fast something goes on, and how it is stopped."""

import threading

import pytest

from wyrcan_tui.progress import CancelledError, Meter, Pace


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


# Cancelling


def test_wait_is_ended_and_its_failure_is_not_what_is_told() -> None:
    meter, cut = Meter(), threading.Event()
    threading.Timer(0.01, meter.cancel).start()
    with pytest.raises(CancelledError) as raised, meter.waiting(cut.set):
        assert cut.wait(60)
        raise ConnectionResetError
    assert isinstance(raised.value.__cause__, ConnectionResetError)


def test_wait_that_looks_like_a_sound_end_is_cancelled_all_the_same() -> None:
    meter, cut = Meter(), threading.Event()
    threading.Timer(0.01, meter.cancel).start()
    with pytest.raises(CancelledError), meter.waiting(cut.set):
        assert cut.wait(60)


def test_wait_does_not_begin_once_somebody_asked_to_stop() -> None:
    meter = Meter()
    meter.cancel()
    with pytest.raises(CancelledError), meter.waiting(lambda: pytest.fail("nothing waits")):
        pytest.fail("the block was entered")


def test_what_is_over_is_not_hung_up_on() -> None:
    meter = Meter()
    with meter.waiting(lambda: pytest.fail("it is over")):
        pass
    with pytest.raises(KeyError), meter.waiting(lambda: pytest.fail("it has failed by itself")):
        raise KeyError
    meter.cancel()


def test_all_that_wait_are_ended() -> None:
    meter, ended = Meter(), list[str]()
    cuts = [threading.Event() for _ in range(3)]
    within = threading.Barrier(4)

    def wait(cut: threading.Event) -> None:
        try:
            with meter.waiting(cut.set):
                within.wait(60)
                cut.wait(60)
        except CancelledError:
            ended.append("cancelled")

    threads = [threading.Thread(target=wait, args=(cut,)) for cut in cuts]
    for thread in threads:
        thread.start()
    within.wait(60)
    meter.cancel()
    for thread in threads:
        thread.join(60)
    assert ended == ["cancelled"] * 3
