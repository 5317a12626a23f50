"""``wyrcan unpack``: an image's files, in a directory."""

from __future__ import annotations

import shutil
from argparse import Namespace
from collections.abc import Sequence
from functools import partial

from wyrcan_tui.cli.files import write_file
from wyrcan_tui.cli.printing import print_losses, printed_progress
from wyrcan_tui.cli.words import order_of
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.source import from_sound_places, open_source, pinned
from wyrcan_tui.image.engine import unpack
from wyrcan_tui.image.losses import Loss
from wyrcan_tui.image.resolve import resolve


def run(arguments: Namespace, adapters: Adapters) -> int:
    """Write an image's files into a new directory."""
    order = order_of(arguments, adapters)
    with printed_progress(quiet=arguments.quiet) as meter:
        source = open_source(order.reference, order.site, meter)
        find = partial(resolve, source, adapters.machine.platform, pinned(order.reference))
        image = from_sound_places(source, find)

        def write() -> Sequence[Loss]:
            write_file(arguments.directory, lambda path: path.mkdir())
            try:
                return unpack(source, image, arguments.directory, meter)
            except BaseException:
                shutil.rmtree(arguments.directory, ignore_errors=True)
                raise

        losses = from_sound_places(source, write)
    print_losses(losses)
    return 0
