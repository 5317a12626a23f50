"""The rootfs: the layers of an image, merged on the fly and passed on entry by entry."""

from __future__ import annotations

import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.bootable import MOST_KEPT, may_matter
from wyrcan_tui.image.initrd import File, Metadata
from wyrcan_tui.image.merge import Merge, parent
from wyrcan_tui.image.tar import Entry, TarReader
from wyrcan_tui.image.tree import Kind, Tree

_IMPLIED: Final = Metadata(stat.S_IFDIR | 0o755)
_PLACEHOLDER: Final = Metadata(stat.S_IFLNK | 0o777)

LayerStream = Iterable[tuple[int, Iterator[bytes]]]
"""Layers by their number (0 is the lowest), each as pieces of plain tar."""


class Sink(Protocol):
    """What takes the merged entries, parents before children (see `InitrdWriter`)."""

    def add(self, path: bytes, metadata: Metadata, *, target: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        """Take anything but a regular file."""

    def add_file(self, path: bytes, metadata: Metadata, size: int, body: Iterable[bytes | memoryview]) -> File:
        """Take a regular file."""

    def link(self, file: File, path: bytes) -> None:
        """Take one more name of a file."""


@dataclass(slots=True)
class _Layer:
    """What the layer that is being read has brought so far."""

    number: int
    files: dict[bytes, File] = field(default_factory=dict)
    others: dict[bytes, Entry] = field(default_factory=dict)
    skipped: set[bytes] = field(default_factory=set)
    links: dict[bytes, bytes] = field(default_factory=dict)
    linked: set[bytes] = field(default_factory=set)
    repeated: set[bytes] = field(default_factory=set)
    awaiting: defaultdict[bytes, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    def take_note(self, path: bytes) -> None:
        """Find out whether the layer has brought the path before."""
        if path in self.files or path in self.others or path in self.skipped or path in self.links:
            self.repeated.add(path)


class Rootfs:
    """Merges layers, the top one first, into a sink.

    Attributes:
        tree: the paths that went out.
        contents: the bytes of files that boot is likely to need, by path.
        origins: for each path that is a hard link, the layer and the path in it where its bytes are.
        missed: by layer number and path: files that are hidden themselves, but have further names (the lists)
            that are not. They were noticed too late; `read_missed` brings them.
    """

    def __init__(self, sink: Sink) -> None:
        self.tree = Tree()
        self.contents: dict[bytes, bytes] = {}
        self.origins: dict[bytes, tuple[int, bytes]] = {}
        self.missed: defaultdict[int, dict[bytes, list[bytes]]] = defaultdict(dict)
        self._kept = 0
        self._sink = sink
        self._merge = Merge()
        self._present: set[bytes] = {b""}
        self._awaiting: defaultdict[bytes, list[bytes]] = defaultdict(list)
        self._stripped: set[bytes] = set()

    @property
    def losses(self) -> list[str]:
        """What the image has and its initrd cannot hold, in sentences."""
        if not self._stripped:
            return []
        example = min(self._stripped).decode(errors="replace")
        return [f"{len(self._stripped)} files lose their extended attributes (one of them is /{example})."]

    def read(self, layers: LayerStream) -> None:
        """Merge all layers of an image.

        Raises:
            WyrcanError: ``hardlink-target-missing`` where a hard link leads nowhere, ``layer-contradiction`` where
                the layers do not agree on what is a directory, or on what a link means, and what the layers and
                the sink raise.
        """
        for number, chunks in layers:
            layer = _Layer(number)
            reader = TarReader(chunks)
            for entry in reader:
                if self._merge.whiteout(entry.path):
                    continue
                layer.take_note(entry.path)
                if entry.is_hard_link:
                    self._take_hard_link(layer, entry)
                elif entry.is_file:
                    self._take_file(layer, entry, reader)
                else:
                    self._take_other(layer, entry)
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
                    self._write_file(number, names, entry, reader)

    def _take_file(self, layer: _Layer, entry: Entry, reader: TarReader) -> None:
        names = self._names(layer, entry)
        if not names:
            layer.skipped.add(entry.path)
            return
        layer.files[entry.path] = self._write_file(layer.number, names, entry, reader)

    def _write_file(self, layer: int, names: list[bytes], entry: Entry, reader: TarReader) -> File:
        body: Iterable[bytes | memoryview] = reader.body()
        if self._kept + entry.size <= MOST_KEPT and any(may_matter(name, entry.size) for name in names):
            self._kept += entry.size
            content = b"".join(body)
            self.contents |= dict.fromkeys(names, content)
            body = (content,)
        file = self._sink.add_file(names[0], self._metadata(entry), entry.size, body)
        for name in names[1:]:
            self._sink.link(file, name)
        self.origins |= {name: (layer, entry.path) for name in names if name != entry.path}
        return file

    def _take_hard_link(self, layer: _Layer, entry: Entry) -> None:
        target = layer.links[entry.path] = layer.links.get(entry.link, entry.link)
        layer.linked |= {entry.path, entry.link, target}
        names = self._names(layer, entry)
        if not names:
            return
        if file := layer.files.get(target):
            for name in names:
                self._sink.link(file, name)
                self.origins[name] = layer.number, target
                # What is at the target's own path may have come from another layer.
                if file.names[0] in self.contents:
                    self.contents[name] = self.contents[file.names[0]]
        elif other := layer.others.get(target):
            for name in names:
                self._write_other(name, other)
        elif target in layer.skipped:
            self.missed[layer.number].setdefault(target, []).extend(names)
        else:
            layer.awaiting[target] += names

    def _take_other(self, layer: _Layer, entry: Entry) -> None:
        if entry.is_directory:
            if self._claim(entry.path, Kind.DIRECTORY, directory=True):
                self._present.add(entry.path)
                self._sink.add(entry.path, self._metadata(entry))
            return
        layer.others[entry.path] = entry
        for name in self._names(layer, entry):
            self._write_other(name, entry)

    def _write_other(self, name: bytes, entry: Entry) -> None:
        target = entry.link if stat.S_ISLNK(entry.mode) else b""
        self.tree.put(name, target or Kind.OTHER)
        self._sink.add(name, self._metadata(entry), target=target, device=entry.device)

    def _metadata(self, entry: Entry) -> Metadata:
        if entry.xattrs:
            self._stripped.add(entry.path)
        return Metadata(entry.mode, entry.uid, entry.gid, entry.mtime)

    def _names(self, layer: _Layer, entry: Entry) -> list[bytes]:
        """Return the names under which an entry goes out: its own if it is visible, and the links waiting for it."""
        names = [entry.path] if self._claim(entry.path, Kind.FILE, directory=False) else []
        for awaiting in (self._awaiting, layer.awaiting):
            if entry.path in awaiting:
                names += awaiting.pop(entry.path)
                layer.linked.add(entry.path)
        return names

    def _claim(self, path: bytes, kind: Kind, *, directory: bool) -> bool:
        if not self._merge.visible(path, directory=directory):
            # Hidden as it is, the entry has made the directories that it was in.
            self._imply(self._merge.reachable(parent(path)))
            return False
        self._imply(parent(path))
        if not directory and path in self.tree:
            # The same layer has the path twice. The kernel makes room only for something of another type, so
            # that comes between.
            self._present.discard(path)
            self._sink.add(path, _PLACEHOLDER, target=b".")
        self.tree.put(path, kind)
        return True

    def _imply(self, directory: bytes) -> None:
        if directory in self._present:
            return
        self._imply(parent(directory))
        self._present.add(directory)
        if self._merge.imply(directory):
            self.tree.put(directory, Kind.DIRECTORY)
            self._sink.add(directory, _IMPLIED)

    def _end_layer(self, layer: _Layer) -> None:
        if ambiguous := layer.linked & layer.repeated:
            raise _ambiguous(min(ambiguous))
        for target, names in self._awaiting.items():
            if self._merge.hidden_by_own(target):
                raise _no_target(target, names)
        for target, names in layer.awaiting.items():
            self._awaiting[target] += names
        self._merge.end_layer()


def _ambiguous(path: bytes) -> WyrcanError:
    return WyrcanError(
        "layer-contradiction",
        f"A layer has /{path.decode(errors='replace')} twice, and hard links that may mean either.",
        hint="The image was built in a way no two engines agree on: build it again.",
    )


def _no_target(target: bytes, names: list[bytes]) -> WyrcanError:
    return WyrcanError(
        "hardlink-target-missing",
        f"The image has a hard link, /{names[0].decode(errors='replace')}, "
        f"to a file that is not there: /{target.decode(errors='replace')}.",
        hint="The image was built wrongly: build it again.",
    )
