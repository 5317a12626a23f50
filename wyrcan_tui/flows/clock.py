"""A machine whose clock has stopped: its registry tells the time, where no NTP server does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.host.clock import Clock
from wyrcan_tui.registry.site import Site

Result = TypeVar("Result")


def with_clock(clock: Clock, site: Site, work: Callable[[], Result]) -> Result:
    """Do what reaches a registry, and once more with the clock set forward, where its certificate seems to lie ahead.

    Raises:
        WyrcanError: what `work` raises; ``registry-not-yet-valid`` where the clock is right, or not ours to set.
    """
    try:
        return work()
    except WyrcanError as error:
        if error.code != "registry-not-yet-valid":
            raise
        # Imported here: a clock that is right never needs it.
        from wyrcan_tui.registry.date import date_at  # noqa: PLC0415

        now = date_at(error.context["host"], site)
        if now is None or not clock.set_forward(now):
            raise
    return work()
