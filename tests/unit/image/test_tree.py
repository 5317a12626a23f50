"""Links are followed inside the image's own root, as if it were ``/``."""

import pytest

from wyrcan_tui.image.tree import Kind, Tree


@pytest.fixture
def tree() -> Tree:
    """A root with links of every kind."""
    tree = Tree()
    for path in (b"usr", b"usr/lib", b"usr/lib/modules", b"boot"):
        tree.add(path, Kind.DIRECTORY)
    for path in (b"usr/lib/file", b"boot/kernel", b"file"):
        tree.add(path, Kind.FILE)
    tree.add(b"null", Kind.OTHER)
    for path, target in {
        b"lib": b"usr/lib",
        b"absolute": b"/usr/lib/file",
        b"up": b"../../../../file",
        b"boot/up": b"../file",
        b"chain": b"lib/../lib/./file",
        b"root": b"/",
        b"dangling": b"nowhere",
        b"loop": b"loop2",
        b"loop2": b"loop",
        b"self": b"self/x",
        b"slash": b"usr/lib/",
    }.items():
        tree.add(path, target)
    return tree


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (b"", b""),
        (b"usr/lib/file", b"usr/lib/file"),
        (b"lib/file", b"usr/lib/file"),
        (b"absolute", b"usr/lib/file"),
        (b"up", b"file"),
        (b"boot/up", b"file"),
        (b"chain", b"usr/lib/file"),
        (b"root/root/boot/kernel", b"boot/kernel"),
        (b"slash/file", b"usr/lib/file"),
        (b"null", b"null"),
        (b"dangling", None),
        (b"loop", None),
        (b"self", None),
        (b"file/x", None),
        (b"null/x", None),
        (b"missing/../file", None),
    ],
)
def test_links_never_leave_the_root(tree: Tree, path: bytes, found: bytes | None) -> None:
    assert tree.resolve(path) == found


@pytest.mark.parametrize(("path", "is_one"), [(b"", True), (b"usr/lib", True), (b"lib", False), (b"file", False)])
def test_directory_is_one_without_any_link(tree: Tree, path: bytes, is_one: bool) -> None:
    assert tree.is_directory(path) is is_one


def test_chain_of_links_may_be_as_long_as_the_kernel_allows() -> None:
    tree = Tree()
    tree.add(b"40", Kind.FILE)
    for number in range(40):
        tree.add(b"%d" % number, b"%d" % (number + 1))
    assert tree.resolve(b"0") == b"40"
    tree.add(b"start", b"0")
    assert tree.resolve(b"start") is None


def test_children_are_names_and_not_paths(tree: Tree) -> None:
    assert sorted(tree.children(b"usr/lib")) == [b"file", b"modules"]
    assert b"usr" in tree.children(b"")
    assert b"usr/lib" not in tree.children(b"")
    assert tree.children(b"usr/li") == tree.children(b"file") == []


def test_only_a_regular_file_is_a_file(tree: Tree) -> None:
    assert [tree.is_file(path) for path in (b"file", b"absolute", b"null", b"usr", b"x")] == [True, *[False] * 4]


def test_tree_holds_the_paths_that_were_put(tree: Tree) -> None:
    assert b"boot/kernel" in tree
    assert b"boot/other" not in tree
