"""How layers are merged: one test for each rule, shown on the tree that the kernel makes of the initrd."""

import pytest

from tests.support.image import Device, Dir, File, Hardlink, Member, OpaqueWhiteout, Symlink, Whiteout
from tests.support.stack import pack
from tests.support.tree import Node
from tests.support.unpacker import unpack
from wyrcan_tui.errors import WyrcanError


def tree(*stack: list[Member]) -> dict[str, str]:
    """Paths and contents (a directory's is ``/``) of what the layers make, the lowest layer first."""
    return {
        path.decode(): "/" if node.mode & 0o040000 and not node.content else node.content.decode()
        for path, node in unpack(pack(stack)).items()
        if path
    }


def refusal(*stack: list[Member]) -> WyrcanError:
    """Why the layers are refused."""
    with pytest.raises(WyrcanError) as raised:
        pack(stack)
    return raised.value


def test_upper_file_replaces_the_lower_one() -> None:
    assert tree([File("a", b"1"), File("b", b"1")], [File("a", b"2")]) == {"a": "2", "b": "1"}


def test_whiteout_hides_a_file() -> None:
    assert tree([File("a", b"1"), File("b", b"1")], [Whiteout("a")]) == {"b": "1"}


def test_whiteout_hides_a_directory_with_all_that_is_in_it() -> None:
    assert tree([Dir("d"), File("d/a"), Dir("d/e"), File("d/e/b"), File("da")], [Whiteout("d")]) == {"da": ""}


def test_whiteout_hides_nothing_of_its_own_layer() -> None:
    assert tree([File("a", b"1")], [Whiteout("a"), File("a", b"2")]) == {"a": "2"}
    assert tree([File("a", b"1")], [File("a", b"2"), Whiteout("a")]) == {"a": "2"}


@pytest.mark.parametrize("position", range(5))
@pytest.mark.parametrize("marker", [Whiteout("d"), OpaqueWhiteout("d")], ids=["whiteout", "opaque"])
def test_directory_that_is_made_anew_has_nothing_of_the_old_one_wherever_the_marker_stands(
    marker: Member, position: int
) -> None:
    below: list[Member] = [Dir("d"), File("d/old", b"1"), Dir("d/e"), File("d/e/old", b"1"), File("d2", b"1")]
    layer: list[Member] = [Dir("d"), File("d/new", b"2"), Dir("d/e"), File("d/e/new", b"2")]
    layer.insert(position, marker)
    assert tree(below, layer) == {"d": "/", "d/new": "2", "d/e": "/", "d/e/new": "2", "d2": "1"}


def test_what_was_hidden_can_come_again() -> None:
    assert tree([File("a", b"1")], [Whiteout("a")], [File("a", b"3")]) == {"a": "3"}
    assert tree([Dir("d"), File("d/a")], [Whiteout("d")], [Dir("d"), File("d/b", b"3")]) == {"d": "/", "d/b": "3"}


def test_file_hides_the_directory_below_even_where_a_directory_comes_again() -> None:
    assert tree([Dir("d"), File("d/a")], [File("d")], [Dir("d"), File("d/b", b"3")]) == {"d": "/", "d/b": "3"}
    assert tree([File("d/a")], [Symlink("d", "e")], [Dir("d")]) == {"d": "/"}


def test_whiteout_of_what_is_not_there_hides_nothing() -> None:
    assert tree([File("a", b"1")], [Whiteout("b"), Whiteout("x/y")]) == {"a": "1"}


def test_opaque_whiteout_hides_lower_layers_only_and_not_the_directory() -> None:
    stack: list[list[Member]] = [[Dir("d", 0o750, 7, 7), File("d/old")], [OpaqueWhiteout("d")], [File("d/new")]]
    nodes = unpack(pack(stack))
    assert set(nodes) == {b"", b"d", b"d/new"}
    assert (nodes[b"d"].mode & 0o7777, nodes[b"d"].uid) == (0o750, 7)


def test_opaque_whiteout_hides_what_is_deep_below_it_but_nothing_beside_it() -> None:
    below: list[Member] = [Dir("d"), Dir("d/e"), File("d/e/f"), File("d2/a"), File("a")]
    assert tree(below, [OpaqueWhiteout("d"), File("d/e/g", b"2")]) == {
        "a": "",
        "d": "/",
        "d/e": "/",
        "d/e/g": "2",
        "d2": "/",
        "d2/a": "",
    }


