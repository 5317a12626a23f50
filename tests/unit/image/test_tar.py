"""The tar reader: every dialect that layers are written in, and every way in which they are broken."""

import io
import stat
import tarfile
import tracemalloc
from collections.abc import Callable, Sequence

import pytest

from tests.support.entry import facts
from tests.support.image import Device, Dir, Fifo, File, Hardlink, Layer, Member, Symlink
from tests.support.stack import pieces
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.tar import Entry, TarReader

REGULAR = stat.S_IFREG | 0o644


def entries(data: bytes, piece: int = 1 << 20) -> list[tuple[Entry, bytes]]:
    """The entries of an archive with their bodies."""
    reader = TarReader(pieces(data, piece))
    return [(entry, b"".join(reader.body())) for entry in reader]


def only_entry(data: bytes) -> Entry:
    """The one entry of an archive."""
    ((entry, _),) = entries(data)
    return entry


def refusal(data: bytes, piece: int = 1 << 20) -> WyrcanError:
    """Why an archive is refused."""
    with pytest.raises(WyrcanError) as raised:
        entries(data, piece)
    return raised.value


def archive(*headers: tarfile.TarInfo, format: int = tarfile.USTAR_FORMAT) -> bytes:
    """An archive of entries without bodies."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=format) as tar:
        for header in headers:
            tar.addfile(header)
    return output.getvalue()


def header(name: str = "a", **fields: object) -> tarfile.TarInfo:
    """A regular file's header with some fields set."""
    info = tarfile.TarInfo(name)
    for key, value in fields.items():
        setattr(info, key, value)
    return info


def patched(data: bytes, start: int, new: bytes) -> bytes:
    """An archive whose first header has other bytes at a place, and a checksum that is right again."""
    block = bytearray(data[:512])
    block[start : start + len(new)] = new
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + data[512:]


def pax(records: dict[bytes, bytes], data: bytes, kind: bytes = b"x") -> bytes:
    """The archive `data` with an extended header in front."""
    body = b""
    for key, value in records.items():
        length = len(key) + len(value) + 3
        while len(b"%d" % length) + len(key) + len(value) + 3 != length:
            length = len(b"%d" % length) + len(key) + len(value) + 3
        body += b"%d %s=%s\n" % (length, key, value)
    return extension(kind, body) + data


def extension(kind: bytes, body: bytes) -> bytes:
    """One extended header."""
    info = header(size=len(body), type=kind)
    return info.tobuf(tarfile.USTAR_FORMAT) + body + bytes(-len(body) % 512)


EVERYTHING: Sequence[Member] = [
    Dir("d", 0o2750, 1, 2, 3),
    File("d/" + "long" * 60, b"x" * 513, 0o4755, 70000, 4000000, 1700000000),
    File("d/empty"),
    File("d/block", b"y" * 512),
    Symlink("d/link", "/" + "target/" * 30),
    Hardlink("d/hard", "d/block"),
    Device("d/char", 5, 1, mode=0o620),
    Device("d/disk", 259, 70000, "block"),
    Fifo("d/fifo"),
]


def test_every_type_of_entry_is_read() -> None:
    found = {entry.path.decode(): (entry, body) for entry, body in entries(Layer(EVERYTHING).tar)}
    assert found["d"][0].metadata.mode == stat.S_IFDIR | 0o2750
    long, body = found["d/" + "long" * 60]
    assert (long.metadata.mode, long.metadata.uid, long.metadata.gid, long.metadata.mtime) == (
        stat.S_IFREG | 0o4755,
        70000,
        4000000,
        1700000000,
    )
    assert body == b"x" * 513
    assert found["d/link"][0].link == b"/" + b"target/" * 30
    assert found["d/hard"][0].kind == 0
    assert found["d/hard"][0].link == b"d/block"
    assert (found["d/char"][0].metadata.mode, found["d/char"][0].device) == (stat.S_IFCHR | 0o620, (5, 1))
    assert (found["d/disk"][0].metadata.mode, found["d/disk"][0].device) == (stat.S_IFBLK | 0o600, (259, 70000))
    assert found["d/fifo"][0].metadata.mode == stat.S_IFIFO | 0o600
    assert len(found) == len(EVERYTHING)


