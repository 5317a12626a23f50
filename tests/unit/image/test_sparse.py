"""Sparse files, as GNU tar writes them in its four formats, and every way in which their maps are broken."""

import os
import subprocess
import tarfile
from collections.abc import Callable
from itertools import chain, repeat
from pathlib import Path

import pytest

from tests.support.stack import merge_tars, pieces
from tests.unit.image.test_tar import archive, entries, extension, header, patched, refusal
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.directory import DirectoryWriter
from wyrcan_tui.image.initrd import InitrdWriter
from wyrcan_tui.image.rootfs import Rootfs
from wyrcan_tui.image.source import CHUNK
from wyrcan_tui.image.tar import TarReader

FORMATS = {
    "old": ["--format=gnu"],
    "0.0": ["--format=pax", "--sparse-version=0.0"],
    "0.1": ["--format=pax", "--sparse-version=0.1"],
    "1.0": ["--format=pax", "--sparse-version=1.0"],
}
HOLE = 1 << 16

Write = Callable[[str, bytes], bytes]


def tar(folder: Path, options: list[str], *names: str) -> bytes:
    """What GNU tar makes of some files."""
    command = ["tar", "--create", "--sparse", *options, *names]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout


def sparse_file(path: Path, data: bytes) -> None:
    """Write a file whose runs of zeros are holes."""
    with path.open("wb") as file:
        for start in range(0, len(data), 4096):
            piece = data[start : start + 4096]
            if piece.strip(b"\0"):
                file.seek(start)
                file.write(piece)
        file.truncate(len(data))


@pytest.fixture(params=FORMATS)
def gnu_tar(request: pytest.FixtureRequest, tmp_path: Path) -> Write:
    """A function that has GNU tar write an archive of one sparse file, and of a plain one behind it."""

    def write(name: str, data: bytes) -> bytes:
        sparse_file(tmp_path / name, data)
        (tmp_path / "z").write_bytes(b"behind it")
        found = tar(tmp_path, FORMATS[request.param], name, "z")
        # Where a file system knows no holes, nothing here would test anything.
        assert len(found) < len(data)
        return found

    return write


def with_holes(segments: int, *, first: int = 0, last: int = 0) -> bytes:
    """Segments of 4 KiB with holes between them, and holes in front and behind of so many bytes."""
    return bytes(first) + bytes(HOLE).join(b"%04d" % number * 1024 for number in range(segments)) + bytes(last)


FILES = {
    "one hole in the middle": with_holes(2),
    "holes at both ends": with_holes(1, first=HOLE, last=HOLE),
    "a size that is no multiple of a block": with_holes(3, last=HOLE + 77),
    "nothing but a hole": bytes(HOLE),
    "as many segments as the old header holds": with_holes(4),
    "one segment more": with_holes(5),
    "several blocks of map": with_holes(100),
    "a hole larger than a piece": with_holes(1, first=CHUNK + 4096, last=3 * CHUNK),
}


@pytest.mark.parametrize("case", FILES)
def test_file_comes_out_whole_in_every_format(gnu_tar: Write, case: str) -> None:
    data = gnu_tar("file", FILES[case])
    for piece in (100, len(data)):
        found = {entry.path: (entry.size, body) for entry, body in entries(data, piece)}
        assert found == {b"file": (len(FILES[case]), FILES[case]), b"z": (9, b"behind it")}


def test_name_is_the_real_one_however_long_it_is(gnu_tar: Write) -> None:
    for name in ("short", "n" * 120, "n" * 250):
        found = [entry.path for entry, _ in entries(gnu_tar(name, FILES["one hole in the middle"]))]
        assert found == [name.encode(), b"z"]


def test_body_that_is_not_read_or_only_begun_is_skipped(gnu_tar: Write) -> None:
    data = gnu_tar("file", FILES["several blocks of map"])
    for steps in range(4):
        reader = TarReader(pieces(data, 1000))
        paths = []
        for entry in reader:
            paths.append(entry.path)
            for _ in range(steps if entry.path == b"file" else 0):
                next(iter(reader.body()))
        assert paths == [b"file", b"z"]


def test_body_goes_on_where_it_was_left(gnu_tar: Write) -> None:
    content = FILES["holes at both ends"]
    reader = TarReader(pieces(gnu_tar("file", content), 1000))
    next(iter(reader))
    begun = bytes(next(iter(reader.body())))
    assert begun + b"".join(reader.body()) == content


