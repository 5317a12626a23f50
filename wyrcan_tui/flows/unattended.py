"""Booting with nobody there: count down, boot, and on failure try again, for ever, with growing pauses."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from wyrcan_tui.errors import WyrcanError, in_words
from wyrcan_tui.host.turn import Status, Turn
from wyrcan_tui.progress import CancelledError, Meter, Progress, Stage
from wyrcan_tui.texts import _

OWNER: Final = "unattended"
_MENU_PATIENCE: Final = 60.0
"""Seconds to wait until a menu can be seen, so that whoever is there has a chance to press a key."""
_POLL: Final = 0.2
_FIRST_PAUSE: Final = 5.0
_LONGEST_PAUSE: Final = 300.0
_TURN_INTERVAL: Final = 1.0
_SEARCH_INTERVAL: Final = 30.0
"""Seconds until something to boot is looked for again: a medium may come late, and a firmware fail to answer once."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What to boot without anybody there.

    Attributes:
        reference: its name, to show.
        timeout: seconds to wait for a key before the first try.
        boot: what boots it; where it returns, the machine is about to be gone.
        problems: what could not be understood on the way here, in sentences, to show.
    """

    reference: str
    timeout: float
    boot: Callable[[Meter], None]
    problems: str = ""


def boot_unattended(
    turn: Turn,
    find: Callable[[], Attempt | None],
    failed: Callable[[WyrcanError, float], None] = lambda error, pause: None,
) -> None:
    """Boot what `find` says unless somebody is there, and try again until it works.

    `find` is asked anew before every try, as somebody may have chosen something else meanwhile; where it says None, or
    fails, it is asked again after a while, and as soon as whoever is at a console has left. While somebody is there
    nothing happens, and a boot that is under way is stopped. Every failure is given to `failed`, with the seconds until
    the next try.
    """
    # A word to the menus; where it cannot be said, neither can anything else, and the first try will tell why.
    with contextlib.suppress(WyrcanError):
        turn.stand_by()
    pause, error = 0.0, ""
    following = _FIRST_PAUSE
    while True:
        try:
            attempt = find()
        except Exception as failure:  # noqa: BLE001 - what cannot be found out now may be found out the next time
            attempt, error = None, str(in_words(failure))
            failed(in_words(failure), _SEARCH_INTERVAL)
        if attempt is None:
            _wait_until(lambda: turn.attended, _SEARCH_INTERVAL)
            _wait_until(lambda: not turn.attended)
            continue
        if attempt.timeout:
            _wait_until(lambda: turn.shown, _MENU_PATIENCE)
        try:
            with turn.taken(OWNER):
                _count_down(turn, attempt, pause or attempt.timeout, error)
                _boot(turn, attempt, error)
                return
        except CancelledError:
            _wait_until(lambda: not turn.attended)
        except Exception as failure:  # noqa: BLE001 - a bug of ours must not be the end of trying either
            known = in_words(failure)
            if known.code == "turn-taken":
                time.sleep(_TURN_INTERVAL)
                _wait_until(lambda: turn.status() is None)
                continue
            error = str(known)
            pause, following = following, min(following * 2, _LONGEST_PAUSE)
            failed(known, pause)


def status_of(progress: Progress, owner: str, reference: str) -> Status:
    """Return what the other consoles are told about a boot that is under way."""
    starting = progress.stage is Stage.START
    return Status(owner, reference, progress.sentence, progress.done, progress.total, starting=starting)


def _wait_until(condition: Callable[[], bool], patience: float = math.inf) -> None:
    deadline = time.monotonic() + patience
    while not condition() and time.monotonic() < deadline:
        time.sleep(_POLL)


def _count_down(turn: Turn, attempt: Attempt, seconds: float, error: str) -> None:
    deadline = time.monotonic() + seconds
    note = _("Trying again.") if error else _("Booting what was chosen.")
    status = Status(OWNER, attempt.reference, note, deadline=deadline, error=error, problems=attempt.problems)
    turn.tell(status)
    while not turn.attended:
        if time.monotonic() >= deadline:
            return
        time.sleep(_POLL)
    raise CancelledError


def _boot(turn: Turn, attempt: Attempt, error: str) -> None:
    def report(progress: Progress) -> None:
        status = status_of(progress, OWNER, attempt.reference)
        turn.tell(replace(status, error=error, problems=attempt.problems))

    def watch() -> None:
        while not over.wait(_POLL):
            if turn.attended:
                meter.cancel()

    meter = Meter(report)
    over = threading.Event()
    watcher = threading.Thread(target=watch, name="watch", daemon=True)
    watcher.start()
    try:
        attempt.boot(meter)
    finally:
        over.set()
        watcher.join()