def test_opaque_root_hides_all_layers_below_but_not_the_root() -> None:
    packed = pack([[Dir(".", 0o700), File("a"), Dir("d")], [OpaqueWhiteout("."), File("b", b"2")]])
    nodes = unpack(packed)
    assert set(nodes) == {b"", b"b"}
    assert nodes[b""].mode & 0o7777 == 0o700


def test_metadata_of_other_tools_is_no_entry() -> None:
    assert tree([File("a"), File(".wh..wh.aufs", b"x")]) == {"a": ""}
    assert tree([File("a"), Dir("d/.wh..wh.plnk"), File("d/.wh..wh.plnk/1.2", b"x")]) == {"a": ""}
    # Nor does it say anything of what is below.
    assert tree([File("a")], [File("a/.wh..wh.aufs"), File("a/.wh..wh.plnk/1.2", b"x")]) == {"a": ""}


@pytest.mark.parametrize("name", [".wh.", ".wh..", "d/.wh..."])
def test_whiteout_that_names_nothing_is_refused(name: str) -> None:
    assert refusal([File(name)]).code == "whiteout-invalid"


@pytest.mark.parametrize("path", [".wh.a/b", "d/.wh.a/b/c", ".wh..wyrcan/.wh..wyrcan", ".wh..wyrcan/etc/passwd"])
def test_something_in_a_whiteout_is_refused(path: str) -> None:
    assert refusal([File("etc/a"), File(path)]).code == "whiteout-invalid"
    assert refusal([File("etc/a"), Dir(path)]).code == "whiteout-invalid"


def test_file_replaces_a_directory_and_all_that_is_in_it() -> None:
    assert tree([Dir("d"), File("d/a"), Dir("d/e"), File("d/e/f")], [File("d", b"2")]) == {"d": "2"}


def test_symbolic_link_replaces_a_directory_and_all_that_is_in_it() -> None:
    assert tree([Dir("d"), File("d/a"), Dir("e")], [Symlink("d", "e")]) == {"d": "e", "e": "/"}


def test_children_never_pass_through_a_link_that_replaced_their_directory() -> None:
    below: list[list[Member]] = [[Dir("d"), File("d/a", b"1"), Dir("e")], [Symlink("d", "e")]]
    assert refusal(*below, [File("d/b")]).code == "layer-contradiction"
    assert tree(*below, [Dir("d"), File("d/b", b"3")]) == {"d": "/", "d/b": "3", "e": "/"}


def test_directory_replaces_a_file_or_a_link() -> None:
    assert tree([File("a", b"1"), Symlink("b", "a")], [Dir("a"), Dir("b"), File("b/c")]) == {
        "a": "/",
        "b": "/",
        "b/c": "",
    }


@pytest.mark.parametrize("between", [File("d"), Symlink("d", "e"), Device("d", 1, 3)])
def test_directory_over_a_file_over_a_directory_has_nothing_of_the_lowest(between: Member) -> None:
    assert tree([Dir("d"), File("d/old")], [between], [Dir("d"), File("d/new")]) == {"d": "/", "d/new": ""}
    assert tree([File("d/old")], [between], [Dir("d")], [File("d/new")]) == {"d": "/", "d/new": ""}


def test_directories_are_joined_and_the_upper_one_s_metadata_stays() -> None:
    nodes = unpack(pack([[Dir("d", 0o755, 1, 1), File("d/a")], [Dir("d", 0o700, 2, 2), File("d/b")]]))
    assert set(nodes) == {b"", b"d", b"d/a", b"d/b"}
    assert (nodes[b"d"].mode & 0o7777, nodes[b"d"].uid) == (0o700, 2)


def test_time_of_a_directory_is_its_uppermost_entry_s_however_late_that_comes() -> None:
    old, new, file = Dir("d", mtime=1), Dir("d", mtime=5), File("d/a", mtime=9)
    lower: list[Member] = [old, new, file]
    assert unpack(pack([lower]))[b"d"].mtime == 5
    assert unpack(pack([[file, old, new]]))[b"d"].mtime == 5
    assert unpack(pack([lower, [File("d/b")]]))[b"d"].mtime == 5
    assert unpack(pack([lower, [Whiteout("d/a"), File("d/e/b")]]))[b"d"].mtime == 5
    assert unpack(pack([lower, [File("d/b"), Dir("d", mtime=7)]]))[b"d"].mtime == 7
    assert unpack(pack([lower, [File("x"), Dir(".", mtime=8)]]))[b""].mtime == 8


