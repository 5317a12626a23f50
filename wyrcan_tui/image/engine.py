"""From an image to what a kernel is started with."""

from __future__ import annotations

import stat
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image import bootable
from wyrcan_tui.image.crew import Crew
from wyrcan_tui.image.directory import DirectoryWriter
from wyrcan_tui.image.initrd import File, InitrdWriter
from wyrcan_tui.image.layers import Layers
from wyrcan_tui.image.losses import Loss
from wyrcan_tui.image.networkd import network_folder, runs_networkd
from wyrcan_tui.image.resolve import Image
from wyrcan_tui.image.rootfs import MOST_NAMES, Rootfs
from wyrcan_tui.image.source import BlobSource
from wyrcan_tui.image.tar import TarReader
from wyrcan_tui.image.tree import Tree
from wyrcan_tui.image.weigh import Scale
from wyrcan_tui.kernel.config import Compression, initrd_compression
from wyrcan_tui.kernel.cpio import Metadata
from wyrcan_tui.kernel.file import KernelFile, parse_kernel
from wyrcan_tui.progress import Meter
from wyrcan_tui.texts import _

_LINK: Final = stat.S_IFLNK | 0o777
_FOLDER: Final = stat.S_IFDIR | 0o755
_FILE: Final = stat.S_IFREG | 0o644

_ROOT_TO_NAMES: Final = 4
"""The part of a root's room that may be taken for the names of its files while it is made, as one in so many."""

_Fetch = Callable[..., Layers]
"""Begins to fetch the layers with the given numbers, or all."""


@dataclass(frozen=True, slots=True)
class Bootable:
    """What an image brings to boot with.

    Attributes:
        kernel_path: where the kernel was in the image.
        kernel_file: the kernel itself, and what it says of itself.
        arguments: the kernel arguments that the image asks for, in order.
        compression: what the kernel can unpack an initrd from.
        adds_init: whether ``/init`` is made a link to ``/sbin/init``.
        unpacked: bytes of the root, uncompressed.
        losses: what the image has and the initrd does not hold.
        takes_network: whether it runs systemd-networkd, and reads what it is given in files for that.
    """

    kernel_path: str
    kernel_file: KernelFile
    arguments: tuple[str, ...]
    compression: Compression
    adds_init: bool
    unpacked: int
    losses: tuple[Loss, ...]
    takes_network: bool

    @property
    def kernel(self) -> bytes:
        """The bytes that are started, without what they were wrapped in."""
        return self.kernel_file.data

    @property
    def init(self) -> str:
        """The path of what the kernel starts first."""
        return "/sbin/init" if self.adds_init else "/init"


