"""Whoever waits works, nobody sleeps for ever, and a lane keeps its order."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from tests.support.threads import none_left
from wyrcan_tui.image.crew import THREADS, Crew, Lane


def test_who_waits_does_the_jobs_that_nobody_else_has_begun() -> None:
    done: list[int] = []
    crew = Crew()
    for number in range(3):
        crew.start(partial(done.append, number))
    crew.wait_for(lambda: len(done) == 3)
    assert done == [0, 1, 2]


def test_jobs_are_done_side_by_side() -> None:
    meeting = threading.Barrier(THREADS, timeout=30)
    met: list[int] = []
    with Crew() as crew:
        for _ in range(THREADS):
            crew.start(lambda: met.append(meeting.wait()))
        crew.wait_for(lambda: len(met) == THREADS)
    assert sorted(met) == list(range(THREADS))


def test_lanes_keep_their_order_however_many_there_are() -> None:
    done: dict[int, list[int]] = {number: [] for number in range(5)}
    with Crew() as crew:
        lanes = [Lane(crew, 2) for _ in done]
        for step in range(500):
            for number, lane in enumerate(lanes):
                lane.put(partial(done[number].append, step))
        for lane in lanes:
            lane.drain()
    assert all(steps == list(range(500)) for steps in done.values())


def test_job_that_comes_just_when_a_lane_comes_to_rest_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    crew = Crew()
    lane = Lane(crew, 2)
    lock, released = threading.Lock(), 0

    class Interrupted:
        """The lane's lock, behind whose second release, when the first job is done, another thread has its turn."""

        def __enter__(self) -> None:
            lock.acquire()

        def __exit__(self, *_: object) -> None:
            nonlocal released
            lock.release()
            released += 1
            if released == 2:
                lane.put(partial(done.append, 2))

    monkeypatch.setattr(lane, "_lock", Interrupted())
    lane.put(partial(done.append, 1))
    crew.wait_for(lambda: len(done) == 2)
    # Whatever the lane has left behind comes before it.
    crew.start(partial(done.append, 3))
    crew.wait_for(lambda: len(done) == 3)
    assert done == [1, 2, 3]


def test_what_a_job_of_a_lane_raises_reaches_who_fills_it_and_ends_the_lane() -> None:
    done: list[int] = []
    with Crew() as crew:
        lane = Lane(crew, 2)
        lane.put(lambda: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            lane.drain()
        with pytest.raises(ZeroDivisionError):
            lane.put(partial(done.append, 1))
    assert done == []


def test_threads_hand_over_to_each_other_as_often_as_they_like() -> None:
    turns: list[str] = []

    def play(crew: Crew, name: str, parity: int) -> None:
        for _ in range(1000):
            crew.wait_for(lambda: len(turns) % 2 == parity)
            turns.append(name)
            crew.changed()

    with Crew() as crew:
        players = [crew.thread(partial(play, crew, name, number), name) for number, name in enumerate("ab")]
        crew.wait_for(lambda: len(turns) == 2000)
        for player in players:
            player.join()
    assert turns == ["a", "b"] * 1000


def test_end_of_a_crew_ends_its_threads_and_leaves_undone_what_was_not_begun() -> None:
    begun, free, done = threading.Barrier(THREADS, timeout=30), threading.Event(), []

    def hold() -> None:
        begun.wait()
        free.wait(30)

    with none_left(), Crew() as crew:
        for _ in range(THREADS - 1):
            crew.start(hold)
        begun.wait()
        crew.start(lambda: done.append("late"))
        threading.Timer(0.1, free.set).start()
    assert done == []


def test_jobs_that_a_thread_leaves_behind_are_done_by_those_who_sleep() -> None:
    done, left = threading.Event(), threading.Event()
    with Crew() as crew:

        def leave() -> None:
            # All threads that there should be are awake, so nobody is woken for this one.
            crew.start(done.set)
            left.set()

        def wait() -> None:
            left.wait(30)

        others = [crew.thread(wait, f"awake-{number}") for number in range(1, THREADS - 1)]
        thread = crew.thread(leave, "leaves")
        for each in (thread, *others):
            each.join()
        assert done.wait(30)
