"""What a layer says of a file is what the kernel makes of the initrd, in whatever dialect of tar the layer says it."""

import io
import stat
import tarfile

import pytest

from tests.support.stack import pack_tars
from tests.support.tree import Node
from tests.support.unpacker import unpack
from wyrcan_tui.errors import WyrcanError

USTAR, GNU, PAX = tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT
DIALECTS = [USTAR, GNU, PAX]
WIDE_DIALECTS = [GNU, PAX]
"""Those that hold what does not fit the fields of ustar."""
REGULAR = stat.S_IFREG | 0o644
NAME = "d/" + "n" * 250 + "/" + "m" * 250
ids = {USTAR: "ustar", GNU: "GNU", PAX: "PAX"}.get


def header(name: str, kind: bytes = tarfile.REGTYPE, **fields: object) -> tarfile.TarInfo:
    """A header with some fields set."""
    info = tarfile.TarInfo(name)
    info.type = kind
    for key, value in fields.items():
        setattr(info, key, value)
    return info


def layer(dialect: int, *members: tarfile.TarInfo) -> bytes:
    """An archive of these members; the body of a regular file is its name, cut or filled to its size."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=dialect) as tar:
        for member in members:
            body = member.name.encode(errors="surrogateescape").ljust(member.size, b"-")[: member.size]
            tar.addfile(member, io.BytesIO(body))
    return output.getvalue()


def made(dialect: int, *members: tarfile.TarInfo) -> dict[bytes, Node]:
    """The tree that the kernel makes of a layer."""
    return unpack(pack_tars([layer(dialect, *members)]))


@pytest.mark.parametrize("dialect", DIALECTS, ids=ids)
def test_modes_arrive_with_setuid_setgid_and_sticky_bits(dialect: int) -> None:
    modes = [0, 0o4755, 0o2755, 0o1777, 0o7777, 0o640]
    files = [header(f"f{mode}", mode=mode) for mode in modes]
    directories = [header(f"d{mode}", tarfile.DIRTYPE, mode=mode) for mode in modes]
    tree = made(dialect, *files, *directories)
    assert [tree[b"f%d" % mode].mode for mode in modes] == [stat.S_IFREG | mode for mode in modes]
    assert [tree[b"d%d" % mode].mode for mode in modes] == [stat.S_IFDIR | mode for mode in modes]


@pytest.mark.parametrize("dialect", DIALECTS, ids=ids)
def test_devices_and_fifos_arrive(dialect: int) -> None:
    tree = made(
        dialect,
        header("tty", tarfile.CHRTYPE, mode=0o620, gid=5, devmajor=5, devminor=1),
        header("disk", tarfile.BLKTYPE, mode=0o660, devmajor=259, devminor=70000),
        header("last", tarfile.BLKTYPE, mode=0o600, devmajor=(1 << 12) - 1, devminor=(1 << 20) - 1),
        header("fifo", tarfile.FIFOTYPE, mode=0o600),
    )
    assert tree[b"tty"] == Node(stat.S_IFCHR | 0o620, gid=5, device=(5, 1))
    assert tree[b"disk"] == Node(stat.S_IFBLK | 0o660, device=(259, 70000))
    assert tree[b"last"].device == (4095, 1048575)
    assert tree[b"fifo"] == Node(stat.S_IFIFO | 0o600)


@pytest.mark.parametrize("dialect", WIDE_DIALECTS, ids=ids)
@pytest.mark.parametrize("owner", [(1 << 21) - 1, 1 << 21, 1 << 31, (1 << 32) - 2])
def test_owners_over_2_to_the_21st_arrive(dialect: int, owner: int) -> None:
    node = made(dialect, header("a", uid=owner, gid=owner - 1))[b"a"]
    assert (node.uid, node.gid) == (owner, owner - 1)


@pytest.mark.parametrize("dialect", WIDE_DIALECTS, ids=ids)
@pytest.mark.parametrize(
    ("mtime", "kept"),
    [
        (0, 0),
        (1 << 31, 1 << 31),
        ((1 << 32) - 1, (1 << 32) - 1),
        (-1, 0),
        (-(1 << 33), 0),
        (1 << 32, (1 << 32) - 1),
        (1 << 35, (1 << 32) - 1),
    ],
)
def test_times_before_1970_and_after_2106_become_the_nearest(dialect: int, mtime: int, kept: int) -> None:
    assert made(dialect, header("a", mtime=mtime))[b"a"].mtime == kept


@pytest.mark.parametrize(("mtime", "kept"), [(1.25, 1), (1.999999999, 1), (-0.5, 0)])
def test_fractions_of_a_second_are_dropped(mtime: float, kept: int) -> None:
    assert made(PAX, header("a", mtime=mtime))[b"a"].mtime == kept


@pytest.mark.parametrize("dialect", WIDE_DIALECTS, ids=ids)
def test_paths_over_256_bytes_arrive_whole(dialect: int) -> None:
    tree = made(
        dialect,
        header(NAME, size=600),
        header("hard", tarfile.LNKTYPE, linkname=NAME),
        header(NAME + "2", tarfile.SYMTYPE, linkname="/" + NAME),
    )
    assert tree[NAME.encode()].names == {NAME.encode(), b"hard"}
    assert tree[NAME.encode()].content == NAME.encode().ljust(600, b"-")
    assert tree[NAME.encode() + b"2"].content == b"/" + NAME.encode()


def test_path_of_ustar_s_two_fields_arrives_whole() -> None:
    name = "p" * 150 + "/" + "n" * 95
    assert made(USTAR, header(name, size=3))[name.encode()].content == b"ppp"


@pytest.mark.parametrize("dialect", DIALECTS, ids=ids)
def test_names_that_are_no_utf_8_arrive_byte_for_byte(dialect: int) -> None:
    for name in (b"caf\xe9", b"\xff\xfe\x80", "\N{SNOWMAN}".encode(), b"a\nb", b" \\ \x1b[2J"):
        text = name.decode(errors="surrogateescape")
        members = [header(text, size=1), header("link", tarfile.SYMTYPE, linkname=text)]
        tree = made(dialect, *members, header("hard", tarfile.LNKTYPE, linkname=text))
        assert tree[name].names == {name, b"hard"}
        assert tree[b"link"].content == name


@pytest.mark.parametrize("dialect", DIALECTS, ids=ids)
def test_dots_and_slashes_in_front_of_a_path_mean_nothing(dialect: int) -> None:
    spelled = [f"{prefix}{name}" for prefix, name in zip(("./", "/", "././", ".//"), "abcd", strict=True)]
    below = layer(dialect, *(header(f"d/{name}", size=4) for name in "abcd"))
    above = layer(dialect, *(header(name.replace(name[-1], f"d/{name[-1]}"), size=2) for name in spelled))
    tree = unpack(pack_tars([below, above]))
    assert set(tree) == {b"", b"d", b"d/a", b"d/b", b"d/c", b"d/d"}
    assert all(len(tree[path].content) == 2 for path in (b"d/a", b"d/b", b"d/c", b"d/d"))


@pytest.mark.parametrize("dialect", DIALECTS, ids=ids)
def test_file_called_like_the_end_of_an_archive_is_a_file(dialect: int) -> None:
    tree = made(dialect, header("TRAILER!!!", size=10), header("behind", tarfile.LNKTYPE, linkname="TRAILER!!!"))
    assert tree[b"TRAILER!!!"].content == b"TRAILER!!!"
    assert tree[b"TRAILER!!!"].names == {b"TRAILER!!!", b"behind"}


def test_path_as_deep_as_linux_allows_arrives() -> None:
    path = "d/" * 2047 + "n"
    tree = made(PAX, header(path, size=1))
    assert (len(path), len(tree)) == (4095, 2049)
    assert tree[path.encode()].content == b"d"


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.DIRTYPE])
@pytest.mark.parametrize("name", ["n" * 256, "d/" * 2048 + "n"], ids=["name", "path"])
def test_path_that_linux_has_no_room_for_is_refused_with_its_beginning(name: str, kind: bytes) -> None:
    with pytest.raises(WyrcanError) as raised:
        made(PAX, header(name, kind))
    assert (raised.value.code, f"/{name[:60]}" in raised.value.message) == ("path-too-long", True)


@pytest.mark.parametrize("dialect", DIALECTS, ids=ids)
@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 10_000])
def test_bodies_of_every_length_arrive(dialect: int, size: int) -> None:
    tree = made(dialect, header("a", size=size), header("b", size=1))
    assert tree[b"a"].content == b"a".ljust(size, b"-")[:size]
    assert tree[b"b"].content == b"b"
