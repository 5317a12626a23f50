"""Kernel files: whatever a kernel is wrapped in, what comes out is what the running kernel takes."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.kernels import arm64_image, bzimage, uki, zboot
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.kernel.file import KernelFile, parse_kernel

LARGEST = 1 << 16
X86 = bzimage("6.12.0")
ARM64 = arm64_image("6.12.0")
NAMELESS = arm64_image()


def in_zboot(kernel: bytes) -> bytes:
    return zboot("gzip", gzip.compress(kernel, mtime=0))


def in_uki(kernel: bytes, uname: bytes = b"6.1.0\n") -> bytes:
    return uki([(".uname", uname), (".linux", kernel), (".initrd", b"070701")])


FILES = [X86, ARM64, in_uki(X86), in_uki(in_zboot(ARM64)), in_zboot(ARM64), gzip.compress(ARM64, mtime=0)]


@pytest.mark.parametrize(
    "wrapped", [X86, in_uki(X86), gzip.compress(X86, mtime=0), in_uki(gzip.compress(X86, mtime=0))]
)
def test_x86_kernel_is_found(wrapped: bytes) -> None:
    assert parse_kernel(wrapped, LARGEST) == KernelFile(X86, "amd64", "6.12.0")


@pytest.mark.parametrize("wrapped", FILES[1:2] + FILES[3:])
def test_arm64_kernel_is_found(wrapped: bytes) -> None:
    assert parse_kernel(wrapped, LARGEST) == KernelFile(ARM64, "arm64", "6.12.0")


def test_release_of_a_uki_counts_where_its_kernel_does_not_tell() -> None:
    assert parse_kernel(in_uki(NAMELESS), LARGEST) == KernelFile(NAMELESS, "arm64", "6.1.0")
    assert parse_kernel(in_uki(NAMELESS, b""), LARGEST) == KernelFile(NAMELESS, "arm64")


@pytest.mark.parametrize(
    "data", [b"", b"\x7fELF" + bytes(2000), b"MZ" + bytes(2000), uki([(".text", b"")]), b"#!/bin/sh\n"]
)
def test_anything_else_is_refused_with_its_first_bytes(data: bytes) -> None:
    for wrapped in (data, gzip.compress(data)):
        with pytest.raises(WyrcanError) as raised:
            parse_kernel(wrapped, LARGEST)
        assert raised.value.code == "kernel-unknown-format"
        assert raised.value.context["starts_with"] == data[:8].hex(" ")


def test_kernel_that_is_too_large_once_unpacked_is_refused() -> None:
    for wrapped in (gzip.compress(ARM64), in_zboot(ARM64)):
        assert parse_kernel(wrapped, len(ARM64)).data == ARM64
        with pytest.raises(WyrcanError) as raised:
            parse_kernel(wrapped, len(ARM64) - 1)
        assert raised.value.code == "kernel-too-large"


def test_wrappings_in_wrappings_end_somewhere() -> None:
    wrapped = [X86]
    for _ in range(6):
        wrapped.append(gzip.compress(wrapped[-1]))
    assert parse_kernel(wrapped[3], LARGEST).data == X86
    with pytest.raises(WyrcanError) as raised:
        parse_kernel(wrapped[6], LARGEST)
    assert raised.value.code == "kernel-unknown-format"


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """One of the files with some of its first bytes changed, and perhaps cut short."""
    data = bytearray(draw(st.sampled_from(FILES)))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, min(len(data), 0x1100) - 1))
        piece = draw(st.binary(min_size=1, max_size=8))
        data[at : at + len(piece)] = piece
    return bytes(data[: draw(st.integers(0, len(data)))]) if draw(st.booleans()) else bytes(data)


@settings(max_examples=300, deadline=2000)
@given(st.binary(max_size=1000) | mutated() | mutated().map(in_uki) | mutated().map(gzip.compress))
def test_whatever_the_bytes_are_a_kernel_comes_out_or_a_reason(data: bytes) -> None:
    try:
        found = parse_kernel(data, LARGEST)
    except WyrcanError as error:
        assert error.code.startswith("kernel-")
        assert error.hint
    else:
        assert len(found.data) <= LARGEST
        assert found.architecture in ("amd64", "386", "arm64")
        assert len(found.release) <= 256


def test_every_prefix_of_a_kernel_file_is_answered() -> None:
    for data in FILES:
        for short in [data[:end] for end in (*range(0, 0x60), *range(0x60, len(data), 13))]:
            try:
                parse_kernel(short, LARGEST)
            except WyrcanError as error:
                assert error.code in ("kernel-unknown-format", "kernel-damaged")