def test_time_of_a_directory_is_that_of_what_stands_there_in_the_end() -> None:
    assert unpack(pack([[Dir("d", mtime=1), File("d", mtime=2), Dir("d", mtime=3)]]))[b"d"].mtime == 3
    assert unpack(pack([[Dir("d", mtime=1), File("d", mtime=2)]]))[b"d"].mtime == 2


def test_directory_without_an_entry_is_made_for_everybody_to_read_and_root_to_write() -> None:
    nodes = unpack(pack([[File("d/e/a", uid=5, gid=5, mtime=5)]]))
    assert nodes[b"d"] == nodes[b"d/e"] == Node(0o040755, 0, 0)


def test_implied_directory_keeps_the_metadata_of_the_layer_below() -> None:
    nodes = unpack(pack([[Dir("d", 0o1777, 5, 5)], [File("d/a")]]))
    assert (nodes[b"d"].mode, nodes[b"d"].uid) == (0o041777, 5)


def test_entry_that_is_hidden_leaves_the_directory_it_implied() -> None:
    assert tree([File("d/a")], [Whiteout("d/a")]) == {"d": "/"}
    assert tree([File("d/e/a")], [Whiteout("d/e")]) == {"d": "/"}


def test_parents_may_come_after_what_is_in_them() -> None:
    nodes = unpack(pack([[File("d/a"), Dir("d", 0o700)]]))
    assert nodes[b"d"].mode == 0o040700


def test_last_of_several_entries_for_a_path_in_one_layer_stays() -> None:
    assert tree([File("a", b"12345"), File("a", b"2")]) == {"a": "2"}
    assert tree([File("a", b"1"), Symlink("a", "b"), Device("a", 1, 3), File("a", b"4")]) == {"a": "4"}
    assert tree([Dir("a"), File("a", b"2")]) == {"a": "2"}
    assert tree([File("a", b"1"), Dir("a")]) == {"a": "/"}


def test_file_that_becomes_a_directory_in_one_layer_hides_what_was_below() -> None:
    assert tree([Dir("d"), File("d/old")], [File("d"), Dir("d"), File("d/new")]) == {"d": "/", "d/new": ""}


def test_directory_with_something_in_it_that_becomes_a_file_is_refused() -> None:
    assert refusal([Dir("d"), File("d/a"), File("d")]).code == "layer-contradiction"
    assert refusal([Dir("d"), File("d/a"), Dir("d"), File("d")]).code == "layer-contradiction"
    assert refusal([File("d/a"), Dir("d"), Symlink("d", "e")]).code == "layer-contradiction"


def test_entry_below_a_file_of_the_same_layer_is_refused() -> None:
    assert refusal([File("a"), File("a/b")]).code == "layer-contradiction"
    assert refusal([Symlink("a", "/etc"), File("a/passwd")]).code == "layer-contradiction"


def test_directory_implied_where_a_lower_layer_has_a_link_is_refused() -> None:
    # Engines that work from the bottom up follow the link; silently losing it would break the system.
    assert refusal([Symlink("lib", "usr/lib")], [File("lib/a")]).code == "layer-contradiction"
    assert tree([Symlink("lib", "usr/lib")], [Dir("lib"), File("lib/a")]) == {"lib": "/", "lib/a": ""}


MARKERS = [Whiteout("lib/a"), Whiteout("lib/b/c"), OpaqueWhiteout("lib"), OpaqueWhiteout("lib/b")]
LINKED: list[Member] = [File("usr/lib/a", b"1"), Symlink("lib", "usr/lib")]