@pytest.mark.parametrize("piece", [1, 7, 511, 512, 513])
def test_pieces_may_end_anywhere(piece: int) -> None:
    data = Layer(EVERYTHING).tar
    found, whole = ([(facts(entry), body) for entry, body in entries(data, size)] for size in (piece, len(data)))
    assert found == whole


def test_body_that_is_not_read_is_skipped() -> None:
    reader = TarReader(pieces(Layer([File("a", b"x" * 5000), File("b", b"yes")]).tar, 100))
    found = {}
    for entry in reader:
        found[entry.path] = b"".join(reader.body()) if entry.path == b"b" else bytes(next(iter(reader.body())))
    assert found == {b"a": b"x" * len(found[b"a"]), b"b": b"yes"}


@pytest.mark.parametrize("format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("length", [100, 101, 255, 256, 257, 3000])
def test_long_names_and_targets_are_whole(format: int, length: int) -> None:
    info = header("n" * length, type=tarfile.SYMTYPE, linkname="t" * length)
    entry = only_entry(archive(info, format=format))
    assert (entry.path, entry.link) == (b"n" * length, b"t" * length)


def test_checksum_of_signed_bytes_is_right_too() -> None:
    data = archive(header("\udce9\udcff"))
    assert sum(data[:148]) + sum(data[156:512]) == int(data[148:154], 8) - 0x100
    signed = data[:148] + b"%06o\0 " % (int(data[148:154], 8) - 0x200) + data[156:]
    assert only_entry(signed).path == b"\xe9\xff"
    assert refusal(data[:148] + b"%06o\0 " % (int(data[148:154], 8) - 0x100) + data[156:]).code == "layer-damaged"


def test_checksum_of_more_than_sixteen_bits_is_right_too() -> None:
    data = patched(archive(header("a", type=tarfile.SYMTYPE, linkname="t")), 157, b"\xff" * 100)
    data = patched(data, 345, b"\xff" * 155)
    checksum = int(data[148:154], 8)
    assert checksum > 0xFFFF
    assert only_entry(data).path == b"\xff" * 155 + b"/a"
    assert refusal(data[:148] + b"%06o\0 " % (checksum - 1) + data[156:]).code == "layer-damaged"


def test_ustar_prefix_stands_before_the_name() -> None:
    name = "p" * 120 + "/" + "n" * 90
    assert only_entry(archive(header(name))).path == name.encode()


def test_prefix_of_an_archive_that_is_not_ustar_is_no_path() -> None:
    old = patched(patched(archive(header("a")), 257, b"ustar  \0"), 345, b"14123456701")
    assert only_entry(old).path == b"a"


def test_extended_header_replaces_what_the_header_says() -> None:
    data = pax(
        {b"path": b"long", b"linkpath": b"there", b"uid": b"3000000", b"gid": b"4000000", b"mtime": b"12.75"},
        archive(header(type=tarfile.SYMTYPE, linkname="b")),
    )
    entry = only_entry(data)
    assert (entry.path, entry.link, entry.metadata.uid, entry.metadata.gid, entry.metadata.mtime) == (
        b"long",
        b"there",
        3000000,
        4000000,
        12,
    )


def test_extended_size_counts_for_the_body() -> None:
    data = patched(Layer([File("a", b"x" * 700), File("b")]).tar, 124, b"00000000001\0")
    found = entries(pax({b"size": b"700"}, data))
    assert [(entry.path, len(body)) for entry, body in found] == [(b"a", 700), (b"b", 0)]


def test_extended_header_counts_for_one_entry_and_a_global_one_for_all() -> None:
    data = pax({b"uid": b"7"}, archive(header("a"), header("b")))
    assert [entry.metadata.uid for entry, _ in entries(data)] == [7, 0]
    data = pax({b"uid": b"7"}, archive(header("a"), header("b")), b"g")
    assert [entry.metadata.uid for entry, _ in entries(data)] == [7, 7]


def test_empty_extended_value_means_the_header_s_own() -> None:
    entry = only_entry(pax({b"path": b"", b"uid": b"", b"mtime": b""}, archive(header("a", uid=5, mtime=6))))
    assert (entry.path, entry.metadata.uid, entry.metadata.mtime) == (b"a", 5, 6)


@pytest.mark.parametrize(("text", "seconds"), [(b"-1", -1), (b"-1.0", -1), (b"-1.5", -2), (b"1.9", 1)])
def test_fractions_of_a_second_are_rounded_down(text: bytes, seconds: int) -> None:
    assert only_entry(pax({b"mtime": text}, archive(header()))).metadata.mtime == seconds


def test_extended_attributes_are_read() -> None:
    entry = only_entry(Layer([File("a", xattrs={"user.note": "x=y\n"})]).tar)
    assert entry.xattrs == (b"user.note",)


def test_attributes_that_tar_names_otherwise_are_read_by_their_names() -> None:
    records = {b"SCHILY.acl.access": b"u::rw-", b"SCHILY.acl.default": b"u::rwx", b"RHT.security.selinux": b"label"}
    assert set(only_entry(pax(records | {b"SCHILY.fflags": b"-"}, archive(header()))).xattrs) == {
        b"system.posix_acl_access",
        b"system.posix_acl_default",
        b"security.selinux",
    }


@pytest.mark.parametrize("value", [b"eD15Cg", b"eD15Cg==", b"!", b"\xff", b""])
def test_attributes_are_read_by_the_names_that_libarchive_quotes(value: bytes) -> None:
    records = {
        b"LIBARCHIVE.xattr.user.plain": value,
        b"LIBARCHIVE.xattr.user.a%20%3D%25%C3%A4": value,
        b"LIBARCHIVE.xattr.user.100%": value,
        b"LIBARCHIVE.creationtime": b"1",
    }
    found = only_entry(pax(records, archive(header()))).xattrs
    assert set(found) == {b"user.plain", "user.a =%\N{LATIN SMALL LETTER A WITH DIAERESIS}".encode(), b"user.100%"}


def test_attribute_that_libarchive_writes_in_two_ways_is_read_once() -> None:
    both = {b"SCHILY.xattr.user.note": b"x=y\n", b"LIBARCHIVE.xattr.user.note": b"eD15Cg"}
    for records in (both, dict(reversed(both.items()))):
        assert only_entry(pax(records, archive(header()))).xattrs == (b"user.note",)


def test_base_256_numbers_are_read() -> None:
    big = archive(header(uid=1 << 31, gid=(1 << 32) - 2, mtime=1 << 35, size=0), format=tarfile.GNU_FORMAT)
    entry = only_entry(big)
    assert (entry.metadata.uid, entry.metadata.gid, entry.metadata.mtime) == (1 << 31, (1 << 32) - 2, 1 << 35)
    assert only_entry(archive(header(mtime=-5), format=tarfile.GNU_FORMAT)).metadata.mtime == -5


@pytest.mark.parametrize(
    ("field", "seconds"), [(b"\x80\x7f" + bytes(10), (1 << 63) - 1), (b"\xc0" + bytes(11), 1 - (1 << 63))]
)
def test_times_beyond_64_bits_are_the_last_and_the_first_of_them(field: bytes, seconds: int) -> None:
    assert only_entry(patched(Layer([File("a")]).tar, 136, field)).metadata.mtime == seconds


def test_base_256_size_counts_for_the_body() -> None:
    # tarfile writes a size so only above 8 GiB.
    data = patched(Layer([File("a", b"x" * 700), File("b", b"y")]).tar, 124, b"\x80" + (700).to_bytes(11))
    assert [(entry.path, entry.size, body) for entry, body in entries(data)] == [
        (b"a", 700, b"x" * 700),
        (b"b", 1, b"y"),
    ]


@pytest.mark.parametrize(
    ("name", "path"),
    [("./a/b", b"a/b"), ("/a/b", b"a/b"), ("a//b", b"a/b"), ("a/./b", b"a/b"), ("a/b/", b"a/b"), ("a...", b"a...")],
)
def test_paths_come_in_their_shortest_form(name: str, path: bytes) -> None:
    assert only_entry(archive(header(name))).path == path
    assert only_entry(archive(header("x", type=tarfile.LNKTYPE, linkname=name))).link == path


def test_slash_behind_the_name_marks_a_directory_in_old_archives() -> None:
    assert only_entry(patched(archive(header("a")), 0, b"a/\0")).kind == stat.S_IFDIR


@pytest.mark.parametrize("name", ["./", "/", "."])
def test_root_itself_has_an_empty_path(name: str) -> None:
    entry = only_entry(patched(archive(header("x", type=tarfile.DIRTYPE)), 0, name.encode() + b"\0\0"))
    assert (entry.path, entry.kind) == (b"", stat.S_IFDIR)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE])
