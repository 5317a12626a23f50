"""``wyrcan net``: the network interfaces, and the settings that networkd gets before it starts."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from wyrcan_tui.cli.printing import tell
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.texts import _

_NO_NETWORK_PROBLEMS: Final = frozenset({"reference-invalid", "registry-invalid", "choice-missing"})
"""Codes of what can be wrong with a machine's instructions and keeps none of its network settings from it."""


def run(arguments: Namespace, adapters: Adapters) -> int:
    """Show the network interfaces, or give networkd the settings that this machine was told."""
    if arguments.action == "apply":
        # The boot medium is left to `wyrcan boot`: networkd must not wait for a USB stick.
        problems = Instructions(adapters).follow_and_look().problems
        for problem in problems:
            tell(str(problem))
        # Any of the others, an unknown word too, may have been a setting that the network now lacks.
        return int(any(problem.code not in _NO_NETWORK_PROBLEMS for problem in problems))
    for link in adapters.networkd.links():
        state = _("up") if link.carrier else _("no cable")
        addresses = " ".join(link.addresses) or _("no address")
        print(f"{link.name:<12} {link.mac:<17}  {state:<8}  {addresses}")
    return 0
