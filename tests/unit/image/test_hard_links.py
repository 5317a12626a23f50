"""Hard links: files keep all their names, whichever layer brings and whichever hides them."""

import stat
from collections.abc import Sequence

import pytest

from tests.support.image import Device, Dir, Fifo, File, Hardlink, Member, OpaqueWhiteout, Symlink, Whiteout
from tests.support.stack import Stack, cut_short, merge, pack
from tests.support.unpacker import archives, records, unpack
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image import initrd
from wyrcan_tui.image.weigh import Scale
from wyrcan_tui.kernel.config import Compression


def groups(*stack: Sequence[Member]) -> dict[str, str]:
    """For each file's names, joined, its content."""
    nodes = unpack(pack(stack))
    return {
        " ".join(sorted(name.decode() for name in node.names)): node.content.decode()
        for node in nodes.values()
        if node.names
    }


def refusal(*stack: Sequence[Member]) -> WyrcanError:
    """Why the layers are refused."""
    with pytest.raises(WyrcanError) as raised:
        pack(stack)
    return raised.value


def test_link_within_a_layer_shares_the_file() -> None:
    assert groups([File("a", b"1"), Hardlink("b", "a")]) == {"a b": "1"}


@pytest.mark.parametrize("compression", Compression)
def test_content_is_in_the_initrd_once_however_many_names_and_layers_it_has(compression: Compression) -> None:
    layers: Stack = [[File("a", b"1" * 500), Hardlink("b", "a")], [Hardlink("c", "b")], [Hardlink("d", "a")]]
    found = [record for archive in archives(pack(layers, compression)) for record in records(archive)]
    files = [record for record in found if stat.S_ISREG(record.mode)]
    assert [record.body for record in files if record.body] == [b"1" * 500]
    assert {record.nlink for record in files} == {4}
    assert groups(*layers) == {"a b c d": "1" * 500}


def test_link_keeps_the_metadata_of_its_own_layer_when_a_layer_above_changes_the_target_s() -> None:
    nodes = unpack(pack([[File("a", b"1", 0o755, 1, 1, 1), Hardlink("b", "a")], [File("a", b"1", 0o600, 2, 2, 2)]]))
    assert (nodes[b"b"].mode & 0o7777, nodes[b"b"].uid, *nodes[b"b"].names) == (0o755, 1, b"b")
    assert (nodes[b"a"].mode & 0o7777, nodes[b"a"].uid, *nodes[b"a"].names) == (0o600, 2, b"a")


def test_link_from_above_has_the_metadata_that_the_layer_between_gave_the_target() -> None:
    layers: Stack = [[File("a", b"1", 0o755)], [File("a", b"1", 0o4711, 2, 2, 2)], [Hardlink("b", "a")]]
    nodes = unpack(pack(layers))
    assert nodes[b"b"] == nodes[b"a"]
    assert (nodes[b"b"].mode & 0o7777, nodes[b"b"].uid) == (0o4711, 2)


def test_link_to_a_lower_layer_shares_the_file() -> None:
    assert groups([File("a", b"1")], [Hardlink("b", "a")]) == {"a b": "1"}
    assert groups([File("a", b"1")], [File("x", b"2")], [Hardlink("b", "a")]) == {"a b": "1", "x": "2"}


def test_link_to_its_own_path_is_the_lower_layer_s_file() -> None:
    stack: Stack = [[File("a", b"1"), Hardlink("b", "a")], [Hardlink("a", "a"), File("c", b"2")]]
    assert groups(*stack) == {"a b": "1", "c": "2"}
    assert merge(stack, Scale()).origins([b"a", b"b", b"c"]) == {b"a": (0, b"a"), b"b": (0, b"a"), b"c": (1, b"c")}
    assert all(merge(stack, Scale()).tree.is_file(path) for path in (b"a", b"b", b"c"))