def test_holes_come_in_small_pieces(gnu_tar: Write) -> None:
    reader = TarReader(pieces(gnu_tar("file", FILES["a hole larger than a piece"]), 1000))
    next(iter(reader))
    assert max(map(len, reader.body())) == CHUNK


@pytest.mark.parametrize("case", FILES)
def test_directory_has_the_file_with_its_holes(gnu_tar: Write, case: str, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    data = gnu_tar("file", FILES[case])
    merge_tars([data], DirectoryWriter(root), 1000)
    assert (root / "file").read_bytes() == FILES[case]
    assert (root / "z").read_bytes() == b"behind it"
    assert (root / "file").stat().st_blocks * 512 < len(FILES[case])


@pytest.mark.parametrize("format", FORMATS)
def test_file_above_4_gib_is_refused_by_its_path_however_little_is_stored_of_it(format: str, tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(9 << 30)
    data = tar(tmp_path, FORMATS[format], "huge")
    assert len(data) < 1 << 20
    assert [entry.size for entry in TarReader([data])] == [9 << 30]
    fd = os.memfd_create("initrd")
    writer = InitrdWriter(fd)
    with pytest.raises(WyrcanError) as raised:
        Rootfs(writer).read([(0, iter([data]))])
    os.close(fd)
    assert (raised.value.code, "/huge" in raised.value.message) == ("file-too-large", True)


def old(size: int, segments: bytes, body: bytes = b"") -> bytes:
    """A sparse file in the old format."""
    data = archive(header(type=b"S"), format=tarfile.GNU_FORMAT)[:512]
    data = patched(data, 124, b"%011o\0" % len(body))
    return patched(data, 386, segments.ljust(97, b"\0") + b"%011o\0" % size) + body.ljust(-(-len(body) // 512) * 512)


def pairs(*numbers: int) -> bytes:
    """A map as the old format has it."""
    return b"".join(b"%011o\0" % number for number in numbers)


def records(*pairs: tuple[str, object]) -> bytes:
    """Records of an extended header; keys may repeat."""
    found = b""
    for key, value in pairs:
        line = f" {key}={value}\n".encode()
        length = len(str(len(line) + 2)) + len(line)
        found += b"%d%b" % (length, line)
    return found


def pax(*own: tuple[str, object], body: bytes = b"") -> bytes:
    """A file with an extended header and a body."""
    data = header(size=len(body)).tobuf(tarfile.USTAR_FORMAT) + body
    return extension(b"x", records(*own)) + data + bytes(-len(body) % 512)


ONE_0 = (("GNU.sparse.major", 1), ("GNU.sparse.minor", 0), ("GNU.sparse.realsize", 1000))


def mapped(text: bytes, body: bytes = b"") -> bytes:
    """A file of 1000 bytes whose map of format 1.0 is this text."""
    return pax(*ONE_0, body=text + bytes(-len(text) % 512) + body)


def test_archives_of_these_tests_are_right_where_nothing_is_broken() -> None:
    expected = bytes(100) + b"x" * 10 + bytes(890)
    for data in (
        old(1000, pairs(100, 10, 1000, 0), b"x" * 10),
        pax(("GNU.sparse.size", 1000), ("GNU.sparse.map", "100,10"), body=b"x" * 10),
        pax(("GNU.sparse.size", 1000), ("GNU.sparse.offset", 100), ("GNU.sparse.numbytes", 10), body=b"x" * 10),
        mapped(b"1\n100\n10\n", b"x" * 10),
    ):
        assert [body for _, body in entries(data)] == [expected]


def test_file_may_be_nothing_but_a_hole_without_any_map() -> None:
    for data in (old(1000, b""), pax(("GNU.sparse.size", 1000)), mapped(b"0\n")):
        assert [body for _, body in entries(data)] == [bytes(1000)]


@pytest.mark.parametrize(
    "data",
    [
        old(1000, pairs(100, 10, 105, 10), b"x" * 20),
        old(1000, pairs(100, 10, 0, 10), b"x" * 20),
        pax(("GNU.sparse.size", 1000), ("GNU.sparse.map", "100,10,109,1"), body=b"x" * 11),
        mapped(b"2\n100\n10\n50\n10\n", b"x" * 20),
    ],
    ids=["old", "old, order", "0.1", "1.0"],
)
def test_segments_that_overlap_are_refused(data: bytes) -> None:
    assert "overlap" in refusal(data).message


@pytest.mark.parametrize(
    "data",
    [
        old(1000, pairs(995, 10), b"x" * 10),
        old(1000, pairs(1001, 0)),
        patched(old(1000, b""), 483, b"\xff" * 12),
        pax(("GNU.sparse.size", 1000), ("GNU.sparse.map", "995,10"), body=b"x" * 10),
        mapped(b"1\n995\n10\n", b"x" * 10),
        old(1000, pairs(100, 10), b"x" * 9),
        old(1000, pairs(100, 10), b"x" * 11),
        pax(("GNU.sparse.size", 1000), body=b"x"),
        mapped(b"1\n100\n10\n", b"x" * 9),
        mapped(b"1\n100\n10\n", b"x" * 11),
    ],
)
def test_segments_that_do_not_fit_the_file_are_refused(data: bytes) -> None:
    assert "do not fit" in refusal(data).message


@pytest.mark.parametrize(
    "data",
    [
        old(1000, pairs(100) + b"\xff" * 12),
        patched(old(1000, pairs(100, 10), b"x" * 10), 386, b"zz"),
        patched(old(1000, b""), 257, b"ustar\x0000"),
        pax(("GNU.sparse.size", -1000)),
        pax(("GNU.sparse.size", "")),
        pax(("GNU.sparse.size", "9" * 20)),
        pax(("GNU.sparse.size", 1 << 63)),
        patched(old(1000, b""), 483, b"\x80\x01" + bytes(10)),
        pax(("GNU.sparse.map", "0,0")),
        pax(("GNU.sparse.size", 1000), ("GNU.sparse.map", "100")),
        pax(("GNU.sparse.size", 1000), ("GNU.sparse.map", "100,")),
        pax(("GNU.sparse.size", 1000), ("GNU.sparse.map", "100,-1")),
        pax(("GNU.sparse.size", 1000), ("GNU.sparse.map", "1_0,0")),
        pax(("GNU.sparse.size", 1000), ("GNU.sparse.offset", 0)),
        pax(("GNU.sparse.size", 1000), ("GNU.sparse.numbytes", 0), ("GNU.sparse.offset", 0)),
        pax(("GNU.sparse.size", 1000), ("GNU.sparse.offset", 0), ("GNU.sparse.offset", 0)),
        pax(("GNU.sparse.major", 2), ("GNU.sparse.minor", 0), ("GNU.sparse.realsize", 1000), body=b"0\n"),
        pax(("GNU.sparse.major", 1), ("GNU.sparse.realsize", 1000), body=b"0\n"),
        pax(("GNU.sparse.major", 1), ("GNU.sparse.minor", 0), body=b"0\n"),
        pax(*ONE_0, ("GNU.sparse.name", "a\0b"), body=b"0\n"),
        mapped(b""),
        mapped(b"\n"),
        mapped(b"-1\n"),
        mapped(b"1\n100\n"),
        mapped(b"1\n100\n10"),
        mapped(b"1\n100\nten\n"),
        mapped(b"9" * 5000 + b"\n"),
    ],
)
def test_malformed_map_is_refused(data: bytes) -> None:
    assert refusal(data).code == "layer-damaged"


@pytest.mark.parametrize("name", ["../a", "a/../b"])
def test_real_name_that_leaves_the_root_is_refused(name: str) -> None:
    assert refusal(pax(*ONE_0, ("GNU.sparse.name", name), body=b"0\n" + bytes(510))).code == "layer-path-escapes"


OLD_WITHOUT_END = (old(1 << 40, pairs(0, 0) * 4 + b"\x01"), pairs(0, 0) * 21 + b"\x01".ljust(8, b"\0"))
ONE_0_WITHOUT_END = (
    extension(b"x", records(*ONE_0)) + header(size=8 << 30).tobuf(tarfile.GNU_FORMAT) + b"9" * 18 + b"\n",
    b"0\n" * 256,
)


@pytest.mark.parametrize(("start", "block"), [OLD_WITHOUT_END, ONE_0_WITHOUT_END], ids=["old", "1.0"])
def test_map_without_an_end_is_given_up(start: bytes, block: bytes) -> None:
    blocks = repeat(block, 1 << 20)
    with pytest.raises(WyrcanError) as raised:
        next(iter(TarReader(chain([start], blocks))))
    assert "map of a sparse file is longer" in raised.value.message
    # Little more than a MiB was asked for.
    assert blocks.__length_hint__() > (1 << 20) - 3000


def test_plain_file_is_not_taken_for_a_sparse_one() -> None:
    assert [body for _, body in entries(pax(("GNU.sparse.comment", "x"), body=b"yes"))] == [b"yes"]
