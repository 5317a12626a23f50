"""Whole images: in go blobs, out come a kernel, its arguments and an initrd, or the reason why not."""

import gzip
import os
import random
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.image import Compression as LayerCompression
from tests.support.image import Dir, File, Hardlink, Hole, Image, Layer, Member, Schema, Symlink, Whiteout
from tests.support.kernels import arm64_image, bzimage, uki, zboot
from tests.support.sources import AMD64, MemorySource, opened
from tests.support.tree import Node, read_directory
from tests.support.unpacker import unpack
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image import bootable, engine, rootfs
from wyrcan_tui.image.crew import Crew
from wyrcan_tui.image.engine import Bootable
from wyrcan_tui.image.initrd import InitrdWriter
from wyrcan_tui.image.layers import Layers
from wyrcan_tui.image.resolve import resolve
from wyrcan_tui.image.weigh import Scale
from wyrcan_tui.kernel.config import Compression
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import Descriptor
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.progress import CancelledError, Meter, Progress, Stage

KERNEL = bzimage("6.12.0", b"payload" * 1000)
OTHER_KERNEL = bzimage("6.12.0", b"another" * 1000)
ZSTD_CONFIG = File("boot/config-6.12.0", b"CONFIG_RD_ZSTD=y\n")
INIT = File("sbin/init", b"#!/bin/sh\n", 0o755)

WATCHED_BUILD = """
import os, random, sys
from tests.support.image import File, Hardlink, Hole, Image, Layer
from tests.support.kernels import bzimage
from tests.support.sources import opened
from wyrcan_tui.image import bootable, engine
from wyrcan_tui.progress import Meter

MAKES = ("os.mkdir", "os.rename", "os.link", "os.symlink", "tempfile.mkstemp", "tempfile.mkdtemp")

def watch(event, arguments):
    if event in MAKES or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
        print(arguments[0])

config = File("boot/config-6.12.0", sys.argv[1].encode())
files = [File(f"noise{number}", random.Random(number).randbytes(1 << number)) for number in range(23)]
layers = [Layer([File("boot/wyrcan.kernel", bzimage("6.12.0")), File("init"), *files])]
layers += [Layer([Hardlink("late", "noise9"), config], "zstd")]
source, image = opened(Image(layers))
initrd = os.memfd_create("initrd")
sys.addaudithook(watch)
engine.build(source, image, initrd, Meter())
print("built", os.fstat(initrd).st_size > 4 << 20)
open(sys.argv[2], "w").close()
"""
"""Prints each path that is opened to be written, or made: for the last line, the second argument and no other."""


def image(*stack: Sequence[Member], compressions: Sequence[LayerCompression] = ("gzip",)) -> Image:
    """An image of these layers, compressed in turn in the given ways."""
    return Image([Layer(layer, compressions[number % len(compressions)]) for number, layer in enumerate(stack)])


def build(content: Image) -> tuple[Bootable, dict[bytes, Node]]:
    """What is built of an image, its initrd unpacked."""
    source, found = opened(content)
    fd = os.memfd_create("initrd")
    try:
        built = engine.build(source, found, fd, Meter())
        return built, unpack(os.pread(fd, os.fstat(fd).st_size, 0))
    finally:
        os.close(fd)


def examine(content: Image) -> Bootable:
    """What is found out about an image."""
    return engine.examine(*opened(content), Meter())


def refusal(content: Image) -> WyrcanError:
    """Why nothing is built of an image; examining must come to the same."""
    codes = []
    for act in (build, examine):
        with pytest.raises(WyrcanError) as raised:
            act(content)
        codes.append(raised.value.code)
    assert codes[0] == codes[1]
    return raised.value


@pytest.mark.parametrize("compressions", [("plain",), ("gzip",), ("zstd",), ("gzip", "zstd", "plain")])
def test_image_is_built_whatever_its_layers_are_compressed_with(compressions: Sequence[LayerCompression]) -> None:
    built, tree = build(
        image(
            [Dir("boot"), File("boot/wyrcan.kernel", KERNEL), ZSTD_CONFIG],
            [File("boot/wyrcan.cmdline", b"quiet panic=10\n"), INIT],
            [File("etc/os-release", b"NAME=demo\n"), *(File(f"etc/{number}") for number in range(20))],
            [Whiteout("etc/0")],
            compressions=compressions,
        )
    )
    assert (built.kernel, built.kernel_path, built.kernel_file.release) == (KERNEL, "/boot/wyrcan.kernel", "6.12.0")
    assert built.arguments == ("quiet", "panic=10")
    assert built.compression is Compression.ZSTD
    assert built.adds_init
    assert tree[b"init"].content == b"sbin/init"
    assert tree[b"boot/wyrcan.kernel"].content == KERNEL
    assert b"etc/0" not in tree
    assert b"etc/19" in tree


