"""The rootfs: the layers of an image, merged on the fly and passed on entry by entry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from stat import S_IFDIR, S_IFLNK, S_IFREG, S_ISLNK, S_ISREG
from typing import Final, Protocol

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.bootable import MOST_KEPT, may_matter
from wyrcan_tui.image.initrd import File
from wyrcan_tui.image.losses import Loss, Losses
from wyrcan_tui.image.merge import HIDDEN, NEW, WHITEOUT, Claim, Marker, Merge, parent
from wyrcan_tui.image.tar import Entry, TarReader
from wyrcan_tui.image.tree import DIRECTORY, FILE, Kind, Tree
from wyrcan_tui.kernel.cpio import LATEST, Metadata
from wyrcan_tui.texts import _

_IMPLIED: Final = Metadata(S_IFDIR | 0o755)
_PLACEHOLDER: Final = Metadata(S_IFLNK | 0o777)

MOST_NAMES: Final = 1 << 30
"""Bytes that the names of an image's files may take in memory, all its layers together; a million count as 600 MB."""
_NAME: Final = 512
"""Bytes that any name takes beside its own, in all that keeps it in mind: links and their targets do, files less than
half of it."""

LayerStream = Iterable[tuple[int, Iterator[bytes]]]
"""Layers by their number (0 is the lowest), each as pieces of plain tar."""


