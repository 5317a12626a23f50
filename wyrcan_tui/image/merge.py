"""Which entries of a stack of layers make up the rootfs, decided from the top layer down.

The rules of OCI image-spec, layer.md ("Applying Changesets", "Whiteouts"). Read from the top, the first entry
seen for a path is the one that stays, so every entry can go out at once and nothing is ever taken back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
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
    OTHER = auto()


@dataclass(slots=True)
class _Changes:
    """What one layer does to the ones below it."""

    nodes: dict[bytes, Node] = field(default_factory=dict)
    whiteouts: set[bytes] = field(default_factory=set)
    opaques: set[bytes] = field(default_factory=set)


def parent(path: bytes) -> bytes:
    """Return the directory that `path` is in; empty for what stands in the root."""
    return path.rpartition(b"/")[0]


class Merge:
    """The state between two layers: what the layers above already hold or hide.

    Call `visible` for each entry of a layer, `whiteout` for its whiteouts, and `end_layer` after its last one.
    """

    def __init__(self) -> None:
        self._above = _Changes()
        self._own = _Changes()
        self._verdicts: dict[bytes, bool] = {b"": False}

    def whiteout(self, path: bytes, directory: bytes) -> bool:
        """Take note of `path`, in `directory`, if it is a whiteout, and tell whether it was one, which is no entry.

        Raises:
            WyrcanError: ``whiteout-invalid`` where it names nothing.
        """
        name = path.rpartition(b"/")[2]
        if not name.startswith(WHITEOUT):
            return False
        if name == _OPAQUE:
            self._own.opaques.add(directory)
        elif not name.startswith(_META_PREFIX):
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
        return True

    def visible(self, path: bytes, within: bytes, *, directory: bool) -> bool:
        """Tell whether an entry of the present layer, in the directory `within`, is part of the rootfs.

        It takes note of the entry if it is.

        Raises:
            WyrcanError: ``layer-contradiction`` where a path is both a directory with something in it and
                something else: in the layer itself, or as a layer above takes for granted.
        """
        above = self._above
        if path in above.whiteouts:
            return False
        hidden = self._verdicts.get(within)
        # An opaque root hides what is in it, not the root itself.
        if (hidden or (hidden is None and self._hidden(within))) and path:
            return False
        if (node := above.nodes.get(path)) and not self._agrees(path, node, directory=directory):
            return False
        nodes = self._own.nodes
        if own := nodes.get(path):
            if own is not Node.OTHER and not directory and self._has_children(path):
                raise _contradiction(path)
            if own is Node.OTHER and directory:
                # What stood there for a moment has hidden what the layers below have in the directory.
                self._own.opaques.add(path)
        nodes[path] = Node.DIRECTORY if directory else Node.OTHER
        return True

    def _agrees(self, path: bytes, above: Node, *, directory: bool) -> bool:
        """Tell whether an entry still counts where a layer above has the same path."""
        if above is Node.IMPLIED:
            if not directory:
                # Other engines follow a symbolic link here. What went out below it cannot be moved any more.
                raise _contradiction(path)
            return True
        if above is Node.DIRECTORY and not directory:
            # Hidden as it is, it has taken away what the layers below have in the directory.
            self._own.opaques.add(path)
        return False

    def reachable(self, directory: bytes) -> bytes:
        """Return the nearest directory, from `directory` upward, that no layer above takes away."""
        while directory and (
            directory in self._above.whiteouts
            or self._above.nodes.get(directory) is Node.OTHER
            or self._hidden(parent(directory))
        ):
            directory = parent(directory)
        return directory

    def imply(self, path: bytes) -> bool:
        """Make sure that the directory `path` is there; tell whether it is new and has no entry of its own yet.

        Raises:
            WyrcanError: ``layer-contradiction`` where the same layer has something else there.
        """
        found = self._above.nodes.get(path) or self._own.nodes.get(path)
        if found is Node.OTHER:
            raise _contradiction(path)
        if found is None:
            self._own.nodes[path] = Node.IMPLIED
        return found is None

    def hidden_by_own(self, path: bytes) -> bool:
        """Tell whether the present layer takes away what the layers below it have at `path`."""
        own = self._own
        if path in own.whiteouts or path in own.nodes:
            return True
        while path:
            path = parent(path)
            if path in own.whiteouts or path in own.opaques or own.nodes.get(path) is Node.OTHER:
                return True
        return False

    def end_layer(self) -> None:
        """From now on, what the present layer has hides what the layers below it have."""
        above, own = self._above, self._own
        above.nodes |= own.nodes
        above.whiteouts |= own.whiteouts
        above.opaques |= own.opaques
        self._own = _Changes()
        self._verdicts = {b"": b"" in above.opaques}

    def _hidden(self, directory: bytes) -> bool:
        """Tell whether what the present layer has in `directory` is hidden by the layers above."""
        above = self._above
        asked: list[bytes] = []
        while (verdict := self._verdicts.get(directory)) is None:
            asked.append(directory)
            directory = parent(directory)
        for inner in reversed(asked):
            verdict = (
                verdict or inner in above.whiteouts or inner in above.opaques or above.nodes.get(inner) is Node.OTHER
            )
            self._verdicts[inner] = verdict
        return verdict

    def _has_children(self, path: bytes) -> bool:
        prefix = path + b"/"
        return any(other.startswith(prefix) for other in self._own.nodes)


def _contradiction(path: bytes) -> WyrcanError:
    return WyrcanError(
        "layer-contradiction",
        _("A layer makes /{path} both a directory and something else.").format(path=path.decode(errors="replace")),
        hint=_("The image was built in a way no two engines agree on: build it again."),
    )
