"""``wyrcan doctor``: everything on the way to an image, step by step."""

from __future__ import annotations

from argparse import Namespace

from wyrcan_tui.cli.printing import tell
from wyrcan_tui.cli.report import step_report
from wyrcan_tui.cli.words import site_of
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.doctor import Doctor
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.progress import Meter
from wyrcan_tui.texts import _


def run(arguments: Namespace, adapters: Adapters) -> int:
    """Look at everything on the way to an image, and stop at what fails; 1 where something does."""
    reference = parse_reference(arguments.image) if arguments.image else Instructions(adapters).read().choice.image
    if reference is None:
        tell(_("No image is named or saved: only the network is looked at."))
    failed = False
    for step in Doctor(reference, site_of(arguments, adapters, reference), adapters, Meter()).steps():
        print(step_report(step), flush=True)
        failed = step.error is not None
    return int(failed)
