"""Digests that are reckoned beside the work that reads the bytes: a layer's two would hold its transfer up."""

from __future__ import annotations

import queue
import threading
from types import TracebackType
from typing import Final, Self

from wyrcan_tui.oci.digest import Digest, Hasher

_WAITING: Final = 4
"""Pieces that may wait for their digest."""


class HashThread:
    """A thread in which digests are reckoned; `hasher` makes one that is. Its ``with`` block ends the thread."""

    def __init__(self) -> None:
        self._jobs = queue.Queue[tuple[Hasher, bytes] | threading.Event | None](_WAITING)
        self._thread = threading.Thread(target=self._work, name="digest", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._jobs.put(None)
        self._thread.join()

    def hasher(self, digest: Digest) -> Hasher:
        """Return a fresh hasher of the digest's algorithm, to be used from one thread."""
        return _Hasher(digest.hasher(), self._jobs)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            if isinstance(job, threading.Event):
                job.set()
            else:
                hasher, data = job
                hasher.update(data)


class _Hasher:
    def __init__(self, inner: Hasher, jobs: queue.Queue[tuple[Hasher, bytes] | threading.Event | None]) -> None:
        self._inner = inner
        self._jobs = jobs

    def update(self, data: bytes, /) -> None:
        self._jobs.put((self._inner, data))

    def hexdigest(self) -> str:
        reached = threading.Event()
        self._jobs.put(reached)
        reached.wait()
        return self._inner.hexdigest()
