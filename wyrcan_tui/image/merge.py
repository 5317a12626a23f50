"""Which entries of a stack of layers make up the rootfs, decided from the top layer down.

The rules of OCI image-spec, layer.md ("Applying Changesets", "Whiteouts"). Read from the top, the first entry
seen for a path is the one that stays, so every entry can go out at once and nothing is ever taken back.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import chain
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.texts import _

WHITEOUT: Final = b".wh."
"""How the name of a whiteout begins."""
_META_PREFIX: Final = b".wh..wh."
_OPAQUE: Final = b".wh..wh..opq"


class Node(Enum):
    """What stands at a path of the rootfs."""

    DIRECTORY = auto()
    IMPLIED = auto()
    """A directory that must be there, but whose own entry has not come yet."""
    SUPPOSED = auto()
    """Nothing that is there yet, but a whiteout is in it: if a lower layer has something there, it is a directory."""
    OTHER = auto()


class Marker(Enum):
    """What an entry is to the layers below, by its name."""

    NONE = auto()
    """An entry like any other."""
    IDLE = auto()
    """AUFS's own (``.wh..wh.plnk`` and others), or something in that: it is no entry, and hides nothing."""
    WHITEOUT = auto()
    """A whiteout, or one that makes its directory opaque."""


@dataclass(slots=True)
class _Changes:
    """What one layer does to the ones below it.

    Attributes:
        filled: the directories that it has something in.
        supposed: those that it has a whiteout in, with those on the way there, as far as they were not known before.
    """

    nodes: dict[bytes, Node] = field(default_factory=dict)
    filled: set[bytes] = field(default_factory=set)
    whiteouts: set[bytes] = field(default_factory=set)
    opaques: set[bytes] = field(default_factory=set)
    supposed: set[bytes] = field(default_factory=set)

    def takes_away(self, directory: bytes) -> bool:
        """Tell whether the layers below lose this directory, with all that is in it."""
        return directory in self.whiteouts or self.nodes.get(directory) is Node.OTHER


def parent(path: bytes) -> bytes:
    """Return the directory that `path` is in; empty for what stands in the root."""
    return path.rpartition(b"/")[0]