class Sink(Protocol):
    """What takes the merged entries, parents before children (see `InitrdWriter`)."""

    def add(self, path: bytes, metadata: Metadata, *, target: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        """Take anything but a regular file."""

    def add_file(self, file: File, size: int, body: Iterable[bytes | memoryview]) -> None:
        """Take a regular file."""

    def link(self, file: File, path: bytes) -> None:
        """Take one more name of a file."""


@dataclass(slots=True)
class _Layer:
    """What the layer that is being read has brought so far, beside what it has put into the tree.

    Attributes:
        number: its number, 0 for the lowest.
        elsewhere: regular files that are hidden where the layer has them, but have gone out by other names.
        skipped: those that have not gone out.
        others: what is neither a directory, a regular file nor a hard link, hidden or not; but of symbolic links only
            those that the tree does not have all of.
        links: the first name of what hard links lead to, by their own paths, hidden or not.
        awaited: paths that hard links of layers above lead to.
        repeated: paths that are there more than once.
        awaiting: the hard links to targets that have not come; those that do not are in a layer below.
    """

    number: int
    elsewhere: dict[bytes, File] = field(default_factory=dict)
    others: dict[bytes, Entry] = field(default_factory=dict)
    skipped: set[bytes] = field(default_factory=set)
    links: dict[bytes, bytes] = field(default_factory=dict)
    awaited: set[bytes] = field(default_factory=set)
    repeated: set[bytes] = field(default_factory=set)
    awaiting: defaultdict[bytes, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    def has_hidden(self, path: bytes) -> bool:
        """Tell, for a path that is hidden, whether anything but a directory was there already."""
        return path in self.skipped or path in self.elsewhere or path in self.links or path in self.others


class Rootfs:
    """Merges layers, the top one first, into a sink.

    Attributes:
        tree: the paths that went out.
        contents: the bytes of files that boot is likely to need, by path.
        missed: by layer number and path: files that are hidden themselves, but have further names (the lists)
            that are not. They were noticed too late; `read_missed` brings them.
    """

    def __init__(
        self,
        sink: Sink,
        notice: Callable[[bytes, bytes], None] = lambda path, content: None,
        most_names: int = MOST_NAMES,
    ) -> None:
        """Call `notice` with path and bytes of each file that boot is likely to need, before it goes out.

        Of names, as much as takes `most_names` bytes of memory may come: most of what a layer hides must be kept in
        mind as well.
        """
        self.tree = Tree()
        self.contents: dict[bytes, bytes] = {}
        self.missed: defaultdict[int, dict[bytes, list[bytes]]] = defaultdict(dict)
        self._linked: dict[bytes, tuple[int, bytes]] = {}
        self._ends: list[tuple[int, int]] = []
        self._kept = 0
        self._room_for_names = most_names
        self._sink = sink
        self._notice = notice
        self._awaiting: defaultdict[bytes, list[bytes]] = defaultdict(list)
        self._merge = Merge(self.tree, self._awaiting)
        # The last directory that a layer had something in.
        self._within = b""
        self._losses = Losses()

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What the image has and its initrd cannot hold."""
        return self._losses.told()

    def origins(self, files: Collection[bytes]) -> dict[bytes, tuple[int, bytes]]:
        """Return, for regular files of the tree, the number of the layer that has their bytes, and the path in it."""
        return {path: self._linked.get(path) or (self._brought(path), path) for path in files}

    def read(self, layers: LayerStream) -> None:
        """Merge all layers of an image.

        Raises:
            WyrcanError: ``hardlink-target-missing`` where a hard link leads nowhere, ``layer-contradiction`` where
                the layers do not agree on what is a directory, or on what a link means, ``too-many-names``, and what
                the layers and the sink raise.
        """
        for number, chunks in layers:
            layer = _Layer(number)
            reader = TarReader(chunks)
            for entry in reader:
                path, kind = entry.path, entry.kind
                self._make_room(_NAME + len(path) + len(entry.link))
                if entry.xattrs:
                    self._make_room(sum(map(len, entry.xattrs)) + _NAME * len(entry.xattrs))
                # Of hundreds of thousands of paths, hardly one is a whiteout. (Python's `in` is slower for bytes.)
                if path.find(WHITEOUT) >= 0 and self._is_marker(path, entry.directory):
                    continue
                if path in layer.awaiting:
                    layer.repeated.add(path)
                if kind == S_IFDIR:
                    self._take_directory(layer, entry)
                    continue
                if kind == S_IFREG:
                    self._take_file(layer, entry, reader)
                elif kind:
                    self._take_other(layer, entry)
                else:
                    self._take_hard_link(layer, entry)
            self._end_layer(layer)
        if self._awaiting:
            raise _no_target(*next(iter(self._awaiting.items())))

    def read_missed(self, layers: LayerStream) -> None:
        """Read the layers named in `missed` once more, for the files that are missing still.

        Raises:
            WyrcanError: what the layers and the sink raise.
        """
        for number, chunks in layers:
            missed = self.missed[number]
            reader = TarReader(chunks)
            for entry in reader:
                if entry.is_file and (names := missed.pop(entry.path, None)):
                    self._write_file(names, entry, reader)

    def _take_file(self, layer: _Layer, entry: Entry, reader: TarReader) -> None:
        names = self._names(layer, entry)
        if not names:
            layer.skipped.add(entry.path)
            return
        file = self._write_file(names, entry, reader)
        if file.inode >= self.tree.first:
            self.tree.keep(file.inode, file.metadata)
        else:
            layer.elsewhere[entry.path] = file

    def _write_file(self, names: list[bytes], entry: Entry, reader: TarReader) -> File:
        body: Iterable[bytes | memoryview] = reader.body()
        size = entry.size
        if any(may_matter(name, size) for name in names) and self._kept + size <= MOST_KEPT:
            self._kept += size
            content = b"".join(body)
            self.contents |= dict.fromkeys(names, content)
            self._notice(names[0], content)
            body = (content,)
        first = names[0]
        file = File(first, self._metadata(first, entry), self.tree.number(first))
        self._sink.add_file(file, size, body)
        for name in names[1:]:
            self._sink.link(file, name)
        return file

    def _take_hard_link(self, layer: _Layer, entry: Entry) -> None:
        names = self._names(layer, entry)
        target = layer.links[entry.path] = layer.links.get(entry.link, entry.link)
        if not names:
            return
        if file := layer.elsewhere.get(target) or self._own_file(target):
            for name in names:
                self._sink.link(file, name)
                self._linked[name] = layer.number, target
                # What is at the target's own path may have come from another layer.
                if file.path in self.contents:
                    self.contents[name] = self.contents[file.path]
        elif other := layer.others.get(target) or self._own_symlink(target):
            for name in names:
                self._write_other(name, other)
        elif target in layer.skipped:
            self.missed[layer.number].setdefault(target, []).extend(names)
            self._linked |= dict.fromkeys(names, (layer.number, target))
        else:
            layer.awaiting[target] += names

    def _own_file(self, path: bytes) -> File | None:
        """Return the regular file that the present layer has put at `path`, or None."""
        metadata = self.tree.kept(path)
        return File(path, metadata, self.tree.number(path)) if metadata and S_ISREG(metadata.mode) else None

    def _own_symlink(self, path: bytes) -> Entry | None:
        """Return the symbolic link that the present layer has put at `path`, if the tree has all of it, or None."""
        metadata = self.tree.kept(path)
        if not metadata or not S_ISLNK(metadata.mode):
            return None
        link = self.tree.target(path)
        return Entry(path, parent(path), S_IFLNK, metadata, size=0, link=link, device=(0, 0), xattrs=())

    def _take_directory(self, layer: _Layer, entry: Entry) -> None:
        if self._claim(layer, entry, DIRECTORY):
            self._sink.add(entry.path, self._metadata(entry.path, entry))

    def _take_other(self, layer: _Layer, entry: Entry) -> None:
        for name in self._names(layer, entry):
            self._write_other(name, entry)
        number = self.tree.find(entry.path)
        if entry.kind == S_IFLNK and not entry.xattrs and number is not None and number >= self.tree.first:
            self.tree.keep(number, entry.metadata)
        else:
            layer.others[entry.path] = entry

    def _write_other(self, name: bytes, entry: Entry) -> None:
        target = entry.link if entry.kind == S_IFLNK else b""
        self.tree.replace(name, target or Kind.OTHER)
        self._sink.add(name, self._metadata(name, entry), target=target, device=entry.device)

    def _metadata(self, name: bytes, entry: Entry) -> Metadata:
        metadata = entry.metadata
        lasts = 0 <= metadata.mtime <= LATEST
        if entry.xattrs or not lasts:
            self._losses.note(name, entry.xattrs, time=not lasts)
        return metadata

    def _names(self, layer: _Layer, entry: Entry) -> list[bytes]:
        """Return the names under which an entry goes out: its own if it is visible, and the links waiting for it."""
        path = entry.path
        names = [path] if self._claim(layer, entry, FILE) else []
        if path in self._awaiting:
            awaiting = self._awaiting.pop(path)
            self._linked |= dict.fromkeys(awaiting, (layer.number, path))
            names += awaiting
            layer.awaited.add(path)
        return names

    def _claim(self, layer: _Layer, entry: Entry, kind: Kind) -> bool:
        path, within = entry.path, entry.directory
        claim = self._merge.claim(path, within, kind)
        if claim is HIDDEN:
            if layer.has_hidden(path):
                layer.repeated.add(path)
            # Hidden as it is, the entry has made the directories that it was in.
            self._imply(self._merge.reachable(within))
            return False
        if within != self._within:
            if not self.tree.fill(within):
                self._imply(within)
                self.tree.fill(within)
            self._within = within
        if claim is not NEW:
            self._within = b""
            self._losses.forget(path)
            self.contents.pop(path, None)
            if claim is Claim.FOR_OTHER:
                layer.repeated.add(path)
            if kind is not DIRECTORY:
                # The same layer has the path twice. The kernel makes room only for something of another type, so
                # that comes between.
                self._sink.add(path, _PLACEHOLDER, target=b".")
        return True

    def _imply(self, directory: bytes) -> None:
        missing: list[bytes] = []
        while not self.tree.is_directory(directory):
            self._make_room(_NAME + len(directory))
            missing.append(directory)
            directory = parent(directory)
        for inner in reversed(missing):
            within, directory = directory, inner
            if self._merge.imply(inner, within):
                self._sink.add(inner, _IMPLIED)

    def _is_marker(self, path: bytes, directory: bytes) -> bool:
        marker = self._merge.marker(path, directory)
        if marker is Marker.WHITEOUT:
            while directory and self._merge.suppose(directory):
                self._make_room(_NAME + len(directory))
                directory = parent(directory)
        return marker is not Marker.NONE

    def _brought(self, path: bytes) -> int:
        """Return the number of the layer that has put something at `path`."""
        place = self.tree.number(path)
        return next(number for number, end in self._ends if place < end)

    def _make_room(self, size: int) -> None:
        """Count what names take in memory; there are few that need not be kept in mind."""
        self._room_for_names -= size
        if self._room_for_names < 0:
            raise WyrcanError(
                "too-many-names",
                _("The image has more files, or longer names of files, than this machine has memory for."),
                hint=_(
                    "Use another image or a machine with more memory; millions of files are best kept in one archive."
                ),
            )

    def _end_layer(self, layer: _Layer) -> None:
        if layer.repeated:
            linked = {*layer.links, *layer.links.values(), *layer.awaited}
            if ambiguous := layer.repeated & linked:
                raise _ambiguous(min(ambiguous))
        if self._awaiting and (target := self._merge.taken_by_own()) is not None:
            raise _no_target(target, self._awaiting[target])
        for target, names in layer.awaiting.items():
            # Lists are taken over, not copied: there may be as many as there are names.
            if target in self._awaiting:
                self._awaiting[target] += names
            else:
                self._awaiting[target] = names
        self._merge.end_layer()
        self._ends.append((layer.number, len(self.tree)))


def _ambiguous(path: bytes) -> WyrcanError:
    return WyrcanError(
        "layer-contradiction",
        _("A layer has hard links to /{path} that may mean more than one file.").format(
            path=path.decode(errors="replace")
        ),
        hint=_("The image was built in a way no two engines agree on: build it again."),
    )


def _no_target(target: bytes, names: list[bytes]) -> WyrcanError:
    return WyrcanError(
        "hardlink-target-missing",
        _("The image has a hard link, /{link}, to a file that is not there: /{target}.").format(
            link=names[0].decode(errors="replace"), target=target.decode(errors="replace")
        ),
        hint=_("The image was built wrongly: build it again."),
    )