@pytest.mark.parametrize("most", [1, 2])
def test_links_to_files_of_a_draft_with_too_many_share_them(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(initrd, "_MOST_FILES", most)
    files = [File(name, name.encode()) for name in "abc"]
    links = [Hardlink("1" + name, name) for name in "ab"]
    more = [Hardlink("2" + name, name) for name in "abc"]
    data = pack([[*files, *links, File("d"), File("e"), *more]], Compression.NONE, [Compression.NONE])
    names = {node.content: len(node.names) for node in unpack(data).values() if node.content in (b"a", b"b", b"c")}
    assert names == {b"a": 3, b"b": 3, b"c": 2}


def test_link_to_one_of_the_last_of_many_files_takes_no_detour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(initrd, "_MOST_FILES", 4)
    files = [File(str(number)) for number in range(5)]
    sizes = [
        len(pack([[*files, *links]], Compression.NONE, [Compression.NONE])) for links in ([], [Hardlink("link", "4")])
    ]
    assert sizes[1] - sizes[0] == 116


def test_links_to_links_share_the_first_file() -> None:
    assert groups([File("a", b"1"), Hardlink("b", "a"), Hardlink("c", "b")]) == {"a b c": "1"}
    assert groups([File("a", b"1")], [Hardlink("b", "a")], [Hardlink("c", "b")]) == {"a b c": "1"}
    assert groups([File("a", b"1"), Hardlink("b", "a")], [Hardlink("c", "b"), Hardlink("d", "c")]) == {"a b c d": "1"}


def test_link_keeps_the_file_of_a_name_that_is_replaced_later() -> None:
    assert groups([File("a", b"1")], [Hardlink("b", "a")], [File("a", b"3")]) == {"b": "1", "a": "3"}


def test_link_keeps_the_file_of_a_name_that_is_whited_out_later() -> None:
    assert groups([Dir("d"), File("d/a", b"1")], [Hardlink("b", "d/a")], [Whiteout("d")]) == {"b": "1"}
    assert groups([File("d/a", b"1")], [Hardlink("b", "d/a")], [OpaqueWhiteout("d")]) == {"b": "1"}


def test_file_whose_first_name_is_hidden_is_read_again_for_the_others() -> None:
    stack: Stack = [[File("a", b"1"), Hardlink("b", "a"), Hardlink("c", "a")], [File("a", b"2")]]
    assert groups(*stack) == {"b c": "1", "a": "2"}
    assert list(merge(stack, Scale()).missed) == [0]


def test_hidden_link_takes_no_part() -> None:
    assert groups([File("a", b"1"), Hardlink("b", "a"), Hardlink("c", "b")], [Whiteout("b")]) == {"a c": "1"}


def test_replaced_link_leaves_the_others() -> None:
    assert groups([File("a", b"1"), Hardlink("b", "a")], [File("b", b"2")]) == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    "stack",
    [
        [[Hardlink("b", "a")]],
        [[File("x")], [Hardlink("b", "a")]],
        [[File("a")], [Whiteout("a")], [Hardlink("b", "a")]],
        [[File("d/a")], [Whiteout("d")], [Hardlink("b", "d/a")]],
        [[File("d/a")], [OpaqueWhiteout("d")], [Hardlink("b", "d/a")]],
        [[File("d/a")], [File("d")], [Hardlink("b", "d/a")]],
        [[File("a")], [Dir("a")], [Hardlink("b", "a")]],
    ],
)
def test_link_to_what_is_not_there_is_refused(stack: list[list[Member]]) -> None:
    error = refusal(*stack)
    assert error.code == "hardlink-target-missing"
    assert "/b" in error.message


def test_link_that_comes_before_its_file_in_the_layer_is_refused() -> None:
    # Engines that work from the bottom up give it the file of a layer below, or find none.
    assert refusal([Hardlink("b", "a"), File("a", b"1")]).code == "layer-contradiction"
    assert refusal([File("a", b"1")], [Hardlink("b", "a"), File("a", b"2")]).code == "layer-contradiction"
    assert groups([Hardlink("b", "a"), File("a", b"1")], [File("b", b"2")]) == {"a": "1", "b": "2"}


