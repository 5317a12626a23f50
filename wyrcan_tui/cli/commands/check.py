"""``wyrcan check``: whether an image can be booted here."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from wyrcan_tui.cli.printing import printed_progress
from wyrcan_tui.cli.report import json_report, text_report
from wyrcan_tui.cli.words import order_of
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.check import check

NOT_BOOTABLE: Final = 3
"""The exit code for an image that was looked at and does not boot here."""


def run(arguments: Namespace, adapters: Adapters) -> int:
    """Tell whether an image can be booted here; 3 where it cannot."""
    order, machine = order_of(arguments, adapters), adapters.machine
    with printed_progress(quiet=arguments.quiet) as meter:
        finding = check(order, machine.platform, meter, memory=machine.memory)
    report = json_report if arguments.json else text_report
    print(report(order.reference, finding))
    return NOT_BOOTABLE if finding.refusal else 0
