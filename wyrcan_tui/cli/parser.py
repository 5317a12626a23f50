"""The words that the ``wyrcan`` command understands."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from wyrcan_tui import __version__
from wyrcan_tui.texts import _

_FROM_REGISTRY: Final = "[docker://]REGISTRY/REPOSITORY[:TAG][@DIGEST]"
_FROM_LAYOUT: Final = "oci:PATH[:TAG]"
_FROM_ARCHIVE: Final = "oci-archive:PATH[:TAG]"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; ``command`` names the command that was given."""
    top = argparse.ArgumentParser("wyrcan", description=_("Boot a machine straight into a container image."))
    top.add_argument("--version", action="version", version=f"wyrcan {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    menu = commands.add_parser("menu", help=_("choose an image on this terminal and boot it"))
    menu.add_argument(
        "--plain", action="store_true", help=_("go line by line, as on a terminal that cannot move its cursor")
    )
    menu.add_argument(
        "--demo",
        action="store_true",
        help=_("try it on a machine and registries that do not exist; nothing is started"),
    )

    boot = _with_image(
        commands.add_parser(
            "boot",
            help=_("boot an image; without IMAGE, what this machine has been told to boot, and try until it works"),
        ),
        optional=True,
    )
    boot.add_argument("--arg", action="append", default=[], metavar="ARG", help=_("words for the image's kernel"))

    morph = _with_image(commands.add_parser("morph", help=_("turn an image into kernel, initrd and command line")))
    morph.add_argument("-k", "--kernel", type=Path, metavar="FILE", help=_("where the kernel goes"))
    morph.add_argument("-i", "--initrd", type=Path, metavar="FILE", help=_("where the initrd goes"))
    morph.add_argument("-c", "--cmdline", type=Path, metavar="FILE", help=_("where the arguments go"))

    unpack = _with_image(commands.add_parser("unpack", help=_("write an image's files into a new directory")))
    unpack.add_argument("directory", type=Path, metavar="DIRECTORY", help=_("is created"))

    kexec = _with_image(
        commands.add_parser(
            "kexec", help=_("load an image, or a kernel and an initrd from files, to be started on `systemctl kexec`")
        ),
        optional=True,
    )
    kexec.add_argument("-k", "--kernel", type=Path, metavar="FILE", help=_("without IMAGE"))
    kexec.add_argument("-i", "--initrd", type=Path, metavar="FILE", help=_("without IMAGE"))
    kexec.add_argument("-c", "--cmdline", default="", metavar="WORDS", help=_("for the kernel, behind the image's own"))
    kexec.add_argument("--execute", action="store_true", help=_("start it at once"))
    for command in (boot, kexec):
        command.add_argument(
            "-t",
            "--tries",
            type=int,
            metavar="N",
            help=_("accepted for old scripts: what breaks off goes on by itself"),
        )

    efi = commands.add_parser("efi", help=_("the choice that is saved in the EFI variable"))
    efi_commands = efi.add_subparsers(dest="action", required=True, metavar="ACTION")
    efi_commands.add_parser("show", help=_("print the saved choice as it is"))
    write = _with_image(efi_commands.add_parser("write", help=_("save a choice")))
    write.add_argument("--arg", action="append", default=[], metavar="ARG", help=_("words for the image's kernel"))
    write.add_argument("--force", action="store_true", help=_("replace a value that cannot be understood"))
    efi_commands.add_parser("clear", help=_("remove the saved choice"))

    net = commands.add_parser("net", help=_("show the network; `apply` the settings that this machine was given"))
    net.add_argument("action", nargs="?", choices=["show", "apply"], default="show")

    tags = commands.add_parser("tags", help=_("list the tags of a repository"))
    tags.add_argument("repository", metavar="REGISTRY/REPOSITORY")
    tags.add_argument("--plain-http", action="store_true", help=_("speak to the registry without TLS"))

    check = _with_image(
        commands.add_parser("check", help=_("tell whether an image boots here, and with what; exits with 3 if not"))
    )
    check.add_argument("--json", action="store_true", help=_("for programs"))

    doctor = commands.add_parser(
        "doctor", help=_("find out why an image cannot be had; without IMAGE, the saved one or the network alone")
    )
    doctor.add_argument("image", metavar="IMAGE", nargs="?", help=_image())
    doctor.add_argument("--plain-http", action="store_true", help=_("speak to the registry without TLS"))
    return top


def _with_image(command: argparse.ArgumentParser, *, optional: bool = False) -> argparse.ArgumentParser:
    command.add_argument("image", metavar="IMAGE", help=_image(), nargs="?" if optional else None)
    command.add_argument("--plain-http", action="store_true", help=_("speak to the registry without TLS"))
    command.add_argument("-q", "--quiet", action="store_true", help=_("show no progress"))
    return command


def _image() -> str:
    forms = {"registry": _FROM_REGISTRY, "layout": _FROM_LAYOUT, "archive": _FROM_ARCHIVE}
    return _("{registry}, {layout} or {archive}").format(**forms)
