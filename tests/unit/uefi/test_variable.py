"""UEFI variables as Linux shows them: four bytes of attributes, then the value."""

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.uefi.variable import KEPT, WYRCAN, Attributes, decode, encode


def test_choice_is_kept_in_the_variable_of_the_contract() -> None:
    assert WYRCAN.file_name == "Wyrcan-6987e713-a5ff-4ec2-ad55-c1fca471ed2d"
    assert KEPT == 7


def test_attributes_stand_in_front_little_endian() -> None:
    assert encode(KEPT, b"{}") == b"\x07\0\0\0{}"


def test_variable_reads_back_as_it_is_written() -> None:
    assert decode(encode(Attributes.BOOT, b"value")) == (Attributes.BOOT, b"value")


def test_unknown_attributes_are_kept() -> None:
    assert decode(b"\x27\0\0\x80")[0] == 0x80000027


def test_value_may_be_empty() -> None:
    assert decode(b"\x07\0\0\0") == (KEPT, b"")


@pytest.mark.parametrize("content", [b"", b"\x07\0\0"])
def test_variable_without_its_attributes_is_refused(content: bytes) -> None:
    with pytest.raises(WyrcanError) as raised:
        decode(content)
    assert raised.value.code == "efi-variable-short"