def test_initrd_is_not_compressed_for_a_kernel_that_does_not_say_it_can_unpack_it() -> None:
    built, tree = build(image([File("boot/wyrcan.kernel", KERNEL), INIT]))
    assert built.compression is Compression.NONE
    assert tree[b"sbin/init"].content == b"#!/bin/sh\n"


def test_own_init_stays() -> None:
    built, tree = build(image([File("boot/wyrcan.kernel", KERNEL), INIT, File("init", b"own")]))
    assert not built.adds_init
    assert tree[b"init"].content == b"own"


def test_init_that_leads_nowhere_is_replaced() -> None:
    _, tree = build(image([File("boot/wyrcan.kernel", KERNEL), INIT, Symlink("init", "gone")]))
    assert tree[b"init"].content == b"sbin/init"


def test_kernel_of_the_modules_folder_brings_its_config_and_bootc_s_arguments() -> None:
    modules = "usr/lib/modules/6.12.0"
    built = examine(
        image(
            [
                File(f"{modules}/vmlinuz", KERNEL),
                File(f"{modules}/config", b"CONFIG_RD_ZSTD=y\n"),
                File("usr/lib/bootc/kargs.d/empty.toml"),
                File("usr/lib/bootc/kargs.d/ours.toml", b'kargs = ["ro"]'),
                INIT,
            ]
        )
    )
    assert (built.kernel_path, built.compression) == (f"/{modules}/vmlinuz", Compression.ZSTD)
    assert built.arguments == ("ro",)


KERNEL_ELSEWHERE: dict[str, list[list[Member]]] = {
    "link to a place that is not watched": [[File("opt/k", KERNEL), Symlink("vmlinuz", "/opt/k")]],
    "empty cmdline beside it": [[File("boot/wyrcan.kernel", KERNEL), File("boot/wyrcan.cmdline")]],
    "hard link in one layer": [[File("opt/k", KERNEL), Hardlink("boot/wyrcan.kernel", "opt/k")]],
    "hard link from above": [[File("opt/k", KERNEL)], [Hardlink("boot/wyrcan.kernel", "opt/k")]],
    "hard link whose target is replaced": [
        [File("opt/k", KERNEL), Hardlink("boot/wyrcan.kernel", "opt/k")],
        [File("opt/k", OTHER_KERNEL)],
    ],
    "hard link whose target is hidden": [
        [File("boot/k", KERNEL), Hardlink("boot/wyrcan.kernel", "boot/k")],
        [Whiteout("boot/k")],
    ],
    "hard link behind a link, its target hidden": [
        [File("opt/k", KERNEL), Hardlink("opt/k2", "opt/k"), Symlink("vmlinuz", "opt/k2")],
        [Whiteout("opt/k")],
    ],
    "hard link behind a link, its target replaced": [
        [File("opt/k", KERNEL)],
        [Hardlink("opt/k2", "opt/k"), Symlink("vmlinuz", "opt/k2")],
        [File("opt/k", OTHER_KERNEL)],
    ],
    "link to what a layer has twice": [
        [File("opt/k", OTHER_KERNEL), File("opt/k", KERNEL), Symlink("vmlinuz", "opt/k")]
    ],
    "lower layers have others": [
        [File("boot/wyrcan.kernel", OTHER_KERNEL), File("opt/k", OTHER_KERNEL)],
        [File("opt/k", KERNEL), Symlink("boot/wyrcan.kernel", "../opt/k")],
    ],
    "link in one layer to a file that the layer above has replaced": [
        [File("boot/a", KERNEL), Hardlink("boot/wyrcan.kernel", "boot/a")],
        [Hardlink("boot/b", "boot/a")],
        [File("boot/a", OTHER_KERNEL)],
    ],
}


@pytest.mark.parametrize("case", KERNEL_ELSEWHERE)
def test_kernel_is_the_one_that_is_at_its_place_in_the_root(case: str) -> None:
    content = image(*KERNEL_ELSEWHERE[case], [INIT])
    built, tree = build(content)
    assert built.kernel == KERNEL
    assert tree[built.kernel_path.removeprefix("/").encode()].content == KERNEL
    assert examine(content).kernel == KERNEL