def test_root_is_never_anything_but_a_directory(kind: bytes) -> None:
    data = patched(archive(header("x", type=kind, linkname="/etc")), 0, b".\0")
    assert refusal(data).code == "layer-damaged"


@pytest.mark.parametrize("name", ["..", "../a", "a/../b", "a/..", "/../a", "./.."])
def test_path_that_leaves_the_root_is_refused(name: str) -> None:
    assert refusal(archive(header(name))).code == "layer-path-escapes"
    assert refusal(archive(header("x", type=tarfile.LNKTYPE, linkname=name))).code == "layer-path-escapes"
    assert refusal(pax({b"path": name.encode()}, archive(header()))).code == "layer-path-escapes"


def test_symbolic_link_may_say_anything() -> None:
    link = header(type=tarfile.SYMTYPE, linkname="../../etc/passwd")
    assert only_entry(archive(link)).link == b"../../etc/passwd"


def test_symbolic_link_to_nothing_is_refused() -> None:
    assert refusal(archive(header(type=tarfile.SYMTYPE))).code == "layer-damaged"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_path_or_target_that_is_longer_than_linux_allows_is_refused_at_once(kind: bytes) -> None:
    assert len(only_entry(archive(header("n" * 4095, type=kind, linkname="t" * 4095), format=tarfile.GNU_FORMAT)).link)
    for length in (4096, 500_000):
        long = "d/" * (length // 2)
        for fields in ({"name": long + "n", "linkname": "t"}, {"name": "n", "linkname": long + "t"}):
            data = archive(header(type=kind, **fields), format=tarfile.PAX_FORMAT)
            assert refusal(data).code == "path-too-long"


@pytest.mark.parametrize(
    "end", [b"", bytes(512), bytes(1024), bytes(10240)], ids=["none", "half", "standard", "padded"]
)
def test_end_mark_may_be_short_long_or_missing(end: bytes) -> None:
    data = Layer([File("a", b"x")]).tar[:1024]
    assert [entry.path for entry, _ in entries(data + end, 100)] == [b"a"]
    assert entries(end) == []


@pytest.mark.parametrize("behind", [b"junk" * 100, bytes(700), Layer([File("b")]).tar])
def test_everything_behind_the_end_mark_is_read_too(behind: bytes) -> None:
    chunks = pieces(Layer([File("a")]).tar[:512] + bytes(1024) + behind, 64)
    assert [entry.path for entry in TarReader(chunks)] == [b"a"]
    assert list(chunks) == []


@pytest.mark.parametrize("piece", [64, 512, 1 << 20])
@pytest.mark.parametrize("behind", [Layer([File("b")]).tar, b"junk" * 128], ids=["entry", "junk"])
def test_half_an_end_mark_in_front_of_something_is_refused(behind: bytes, piece: int) -> None:
    error = refusal(Layer([File("a")]).tar[:512] + bytes(512) + behind, piece)
    assert (error.code, "half of its end mark" in error.message) == ("layer-damaged", True)


@pytest.mark.parametrize("length", [1, 511])
def test_end_mark_that_is_cut_short_is_refused(length: int) -> None:
    assert refusal(Layer([File("a")]).tar[:1024] + bytes(length)).code == "layer-damaged"


@pytest.mark.parametrize("length", [1, 511, 513, 1023])
def test_archive_that_is_cut_short_is_refused(length: int) -> None:
    error = refusal(Layer([File("a", b"x" * 512)]).tar[:length])
    assert (error.code, "ends too early" in error.message) == ("layer-damaged", True)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda data: b"\xff" + data[1:],
        lambda data: data[:148] + b"zzzzzz\0 " + data[156:],
        lambda data: patched(data, 124, b"zzzzzzzzzzz\0"),
        lambda data: patched(data, 124, b"-0000000001\0"),
        lambda data: patched(data, 124, b"0o000000000\0"),
        lambda data: patched(data, 108, b"0_0\0"),
        lambda data: patched(data, 108, b"0000008\0"),
        lambda data: patched(data, 124, b"\xff" * 12),
        lambda data: pax({b"size": b"many"}, data),
        lambda data: pax({b"uid": b"1_0"}, data),
        lambda data: pax({b"uid": b" 1"}, data),
        lambda data: pax({b"mtime": b"--1"}, data),
        lambda data: pax({b"mtime": b"1.x"}, data),
        lambda data: pax({b"mtime": b".5"}, data),
        lambda data: pax({b"mtime": b"9" * 5000}, data),
        lambda data: pax({b"size": b"-5"}, data),
        lambda data: pax({b"a": b"x" * 600_000}, pax({b"b": b"x" * 600_000}, data)),
        lambda data: pax({b"a": b"x" * 600_000}, header("b").tobuf() + pax({b"b": b"x" * 600_000}, data, b"g"), b"g"),
        lambda data: pax({b"path": b"a\0b"}, data),
        lambda data: pax({b"linkpath": b"a\0b"}, data),
        lambda data: extension(b"x", b"no length\n") + data,
        lambda data: extension(b"x", b"99 path=a\n") + data,
        lambda data: extension(b"x", b"8 path\n\n") + data,
        lambda data: extension(b"x", b"0 a=b\n") + data,
        lambda data: header(type=b"x", size=1 << 30).tobuf() + data,
    ],
)
def test_malformed_header_is_refused(break_it: Callable[[bytes], bytes]) -> None:
    assert refusal(break_it(archive(header()))).code == "layer-damaged"


@pytest.mark.parametrize(
    "data",
    [
        archive(header(type=b"V")),
        pax({b"uid": b"4294967295"}, archive(header())),
        pax({b"gid": b"-1"}, archive(header())),
        patched(archive(header(type=tarfile.CHRTYPE)), 329, b"\xff" * 8),
        archive(header(type=tarfile.BLKTYPE, devmajor=1 << 12)),
        archive(header(type=tarfile.CHRTYPE, devminor=1 << 20)),
    ],
    ids=["volume", "uid", "gid", "device", "major", "minor"],
)
def test_what_no_root_can_hold_is_refused(data: bytes) -> None:
    assert refusal(data).code == "layer-entry-unsupported"


def test_names_as_long_as_headers_allow_are_not_kept_in_mind() -> None:
    long = [b"./" * 400_000 + b"d%d/file" % number for number in range(12)]
    data = b"".join(pax({b"path": path}, archive(header())[:512]) for path in long)
    tracemalloc.start()
    try:
        found = [entry.path for entry in TarReader(pieces(data, 1 << 16))]
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == [b"d%d/file" % number for number in range(12)]
    assert kept < 1 << 20
