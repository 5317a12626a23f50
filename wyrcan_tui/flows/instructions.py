"""What this machine has been told, read anew and followed as far as that needs nobody: the network is set up."""

from __future__ import annotations

from dataclasses import replace

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.decide import Decision, decide
from wyrcan_tui.flows.keep import SavedInEfi
from wyrcan_tui.kernel.request import parse_request


def read_instructions(adapters: Adapters, *, with_medium: bool) -> Decision:
    """Read what the kernel command line and the EFI variable say, and the boot medium if that is wanted."""
    request = parse_request(adapters.machine.cmdline)
    return decide(request, SavedInEfi(adapters.variables), adapters.medium if with_medium else None)


def follow_instructions(adapters: Adapters, *, with_medium: bool) -> Decision:
    """Read what this machine has been told, and give networkd its settings.

    The medium is asked only where it is wanted and the other places name no image. What goes wrong with the network is
    among the decision's problems: an image may be within reach all the same.
    """
    decision = read_instructions(adapters, with_medium=False)
    if with_medium and decision.choice.image is None:
        decision = read_instructions(adapters, with_medium=True)
    try:
        if adapters.networkd.apply(decision.network):
            adapters.networkd.reload()
    except WyrcanError as error:
        return replace(decision, problems=(*decision.problems, error))
    return decision
