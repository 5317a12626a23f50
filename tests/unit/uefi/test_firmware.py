"""The firmware's own variables: what is on, what can be asked for, and asking."""

import pytest

from wyrcan_tui.uefi.firmware import (
    POSSIBLE_WISHES,
    SECURE_BOOT,
    WISHES,
    asking_for_setup,
    enforces_signatures,
    has_setup,
)


def test_variables_are_those_of_the_specification() -> None:
    assert [it.file_name for it in (SECURE_BOOT, WISHES, POSSIBLE_WISHES)] == [
        "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
        "OsIndications-8be4df61-93ca-11d2-aa0d-00e098032b8c",
        "OsIndicationsSupported-8be4df61-93ca-11d2-aa0d-00e098032b8c",
    ]


@pytest.mark.parametrize(("value", "on"), [(b"\x01", True), (b"\0", False), (b"", False), (None, False)])
def test_signatures_are_enforced_where_secure_boot_is_one(value: bytes | None, on: bool) -> None:
    assert enforces_signatures(value) is on


@pytest.mark.parametrize(
    ("value", "there"), [(b"\x41" + bytes(7), True), (b"\x40" + bytes(7), False), (b"", False), (None, False)]
)
def test_setup_is_bit_0_of_what_can_be_asked_for(value: bytes | None, there: bool) -> None:
    assert has_setup(value) is there


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, b"\x01" + bytes(7)),
        (b"\x04" + bytes(6) + b"\x80", b"\x05" + bytes(6) + b"\x80"),
        (b"\x02", b"\x03" + bytes(7)),
    ],
)
def test_other_wishes_stay(before: bytes | None, after: bytes) -> None:
    assert asking_for_setup(before) == after
