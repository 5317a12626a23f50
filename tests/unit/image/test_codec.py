"""The compressions of an initrd, in the forms that the kernel unpacks."""

import os
import random
import stat
from pathlib import Path

import lz4.block
import pytest

from tests.support.stack import cut_short
from tests.support.unpacker import LZ4_MAGIC, unpack
from wyrcan_tui.image import initrd
from wyrcan_tui.image.codec import compressor
from wyrcan_tui.image.initrd import File, InitrdWriter
from wyrcan_tui.kernel.config import Compression
from wyrcan_tui.kernel.cpio import Metadata

BLOCK = 8 << 20
"""The most that the kernel unpacks of one block (lib/decompress_unlz4.c, ``LZ4_DEFAULT_UNCOMPRESSED_CHUNK_SIZE``)."""


def blocks(data: bytes) -> list[list[int]]:
    """The lengths, unpacked, of the blocks that follow each magic number of lz4's legacy frames."""
    found: list[list[int]] = []
    position = 0
    while position < len(data):
        size = int.from_bytes(data[position : position + 4], "little")
        position += 4
        if size == int.from_bytes(LZ4_MAGIC, "little"):
            found.append([])
            continue
        found[-1].append(len(lz4.block.decompress(data[position : position + size], uncompressed_size=BLOCK)))
        position += size
    return found


def test_lz4_archive_of_many_blocks_has_its_magic_number_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_short(monkeypatch, initrd.DRAFT, 20 << 20)
    # Noise gets longer by compression, and zeros so short that much would fit into a block of few bytes.
    contents = [random.Random(1).randbytes(19 << 20), bytes(19 << 20), b"end"]
    fd = os.memfd_create("initrd")
    writer = InitrdWriter(fd, Compression.LZ4)
    for number, content in enumerate(contents):
        writer.add_file(File(b"%d" % number, Metadata(stat.S_IFREG | 0o644)), len(content), [content])
    writer.finish(Compression.LZ4)
    packed = os.pread(fd, os.fstat(fd).st_size, 0)
    os.close(fd)
    tree = unpack(packed)
    assert [tree[b"%d" % number].content for number in range(3)] == contents
    found = blocks(packed)
    assert [len(lengths) for lengths in found] == [3, 3]
    assert all(lengths[:-1] == [BLOCK, BLOCK] and lengths[-1] < BLOCK for lengths in found)


def test_zstd_is_compressed_by_several_threads() -> None:
    def threads() -> int:
        return len([*Path("/proc/self/task").iterdir()])

    before = threads()
    tool = compressor(Compression.ZSTD)
    tool.compress(bytes(1 << 20))
    assert threads() - before == min(os.cpu_count() or 1, 4)


def test_zstd_saves_also_what_is_nowhere_else() -> None:
    # Six bits in each byte, without any match.
    text = bytes(byte % 64 for byte in random.Random(1).randbytes(1 << 20))
    tool = compressor(Compression.ZSTD)
    assert len(tool.compress(text)) + len(tool.flush()) < 0.77 * len(text)
