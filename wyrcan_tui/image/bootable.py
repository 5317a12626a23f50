"""What makes an image bootable: where its kernel, its arguments and its init are.

The contract of Wyrcan 2.1.2 (``/boot/wyrcan.kernel``, ``/boot/wyrcan.cmdline``), and the places where bootc
(bootc's "kernel arguments" and "bootc compatible images"), Fedora, Arch, Debian and Ubuntu put the same things.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.preset import is_preset
from wyrcan_tui.image.tree import Tree
from wyrcan_tui.kernel.cmdline import join, split
from wyrcan_tui.kernel.version import version_key
from wyrcan_tui.progress import size_text
from wyrcan_tui.texts import _

_MODULES: Final = b"usr/lib/modules"
_KARGS: Final = b"usr/lib/bootc/kargs.d"
_CMDLINE: Final = b"boot/wyrcan.cmdline"
_ENDS: Final = (b"/vmlinuz", b"/config", b".efi", b".toml", b".preset", b"/machine-id")
"""How the paths end of what may matter beside the kernels and all that is in /boot."""
_KERNELS: Final = (b"boot/wyrcan.kernel", b"boot/vmlinuz", b"vmlinuz")

# What is no Final here is set by tests: compiled code has what is final built in.
LARGEST_KERNEL: int = 256 << 20
"""Bytes of the largest kernel file that is looked at, and of the kernel in it; a UKI with all it has stays below."""
LARGEST_TEXT: int = 1 << 20
"""Bytes of the largest configuration file that is looked at, and of all files with words for the kernel together."""
MOST_KEPT: int = LARGEST_KERNEL
"""Bytes of all files together that are kept at hand while they stream by; what is needed besides is read once more."""


def kernel_path(tree: Tree) -> bytes | None:
    """Return the path of the image's kernel, all links followed; None where it has none."""
    found = (tree.resolve(candidate) for candidate in _candidates(tree))
    return next((path for path in found if path is not None and tree.is_file(path)), None)


def _candidates(tree: Tree) -> Iterator[bytes]:
    """Yield where a kernel may be, the best place first."""
    yield _KERNELS[0]
    yield from _newest(tree, _MODULES, b"", b"/vmlinuz")
    yield from _newest(tree, b"boot", b"vmlinuz-", b"")
    yield from _KERNELS[1:]


def release_in(path: bytes) -> str:
    """Return the release that a kernel's path names, for kernels that do not tell it; empty where it names none."""
    directory, _slash, name = path.rpartition(b"/")
    folder, _slash, version = directory.rpartition(b"/")
    if name == b"vmlinuz" and folder.endswith(b"lib/modules"):
        return version.decode(errors="replace")
    return name.removeprefix(b"vmlinuz-").decode(errors="replace") if name.startswith(b"vmlinuz-") else ""


def config_paths(release: str) -> tuple[bytes, ...]:
    """Return the places where the configuration of the kernel of this release can be."""
    name = release.encode()
    return (b"boot/config-" + name, _MODULES + b"/" + name + b"/config")


def is_config(path: bytes) -> bool:
    """Tell whether a file is the configuration of a kernel (of which one, its path tells: see `config_paths`)."""
    directory, _slash, name = path.rpartition(b"/")
    return (directory == b"boot" and name.startswith(b"config-")) or (
        name == b"config" and directory.rpartition(b"/")[0] == _MODULES
    )


def argument_paths(tree: Tree) -> tuple[bytes, ...]:
    """Return the files that hold kernel arguments, in the order in which their words are used."""
    kargs = sorted(name for name in tree.children(_resolved(tree, _KARGS)) if name.endswith(b".toml"))
    return (_CMDLINE, *(_KARGS + b"/" + name for name in kargs))


def needs_init_link(tree: Tree) -> bool:
    """Tell whether ``/init`` must be made a link to ``/sbin/init``.

    Raises:
        WyrcanError: ``init-missing`` where the image has neither.
    """
    if tree.resolve(b"init") is not None:
        return False
    if tree.resolve(b"sbin/init") is None:
        raise WyrcanError(
            "init-missing",
            _("The image has neither /init nor /sbin/init: a machine would have nothing to start."),
            hint=_("Choose an image that is made to boot, or install an init system (systemd, for example) in it."),
        )
    return True


def may_matter(path: bytes, size: int) -> bool:
    """Tell whether a file should be kept at hand while it streams by, because boot is likely to need its bytes."""
    # Hundreds of thousands of files are asked for, and a handful matters.
    if not path.startswith((b"boot/", b"vmlinuz")) and not path.endswith(_ENDS):
        return False
    directory, _slash, name = path.rpartition(b"/")
    in_boot = directory == b"boot"
    in_modules = directory.rpartition(b"/")[0].endswith(b"lib/modules")
    if path in _KERNELS or (in_boot and name.startswith(b"vmlinuz-")) or (in_modules and name == b"vmlinuz"):
        return size <= LARGEST_KERNEL
    # A UKI has its place where firmware looks for it; /boot/wyrcan.kernel is then a link to it.
    if name.endswith(b".efi"):
        return size <= LARGEST_KERNEL
    is_text = path == _CMDLINE or is_config(path) or is_preset(path) or directory.endswith(b"lib/bootc/kargs.d")
    return size <= LARGEST_TEXT and is_text


def arguments(files: Mapping[bytes, bytes], architecture: str) -> tuple[str, ...]:
    """Return the words for the kernel in `files` (content by path, in the order of use), split as the kernel does.

    Raises:
        WyrcanError: ``arguments-invalid`` for a file that cannot be read as what its name says; ``cmdline-too-long``
            and ``cmdline-invalid`` where no kernel takes the words.
    """
    size = sum(map(len, files.values()))
    if size > LARGEST_TEXT:
        raise WyrcanError(
            "arguments-invalid",
            _("The image's files with words for its kernel are too large: they have {size}.").format(
                size=size_text(size)
            ),
            hint=_("Its author must mend it."),
        )
    found: list[str] = []
    for path, content in files.items():
        try:
            text = content.decode()
            if path == _CMDLINE:
                found += split(text)
                continue
            document = tomllib.loads(text)
            # bootc names architectures as Rust and uname do.
            machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(architecture, architecture)
            if machine in _strings(document.get("match-architectures", [machine])):
                found += [word for argument in _strings(document.get("kargs", [])) for word in split(argument)]
        except (UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as error:
            raise WyrcanError(
                "arguments-invalid",
                _("The image's file /{path} cannot be read: {why}.").format(
                    path=path.decode(errors="replace"), why=error
                ),
                hint=_("Its author must mend it."),
            ) from error
    join(found)
    return tuple(found)


def _strings(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise TypeError(_("kargs and match-architectures are lists of strings"))
    return value


def _newest(tree: Tree, directory: bytes, prefix: bytes, suffix: bytes) -> list[bytes]:
    names = [name for name in tree.children(_resolved(tree, directory)) if name.startswith(prefix)]
    names.sort(key=lambda name: version_key(name.decode(errors="replace")), reverse=True)
    return [directory + b"/" + name + suffix for name in names]


def _resolved(tree: Tree, directory: bytes) -> bytes:
    found = tree.resolve(directory)
    return directory if found is None else found
