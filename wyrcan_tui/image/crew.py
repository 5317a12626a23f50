"""Threads that share the work that comes with an image: whoever would wait does what there is to do instead.

A thread that sleeps must be woken, which takes longer than most of the jobs here: on a virtual machine up to a
millisecond. So they sleep only when nothing is to be done, or as many as there are processors are at work.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

THREADS: Final = max(2, os.cpu_count() or 2)
"""Threads that should be at work at the same time."""


class Crew:
    """Does jobs in threads of its own, and in those that `wait_for` something. Its ``with`` block ends them.

    A job must neither wait nor raise. What has not been begun when the block ends is never done.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs = deque[Callable[[], None]]()
        self._sleepers = deque[tuple[Callable[[], bool], threading.Lock]]()
        self._awake = 1
        self._closed = False
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._threads = [
            self.thread(lambda: self.wait_for(lambda: self._closed), f"crew-{number}") for number in range(1, THREADS)
        ]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._closed = True
        self._jobs.clear()
        self.changed()
        for thread in self._threads:
            thread.join()

    def thread(self, work: Callable[[], None], name: str) -> threading.Thread:
        """Start one more thread, whose `work` may `wait_for` something; who asks for it must join it."""

        def run() -> None:
            try:
                work()
            finally:
                with self._lock:
                    self._awake -= 1
                    # It may have left jobs behind that nobody was woken for, as it was awake.
                    self._rouse()

        with self._lock:
            self._awake += 1
        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        return thread

    def start(self, job: Callable[[], None]) -> None:
        """Have a job done, soon and by whoever has nothing else to do."""
        with self._lock:
            self._jobs.append(job)
            self._rouse()

    def wait_for(self, ready: Callable[[], bool]) -> None:
        """Do jobs until `ready`, which is asked between them and after each `changed`, tells that it is so."""
        while not ready():
            with self._lock:
                job = self._jobs.popleft() if self._jobs else None
                if not job:
                    if ready():
                        return
                    bell = threading.Lock()
                    bell.acquire()
                    self._sleepers.append((ready, bell))
                    self._awake -= 1
            if job:
                job()
            else:
                bell.acquire()

    def changed(self) -> None:
        """Wake those whose `wait_for` has come to an end by what the caller has just done."""
        with self._lock:
            for _ in range(len(self._sleepers)):
                ready, bell = self._sleepers.popleft()
                if ready():
                    self._wake(bell)
                else:
                    self._sleepers.append((ready, bell))

    def _rouse(self) -> None:
        """Wake somebody where there are jobs to do, and processors for it."""
        if self._jobs and self._sleepers and self._awake < THREADS:
            _, bell = self._sleepers.popleft()
            self._wake(bell)

    def _wake(self, bell: threading.Lock) -> None:
        self._awake += 1
        bell.release()


class Lane:
    """Jobs of a crew that are done in their order, one at a time."""

    def __init__(self, crew: Crew, most: int) -> None:
        """Let at most so many jobs wait."""
        self._crew = crew
        self._most = most
        self._jobs = deque[Callable[[], object]]()
        self._lock = threading.Lock()
        self._busy = False
        self._failure: BaseException | None = None

    def put(self, job: Callable[[], object]) -> None:
        """Add a job.

        Raises:
            BaseException: what one of the jobs before it raised; after that, none is done any more.
        """
        self._crew.wait_for(lambda: len(self._jobs) < self._most)
        self._check()
        with self._lock:
            self._jobs.append(job)
            idle, self._busy = not self._busy, True
        if idle:
            self._crew.start(self._work)

    def drain(self) -> None:
        """Wait until all jobs are done.

        Raises:
            BaseException: what one of them raised.
        """
        self._crew.wait_for(lambda: not self._busy)
        self._check()

    def _work(self) -> None:
        job = self._jobs.popleft()
        if not self._failure:
            try:
                job()
            except BaseException as error:  # noqa: BLE001 - whatever it is, whoever fills the lane must learn of it
                self._failure = error
        with self._lock:
            # Not to be asked once more: whoever puts a job into a lane that is not busy starts the work himself.
            more = self._busy = bool(self._jobs)
        if more:
            self._crew.start(self._work)
        self._crew.changed()

    def _check(self) -> None:
        if self._failure:
            raise self._failure
