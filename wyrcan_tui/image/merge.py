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
from wyrcan_tui.image.tree import DIRECTORY, Kind, Tree
from wyrcan_tui.texts import _

WHITEOUT: Final = b".wh."
"""How the name of a whiteout begins."""
_META_PREFIX: Final = b".wh..wh."
_OPAQUE: Final = b".wh..wh..opq"

# No Final, as tests set it: compiled code has what is final built in.
MOST_SHOWN: int = 1 << 14
"""Directories of a layer that are known not to be hidden, in some 0.2 KB each; for others it is found out anew."""


class Claim(Enum):
    """What comes of an entry that would be part of the rootfs."""

    HIDDEN = auto()
    NEW = auto()
    FOR_DIRECTORY = auto()
    """It takes the place of a directory: one that the same layer had before, or that had no entry yet."""
    FOR_OTHER = auto()
    """It takes the place of something else that the same layer had before."""


HIDDEN: Final = Claim.HIDDEN
NEW: Final = Claim.NEW
"""Looked up once, as in `tree`."""


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
    """What one layer, or all above it, do to the ones below, beside the paths that they put into the tree.

    Attributes:
        implied: directories that must be there, but whose own entry has not come yet.
        supposed: those that a whiteout is in, with those on the way there, where nothing was known to be: if a lower
            layer has something there, it is a directory.
    """

    whiteouts: set[bytes] = field(default_factory=set)
    opaques: set[bytes] = field(default_factory=set)
    implied: set[bytes] = field(default_factory=set)
    supposed: set[bytes] = field(default_factory=set)


def parent(path: bytes) -> bytes:
    """Return the directory that `path` is in; empty for what stands in the root."""
    return path.rpartition(b"/")[0]


