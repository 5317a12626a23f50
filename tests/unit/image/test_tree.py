"""Links are followed inside the image's own root, as if it were ``/``."""

from collections.abc import Iterator

import pytest

from tests.support.calls import counted
from tests.support.memory import peak
from wyrcan_tui.image import names as names_module
from wyrcan_tui.image import tree as tree_module
from wyrcan_tui.image.tree import Kind, Tree


@pytest.fixture(params=[tree_module.RECENT, 1, 3], ids=["all recent", "most older", "some older"])
def tree(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """A root with links of every kind."""
    monkeypatch.setattr(tree_module, "RECENT", request.param)
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


def test_older_paths_take_less_than_half_of_what_a_table_of_them_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_module, "RECENT", 500)
    monkeypatch.setattr(names_module, "BUCKETS", 100)
    number = 20_000

    def paths() -> Iterator[tuple[bytes, Kind]]:
        for place in range(number):
            folder = b"package-with-a-name-%d" % (place // 50)
            if place % 50 == 0:
                yield folder, Kind.DIRECTORY
            yield folder + b"/file-of-it-%d.py" % place, Kind.FILE

    def fill() -> None:
        tree = Tree()
        for path, what in paths():
            tree.add(path, what)

    assert peak(fill) < peak(lambda: dict(paths())) / 2


def test_older_paths_in_deep_directories_are_found_as_fast_as_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_module, "RECENT", 10)

    def calls(depth: int) -> int:
        tree = Tree()
        ends = []
        for top in (b"a", b"b"):
            tree.add(top, Kind.DIRECTORY)
            for level in range(1, depth + 1):
                ends.append(top + b"/n" * level)
                tree.add(ends[-1], Kind.DIRECTORY)
        folders = (ends[depth - 1], ends[-1])
        with counted() as found:
            for place in range(200):
                path = folders[place % 2] + b"/%d" % place
                assert tree.find(path) is None
                tree.add(path, Kind.FILE)
                assert tree.is_directory(folders[place % 2])
        return found[0]

    assert calls(1000) < calls(20) + 1000