def test_what_is_kept_at_hand_has_a_limit_and_the_rest_is_read_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rootfs, "MOST_KEPT", 3 * len(OTHER_KERNEL))
    others = [File(f"boot/vmlinuz-6.1{number}.0", OTHER_KERNEL) for number in range(5)]
    content = image([*others, File("boot/vmlinuz-6.19.0", KERNEL), INIT])
    with Crew() as crew, Layers(*opened(content), crew, Meter()) as layers:
        merged = rootfs.Rootfs(Scale())
        merged.read(layers)
    assert sorted(merged.contents) == [b"boot/vmlinuz-6.10.0", b"boot/vmlinuz-6.11.0", b"boot/vmlinuz-6.12.0"]
    assert examine(content).kernel == KERNEL


def test_image_without_a_kernel_or_an_init_is_not_bootable() -> None:
    assert refusal(image([INIT])).code == "kernel-missing"
    assert refusal(image([File("boot/wyrcan.kernel", KERNEL)])).code == "init-missing"


def test_kernel_must_be_one_and_of_the_image_s_architecture() -> None:
    assert refusal(image([File("boot/wyrcan.kernel", b"text"), INIT])).code == "kernel-unknown-format"
    for kernel in (arm64_image(), bzimage(xloadflags=0)):
        assert refusal(image([File("boot/wyrcan.kernel", kernel), INIT])).code == "kernel-wrong-architecture"


def test_kernel_in_a_uki_is_started_without_what_came_with_it() -> None:
    file = uki([(".cmdline", b"not ours"), (".initrd", b"070701"), (".linux", KERNEL)])
    place = "boot/EFI/Linux/demo.efi"
    content = image([File(place, file), Symlink("boot/wyrcan.kernel", "EFI/Linux/demo.efi"), ZSTD_CONFIG, INIT])
    built, tree = build(content)
    assert (built.kernel, built.kernel_file.release, built.arguments) == (KERNEL, "6.12.0", ())
    assert built.compression is Compression.ZSTD
    assert tree[place.encode()].content == file
    assert examine(content).kernel == KERNEL


@pytest.mark.parametrize("release", ["6.12.0", ""])
def test_arm64_kernel_is_unwrapped_and_its_config_found_by_its_banner_or_its_name(release: str) -> None:
    kernel = arm64_image(release)
    for file in (kernel, gzip.compress(kernel), zboot("gzip", gzip.compress(kernel))):
        content = replace(image([File("boot/vmlinuz-6.12.0", file), ZSTD_CONFIG, INIT]), architecture="arm64")
        source = MemorySource.of(content)
        found = engine.examine(source, resolve(source, Platform("linux", "arm64")), Meter())
        assert (found.kernel, found.kernel_file.release) == (kernel, "6.12.0")
        assert found.compression is Compression.ZSTD


def test_file_that_is_too_large_to_be_a_kernel_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootable, "LARGEST_KERNEL", 100)
    assert refusal(image([File("boot/wyrcan.kernel", KERNEL), INIT])).code == "kernel-unreadable"


def test_file_above_4_gib_refuses_the_image_with_its_path() -> None:
    layer = Layer([File("boot/wyrcan.kernel", KERNEL), INIT])
    # A hole of 5 GiB, as GNU tar writes it.
    hole = tarfile.TarInfo("srv/disk.img")
    hole.pax_headers = {"GNU.sparse.size": str(5 << 30)}
    layer.__dict__["tar"] = hole.tobuf(tarfile.PAX_FORMAT) + layer.tar
    error = refusal(Image([layer]))
    assert (error.code, "/srv/disk.img" in error.message) == ("file-too-large", True)


def test_words_for_the_kernel_that_are_larger_than_any_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootable, "LARGEST_TEXT", 100)
    words = File("usr/lib/bootc/kargs.d/x.toml", b"#" * 101)
    assert refusal(image([File("boot/wyrcan.kernel", KERNEL), INIT, words])).code == "arguments-invalid"


def test_configurations_that_differ_have_the_initrd_written_anew_only_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    wishes: list[Compression] = []
    use = InitrdWriter.use

    def counted(writer: InitrdWriter, compression: Compression) -> None:
        wishes.append(compression)
        use(writer, compression)

    monkeypatch.setattr(InitrdWriter, "use", counted)
    configs = [
        File(f"boot/config-{number}", b"CONFIG_RD_LZ4=y\n" if number % 2 else b"CONFIG_RD_ZSTD=y\n")
        for number in range(1, 9)
    ]
    built, nodes = build(image([*configs, ZSTD_CONFIG, File("boot/wyrcan.kernel", KERNEL), INIT]))
    assert built.compression is Compression.ZSTD
    assert nodes[b"boot/config-8"].content == configs[-1].data
    assert wishes == [Compression.LZ4]


