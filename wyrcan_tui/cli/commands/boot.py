"""``wyrcan boot``: what the ISO itself starts, and the menu for an image that was chosen."""

from __future__ import annotations

from argparse import Namespace
from functools import partial

from wyrcan_tui.cli.printing import printed_progress, tell
from wyrcan_tui.cli.words import decision_of
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.told import boot_as_told
from wyrcan_tui.oci.reference import parse_reference


def run(arguments: Namespace, adapters: Adapters) -> int:
    """Boot the image that was named, with the network as the menu hands it over, or what this machine was told to."""
    if not arguments.image:
        boot_as_told(adapters, tell)
        return 0
    # Imported here: the ISO starts this command on every machine, many of which have nothing to boot yet.
    from wyrcan_tui.flows.boot import carry_out  # noqa: PLC0415
    from wyrcan_tui.flows.clock import with_clock  # noqa: PLC0415

    reference = parse_reference(arguments.image)
    order = decision_of(arguments, adapters, reference).order(reference, tuple(arguments.arg))
    with printed_progress(quiet=arguments.quiet) as meter:
        with_clock(adapters.clock, order.site, partial(carry_out, order, adapters, meter))
    return 0
