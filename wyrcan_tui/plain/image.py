"""What an image is, before it is booted."""

from __future__ import annotations

from wyrcan_tui.flows.browse import Inspection, Verdict
from wyrcan_tui.flows.facts import bootable_facts, image_facts
from wyrcan_tui.flows.forecast import forecast
from wyrcan_tui.image.resolve import Image
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.plain.boot import BootPage
from wyrcan_tui.plain.desk import Desk, Way
from wyrcan_tui.plain.error import attempt
from wyrcan_tui.plain.progress import ProgressLines
from wyrcan_tui.plain.teletype import BackError
from wyrcan_tui.progress import Meter


def look_at_image(desk: Desk, reference: Reference) -> None:
    """Tell what an image is and whether it boots: the last is found out by reading its layers, which can be skipped.

    Raises:
        BackError: where somebody goes back.
    """
    desk.say(f"\nImage {reference}")

    image = attempt(desk, lambda meter: _inspection(desk, reference, meter).resolve(), reference=reference)
    expected = forecast(image, desk.adapters.machine.memory)
    desk.say("\n".join(image_facts(expected)))
    if expected.refusal:
        # What cannot be booted however it goes on is not worth reading.
        _tell(desk, Verdict(None, expected.refusal))
    else:
        _look_inside(desk, reference, image)
    while True:
        desk.choose("", [Way("Boot this image", lambda: desk.visit(BootPage(desk, reference, ()).run))])


def _look_inside(desk: Desk, reference: Reference, image: Image) -> None:
    desk.say("Looking for a kernel in its layers. Ctrl-C skips that.")
    try:
        _tell(desk, _verdict(desk, reference, image))
    except BackError:
        desk.say("Bootable: not known, as its layers were not read.")


def _inspection(desk: Desk, reference: Reference, meter: Meter) -> Inspection:
    # Made anew at every try: somebody may have logged in since the last one.
    return Inspection(reference, desk.decision.site, desk.adapters.machine.platform, meter)


def _verdict(desk: Desk, reference: Reference, image: Image) -> Verdict:
    lines = ProgressLines(desk.say)
    return attempt(
        desk,
        lambda meter: _inspection(desk, reference, meter).verdict(image),
        reference=reference,
        make_meter=lambda: Meter(lines.report),
        tell=lines.print,
    )


def _tell(desk: Desk, verdict: Verdict) -> None:
    if found := verdict.bootable:
        desk.say("\n".join([*bootable_facts(found), *(loss.sentence for loss in found.losses)]))
    elif verdict.refusal:
        desk.say(f"Bootable: no. {verdict.refusal}")