class Merge:
    """The state between two layers: what the layers above already hold or hide.

    Call `visible` for each entry of a layer, unless `marker` tells that it is none, `suppose` for the directories that
    a whiteout is in, and `end_layer` after its last one.
    """

    def __init__(self) -> None:
        self._above = _Changes()
        self._own = _Changes()
        self._shown: set[bytes] = {b""}

    def marker(self, path: bytes, directory: bytes) -> Marker:
        """Tell what `path`, in `directory`, is by its name, and take note of it if it is a whiteout.

        Raises:
            WyrcanError: ``whiteout-invalid`` where it names nothing, or there is something in it.
        """
        *parents, name = path.split(b"/")
        for inner in parents:
            if inner.startswith(_META_PREFIX):
                return Marker.IDLE
            if inner.startswith(WHITEOUT):
                raise WyrcanError(
                    "whiteout-invalid",
                    _("A layer has something in a whiteout: /{path}.").format(path=path.decode(errors="replace")),
                    hint=_("The image was built wrongly: build it again."),
                )
        if not name.startswith(WHITEOUT):
            return Marker.NONE
        if name == _OPAQUE:
            self._own.opaques.add(directory)
            return Marker.WHITEOUT
        if name.startswith(_META_PREFIX):
            return Marker.IDLE
        hidden = name.removeprefix(WHITEOUT)
        if hidden in (b"", b".", b".."):
            raise WyrcanError(
                "whiteout-invalid",
                _("A layer has a whiteout that names nothing, in /{directory}.").format(
                    directory=directory.decode(errors="replace")
                ),
                hint=_("The image was built wrongly: build it again."),
            )
        self._own.whiteouts.add(directory + b"/" + hidden if directory else hidden)
        return Marker.WHITEOUT

    def suppose(self, directory: bytes) -> bool:
        """Take note that a whiteout of the present layer is below `directory`; tell whether that is new.

        If it is not, the directories that `directory` is in are known as well.
        """
        own = self._own
        if directory in self._above.nodes or directory in own.supposed:
            return False
        own.supposed.add(directory)
        return True

    def visible(self, path: bytes, within: bytes, *, directory: bool) -> bool:
        """Tell whether an entry of the present layer, in the directory `within`, is part of the rootfs.

        It takes note of the entry if it is.

        Raises:
            WyrcanError: ``layer-contradiction`` where a path is both a directory with something in it and
                something else: in the layer itself, or as a layer above takes for granted, be it for an entry or for
                a whiteout in it.
        """
        above = self._above
        if path in above.whiteouts:
            return False
        # An opaque root hides what is in it, not the root itself.
        if within not in self._shown and path and self._hidden(within):
            return False
        if (node := above.nodes.get(path)) and not self._agrees(path, node, directory=directory):
            return False
        nodes = self._own.nodes
        if own := nodes.get(path):
            if own is not Node.OTHER and not directory and path in self._own.filled:
                raise _contradiction(path)
            if own is Node.OTHER and directory:
                # What stood there for a moment has hidden what the layers below have in the directory.
                self._own.opaques.add(path)
        nodes[path] = Node.DIRECTORY if directory else Node.OTHER
        if path:
            self._own.filled.add(within)
        return True

    def _agrees(self, path: bytes, above: Node, *, directory: bool) -> bool:
        """Tell whether an entry still counts where a layer above has the same path."""
        if above in (Node.IMPLIED, Node.SUPPOSED):
            if not directory:
                # Other engines follow a symbolic link here. What went out below it cannot be moved any more, nor can
                # what a whiteout should have hidden where the link leads.
                raise _contradiction(path)
            return True
        if above is Node.DIRECTORY and not directory:
            # Hidden as it is, it has taken away what the layers below have in the directory.
            self._own.opaques.add(path)
        return False

    def reachable(self, directory: bytes) -> bytes:
        """Return the nearest directory, from `directory` upward, that no layer above takes away."""
        above = self._above
        reached = b""
        for inner in _downward(directory):
            if reached in above.opaques or above.takes_away(inner):
                break
            reached = inner
        return reached

    def imply(self, path: bytes, within: bytes) -> bool:
        """Make sure that the directory `path`, in `within`, is there; tell whether it is new and has no entry yet.

        Raises:
            WyrcanError: ``layer-contradiction`` where the same layer has something else there.
        """
        found = self._above.nodes.get(path)
        if found in (None, Node.SUPPOSED):
            found = self._own.nodes.get(path)
        if found is Node.OTHER:
            raise _contradiction(path)
        if found is None:
            self._own.nodes[path] = Node.IMPLIED
            self._own.filled.add(within)
        return found is None

    def taken_by_own(self, paths: Collection[bytes]) -> bytes | None:
        """Return one of `paths` at which the present layer takes away what the layers below it have, or None.

        It takes a few comparisons for each path, and for each entry of the layer, however deep they are.
        """
        own = self._own
        if not (own.nodes or own.whiteouts or own.opaques):
            return None
        for path in paths:
            if path in own.whiteouts or path in own.nodes:
                return path
        ordered = sorted(paths)
        others = (path for path, node in own.nodes.items() if node is Node.OTHER)
        for gone in chain(own.whiteouts, own.opaques, others):
            inside = gone + b"/" if gone else b""
            first = bisect_left(ordered, inside)
            if first < len(ordered) and ordered[first].startswith(inside):
                return ordered[first]
        return None

    def end_layer(self) -> None:
        """From now on, what the present layer has hides what the layers below it have."""
        above, own = self._above, self._own
        # Of the two, the larger one takes the other in: a copy would take as much memory again.
        if len(own.nodes) > len(above.nodes):
            own.nodes, above.nodes = above.nodes, own.nodes
            for path, node in own.nodes.items():
                above.nodes.setdefault(path, node)
        else:
            above.nodes |= own.nodes
        above.whiteouts |= own.whiteouts
        above.opaques |= own.opaques
        for directory in own.supposed:
            # An entry that is known there has replaced what the layers below have, or hides it.
            above.nodes.setdefault(directory, Node.SUPPOSED)
        self._own = _Changes()
        self._shown = set() if b"" in above.opaques else {b""}

    def _hidden(self, directory: bytes) -> bool:
        """Tell whether what the present layer has in `directory` is hidden by the layers above."""
        if parent(directory) in self._shown:
            reached = not self._above.takes_away(directory)
        else:
            reached = self.reachable(directory) == directory
        if not reached or directory in self._above.opaques:
            # Not kept in mind: of what is hidden there may be any amount.
            return True
        self._shown.add(directory)
        return False


def _downward(path: bytes) -> Iterator[bytes]:
    """Yield the directories on the way from the root to `path`, and `path` itself; nothing for the root."""
    end = path.find(b"/")
    while end >= 0:
        yield path[:end]
        end = path.find(b"/", end + 1)
    if path:
        yield path


def _contradiction(path: bytes) -> WyrcanError:
    return WyrcanError(
        "layer-contradiction",
        _("A layer makes /{path} both a directory and something else.").format(path=path.decode(errors="replace")),
        hint=_("The image was built in a way no two engines agree on: build it again."),
    )
