"""Finding out why an image cannot be had, step by step."""

from __future__ import annotations

from typing import Final

from wyrcan_tui.flows.doctor import Doctor, Step
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.plain.desk import Desk
from wyrcan_tui.plain.way import Way
from wyrcan_tui.progress import Meter
from wyrcan_tui.texts import _, later

_NAME: Final = 10
"""Columns that a step's name gets."""
_HELP: Final = later(
    "The way to an image, step by step: from the network's link by address, name server and proxy to the registry and "
    "the image, and to this machine's memory. The first step that fails is where to begin mending; what to do about it "
    "stands below it. Looking changes nothing."
)


def look_at_way(desk: Desk, reference: Reference | None) -> None:
    """Print each step on the way to an image as soon as it is done, or of the network's alone.

    Raises:
        BackError: where somebody stops it, or goes back.
    """
    heading = _("The way to {reference}").format(reference=reference) if reference else _("The network")
    desk.opened(heading)
    while True:
        desk.say("\n" + _("{what}. Ctrl-C stops.").format(what=heading))
        last = _look(desk, reference)
        if last.error:
            desk.say(_("It ends at {step}.").format(step=last.name))
        else:
            desk.say(_("All is well.") if reference else _("All is well; no image is saved to look for."))
        desk.choose("", [Way(_("Look again"), lambda: None)], _(_HELP))


def _look(desk: Desk, reference: Reference | None) -> Step:
    meter = Meter()
    doctor = Doctor(reference, desk.decision.site, desk.adapters, meter)
    taken: list[Step] = []
    shown = 0

    def take() -> Step:
        # In a thread of its own; what it has found is printed by the one that asks the questions.
        for step in doctor.steps():
            taken.append(step)
        return taken[-1]

    def tell() -> None:
        nonlocal shown
        while shown < len(taken):
            _tell(desk, taken[shown])
            shown += 1

    last = desk.reach(take, meter, tell)
    tell()
    return last


def _tell(desk: Desk, step: Step) -> None:
    error = step.error
    if error is None:
        desk.say(f"{step.name:<{_NAME}}{step.found}")
        return
    facts = (f"{name}: {value}" for name, value in error.context.items())
    failed = _("FAILED: {message}").format(message=error.message)
    desk.say("\n".join([f"{step.name:<{_NAME}}{failed}", *filter(None, [error.hint, *facts])]))
