"""Records of the newc format: GNU cpio must read them as they are meant."""

import os
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.tree import read_directory
from tests.support.unpacker import records, unpack
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.kernel import cpio
from wyrcan_tui.kernel.cpio import Metadata

REGULAR = stat.S_IFREG | 0o640


def archive() -> bytes:
    """A directory, two names of a file, a link and a fifo; names and bodies of all lengths that padding depends on."""

    # Only root can give files to others.
    def record(name: bytes, inode: int, mode: int, *, nlink: int = 1, size: int = 0) -> bytes:
        return cpio.record(name, inode, Metadata(mode, os.geteuid(), os.getegid(), 7), nlink=nlink, size=size)

    parts = [record(b"d", 1, stat.S_IFDIR | 0o750)]
    for number, name in enumerate([b"d/a", b"d/ab", b"d/abc", b"d/abcd"], 2):
        body = b"x" * number
        parts += [record(name, number, REGULAR, size=len(body)), body, cpio.padding(len(body))]
    parts += [record(b"one", 9, REGULAR, nlink=2, size=3), b"abc", cpio.padding(3)]
    parts += [record(b"two", 9, REGULAR, nlink=2)]
    parts += [record(b"link", 10, stat.S_IFLNK | 0o777, size=3), b"d/a", cpio.padding(3)]
    parts += [record(b"fifo", 11, stat.S_IFIFO | 0o600)]
    return b"".join([*parts, cpio.TRAILER])


def test_kernel_and_gnu_cpio_unpack_the_same(tmp_path: Path) -> None:
    data = archive()
    subprocess.run(
        ["cpio", "--extract", "--make-directories", "--preserve-modification-time", "--quiet"],
        input=data,
        cwd=tmp_path,
        check=True,
    )
    found = read_directory(tmp_path)
    # GNU cpio leaves the times of symbolic links alone, and sets a directory's before there is anything in it.
    found |= {path: replace(found[path], mtime=7) for path in (b"link", b"d")}
    expected = unpack(data)
    del found[b""], expected[b""]
    assert found[b"one"].names == {b"one", b"two"}
    assert found == expected


def test_record_holds_every_field() -> None:
    data = cpio.record(b"dev/sda", 7, Metadata(stat.S_IFBLK | 0o660, 1, 6, 9), nlink=3, device=(8, 1))
    (found, _) = records(data + cpio.TRAILER)
    assert (found.inode, found.mode, found.uid, found.gid, found.nlink) == (7, stat.S_IFBLK | 0o660, 1, 6, 3)
    assert (found.mtime, found.device, found.name, found.body) == (9, (8, 1), b"dev/sda", b"")


def test_number_of_links_stands_where_it_is_said_to() -> None:
    data = bytearray(cpio.record(b"a", 1, Metadata(REGULAR)))
    data[cpio.NLINK_OFFSET : cpio.NLINK_OFFSET + 8] = cpio.nlink_field(258)
    assert records(bytes(data) + cpio.TRAILER)[0].nlink == 258


@pytest.mark.parametrize(("mtime", "kept"), [(-1, 0), (1 << 40, 0xFFFFFFFF), (1, 1)])
def test_time_is_clamped_to_what_the_format_holds(mtime: int, kept: int) -> None:
    assert records(cpio.record(b"a", 1, Metadata(stat.S_IFREG, mtime=mtime)) + cpio.TRAILER)[0].mtime == kept


def test_trailer_is_a_record_that_no_file_can_be_taken_for() -> None:
    (trailer,) = records(cpio.TRAILER)
    assert (trailer.name, trailer.inode, trailer.mode, trailer.body) == (b"TRAILER!!!", 0, 0, b"")
    file, end = records(cpio.record(b"TRAILER!!!", 1, Metadata(REGULAR)) + cpio.TRAILER)
    assert (file.name, end.name) == (b"./TRAILER!!!", b"TRAILER!!!")


def test_every_record_ends_at_a_multiple_of_four() -> None:
    for length in range(1, 9):
        assert len(cpio.record(b"a" * length, 1, Metadata(REGULAR))) % 4 == 0
        assert (length + len(cpio.padding(length))) % 4 == 0


def test_file_above_4_gib_is_refused() -> None:
    assert cpio.record(b"a", 1, Metadata(REGULAR), size=cpio.LARGEST_FILE)
    with pytest.raises(WyrcanError) as raised:
        cpio.record(b"a", 1, Metadata(REGULAR), size=cpio.LARGEST_FILE + 1)
    assert raised.value.code == "file-too-large"


@pytest.mark.parametrize("name", [b"a/" * 2047 + b"ab", b"a/" + b"b" * 256])
def test_path_that_the_kernel_would_pass_over_is_refused(name: bytes) -> None:
    assert cpio.record(name[1:] if name.startswith(b"a/a") else name[:-1], 1, Metadata(REGULAR))
    with pytest.raises(WyrcanError) as raised:
        cpio.record(name, 1, Metadata(REGULAR))
    assert raised.value.code == "path-too-long"
