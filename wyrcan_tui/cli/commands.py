"""What each command does: read the words, call a flow, print what comes of it."""

from __future__ import annotations

import os
import shutil
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final
from urllib.request import getproxies_environment

from wyrcan_tui.cli.printing import printed_progress
from wyrcan_tui.cli.report import json_report, step_report, text_report
from wyrcan_tui.errors import WyrcanError, printable
from wyrcan_tui.flows import browse
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.boot import Order, boot, prepared
from wyrcan_tui.flows.check import check
from wyrcan_tui.flows.choice import Choice
from wyrcan_tui.flows.clock import with_clock
from wyrcan_tui.flows.decide import Decision
from wyrcan_tui.flows.doctor import Doctor
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.flows.keep import forget, keep, kept
from wyrcan_tui.flows.source import from_sound_places, open_source, pinned
from wyrcan_tui.flows.told import boot_as_told
from wyrcan_tui.image.engine import unpack
from wyrcan_tui.image.losses import SHOWN, Loss
from wyrcan_tui.image.resolve import resolve
from wyrcan_tui.image.source import CHUNK
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import Reference, RegistryReference, parse_reference
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.proxy import Proxy
from wyrcan_tui.registry.site import Site, by_host
from wyrcan_tui.texts import _
from wyrcan_tui.uefi.variable import WYRCAN

NOT_BOOTABLE: Final = 3
"""The exit code of ``check`` for an image that was looked at and does not boot here."""
_NO_NETWORK_PROBLEMS: Final = frozenset({"reference-invalid", "registry-invalid", "choice-missing"})
"""Codes of what can be wrong with a machine's instructions and keeps none of its network settings from it."""


def run_boot(arguments: Namespace, adapters: Adapters) -> int:
    """Boot the image that was named, with the network as the menu hands it over, or what this machine was told to."""
    if not arguments.image:
        boot_as_told(adapters, _tell)
        return 0
    reference, machine = parse_reference(arguments.image), adapters.machine
    order = _told(arguments, adapters, reference).order(reference, tuple(arguments.arg))

    def start() -> None:
        boot(order, machine.platform, adapters.kexec, adapters.networkd, meter, memory=machine.memory)

    with printed_progress(quiet=arguments.quiet) as meter:
        with_clock(adapters.clock, order.site, start)
    return 0


def run_morph(arguments: Namespace, adapters: Adapters) -> int:
    """Write an image's kernel, initrd and kernel arguments into the files that were named."""
    with (
        printed_progress(quiet=arguments.quiet) as meter,
        prepared(_order(arguments, adapters), adapters.machine.platform, meter) as ready,
    ):
        for source, target in ((ready.kernel, arguments.kernel), (ready.initrd, arguments.initrd)):
            if target:
                _copy(source, target)
        if arguments.cmdline:
            _write(arguments.cmdline, lambda path: path.write_text(ready.cmdline + "\n"))
        losses = ready.bootable.losses
    _print_losses(losses)
    return 0


def run_unpack(arguments: Namespace, adapters: Adapters) -> int:
    """Write an image's files into a new directory."""
    order = _order(arguments, adapters)
    with printed_progress(quiet=arguments.quiet) as meter:
        source = open_source(order.reference, order.site, meter)
        find = partial(resolve, source, adapters.machine.platform, pinned(order.reference))
        image = from_sound_places(source, find)

        def write() -> Sequence[Loss]:
            _write(arguments.directory, lambda path: path.mkdir())
            try:
                return unpack(source, image, arguments.directory, meter)
            except BaseException:
                shutil.rmtree(arguments.directory, ignore_errors=True)
                raise

        losses = from_sound_places(source, write)
    _print_losses(losses)
    return 0


def run_kexec(arguments: Namespace, adapters: Adapters) -> int:
    """Load an image, or a kernel and an initrd from files, and start it if that was asked for."""
    kexec = adapters.kexec
    match arguments.image, arguments.kernel, arguments.initrd:
        case str(), None, None:
            order, machine = _order(arguments, adapters), adapters.machine
            order = replace(order, arguments=(arguments.cmdline,))
            with (
                printed_progress(quiet=arguments.quiet) as meter,
                prepared(order, machine.platform, meter, memory=machine.memory) as ready,
            ):
                kexec.load(ready.kernel, ready.initrd, ready.cmdline)
                losses = ready.bootable.losses
            _print_losses(losses)
        case None, Path() as kernel, Path() as initrd:
            try:
                with kernel.open("rb") as kernel_file, initrd.open("rb") as initrd_file:
                    kexec.load(kernel_file.fileno(), initrd_file.fileno(), arguments.cmdline)
            except OSError as error:
                raise _file_error(_("{path} cannot be read: {reason}."), error) from error
        case _:
            raise WyrcanError(
                "kernel-unclear",
                _("It is not clear what is to be loaded."),
                hint=_("Name an image, or a kernel and an initrd, but not both."),
            )
    if arguments.execute:
        kexec.execute()
    return 0


