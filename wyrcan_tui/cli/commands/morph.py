"""``wyrcan morph``: an image's kernel, initrd and kernel arguments, as files."""

from __future__ import annotations

from argparse import Namespace

from wyrcan_tui.cli.files import copy_file, write_file
from wyrcan_tui.cli.printing import print_losses, printed_progress
from wyrcan_tui.cli.words import order_of
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.boot import prepared


def run(arguments: Namespace, adapters: Adapters) -> int:
    """Write an image's kernel, initrd and kernel arguments into the files that were named."""
    with (
        printed_progress(quiet=arguments.quiet) as meter,
        prepared(order_of(arguments, adapters), adapters.machine.platform, meter) as ready,
    ):
        for source, target in ((ready.kernel, arguments.kernel), (ready.initrd, arguments.initrd)):
            if target:
                copy_file(source, target)
        if arguments.cmdline:
            write_file(arguments.cmdline, lambda path: path.write_text(ready.cmdline + "\n"))
        losses = ready.bootable.losses
    print_losses(losses)
    return 0