def build(
    source: BlobSource,
    image: Image,
    initrd: int,
    meter: Meter,
    *,
    largest: int = sys.maxsize,
    largest_root: int = sys.maxsize,
    network: Mapping[bytes, bytes] | None = None,
) -> Bootable:
    """Write the image's initrd into the open, empty file `initrd`, and return the rest of what boot needs.

    An initrd of more than `largest` bytes is given up as soon as that shows, and a root of more than `largest_root`, or
    than any may have.
    An image that runs systemd-networkd gets the files `network` (contents by name) for it.

    Everything is verified before this returns: size and digest of every blob, diff_id of every layer.

    Raises:
        WyrcanError: where the image is damaged, not bootable, or cannot be read.
        CancelledError: where somebody asked to stop.
    """
    writer = InitrdWriter(initrd, largest=largest, largest_root=largest_root)
    with Crew() as crew:
        fetch = partial(Layers, source, image, crew, meter)
        most_names = min(MOST_NAMES, largest_root // _ROOT_TO_NAMES)
        rootfs = _read(fetch, Rootfs(writer, _Hint(writer), most_names))
        found = _examine(fetch, image, rootfs, lambda: writer.unpacked)
        if found.adds_init:
            writer.add(b"init", Metadata(_LINK), target=b"sbin/init")
        if network and found.takes_network:
            _add_network(writer, rootfs.tree, network)
        writer.finish(found.compression)
    return found


def examine(source: BlobSource, image: Image, meter: Meter) -> Bootable:
    """Find out whether an image is bootable, without making anything of it. Reads all of its layers.

    Raises:
        WyrcanError: as `build`; ``kernel-missing`` and ``init-missing`` are the answer "no".
        CancelledError: where somebody asked to stop.
    """
    scale = Scale()
    with Crew() as crew:
        fetch = partial(Layers, source, image, crew, meter)
        return _examine(fetch, image, _read(fetch, Rootfs(scale)), lambda: scale.unpacked)


def unpack(source: BlobSource, image: Image, directory: Path, meter: Meter) -> tuple[Loss, ...]:
    """Write an image's root into an empty directory, and return what was lost.

    Raises:
        WyrcanError: where the image is damaged or cannot be read, or the directory cannot be written.
        CancelledError: where somebody asked to stop.
    """
    writer = DirectoryWriter(directory)
    with Crew() as crew:
        rootfs = _read(partial(Layers, source, image, crew, meter), Rootfs(writer))
    writer.finish()
    return rootfs.losses


class _Hint:
    """Goes by the first kernel configuration that comes by: what is not written yet need not be written again.

    Further ones wait for the end: each may cost as much as writing all that is there anew.
    """

    def __init__(self, writer: InitrdWriter) -> None:
        self._writer = writer
        self._is_taken = False

    def __call__(self, path: bytes, content: bytes) -> None:
        if not self._is_taken and bootable.is_config(path):
            self._is_taken = True
            self._writer.use(initrd_compression(content))


def _add_network(writer: InitrdWriter, tree: Tree, files: Mapping[bytes, bytes]) -> None:
    place = network_folder(tree)
    assert place is not None, "an image that takes files has a place for them"
    folder, missing = place
    for path in missing:
        writer.add(path, Metadata(_FOLDER))
    for name, content in files.items():
        # What the image has itself stays: whoever built it with that very name meant it.
        if (path := folder + b"/" + name) not in tree:
            writer.add_file(File(path, Metadata(_FILE)), len(content), (content,))


def _read(fetch: _Fetch, rootfs: Rootfs) -> Rootfs:
    with fetch() as layers:
        rootfs.read(layers)
    if rootfs.missed:
        with fetch(tuple(rootfs.missed)) as layers:
            rootfs.read_missed(layers)
    return rootfs


def _examine(fetch: _Fetch, image: Image, rootfs: Rootfs, unpacked: Callable[[], int]) -> Bootable:
    tree = rootfs.tree
    path = bootable.kernel_path(tree)
    if path is None:
        raise WyrcanError(
            "kernel-missing",
            _("The image has no kernel, so no machine can boot it."),
            hint=_(
                "Choose an image that is made to boot, or install a kernel in it "
                "(as /boot/wyrcan.kernel or by the distribution's package)."
            ),
        )
    adds_init = bootable.needs_init_link(tree)
    largest = bootable.LARGEST_KERNEL
    kernel_file = parse_kernel(_contents(fetch, rootfs, [path], largest, "kernel-unreadable")[path], largest)
    if not kernel_file.release:
        kernel_file = replace(kernel_file, release=bootable.release_in(path))
    if kernel_file.architecture != image.config.platform.architecture:
        raise WyrcanError(
            "kernel-wrong-architecture",
            _("The image is made for {platform}, but its kernel for {architecture}.").format(
                platform=image.config.platform, architecture=kernel_file.architecture
            ),
            hint=_("The image was built wrongly: build it again."),
        )
    config_paths, argument_paths = bootable.config_paths(kernel_file.release), bootable.argument_paths(tree)
    texts = _texts(fetch, rootfs, (*config_paths, *argument_paths))
    config = next((texts[path] for path in config_paths if path in texts), None)
    files = {path: texts[path] for path in argument_paths if path in texts}
    return Bootable(
        "/" + path.decode(errors="replace"),
        kernel_file,
        bootable.arguments(files, kernel_file.architecture),
        initrd_compression(config) if config else Compression.NONE,
        adds_init,
        unpacked(),
        rootfs.losses,
        network_folder(tree) is not None and runs_networkd(tree, partial(_texts, fetch, rootfs)),
    )


def _texts(fetch: _Fetch, rootfs: Rootfs, paths: Iterable[bytes]) -> dict[bytes, bytes]:
    return _contents(fetch, rootfs, paths, bootable.LARGEST_TEXT, "arguments-invalid")


def _contents(fetch: _Fetch, rootfs: Rootfs, paths: Iterable[bytes], largest: int, code: str) -> dict[bytes, bytes]:
    """Return the contents of those of `paths` that are regular files once their links are followed.

    Where one has more than `largest` bytes, that is a WyrcanError with this `code`.
    """
    found = {path: rootfs.tree.resolve(path) for path in paths}
    files = {path: file for path, file in found.items() if file is not None and rootfs.tree.is_file(file)}
    missing = {file for file in files.values() if file not in rootfs.contents}
    if missing:
        _read_again(fetch, rootfs, missing, largest, code)
    return {path: rootfs.contents[file] for path, file in files.items()}


def _read_again(fetch: _Fetch, rootfs: Rootfs, missing: set[bytes], largest: int, code: str) -> None:
    """Read files from the layers once more that were not kept as they went by, however many they are."""
    wanted: defaultdict[int, defaultdict[bytes, list[bytes]]] = defaultdict(lambda: defaultdict(list))
    for path, (number, name) in rootfs.origins(missing).items():
        wanted[number][name].append(path)
    room = bootable.MOST_KEPT
    with fetch(tuple(wanted)) as layers:
        for number, chunks in layers:
            reader = TarReader(chunks)
            for entry in reader:
                if entry.is_file and entry.path in wanted[number]:
                    room -= entry.size
                    if entry.size > largest or room < 0:
                        raise WyrcanError(
                            code,
                            _("The image's file /{path} is too large for what it should be.").format(
                                path=entry.path.decode(errors="replace")
                            ),
                            hint=_("Its author must mend it."),
                        )
                    # What a layer has twice is what it has last.
                    rootfs.contents |= dict.fromkeys(wanted[number][entry.path], b"".join(reader.body()))
