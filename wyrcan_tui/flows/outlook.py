"""What this machine will do next if nobody does anything."""

from __future__ import annotations

from typing import Final

from wyrcan_tui.flows.decide import Decision
from wyrcan_tui.host.turn import ATTENTION, Turn

_WAITS: Final = "Next: waits for you"


def outlook(decision: Decision, turn: Turn) -> str:
    """Return it in words, the image at their end, as a name can be long."""
    image = decision.choice.image
    if image is None or not decision.unattended or not turn.stood_by:
        return _WAITS
    if turn.attended:
        return f"{_WAITS}; {ATTENTION / 60:.0f} min after the last key it boots {image}"
    if decision.timeout:
        return f"Next: in {decision.timeout} s, unless a key is pressed, it boots {image}"
    return f"Next: at once, unless a key is pressed, it boots {image}"