def test_files_with_words_for_the_kernel_are_not_too_large_together() -> None:
    half = b"#" * (bootable.LARGEST_TEXT // 2)
    words = [File(f"usr/lib/bootc/kargs.d/{number}.toml", half) for number in range(3)]
    assert examine(image([File("boot/wyrcan.kernel", KERNEL), INIT, *words[:2]])).arguments == ()
    error = refusal(image([File("boot/wyrcan.kernel", KERNEL), INIT, *words]))
    assert (error.code, "1.6 MB" in error.message) == ("arguments-invalid", True)


def test_what_was_not_kept_is_read_once_more_from_its_layers_alone() -> None:
    words = [File(f"opt/words/{number:03}.toml", b'kargs = ["w%d"]' % number) for number in range(100)]
    layers: list[list[Member]] = [
        [File("opt/kernel", KERNEL), File("etc/filler")],
        [*words, Hardlink("opt/words/more.toml", "opt/words/007.toml")],
        [File("opt/words/008.toml", b'kargs = ["above"]')],
        [INIT, Symlink("boot/wyrcan.kernel", "/opt/kernel"), Symlink("usr/lib/bootc/kargs.d", "/opt/words")],
    ]
    content = image(*layers)
    read: list[str] = []

    class Counting(MemorySource):
        def blob(self, descriptor: Descriptor) -> Iterator[bytes]:
            read.append(str(descriptor.digest))
            return super().blob(descriptor)

    source = Counting.of(content)
    arguments = engine.examine(source, resolve(source, AMD64), Meter()).arguments
    assert arguments == (*(f"w{number}" if number != 8 else "above" for number in range(100)), "w7")
    times = [read.count(layer.digest) for layer in content.layers]
    # All once; then the kernel; then all of its words at once.
    assert times == [2, 2, 2, 1]


def test_kernel_that_a_layer_has_twice_is_the_last_one_where_that_was_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rootfs, "MOST_KEPT", len(OTHER_KERNEL))
    built, nodes = build(image([File("boot/wyrcan.kernel", OTHER_KERNEL), File("boot/wyrcan.kernel", KERNEL), INIT]))
    assert built.kernel == nodes[b"boot/wyrcan.kernel"].content == KERNEL


def test_path_that_is_too_long_refuses_the_image() -> None:
    assert refusal(image([File("boot/wyrcan.kernel", KERNEL), INIT, File("n" * 256)])).code == "path-too-long"


def test_initrd_that_is_larger_than_it_may_be_is_given_up() -> None:
    noise = random.Random(1).randbytes(3 << 20)
    source, found = opened(image([File("boot/wyrcan.kernel", KERNEL), INIT, File("noise", noise)]))
    fd = os.memfd_create("initrd")
    with pytest.raises(WyrcanError) as raised:
        engine.build(source, found, fd, Meter(), largest=2 << 20)
    assert os.fstat(fd).st_size <= 2 << 20
    os.close(fd)
    assert (raised.value.code, "2.1 MB" in raised.value.message) == ("initrd-too-large", True)


def test_root_that_is_larger_than_it_may_be_is_given_up_however_well_it_compresses() -> None:
    zeros = [File(f"zeros-{number}", bytes(1 << 20)) for number in range(20)]
    source, found = opened(image([File("boot/wyrcan.kernel", KERNEL), INIT, *zeros]))
    fd = os.memfd_create("initrd")
    with pytest.raises(WyrcanError) as raised:
        engine.build(source, found, fd, Meter(), largest_root=8 << 20)
    os.close(fd)
    assert (raised.value.code, "8.4 MB" in raised.value.message) == ("root-too-large", True)


def test_examining_weighs_holes_without_making_them() -> None:
    holes = [Hole(f"hole-{number}", (4 << 30) - 1) for number in range(1000)]
    assert examine(image([File("boot/wyrcan.kernel", KERNEL), INIT, *holes])).unpacked > 1000 * ((4 << 30) - 1)


def test_examining_weighs_what_building_writes() -> None:
    files = [File(f"d/{'n' * number}", b"x" * number) for number in range(1, 9)]
    content = image([File("boot/wyrcan.kernel", KERNEL), INIT], [*files, Hardlink("b", "sbin/init"), Symlink("l", "b")])
    assert examine(content).unpacked == build(content)[0].unpacked


