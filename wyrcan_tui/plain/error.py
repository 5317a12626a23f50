"""Everything that goes wrong: what happened, what to do, and how to go on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.remedy import doctor_helps, login_helps_at
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.plain.desk import Desk, Way
from wyrcan_tui.plain.doctor import look_at_way
from wyrcan_tui.plain.login import log_in
from wyrcan_tui.plain.teletype import BackError
from wyrcan_tui.progress import Meter

Result = TypeVar("Result")


def attempt(
    desk: Desk,
    task: Callable[[Meter], Result],
    *,
    reference: Reference | None = None,
    make_meter: Callable[[], Meter] = Meter,
    tell: Callable[[], None] = lambda: None,
) -> Result:
    """Run a task that reaches a registry, about the image `reference` if any, and again as often as somebody wants.

    Every try has a meter of its own. `tell` is called again and again meanwhile.

    Raises:
        BackError: where somebody stops it, or goes back after it failed.
    """
    while True:
        meter = make_meter()
        try:
            return desk.reach(partial(task, meter), meter, tell)
        except WyrcanError as error:
            ask_to_retry(desk, error, reference)


def ask_to_retry(desk: Desk, error: WyrcanError, reference: Reference | None = None) -> None:
    """Tell what went wrong, and return where somebody wants to try again.

    Raises:
        BackError: where they want to go back instead.
    """
    wanted = False

    def retry() -> None:
        nonlocal wanted
        wanted = True

    def login(host: str) -> None:
        log_in(desk, host)
        retry()

    ways = [
        Way("Try again", retry),
        Way("Go back", _go_back),
        Way("Details", partial(tell_details, desk, error)),
    ]
    if host := login_helps_at(error):
        ways.append(Way(f"Log in to {host}", partial(desk.visit, partial(login, host))))
    if reference and doctor_helps(error):
        ways.append(Way("Find out why", partial(desk.visit, partial(look_at_way, desk, reference))))
    tell_error(desk, error)
    while not wanted:
        desk.choose("", ways)


def tell_error(desk: Desk, error: WyrcanError) -> None:
    """Print what went wrong and what to do."""
    desk.say(f"\nThat did not work: {error.message}")
    if error.hint:
        desk.say(error.hint)


def tell_details(desk: Desk, error: WyrcanError) -> None:
    """Print all facts that are known of what went wrong."""
    desk.say("\n".join([*(f"{name}: {value}" for name, value in error.context.items()), f"code: {error.code}"]))


def _go_back() -> None:
    raise BackError
