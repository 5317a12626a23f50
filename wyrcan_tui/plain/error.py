"""Everything that goes wrong: what happened, what to do, and how to go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeVar

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.remedy import doctor_helps, login_helps_at
from wyrcan_tui.flows.report import error_report, keep_report
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.plain.desk import Desk
from wyrcan_tui.plain.doctor import look_at_way
from wyrcan_tui.plain.login import log_in
from wyrcan_tui.plain.teletype import BackError
from wyrcan_tui.plain.way import Way
from wyrcan_tui.progress import Meter
from wyrcan_tui.texts import _, later

Result = TypeVar("Result")

_HELP: Final = later(
    "Something did not work: what happened is said above, and what can be done about it. Trying again does the same "
    "once more, for what may have healed by itself or been mended meanwhile. Going back leads to where something else "
    "can be chosen or typed.\n"
    "The details are all that is known. Saved, they are a file wyrcan-error-DATE-TIME.txt on the stick that this "
    "machine was started from, with what was done before, but without passwords, tokens and keys."
)


def attempt(
    desk: Desk,
    task: Callable[[Meter], Result],
    *,
    reference: Reference | None = None,
    make_meter: Callable[[], Meter] | None = None,
    tell: Callable[[], None] = lambda: None,
) -> Result:
    """Run a task that reaches a registry, about the image `reference` if any, and again as often as somebody wants.

    Every try has a meter of its own. `tell` is called again and again meanwhile.

    Raises:
        BackError: where somebody stops it, or goes back after it failed.
    """
    while True:
        meter = make_meter() if make_meter else Meter(desk.history.listening())
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
        Way(_("Try again"), retry),
        Way(_("Go back"), _go_back),
        Way(_("Details"), partial(tell_details, desk, error)),
        Way(
            _("Save the details on the boot medium"),
            partial(desk.visit, partial(_keep_details, desk, error, reference)),
        ),
    ]
    if host := login_helps_at(error):
        ways.append(Way(_("Log in to {host}").format(host=host), partial(desk.visit, partial(login, host))))
    if reference and doctor_helps(error):
        ways.append(Way(_("Find out why"), partial(desk.visit, partial(look_at_way, desk, reference))))
    tell_error(desk, error)
    while not wanted:
        desk.choose("", ways, _(_HELP))


def tell_error(desk: Desk, error: WyrcanError) -> None:
    """Print what went wrong and what to do."""
    desk.history.note_error(error)
    desk.say("\n" + _("That did not work: {message}").format(message=error.message))
    if error.hint:
        desk.say(error.hint)


def tell_details(desk: Desk, error: WyrcanError) -> None:
    """Print all facts that are known of what went wrong."""
    desk.say(
        "\n".join(
            [*(f"{name}: {value}" for name, value in error.context.items()), _("code: {code}").format(code=error.code)]
        )
    )


def _keep_details(desk: Desk, error: WyrcanError, reference: Reference | None) -> None:
    now = datetime.now(UTC)
    report = error_report(error, reference, desk.adapters, desk.history, now)
    desk.say(_("Saving ..."))
    try:
        place = desk.work(lambda: keep_report(report, desk.adapters.stick, now), Meter())
    except WyrcanError as failure:
        # What cannot be saved needs no question of its own, with a report that cannot be saved either.
        tell_error(desk, failure)
    else:
        desk.say(_("Saved as {place}.").format(place=place))


def _go_back() -> None:
    raise BackError
