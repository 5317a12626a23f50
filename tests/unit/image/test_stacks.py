"""Random stacks of layers: the engine's top-down merge must come to what the plain bottom-up rules come to."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.support.image import Dir, Fifo, File, Hardlink, Member, OpaqueWhiteout, Symlink, Whiteout
from tests.support.model import Model
from tests.support.stack import Stack, cut_short, merge, pack
from tests.support.tree import Node, read_directory
from tests.support.unpacker import unpack
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image import merge as merge_module
from wyrcan_tui.image import tree
from wyrcan_tui.image.directory import DirectoryWriter
from wyrcan_tui.kernel.config import Compression

SMALL = 2000
MAGIC = {
    Compression.ZSTD: b"\x28\xb5\x2f\xfd",
    Compression.LZ4: b"\x02\x21\x4c\x18",
    Compression.NONE: b"070701",
}

names = st.sampled_from("abc")
paths = st.builds("/".join, st.lists(names, min_size=1, max_size=3))
owners = st.sampled_from([0, 1000])
members = st.one_of(
    st.builds(
        File,
        paths,
        st.builds(lambda letter, size: letter * size, st.sampled_from([b"x", b"y", b"z"]), st.integers(0, 3000)),
        st.sampled_from([0o644, 0o4755]),
        owners,
        owners,
        st.integers(0, 2**31),
    ),
    st.builds(Dir, paths | st.just("."), st.sampled_from([0o700, 0o755]), owners, owners, st.integers(0, 2**31)),
    st.builds(Hardlink, paths, paths),
    st.builds(Hardlink, paths, paths),
    st.builds(Symlink, paths, st.sampled_from(["a", "../b", "/c"]), owners, owners, st.integers(0, 2**31)),
    st.builds(Fifo, paths),
    st.builds(Whiteout, paths),
    st.builds(OpaqueWhiteout, paths | st.just(".")),
)
compressions = st.sampled_from(Compression)
frames = st.sampled_from([SMALL, 1 << 30])
stacks = st.lists(st.lists(members, max_size=8), min_size=1, max_size=4)

quietly = settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def modelled(stack: Sequence[Sequence[Member]]) -> tuple[list[list[Member]], Model]:
    """The stack without entries that contradict it, and what it makes."""
    model = Model()
    return [model.add_layer(layer) for layer in stack], model


def agreed(stack: Sequence[Sequence[Member]]) -> tuple[list[list[Member]], dict[bytes, Node]]:
    """The stack without entries that contradict it, and its tree, where there is but one way to see it."""
    valid, model = modelled(stack)
    assume(not model.crossed and not is_ambiguous(valid))
    return valid, model.tree()


def is_ambiguous(stack: Stack) -> bool:
    """Whether a layer has a path twice: one that takes part in hard links, or as a directory and something else.

    A link in front of what stands at its target in the same layer counts as well.
    """
    for layer in stack:
        directories = {member.path for member in layer if isinstance(member, Dir)}
        entries = [member for member in layer if isinstance(member, File | Hardlink | Symlink | Fifo | Dir)]
        if any(entry.path in directories and not isinstance(entry, Dir) for entry in entries):
            return True
        own = [entry.path for entry in entries]
        for number, entry in enumerate(entries):
            if isinstance(entry, Hardlink) and entry.target in own[number:]:
                return True
        linked = {path for entry in entries if isinstance(entry, Hardlink) for path in (entry.path, entry.target)}
        above = {member.target for other in stack for member in other if isinstance(member, Hardlink)}
        if any(own.count(path) > 1 for path in linked | above):
            return True
    return False


@given(stack=stacks, frame=frames, recent=st.sampled_from([1, 4, tree.RECENT]), shown=st.sampled_from([1, 2, 1 << 14]))
@quietly
def test_kernel_unpacks_what_the_layers_make(
    stack: Any, frame: int, recent: int, shown: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_short(monkeypatch, SMALL, frame)
    monkeypatch.setattr(tree, "RECENT", recent)
    monkeypatch.setattr(merge_module, "MOST_SHOWN", shown)
    valid, model = modelled(stack)
    try:
        packed = pack(valid)
    except WyrcanError as error:
        assert error.code == "layer-contradiction", error
        assert model.crossed or is_ambiguous(valid)
        return
    assert not model.crossed
    assert unpack(packed) == model.tree()


@given(stack=stacks)
@quietly
def test_directory_has_what_the_layers_make(stack: Any) -> None:
    valid, expected = agreed(stack)
    with tempfile.TemporaryDirectory() as folder:
        writer = DirectoryWriter(Path(folder))
        Path(folder).chmod(0o755)
        merge(valid, writer, piece=700)
        writer.finish()
        if not any(isinstance(member, Dir) and member.path == "." for layer in valid for member in layer):
            os.utime(folder, (0, 0))
        found = read_directory(Path(folder))
    if os.geteuid():
        # Only root can give files away.
        found, expected = ({path: node_of_nobody(node) for path, node in nodes.items()} for nodes in (found, expected))
    assert found == expected


def node_of_nobody(node: Node) -> Node:
    """The node without its owner."""
    return Node(node.mode, 0, 0, node.mtime, node.content, node.device, node.names)


@given(stack=stacks, compression=compressions, guesses=st.lists(compressions, max_size=4), frame=frames)
@settings(quietly, max_examples=100)
def test_initrd_holds_the_same_in_every_compression_and_whatever_it_was_thought_to_be(
    stack: Any, compression: Compression, guesses: list[Compression], frame: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_short(monkeypatch, SMALL, frame)
    valid, expected = agreed(stack)
    packed = pack(valid, compression, guesses)
    assert packed.startswith(MAGIC[compression]) or not packed
    assert unpack(packed) == expected
