"""Unified kernel images: PE files with a kernel as one of their sections."""

import platform
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from tests.support.kernels import arm64_image, bzimage, uki
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.kernel.uki import Uki, parse_uki

TABLE = 0x40 + 24 + 240
"""Where the section table of `uki` begins."""
STUB = [(".text", b"code"), (".osrel", b"ID=x"), (".cmdline", b"quiet"), (".initrd", b"initrd")]
WHOLE = uki([*STUB, (".uname", b"6.12.0\n\0"), (".linux", b"kernel")])


def test_kernel_and_release_are_found_without_their_padding() -> None:
    assert parse_uki(WHOLE) == Uki(b"kernel", "6.12.0")


def test_release_may_be_missing() -> None:
    assert parse_uki(uki([*STUB, (".linux", b"kernel")])) == Uki(b"kernel", "")


def test_of_several_profiles_the_first_kernel_is_taken() -> None:
    image = uki([(".linux", b"one"), (".uname", b"1"), (".profile", b"ID=b"), (".linux", b"two"), (".uname", b"2")])
    assert parse_uki(image) == Uki(b"one", "1")


def test_section_without_a_size_in_memory_has_its_size_in_the_file() -> None:
    image = bytearray(uki([(".linux", b"kernel")]))
    struct.pack_into("<I", image, TABLE + 8, 0)
    assert parse_uki(bytes(image)) == Uki(b"kernel" + b"\xff" * 506, "")


@pytest.mark.parametrize("section", [4, 5])
@pytest.mark.parametrize("field", [16, 20])
def test_section_that_reaches_out_of_the_file_is_not_read(section: int, field: int) -> None:
    image = bytearray(WHOLE)
    at = TABLE + 40 * section
    struct.pack_into("<I", image, at + 8, 0xFFFFFFFF)
    struct.pack_into("<I", image, at + field, 0xFFFFFFF0)
    with pytest.raises(WyrcanError) as raised:
        parse_uki(bytes(image))
    assert raised.value.code == "kernel-damaged"
    assert (".uname", ".linux")[section - 4] in raised.value.message


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ",
        b"MZ".ljust(0x3C, b"\0") + b"\xff\xff\xff\xff",
        bytes(0x3C) + WHOLE[0x3C:],
        WHOLE[:0x40] + b"NE" + WHOLE[0x42:],
        uki([*STUB, (".linux", b"kernel")])[: TABLE + 40 * 5 - 1],
        uki(STUB),
        bzimage(),
        arm64_image(),
    ],
)
def test_anything_else_is_no_uki(data: bytes) -> None:
    assert parse_uki(data) is None


def test_number_of_sections_is_not_believed() -> None:
    lying = bytearray(WHOLE)
    struct.pack_into("<H", lying, 0x46, 0xFFFF)
    assert parse_uki(bytes(lying)) == Uki(b"kernel", "6.12.0")


@pytest.mark.skipif(
    platform.machine() != "x86_64" or not shutil.which("objcopy"), reason="there is no objcopy for x86 PE files here"
)
def test_sections_that_objcopy_adds_to_a_pe_file_are_found(tmp_path: Path) -> None:
    stub, kernel, made = tmp_path / "stub", tmp_path / "kernel", tmp_path / "uki"
    stub.write_bytes(uki([(".text", b"code")]))
    kernel.write_bytes(bzimage())
    subprocess.run(
        ["objcopy", "--add-section", f".linux={kernel}", "--change-section-vma", ".linux=0x200000", stub, made],
        check=True,
        capture_output=True,
    )
    assert parse_uki(made.read_bytes()) == Uki(bzimage(), "")