def test_link_to_a_symbolic_link_or_a_device_is_one_more_of_them() -> None:
    nodes = unpack(
        pack(
            [
                [Symlink("s", "x"), Device("c", 1, 3), Fifo("f"), Hardlink("s2", "s"), Hardlink("c2", "c")],
                [Hardlink("f2", "f"), Hardlink("s3", "s"), Whiteout("c")],
            ]
        )
    )
    assert nodes[b"s2"].content == nodes[b"s3"].content == b"x"
    assert nodes[b"c2"].device == (1, 3)
    assert nodes[b"f2"] == nodes[b"f"]
    assert b"c" not in nodes


def test_link_to_a_symbolic_link_has_its_owner_and_time() -> None:
    layer: list[Member] = [Dir("d"), Symlink("d/s", "x", 1, 2, 3), Hardlink("t", "d/s")]
    nodes = unpack(pack([layer]))
    assert (nodes[b"t"].content, nodes[b"t"].uid, nodes[b"t"].gid, nodes[b"t"].mtime) == (b"x", 1, 2, 3)
    assert nodes[b"d/s"] == nodes[b"t"]
    # The same where a layer above hides it at its own path, or has it by a link there.
    assert unpack(pack([layer, [File("d/s", b"1")]]))[b"t"] == nodes[b"t"]
    assert unpack(pack([layer, [Hardlink("d/s", "d/s")]])) == nodes


def test_link_s_own_metadata_does_not_count() -> None:
    nodes = unpack(pack([[File("a", b"1", 0o4755, 1, 2, 3), Hardlink("b", "a")]]))
    assert nodes[b"b"] == nodes[b"a"]
    assert (nodes[b"b"].mode & 0o7777, nodes[b"b"].uid, nodes[b"b"].mtime) == (0o4755, 1, 3)


def test_layer_that_has_a_linked_path_twice_is_refused() -> None:
    assert refusal([File("a", b"1"), Hardlink("b", "a"), File("a", b"2")]).code == "layer-contradiction"
    assert refusal([File("a", b"1"), File("a", b"2"), Hardlink("b", "a")]).code == "layer-contradiction"
    assert refusal([File("a", b"1"), File("a", b"2")], [Hardlink("b", "a")]).code == "layer-contradiction"
    assert refusal([File("a", b"1"), Hardlink("a", "a")]).code == "layer-contradiction"


in_one_frame_and_in_several = pytest.mark.parametrize("frame", [1000, 1 << 20], ids=["of several frames", "of one"])


def filler(number: int) -> File:
    """A file that fills a draft of the next tests by itself."""
    return File(f"filler{number}", b"-" * 900)


@in_one_frame_and_in_several
@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 900, 5000], ids=lambda size: f"{size} bytes")
def test_name_that_comes_after_its_draft_was_settled_shares_the_file(
    size: int, frame: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_short(monkeypatch, 1000, frame)
    layer: list[Member] = [
        File("a", b"x" * size),
        Hardlink("b", "a"),
        filler(1),
        File("z", b"z"),
        filler(2),
        Hardlink("c", "a"),
    ]
    found = groups(layer, [File("above", b"1"), filler(3)])
    fillers = {f"filler{number}": "-" * 900 for number in (1, 2, 3)}
    assert found == {"a b c": "x" * size, "z": "z", "above": "1"} | fillers


@in_one_frame_and_in_several
def test_several_files_of_one_draft_get_late_names(frame: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_short(monkeypatch, 4000, frame)
    files = [File(f"f{number}", b"%d" % number * 50) for number in range(9)]
    others = [File(f"other{number}", b"x" * 100) for number in range(3)]
    links = [Hardlink(f"late{number}", f"f{number}") for number in range(0, 9, 2)]
    found = groups([*files, *others, *(File(f"filler{n}", b"-" * 3900) for n in range(3)), *links])
    for number in range(0, 9, 2):
        assert found[f"f{number} late{number}"] == str(number) * 50
    for number in range(1, 9, 2):
        assert found[f"f{number}"] == str(number) * 50
    assert found["other2"] == "x" * 100


@in_one_frame_and_in_several
def test_file_larger_than_a_draft_gets_late_names(frame: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_short(monkeypatch, 1000, frame)
    large = bytes(range(65, 91)) * 200
    assert groups([File("large", large), Hardlink("b", "large"), Hardlink("c", "b")]) == {
        "b c large": large.decode(),
    }
