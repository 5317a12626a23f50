"""What an image is, before it is booted."""

from __future__ import annotations

from typing import Final

from wyrcan_tui.flows.boot import own_words
from wyrcan_tui.flows.browse import Inspection, Verdict
from wyrcan_tui.flows.facts import bootable_facts, image_facts
from wyrcan_tui.flows.forecast import forecast
from wyrcan_tui.image.resolve import Image
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.plain.boot import BootPage
from wyrcan_tui.plain.desk import Desk
from wyrcan_tui.plain.error import attempt
from wyrcan_tui.plain.progress import ProgressLines
from wyrcan_tui.plain.teletype import BackError
from wyrcan_tui.plain.way import Way
from wyrcan_tui.progress import Meter
from wyrcan_tui.texts import _, later

_HELP: Final = later(
    "What the image is: its digest, which no other image has, what it is made for, and how much is to be fetched. "
    "Whether it boots is found out by reading its layers, which may take a while; nobody need wait for that."
)


def look_at_image(desk: Desk, reference: Reference) -> None:
    """Tell what an image is and whether it boots: the last is found out by reading its layers, which can be skipped.

    Raises:
        BackError: where somebody goes back.
    """
    desk.opened(str(reference))
    desk.say("\n" + _("Image {reference}").format(reference=reference))

    image = attempt(desk, lambda meter: _inspection(desk, reference, meter).resolve(), reference=reference)
    expected = forecast(image, desk.adapters.machine.memory)
    desk.say("\n".join(image_facts(expected)))
    # What cannot be booted however it goes on is not worth reading.
    verdict = Verdict(None, expected.refusal) if expected.refusal else _look_inside(desk, reference, image)
    _tell(desk, verdict)
    found = verdict.bootable
    own = own_words(found, desk.adapters.machine.memory) if found else None

    def boot() -> None:
        desk.visit(BootPage(desk, reference, (), image.digest, own).run)

    while True:
        desk.choose("", [Way(_("Boot this image"), boot)], _(_HELP))


def _look_inside(desk: Desk, reference: Reference, image: Image) -> Verdict:
    desk.say(_("Looking for a kernel in its layers. Ctrl-C skips that."))
    try:
        return _verdict(desk, reference, image)
    except BackError:
        desk.say(_("Bootable: not known, as its layers were not read."))
        return Verdict(None, None)


def _inspection(desk: Desk, reference: Reference, meter: Meter) -> Inspection:
    # Made anew at every try: somebody may have logged in since the last one.
    return Inspection(reference, desk.decision.site, desk.adapters.machine.platform, meter)


def _verdict(desk: Desk, reference: Reference, image: Image) -> Verdict:
    lines = ProgressLines(desk.say)
    return attempt(
        desk,
        lambda meter: _inspection(desk, reference, meter).verdict(image),
        reference=reference,
        make_meter=lambda: Meter(desk.history.listening(lines.report)),
        tell=lines.print,
    )


def _tell(desk: Desk, verdict: Verdict) -> None:
    if found := verdict.bootable:
        desk.say("\n".join([*bootable_facts(found), *(loss.sentence for loss in found.losses)]))
    elif verdict.refusal:
        desk.say(_("Bootable: no. {why}").format(why=verdict.refusal))