@pytest.mark.parametrize("marker", MARKERS, ids=str)
@pytest.mark.parametrize("there", [Symlink("lib", "usr/lib"), File("lib"), Device("lib", 1, 3), Hardlink("lib", "a")])
def test_whiteout_below_what_is_no_directory_in_a_lower_layer_is_refused(there: Member, marker: Member) -> None:
    # Other engines hide what is where a link leads; to keep it without a word may keep a secret.
    assert refusal([File("a"), there], [marker]).code == "layer-contradiction"
    assert refusal([File("a"), there], [File("b")], [marker, File("c")], [File("d")]).code == "layer-contradiction"


@pytest.mark.parametrize("marker", MARKERS, ids=str)
@pytest.mark.parametrize("position", range(2))
@pytest.mark.parametrize(
    ("anew", "lib"),
    [(Dir("lib"), "/"), (File("lib", b"2"), "2"), (Symlink("lib", "e"), "e"), (Whiteout("lib"), None)],
    ids=str,
)
def test_whiteout_below_what_its_own_layer_replaces_or_hides_stays(
    marker: Member, position: int, anew: Member, lib: str | None
) -> None:
    layer = [anew]
    layer.insert(position, marker)
    expected = {"usr": "/", "usr/lib": "/", "usr/lib/a": "1"}
    assert tree(LINKED, layer) == expected | ({"lib": lib} if lib else {})


@pytest.mark.parametrize("marker", MARKERS, ids=str)
def test_whiteout_below_a_directory_that_a_layer_between_has_made_there_stays(marker: Member) -> None:
    expected = {"usr": "/", "usr/lib": "/", "usr/lib/a": "1", "lib": "/"}
    assert tree(LINKED, [Dir("lib")], [marker]) == expected
    assert tree(LINKED, [Whiteout("lib"), File("lib/z", b"2")], [marker]) == expected | (
        {} if marker == OpaqueWhiteout("lib") else {"lib/z": "2"}
    )


@pytest.mark.parametrize("marker", MARKERS, ids=str)
def test_whiteout_below_a_link_that_a_layer_between_has_hidden_stays(marker: Member) -> None:
    kept = {"usr": "/", "usr/lib": "/", "usr/lib/a": "1"}
    assert tree(LINKED, [Whiteout("lib")], [marker]) == kept
    assert tree(LINKED, [OpaqueWhiteout(".")], [marker]) == {}
    assert tree([Symlink("d/lib", "e")], [OpaqueWhiteout("d")], [Whiteout("d/lib/a")]) == {"d": "/"}
    assert tree([Symlink("d/lib", "e")], [File("d")], [Dir("d")], [Whiteout("d/lib/a")]) == {"d": "/"}


def test_whiteout_below_a_link_that_a_layer_above_replaces_stays() -> None:
    kept = {"usr": "/", "usr/lib": "/", "usr/lib/a": "1"}
    assert tree(LINKED, [Whiteout("lib/a")], [Dir("lib")]) == kept | {"lib": "/"}
    assert tree(LINKED, [Whiteout("lib/a")], [Whiteout("lib")]) == kept


def test_whiteout_below_a_link_of_a_layer_that_is_above_it_hides_what_was_there_before() -> None:
    assert tree([File("lib/a"), File("lib/b")], [Whiteout("lib/a")], [Symlink("lib", "e")]) == {"lib": "e"}


def test_whiteout_in_a_directory_that_is_nowhere_makes_none() -> None:
    assert tree([File("a", b"1")], [Whiteout("x/y/z"), OpaqueWhiteout("v/w")]) == {"a": "1"}
    assert tree([Dir("x", 0o700)], [Whiteout("x/y/z")]) == {"x": "/"}
    assert tree([File("x/y/b", b"1")], [Whiteout("x/y/z")], [File("c")]) == {
        "x": "/",
        "x/y": "/",
        "x/y/b": "1",
        "c": "",
    }


def test_directory_with_whiteouts_of_an_upper_layer_in_it_keeps_its_own_entry() -> None:
    below: list[Member] = [Dir("d", 0o1777, 5, 5, 7), File("d/a")]
    nodes = unpack(pack([below, [File("d/b")], [Whiteout("d/a"), Whiteout("d/e/f")]]))
    assert set(nodes) == {b"", b"d", b"d/b"}
    assert (nodes[b"d"].mode, nodes[b"d"].uid, nodes[b"d"].mtime) == (0o041777, 5, 7)


def test_layer_without_entries_changes_nothing() -> None:
    assert tree([File("a", b"1")], []) == {"a": "1"}
