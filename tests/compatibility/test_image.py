"""Images that were made for Wyrcan 2.1.2: its kernel, its arguments, and what 2.1.2 stumbled over."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.bootable import RELEASE, bootable_image, kernel_file
from tests.support.image import Content, Dir, File, Hardlink, Image, Index, Layer, Member, Symlink
from tests.support.rig import Booted, Rig
from tests.support.unpacker import unpack
from wyrcan_tui.cli.main import run
from wyrcan_tui.cli.parser import parser

KERNEL = f"boot/vmlinuz-{RELEASE}"
KERNELS: dict[str, Sequence[Member]] = {
    "file": [File("boot/wyrcan.kernel", kernel_file())],
    "hard link": [File(KERNEL, kernel_file()), Hardlink("boot/wyrcan.kernel", KERNEL)],
    "link before its file": [Symlink("boot/wyrcan.kernel", f"vmlinuz-{RELEASE}"), File(KERNEL, kernel_file())],
    "link behind its file": [File(KERNEL, kernel_file()), Symlink("boot/wyrcan.kernel", f"vmlinuz-{RELEASE}")],
    "absolute link": [File(KERNEL, kernel_file()), Symlink("boot/wyrcan.kernel", f"/{KERNEL}")],
    "chain of links": [
        Symlink("boot/wyrcan.kernel", "../vmlinuz"),
        Symlink("vmlinuz", "/boot/current"),
        Symlink("boot/current", f"./vmlinuz-{RELEASE}"),
        File(KERNEL, kernel_file()),
    ],
}


def booted(tmp_path: Path, content: Content, *words: str) -> Booted:
    """What the machine starts of an image, with the user's words."""
    layout = content.write_layout(tmp_path / "layout")
    arguments = "".join(f' wyr.arg="{word}"' for word in words)
    rig = Rig(tmp_path / "machine", cmdline=f"wyr.img=oci:{layout}{arguments}")
    assert run(parser().parse_args(["boot"]), rig.adapters) == 0
    return rig.kexec.booted


@pytest.mark.parametrize("kind", KERNELS)
def test_kernel_may_be_a_file_or_any_kind_of_link(tmp_path: Path, kind: str) -> None:
    others = [File("boot/vmlinuz-99.0", kernel_file("99.0")), File("init", b"#!/bin/sh\n", mode=0o755)]
    image = Image([Layer([Dir("boot"), *KERNELS[kind], *others])])
    assert booted(tmp_path, image).kernel == kernel_file()


def test_words_of_the_image_come_before_those_of_the_user(tmp_path: Path) -> None:
    image = bootable_image("one", Symlink("boot/wyrcan.cmdline", "words"), File("boot/words", b"first\n second\n"))
    assert booted(tmp_path, image, "third fourth", "fifth").cmdline == "first second third fourth fifth"


def test_index_of_images_is_booted(tmp_path: Path) -> None:
    other = Image([Layer([File("init")])], architecture="s390x")
    assert booted(tmp_path, Index([other, bootable_image()])).kernel == kernel_file()


def test_hard_links_keep_their_content_in_layers_of_any_order(tmp_path: Path) -> None:
    image = bootable_image("one", Dir("bin"), Hardlink("bin/first", "init"), Hardlink("bin/second", "bin/first"))
    root = unpack(booted(tmp_path, image).initrd)
    assert (
        root[b"bin/second"].content == root[b"bin/first"].content == root[b"init"].content == b"#!/bin/sh\necho one\n"
    )
