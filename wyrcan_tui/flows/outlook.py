"""What this machine will do next if nobody does anything."""

from __future__ import annotations

from wyrcan_tui.flows.decide import Decision
from wyrcan_tui.host.turn import ATTENTION, Turn
from wyrcan_tui.texts import _


def outlook(decision: Decision, turn: Turn) -> str:
    """Return it in words, the image at their end, as a name can be long."""
    image = decision.choice.image
    if image is None or not decision.unattended or not turn.stood_by:
        return _("Next: waits for you")
    if turn.attended:
        return _("Next: waits for you; {minutes} min after the last key it boots {image}").format(
            minutes=round(ATTENTION / 60), image=image
        )
    if decision.timeout:
        return _("Next: in {seconds} s, unless a key is pressed, it boots {image}").format(
            seconds=decision.timeout, image=image
        )
    return _("Next: at once, unless a key is pressed, it boots {image}").format(image=image)
