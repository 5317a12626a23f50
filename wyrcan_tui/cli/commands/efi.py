"""``wyrcan efi``: the choice in the EFI variable."""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import replace

from wyrcan_tui.cli.words import said_to_be_plain
from wyrcan_tui.errors import printable
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.choice import Choice
from wyrcan_tui.flows.keep import forget, keep, kept
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.registry.site import by_host
from wyrcan_tui.texts import _
from wyrcan_tui.uefi.variable import WYRCAN


def run(arguments: Namespace, adapters: Adapters) -> int:
    """Show, save or remove the choice in the EFI variable."""
    variables = adapters.variables
    match arguments.action:
        case "show":
            variables.require()
            value = variables.read(WYRCAN)
            if value is None:
                print(_("No choice is saved."), file=sys.stderr)
                return 0
            print(printable(value.decode(errors="backslashreplace")))
            Choice.decode(value)
        case "write":
            reference = parse_reference(arguments.image)
            old = kept(variables, replace_invalid=arguments.force) or Choice()
            registries = tuple(by_host((*said_to_be_plain(arguments, reference), *old.registries)).values())
            written = keep(
                variables,
                replace(old, image=reference, cmdline=tuple(arguments.arg), registries=registries),
                replace_invalid=arguments.force,
            )
            print(_("Saved.") if written else _("Saved already; nothing was written."))
        case "clear":
            print(_("Removed.") if forget(variables) else _("No choice was saved."))
    return 0
