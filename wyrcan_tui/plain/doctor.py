"""Finding out why an image cannot be had, step by step."""

from __future__ import annotations

from wyrcan_tui.flows.doctor import Doctor, Step
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.plain.desk import Desk, Way
from wyrcan_tui.progress import Meter

_NAME = 10


def look_at_way(desk: Desk, reference: Reference | None) -> None:
    """Print each step on the way to an image as soon as it is done, or of the network's alone.

    Raises:
        BackError: where somebody stops it, or goes back.
    """
    while True:
        desk.say(f"\nThe way to {reference}. Ctrl-C stops." if reference else "\nThe network. Ctrl-C stops.")
        last = _look(desk, reference)
        if last.error:
            desk.say(f"It ends at {last.name}.")
        else:
            desk.say("All is well." if reference else "All is well; no image is saved to look for.")
        desk.choose("", [Way("Look again", lambda: None)])


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
    desk.say("\n".join([f"{step.name:<{_NAME}}FAILED: {error.message}", *filter(None, [error.hint, *facts])]))
