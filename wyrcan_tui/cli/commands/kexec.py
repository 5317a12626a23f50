"""``wyrcan kexec``: the next kernel, loaded."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from wyrcan_tui.cli.files import file_error
from wyrcan_tui.cli.printing import print_losses, printed_progress
from wyrcan_tui.cli.words import order_of
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.boot import prepared
from wyrcan_tui.texts import _


def run(arguments: Namespace, adapters: Adapters) -> int:
    """Load an image, or a kernel and an initrd from files, and start it if that was asked for."""
    kexec = adapters.kexec
    match arguments.image, arguments.kernel, arguments.initrd:
        case str(), None, None:
            order, machine = order_of(arguments, adapters), adapters.machine
            order = replace(order, arguments=(arguments.cmdline,))
            with (
                printed_progress(quiet=arguments.quiet) as meter,
                prepared(order, machine.platform, meter, memory=machine.memory) as ready,
            ):
                kexec.load(ready.kernel, ready.initrd, ready.cmdline)
                losses = ready.bootable.losses
            print_losses(losses)
        case None, Path() as kernel, Path() as initrd:
            try:
                with kernel.open("rb") as kernel_file, initrd.open("rb") as initrd_file:
                    kexec.load(kernel_file.fileno(), initrd_file.fileno(), arguments.cmdline)
            except OSError as error:
                raise file_error(_("{path} cannot be read: {reason}."), error) from error
        case _:
            raise WyrcanError(
                "kernel-unclear",
                _("It is not clear what is to be loaded."),
                hint=_("Name an image, or a kernel and an initrd, but not both."),
            )
    if arguments.execute:
        kexec.execute()
    return 0