def run_efi(arguments: Namespace, adapters: Adapters) -> int:
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
            registries = tuple(by_host((*_said_to_be_plain(arguments, reference), *old.registries)).values())
            written = keep(
                variables,
                replace(old, image=reference, cmdline=tuple(arguments.arg), registries=registries),
                replace_invalid=arguments.force,
            )
            print(_("Saved.") if written else _("Saved already; nothing was written."))
        case "clear":
            print(_("Removed.") if forget(variables) else _("No choice was saved."))
    return 0


def run_net(arguments: Namespace, adapters: Adapters) -> int:
    """Show the network interfaces, or give networkd the settings that this machine was told."""
    if arguments.action == "apply":
        # The boot medium is left to `wyrcan boot`: networkd must not wait for a USB stick.
        problems = Instructions(adapters).follow_and_look().problems
        for problem in problems:
            _tell(str(problem))
        # Any of the others, an unknown word too, may have been a setting that the network now lacks.
        return int(any(problem.code not in _NO_NETWORK_PROBLEMS for problem in problems))
    for link in adapters.networkd.links():
        state = _("up") if link.carrier else _("no cable")
        addresses = " ".join(link.addresses) or _("no address")
        print(f"{link.name:<12} {link.mac:<17}  {state:<8}  {addresses}")
    return 0


def run_tags(arguments: Namespace, adapters: Adapters) -> int:
    """List a repository's tags, the newest or highest first."""
    reference = parse_reference(arguments.repository)
    if not isinstance(reference, RegistryReference):
        message = _("{reference} is not a repository in a registry.").format(reference=repr(arguments.repository))
        raise WyrcanError("reference-invalid", message)
    site = _site(arguments, adapters, reference)
    pages = browse.tags(site.address(reference.registry), reference.repository, site, Meter())
    for tag in browse.newest_first(tag for page in pages for tag in page.items):
        print(printable(tag.name))
    return 0


def run_check(arguments: Namespace, adapters: Adapters) -> int:
    """Tell whether an image can be booted here; 3 where it cannot."""
    order, machine = _order(arguments, adapters), adapters.machine
    with printed_progress(quiet=arguments.quiet) as meter:
        finding = check(order, machine.platform, meter, memory=machine.memory)
    report = json_report if arguments.json else text_report
    print(report(order.reference, finding))
    return NOT_BOOTABLE if finding.refusal else 0


def run_doctor(arguments: Namespace, adapters: Adapters) -> int:
    """Look at everything on the way to an image, and stop at what fails; 1 where something does."""
    reference = parse_reference(arguments.image) if arguments.image else Instructions(adapters).read().choice.image
    if reference is None:
        _tell(_("No image is named or saved: only the network is looked at."))
    failed = False
    for step in Doctor(reference, _site(arguments, adapters, reference), adapters, Meter()).steps():
        print(step_report(step), flush=True)
        failed = step.error is not None
    return int(failed)


COMMANDS: Final[dict[str, Callable[[Namespace, Adapters], int]]] = {
    "boot": run_boot,
    "morph": run_morph,
    "unpack": run_unpack,
    "kexec": run_kexec,
    "efi": run_efi,
    "net": run_net,
    "tags": run_tags,
    "check": run_check,
    "doctor": run_doctor,
}


def _order(arguments: Namespace, adapters: Adapters) -> Order:
    reference = parse_reference(arguments.image)
    return Order(reference, tuple(getattr(arguments, "arg", ())), _site(arguments, adapters, reference))


def _site(arguments: Namespace, adapters: Adapters, reference: Reference | None) -> Site:
    return _told(arguments, adapters, reference).site


def _told(arguments: Namespace, adapters: Adapters, reference: Reference | None) -> Decision:
    """Return what this system was told; the environment's proxy counts where nothing else tells of one."""
    decision = Instructions(adapters).read()
    for problem in decision.problems:
        _tell(str(problem))
    site = decision.site
    environment = getproxies_environment()
    proxy = site.proxy if site.proxy.url else Proxy.parse(environment.get("https", ""), environment.get("no", ""))
    addresses = (*_said_to_be_plain(arguments, reference), *site.addresses)
    return replace(decision, site=replace(site, addresses=addresses, proxy=proxy))


def _said_to_be_plain(arguments: Namespace, reference: Reference | None) -> tuple[RegistryAddress, ...]:
    if arguments.plain_http and isinstance(reference, RegistryReference):
        return (RegistryAddress(reference.registry, plain=True),)
    return ()


def _copy(source: int, target: Path) -> None:
    def copy(path: Path) -> None:
        with path.open("wb") as file:
            position = 0
            while piece := os.pread(source, CHUNK, position):
                file.write(piece)
                position += len(piece)

    _write(target, copy)


def _write(path: Path, write: Callable[[Path], object]) -> None:
    try:
        write(path)
    except OSError as error:
        raise _file_error(_("{path} cannot be written: {reason}."), error) from error


def _file_error(text: str, error: OSError) -> WyrcanError:
    return WyrcanError("file-failed", text.format(path=error.filename, reason=error.strerror))


def _print_losses(losses: Sequence[Loss]) -> None:
    for loss in losses:
        _tell(printable(loss.sentence))
    if any(len(loss.files) > SHOWN for loss in losses):
        _tell(_("`{command}` names all the files.").format(command="wyrcan check --json"))


def _tell(text: str) -> None:
    print(f"wyrcan: {text}", file=sys.stderr)