class Merge:
    """Puts into a tree what is part of the rootfs, and knows what the layers above hold or hide.

    Call `claim` for each entry of a layer, unless `marker` tells that it is none, and the tree's `fill` for the
    directory of one that is not hidden; `suppose` for the directories that a whiteout is in, and `end_layer` after the
    last entry.
    """

    def __init__(self, tree: Tree, awaited: Collection[bytes]) -> None:
        """Begin with the top layer, and a tree that has nothing but its root.

        Hard links of the layers above the present one lead to the paths `awaited`, where nothing has come yet: the
        caller takes from them whatever comes, and adds to them between two layers only.
        """
        self._tree = tree
        self._above = _Changes(implied={b""})
        self._own = _Changes()
        # The directories that a layer above implies and this one has.
        self._confirmed: set[bytes] = set()
        self._shown: set[bytes] = {b""}
        self._awaited = awaited
        # The same in order, once this layer has something; and what it has put there, or on the way there.
        self._ordered: list[bytes] = []
        self._in_the_way: list[bytes] = []

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
        if self._is_above(directory) or directory in self._above.supposed or directory in self._own.supposed:
            return False
        self._own.supposed.add(directory)
        return True

    def claim(self, path: bytes, within: bytes, what: Kind) -> Claim:
        """Put an entry of the present layer, in the directory `within`, into the tree if it is part of the rootfs.

        For the rules it is a directory, or something else: that is a file until more is said.

        Raises:
            WyrcanError: ``layer-contradiction`` where a path is both a directory with something in it and
                something else: in the layer itself, or as a layer above takes for granted, be it for an entry or for
                a whiteout in it.
        """
        above, tree = self._above, self._tree
        if path in above.whiteouts:
            return HIDDEN
        # An opaque root hides what is in it, not the root itself.
        if within not in self._shown and path and self._hidden(within):
            return HIDDEN
        number = tree.find(path)
        if number is not None and number < tree.first and path not in above.implied:
            if what is not DIRECTORY and tree.is_directory(path):
                # Hidden as it is, it has taken away what the layers below have in the directory.
                self._own.opaques.add(path)
            return HIDDEN
        if what is not DIRECTORY and (path in above.supposed or path in above.implied):
            # Other engines follow a symbolic link here. What went out below it cannot be moved any more, nor can what
            # a whiteout should have hidden where the link leads.
            raise _contradiction(path)
        if number is None:
            tree.add(path, what)
            self._look_out(path, what)
            return NEW
        if number < tree.first:
            self._confirmed.add(path)
            return Claim.FOR_DIRECTORY
        return self._replace(path, what)

    def _replace(self, path: bytes, what: Kind) -> Claim:
        """Let an entry take the place of what the same layer has put at its path."""
        was_directory = self._tree.is_directory(path)
        if not was_directory and what is DIRECTORY:
            # What stood there for a moment has hidden what the layers below have in the directory.
            self._own.opaques.add(path)
        if was_directory and what is not DIRECTORY and self._tree.is_filled(path):
            raise _contradiction(path)
        self._own.implied.discard(path)
        if not was_directory or what is not DIRECTORY:
            self._tree.replace(path, what)
        self._look_out(path, what)
        return Claim.FOR_DIRECTORY if was_directory else Claim.FOR_OTHER

    def reachable(self, directory: bytes) -> bytes:
        """Return the nearest directory, from `directory` upward, that no layer above takes away."""
        above = self._above
        reached = b""
        for inner in _downward(directory):
            if reached in above.opaques or self._takes_away(inner):
                break
            reached = inner
        return reached

    def imply(self, path: bytes, within: bytes) -> bool:
        """Make sure that the directory `path`, in `within`, is there; tell whether it is new and has no entry yet.

        Raises:
            WyrcanError: ``layer-contradiction`` where the same layer has something else there.
        """
        if path in self._tree:
            if not self._tree.is_directory(path):
                raise _contradiction(path)
            return False
        self._tree.add(path, DIRECTORY)
        self._own.implied.add(path)
        self._tree.fill(within)
        self._look_out(path, DIRECTORY)
        return True

    def taken_by_own(self) -> bytes | None:
        """Return one of the paths that are awaited at which the present layer takes away what the layers below it have.

        It is None where there is none. What that takes is in proportion to the paths and to what takes something away.
        """
        own = self._own
        if not (self._in_the_way or self._confirmed or own.whiteouts or own.opaques):
            return None
        for path in chain(own.whiteouts, self._confirmed, self._in_the_way):
            if path in self._awaited:
                return path
        ordered = sorted(self._awaited)
        others = (path for path in self._in_the_way if not self._tree.is_directory(path))
        for gone in chain(own.whiteouts, own.opaques, others):
            if (inside := _first_inside(ordered, gone)) is not None:
                return inside
        return None

    def end_layer(self) -> None:
        """From now on, what the present layer has hides what the layers below it have."""
        above, own = self._above, self._own
        above.whiteouts |= own.whiteouts
        above.opaques |= own.opaques
        above.implied -= self._confirmed
        above.implied |= own.implied
        # An entry that is known there has replaced what the layers below have, or hides it.
        above.supposed |= {directory for directory in own.supposed if directory not in self._tree}
        self._tree.settle()
        self._own = _Changes()
        self._confirmed = set()
        self._shown = set() if b"" in above.opaques else {b""}
        self._ordered = []
        self._in_the_way = []

    def _look_out(self, path: bytes, what: Kind) -> None:
        """Take note of what the present layer has put at a path if that is awaited, or something that is inside it."""
        if not self._awaited:
            return
        if not self._ordered:
            self._ordered = sorted(self._awaited)
        if path in self._awaited or (what is not DIRECTORY and _first_inside(self._ordered, path) is not None):
            self._in_the_way.append(path)

    def _is_above(self, path: bytes) -> bool:
        number = self._tree.find(path)
        return number is not None and number < self._tree.first

    def _takes_away(self, directory: bytes) -> bool:
        """Tell whether the layers above leave nothing of this directory, with all that is in it."""
        if directory in self._above.whiteouts:
            return True
        return self._is_above(directory) and not self._tree.is_directory(directory)

    def _hidden(self, directory: bytes) -> bool:
        """Tell whether what the present layer has in `directory` is hidden by the layers above."""
        if parent(directory) in self._shown:
            reached = not self._takes_away(directory)
        else:
            reached = self.reachable(directory) == directory
        if not reached or directory in self._above.opaques:
            # Not kept in mind: of what is hidden there may be any amount.
            return True
        if len(self._shown) >= MOST_SHOWN:
            self._shown.clear()
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


def _first_inside(ordered: list[bytes], directory: bytes) -> bytes | None:
    """Return the first of the paths in order that is inside a directory, or None."""
    inside = directory + b"/" if directory else b""
    place = bisect_left(ordered, inside)
    return ordered[place] if place < len(ordered) and ordered[place].startswith(inside) else None


def _contradiction(path: bytes) -> WyrcanError:
    return WyrcanError(
        "layer-contradiction",
        _("A layer makes /{path} both a directory and something else.").format(path=path.decode(errors="replace")),
        hint=_("The image was built in a way no two engines agree on: build it again."),
    )