@pytest.mark.parametrize("schema", ["oci", "docker"])
def test_layers_that_are_not_to_be_distributed_are_read_like_any_other(schema: Schema) -> None:
    layers = [Layer([File("boot/wyrcan.kernel", KERNEL)], "zstd", foreign=True), Layer([INIT], foreign=True)]
    assert build(Image(layers, schema=schema))[1][b"boot/wyrcan.kernel"].content == KERNEL


def test_path_that_leaves_the_root_refuses_the_image() -> None:
    assert refusal(image([File("../etc/passwd"), INIT])).code == "layer-path-escapes"


def damaged(content: Image, blob: bytes) -> MemorySource:
    """The source of an image whose first layer is stored as something else."""
    source = MemorySource.of(content)
    source.stored[content.layers[0].digest] = blob
    return source


def test_damaged_layer_refuses_the_image() -> None:
    content = image([File("boot/wyrcan.kernel", KERNEL), INIT, File("a", b"-" * 5000)], compressions=["plain"])
    blob = content.layers[0].blob
    for wrong, code in (
        (blob.replace(b"---", b"+++"), "digest-mismatch"),
        (blob[:-512], "blob-size-mismatch"),
        (blob + b"\0", "blob-size-mismatch"),
    ):
        source = damaged(content, wrong)
        with pytest.raises(WyrcanError) as raised:
            engine.examine(source, resolve(source, AMD64), Meter())
        assert raised.value.code == code


def test_layer_that_is_not_what_the_config_says_refuses_the_image() -> None:
    content = image([File("boot/wyrcan.kernel", KERNEL), INIT])
    source, found = opened(content)
    lie = replace(found, config=replace(found.config, diff_ids=(Digest.of(b"another layer"),)))
    with pytest.raises(WyrcanError) as raised:
        engine.examine(source, lie, Meter())
    assert (raised.value.code, "layer 1" in raised.value.message) == ("digest-mismatch", True)


def test_image_of_many_layers_is_read_in_order() -> None:
    layers: list[list[Member]] = [[File("a", b"%d" % number), File(f"own{number}")] for number in range(30)]
    _, tree = build(image([File("boot/wyrcan.kernel", KERNEL), INIT], *layers))
    assert tree[b"a"].content == b"29"
    assert sum(path.startswith(b"own") for path in tree) == 30


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_unpacking_writes_what_the_kernel_unpacks(tmp_path: Path) -> None:
    content = image(
        [
            File("boot/wyrcan.kernel", KERNEL),
            File("init", b"i", 0o4755, mtime=5),
            Hardlink("b", "init"),
            Dir("d", mtime=6),
        ],
        [File("d/a", b"1"), Symlink("l", "/d/a"), File("init", b"new", 0o755)],
    )
    tmp_path.chmod(0o755)
    assert engine.unpack(*opened(content), tmp_path, Meter()) == ()
    # The root is not the image's, which has no entry for it.
    os.utime(tmp_path, (0, 0))
    assert read_directory(tmp_path) == build(content)[1]


def test_progress_names_every_layer_and_reaches_its_end() -> None:
    reports: list[Progress] = []
    content = image([File("boot/wyrcan.kernel", KERNEL), ZSTD_CONFIG], [INIT])
    engine.examine(*opened(content), Meter(reports.append))
    assert {report.stage for report in reports} == {Stage.LAYERS}
    assert [item.name for item in reports[0].items] == [layer.digest[7:19] for layer in content.layers]
    assert reports[-1].done == reports[-1].total == sum(len(layer.blob) for layer in content.layers)


def test_wish_to_stop_stops_the_work() -> None:
    meter = Meter()
    source, found = opened(image([File("boot/wyrcan.kernel", KERNEL), INIT]))
    meter.cancel()
    with pytest.raises(CancelledError):
        engine.examine(source, found, meter)


@pytest.mark.parametrize("config", ["CONFIG_RD_ZSTD=y", "CONFIG_RD_LZ4=y", ""], ids=["zstd", "lz4", "none"])
def test_building_writes_to_no_file_but_the_one_it_is_given(config: str, tmp_path: Path) -> None:
    # Python itself writes what it has compiled, unless it is told not to.
    command = [sys.executable, "-B", "-c", WATCHED_BUILD, config, str(tmp_path / "noticed")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == ["built True", str(tmp_path / "noticed")]
