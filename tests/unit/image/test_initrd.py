"""The initrd: the same bytes each time, in frames that the kernel unpacks one after the other."""

import os
import random
import stat
import sys
from collections.abc import Iterator

import pytest

from tests.support.image import Device, Dir, Fifo, File, Hardlink, Layer, Member, Symlink
from tests.support.memory import peak
from tests.support.stack import Stack, cut_short, merge_tars, pack
from tests.support.unpacker import archives, records, unpack
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image import initrd
from wyrcan_tui.image.initrd import InitrdWriter
from wyrcan_tui.kernel.config import Compression
from wyrcan_tui.kernel.cpio import Metadata

FILE = Metadata(stat.S_IFREG | 0o644)


def system() -> Stack:
    """Two layers with everything that an initrd can hold, of several frames when frames are small."""
    noise = random.Random(1)
    lower: list[Member] = [Dir("."), Dir("etc"), Dir("dev")]
    lower += [File(f"etc/{number}", noise.randbytes(number * 300), mtime=number) for number in range(20)]
    lower += [Symlink("link", "etc/1"), Device("dev/null", 1, 3), Fifo("dev/fifo"), Hardlink("late", "etc/2")]
    return [lower, [File("etc/5", b"new"), Hardlink("above", "etc/7")]]


@pytest.fixture
def small_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames of a few files."""
    cut_short(monkeypatch, 5000)


@pytest.mark.usefixtures("small_frames")
@pytest.mark.parametrize("compression", Compression)
def test_same_layers_make_the_same_bytes(compression: Compression) -> None:
    assert len({pack(system(), compression) for _ in range(5)}) == 1


@pytest.mark.usefixtures("small_frames")
def test_compression_and_frames_do_not_change_what_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    in_frames = pack(system())
    assert len(archives(in_frames)) > 5
    assert unpack(in_frames) == unpack(pack(system(), Compression.NONE))
    monkeypatch.undo()
    in_one_frame = pack(system())
    assert len(archives(in_one_frame)) == 1
    assert unpack(in_one_frame) == unpack(in_frames)


@pytest.mark.usefixtures("small_frames")
def test_archives_without_compression_have_their_records_in_the_same_order() -> None:
    plain = pack(system(), Compression.NONE)
    assert records(plain) == [record for archive in archives(pack(system())) for record in records(archive)]


@pytest.mark.usefixtures("small_frames")
def test_late_names_bring_no_content_twice_and_leave_nothing_behind() -> None:
    files = [File("a", b"x" * 4000), File("b", b"y" * 4500), File("filler", b"z" * 4990)]
    data = pack([[*files, Hardlink("c", "a"), Hardlink("d", "b")]])
    bodies = [record.body for archive in archives(data) for record in records(archive) if stat.S_ISREG(record.mode)]
    assert [len(body) for body in bodies if body] == [4000, 4500, 4990]
    assert {path: node.names for path, node in unpack(data).items() if path} == {
        b"a": {b"a", b"c"},
        b"b": {b"b", b"d"},
        b"c": {b"a", b"c"},
        b"d": {b"b", b"d"},
        b"filler": {b"filler"},
    }


@pytest.mark.parametrize("compression", Compression)
def test_file_with_one_name_has_a_count_of_one(compression: Compression) -> None:
    # With any other the kernel keeps each in mind, and takes twice as long (init/initramfs.c, maybe_link).
    layer: list[Member] = [File("a", b"1"), File("large", bytes(initrd.DRAFT * 2)), File("b", b"2"), Hardlink("c", "b")]
    found = [record for archive in archives(pack([layer], compression)) for record in records(archive)]
    counts = {record.name: record.nlink for record in found if stat.S_ISREG(record.mode)}
    assert counts == {b"a": 1, b"large": 1, b"b": 2, b"c": 2}


@pytest.mark.usefixtures("small_frames")
def test_late_names_need_not_be_where_the_file_is() -> None:
    layer: list[Member] = [
        File("usr/lib/deep/a", b"1", mode=0o4711, uid=1, mtime=5),
        File("b", b"x" * 4990),
        *(Hardlink(f"opt/{number}", "usr/lib/deep/a") for number in range(200)),
    ]
    unpacked = unpack(pack([layer]))
    assert unpacked[b"opt/7"] == unpacked[b"usr/lib/deep/a"]
    assert len(unpacked[b"opt/7"].names) == 201
    assert (unpacked[b"opt/7"].mode, unpacked[b"opt/7"].uid, unpacked[b"opt/7"].mtime) == (0o104711, 1, 5)


@pytest.mark.parametrize("compression", Compression)
@pytest.mark.parametrize("size", [initrd.DRAFT // 2, initrd.DRAFT * 3], ids=["in one draft", "larger than a draft"])
def test_archive_that_is_compressed_in_several_pieces_stays_where_it_is(size: int, compression: Compression) -> None:
    noise = [random.Random(number).randbytes(size) for number in range(3)]
    data = pack([[File(str(number), content) for number, content in enumerate(noise)]], compression, [compression])
    assert [unpack(data)[str(number).encode()].content for number in range(3)] == noise


def test_image_of_nothing_is_an_empty_root() -> None:
    assert set(unpack(pack([[]]))) == {b""}


def test_file_above_4_gib_is_refused_before_its_body_is_read() -> None:
    fd = os.memfd_create("initrd")
    writer = InitrdWriter(fd)
    with pytest.raises(WyrcanError) as raised:
        writer.add_file(initrd.File(b"big", FILE), 1 << 32, iter(()))
    os.close(fd)
    assert raised.value.code == "file-too-large"


@pytest.mark.parametrize("frame", [1_000, 1_000_000], ids=["of several frames", "of one"])
@pytest.mark.parametrize("compression", Compression)
def test_size_counts_every_byte_before_compression(
    frame: int, compression: Compression, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_short(monkeypatch, frame)
    fd = os.memfd_create("initrd")
    writer = InitrdWriter(fd, compression)
    writer.add(b"d", Metadata(stat.S_IFDIR | 0o755))
    writer.add_file(initrd.File(b"a", FILE), 100_000, iter([bytes(100_000)]))
    writer.finish(Compression.NONE)
    assert writer.unpacked == os.fstat(fd).st_size
    os.close(fd)


def test_what_fails_in_a_body_comes_out_of_the_writer() -> None:
    def body() -> Iterator[bytes]:
        yield b"x"
        raise WyrcanError("broken", "It broke.")

    fd = os.memfd_create("initrd")
    with pytest.raises(WyrcanError, match="It broke"):
        InitrdWriter(fd).add_file(initrd.File(b"a", FILE), 2, body())
    os.close(fd)


@pytest.mark.parametrize("compression", Compression)
def test_room_for_the_root_is_right_behind_a_large_file_too(compression: Compression) -> None:
    fd = os.memfd_create("initrd")
    writer = InitrdWriter(fd, compression, largest_root=2_000_000)
    writer.add_file(initrd.File(b"large", FILE), 1_900_000, [bytes(1_900_000)])
    with pytest.raises(WyrcanError) as raised:
        writer.add_file(initrd.File(b"more", FILE), 100_000, [bytes(100_000)])
    os.close(fd)
    assert raised.value.code == "root-too-large"


def test_no_root_is_larger_than_any_machine_s_however_much_memory_this_one_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(initrd, "LARGEST_ROOT", 2_000_000)
    for largest_root in (1 << 40, sys.maxsize):
        fd = os.memfd_create("initrd")
        writer = InitrdWriter(fd, largest_root=largest_root)
        writer.add_file(initrd.File(b"large", FILE), 1_900_000, [bytes(1_900_000)])
        with pytest.raises(WyrcanError) as raised:
            writer.add_file(initrd.File(b"more", FILE), 100_000, [bytes(100_000)])
        os.close(fd)
        assert (raised.value.code, "2.0 MB" in raised.value.message) == ("root-too-large", True)


@pytest.mark.parametrize("compression", Compression)
def test_names_of_files_take_room_too(compression: Compression) -> None:
    fd = os.memfd_create("initrd")
    writer = InitrdWriter(fd, compression, largest_root=20_000)
    file = initrd.File(b"file", FILE)
    writer.add_file(file, 0, [])
    with pytest.raises(WyrcanError) as raised:
        for number in range(200):
            writer.link(file, b"%d" % number)
    os.close(fd)
    assert raised.value.code == "root-too-large"


def test_names_are_kept_no_longer_than_other_records(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_short(monkeypatch, 1000, 1000)
    links = [Hardlink(f"name{number}", "file") for number in range(100)]
    found = archives(pack([[File("file", b"x"), *links]]))
    assert len(records(found[0])) < 10
    assert len(unpack(pack([[File("file", b"x"), *links]]))[b"file"].names) == 101


def test_large_file_makes_no_archive_of_what_was_there_before_larger_than_a_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cut_short(monkeypatch, 1000, 9000)
    files = [File(f"small{number}", b"x" * 800) for number in range(5)]
    found = archives(pack([[*files, File("large", b"y" * 20_000), File("next", b"z")]]))
    assert [b"large" in [record.name for record in records(archive)] for archive in found] == [False, True]
    assert records(found[1])[0].name == b"large"


def test_small_files_keep_nothing_of_the_layer_that_they_came_in() -> None:
    number, hidden = 60, bytes(1 << 19)
    lower = Layer([member for n in range(number) for member in (File(f"a{n}", b"x"), File(f"b{n}", hidden))]).tar
    upper = Layer([File(f"b{n}", b"") for n in range(number)]).tar
    fd = os.memfd_create("initrd")
    most = peak(lambda: merge_tars([lower, upper], InitrdWriter(fd), piece=1 << 19))
    os.close(fd)
    assert most < 8 << 20
